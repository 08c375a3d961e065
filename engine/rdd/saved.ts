/**
 * Records as bytes and back: what a checkpoint of an RDD holds, and a partition that is kept serialized or on the disk.
 *
 * Plain data as structured clone keeps it, and tables by key (`KeyMap`). An instance of another class would come back
 * without its class, so it is refused. Instances that are written as a mark and their content look like
 * `{ $time: 5 }`; a plain object that happens to look so is wrapped: `{ $plain: [['$time', 5]] }`.
 */

import { deserialize, serialize } from 'node:v8'
import { StreamError } from '../base/errors.js'
import { Duration, Time } from '../base/time.js'
import type { PackedRecords } from '../storage/sizes.js'
import type { RecordCodec } from '../storage/store.js'
import { HyperLogLog, type SketchParts } from './hyperloglog.js'
import { KeyMap } from './keys.js'
import { StatCounter, type StatParts } from './statcounter.js'

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
	{
		mark: '$stats',
		is: StatCounter,
		take: (counter: unknown) => (counter as StatCounter).parts,
		make: (parts: unknown) => StatCounter.of(parts as StatParts),
	},
	{
		mark: '$sketch',
		is: HyperLogLog,
		take: (sketch: unknown) => (sketch as HyperLogLog).parts,
		make: (parts: unknown) => HyperLogLog.of(parts as SketchParts),
	},
] as const

const plainMark = '$plain'
const marks = [...kinds.map(({ mark }) => mark), plainMark]

/** Deeper than this, a record most likely contains itself. */
const maxDepth = 500

/** The records as bytes. @throws rdd/unsupported for an instance of a class of the program, or a function */
export function toBytes(records: readonly unknown[] | PackedRecords): Buffer {
	const plain = Array.from(records, (record) => packed(record, 0))
	try {
		return serialize(plain)
	} catch (thrown) {
		throw unsaved(`a record (${String(thrown)})`)
	}
}

/** The records of `toBytes`; what they hold of byte arrays may lie on `bytes`. */
export function fromBytes(bytes: Uint8Array): unknown[] {
	const records = deserialize(bytes) as unknown[]
	// Marks are rare, and a look for their bytes costs far less than a walk through every record.
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
	return marks.some((mark) => text.includes(mark, 0, 'latin1')) ? records.map(unpacked) : records
}

/** The one way in which this engine writes records. */
export const savedRecords: RecordCodec = { toBytes, fromBytes }

/** The value itself where it is plain data, so that most records are not copied. */
function packed(value: unknown, depth: number): unknown {
	if (typeof value !== 'object') {
		if (typeof value === 'function' || typeof value === 'symbol') throw unsaved(`a ${typeof value}`)
		return value
	}
	if (value === null) return value
	if (depth > maxDepth) throw unsaved('a record that contains itself, or is nested more than 500 deep,')
	if (Array.isArray(value)) return packedArray(value, depth)
	const kind = kinds.find(({ is }) => value instanceof is)
	if (kind !== undefined) return { [kind.mark]: packed(kind.take(value), depth + 1) }
	if (value instanceof Map) {
		return new Map([...value].map(([k, v]) => [packed(k, depth + 1), packed(v, depth + 1)]))
	}
	if (value instanceof Set) return new Set([...value].map((member) => packed(member, depth + 1)))
	if (isCloned(value)) return value
	const prototype = Object.getPrototypeOf(value)
	// Objects of another realm (a cell's) have another Object.prototype: the root of any chain will do.
	if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
		throw unsaved(`an instance of ${value.constructor.name}`)
	}
	return packedObject(value, depth)
}

/** Instances that structured clone gives back as what they are. */
const isCloned = (value: object): boolean =>
	value instanceof Date ||
	value instanceof Error ||
	value instanceof RegExp ||
	ArrayBuffer.isView(value) ||
	value instanceof ArrayBuffer

function packedArray(members: readonly unknown[], depth: number): readonly unknown[] {
	let copy: unknown[] | undefined
	for (let i = 0; i < members.length; i += 1) {
		const member = members[i]
		const inner = packed(member, depth + 1)
		if (Object.is(inner, member)) continue
		copy ??= [...members]
		copy[i] = inner
	}
	return copy ?? members
}

function packedObject(value: object, depth: number): object {
	const names = Object.keys(value)
	let copy: Record<string, unknown> | undefined
	for (const name of names) {
		const member: unknown = Reflect.get(value, name)
		const inner = packed(member, depth + 1)
		if (Object.is(inner, member)) continue
		copy ??= { ...value }
		copy[name] = inner
	}
	const made = copy ?? value
	return names.length === 1 && marks.includes(names[0] as never) ? { [plainMark]: Object.entries(made) } : made
}

function unpacked(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value
	if (Array.isArray(value)) return value.map(unpacked)
	if (value instanceof Map) return new Map([...value].map(([k, v]) => [unpacked(k), unpacked(v)]))
	if (value instanceof Set) return new Set([...value].map(unpacked))
	if (Object.getPrototypeOf(value) !== Object.prototype) return value
	const entries = Object.entries(value)
	const [only] = entries
	if (entries.length === 1 && only?.[0] === plainMark) {
		return Object.fromEntries((only[1] as [string, unknown][]).map(([name, inner]) => [name, unpacked(inner)]))
	}
	const kind = entries.length === 1 ? kinds.find(({ mark }) => mark === only?.[0]) : undefined
	if (kind !== undefined) return kind.make(unpacked(only?.[1]))
	return Object.fromEntries(entries.map(([name, inner]) => [name, unpacked(inner)]))
}

function unsaved(what: string): StreamError {
	return new StreamError('rdd/unsupported', `${what} cannot be written as bytes`, {
		remedy: 'use plain data: numbers, texts, arrays, objects, dates',
	})
}
