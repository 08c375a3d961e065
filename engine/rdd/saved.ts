/**
 * Records as bytes and back: what a checkpoint of an RDD holds.
 *
 * Plain data as structured clone keeps it, and tables by key (`KeyMap`). An instance of another class would come back
 * without its class, so it is refused.
 */

import { deserialize, serialize } from 'node:v8'
import { StreamError } from '../base/errors.js'
import { Duration, Time } from '../base/time.js'
import { KeyMap } from './keys.js'

/** Instances that are written as a mark and their content. */
const kinds = [
	{
		mark: '$keymap',
		is: KeyMap,
		take: (map: unknown) => [...(map as KeyMap<unknown>)],
		make: (entries: unknown) => new KeyMap(entries as [unknown, unknown][]),
	},
	{
		mark: '$time',
		is: Time,
		take: (time: unknown) => (time as Time).milliseconds,
		make: (ms: unknown) => new Time(ms as number),
	},
	{
		mark: '$duration',
		is: Duration,
		take: (d: unknown) => (d as Duration).milliseconds,
		make: (ms: unknown) => new Duration(ms as number),
	},
] as const

/** The records as bytes. @throws rdd/unsupported for an instance of a class of the program, or a function */
export const toBytes = (records: readonly unknown[]): Buffer => serialize(records.map(packed))

/** The records of `toBytes`. */
export const fromBytes = (bytes: Uint8Array): unknown[] => (deserialize(bytes) as unknown[]).map(unpacked)

function packed(value: unknown): unknown {
	if (typeof value === 'function' || typeof value === 'symbol') throw unsaved(`a ${typeof value}`)
	if (typeof value !== 'object' || value === null) return value
	if (Array.isArray(value)) return value.map(packed)
	const kind = kinds.find(({ is }) => value instanceof is)
	if (kind !== undefined) return { [kind.mark]: packed(kind.take(value)) }
	if (value instanceof Map) return new Map([...value].map(([k, v]) => [packed(k), packed(v)]))
	if (value instanceof Set) return new Set([...value].map(packed))
	if (value instanceof Date || value instanceof Error || value instanceof RegExp || ArrayBuffer.isView(value))
		return value
	const prototype = Object.getPrototypeOf(value)
	// Objects of another realm (a cell's) have another Object.prototype: the root of any chain will do.
	if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
		throw unsaved(`an instance of ${value.constructor.name}`)
	}
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, packed(inner)]))
}

function unpacked(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value
	if (Array.isArray(value)) return value.map(unpacked)
	if (value instanceof Map) return new Map([...value].map(([k, v]) => [unpacked(k), unpacked(v)]))
	if (value instanceof Set) return new Set([...value].map(unpacked))
	if (Object.getPrototypeOf(value) !== Object.prototype) return value
	const entries = Object.entries(value)
	const kind = entries.length === 1 ? kinds.find(({ mark }) => mark === entries[0]?.[0]) : undefined
	if (kind !== undefined) return kind.make(unpacked(entries[0]?.[1]))
	return Object.fromEntries(entries.map(([name, inner]) => [name, unpacked(inner)]))
}

function unsaved(what: string): StreamError {
	return new StreamError('rdd/unsupported', `${what} cannot be kept in a checkpoint`, {
		where: 'checkpoint',
		remedy: 'use plain data: numbers, texts, arrays, objects, dates',
	})
}
