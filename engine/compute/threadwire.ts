/**
 * What the thread of the context and its worker threads tell each other, and the forms in which records cross.
 *
 * Records cross by structured cloning, so only plain data does: an instance of a class would arrive without its class.
 * Columns of numbers cross as memory that is handed over.
 */

import { PairColumns } from '../rdd/columns.js'
import type { Bucket } from './shuffle.js'
import type { PackedError } from './threaderrors.js'

/** Keys or values: numbers are packed. */
export type Column = readonly unknown[] | Float64Array
/** Records of one partition. */
export type Cargo =
	| { readonly kind: 'records'; readonly records: readonly unknown[] }
	| { readonly kind: 'columns'; readonly keys: Column; readonly values: Column }
	/** How the worker gets them itself: a captured `{ read, part }`, the part beside it where it is shared memory. */
	| { readonly kind: 'part'; readonly bytes: Uint8Array; readonly shared?: Uint8Array }
/** What a worker answers. */
export type Answer =
	| { readonly kind: 'value'; readonly value: unknown }
	| { readonly kind: 'buckets'; readonly buckets: readonly Cargo[] }

export interface TaskFacts {
	readonly partition: number
	readonly stageId: number
	readonly attempt: number
	readonly batchTimeMs: number | undefined
	/** The partition of each RDD whose function sees whole partitions, from the records up. */
	readonly indices: readonly number[]
}

/** What an accumulator got in one task. */
export type Added =
	| { readonly id: number; readonly kind: 'number'; readonly sum: number; readonly count: number }
	| { readonly id: number; readonly kind: 'list'; readonly values: readonly unknown[] }

export type ToThread =
	| { readonly kind: 'broadcast'; readonly id: number; readonly bytes: Uint8Array }
	| { readonly kind: 'stage'; readonly id: string; readonly bytes: Uint8Array }
	| { readonly kind: 'forget' }
	| { readonly kind: 'task'; readonly stage: string; readonly facts: TaskFacts; readonly cargo: Cargo }

export type FromThread =
	| {
			readonly kind: 'done'
			readonly answer: Answer
			readonly added: readonly Added[]
			readonly ms: number
			readonly records: number
	  }
	| { readonly kind: 'failed'; readonly error: PackedError }
	/** The task has to run on the thread of the context. */
	| { readonly kind: 'stays'; readonly why: string }

const plainPrototypes: ReadonlySet<unknown> = new Set([
	Object.prototype,
	Array.prototype,
	...[
		Date,
		RegExp,
		Map,
		Set,
		ArrayBuffer,
		DataView,
		Int8Array,
		Uint8Array,
		Uint8ClampedArray,
		Int16Array,
		Uint16Array,
	].map((type) => type.prototype),
	...[Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array].map((type) => type.prototype),
])

/** Deeper than this a record most likely contains itself. */
const maxDepth = 100

/** What keeps a value from being plain data; undefined when nothing does. */
export function unplainPart(value: unknown, depth = 0): string | undefined {
	if (typeof value !== 'object' || value === null) {
		return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : undefined
	}
	if (depth > maxDepth) return 'a value that contains itself'
	const prototype: unknown = Object.getPrototypeOf(value)
	if (!plainPrototypes.has(prototype)) {
		return `an instance of ${(prototype as { constructor?: { name: string } } | null)?.constructor?.name ?? 'no class'}`
	}
	if (Array.isArray(value)) return firstUnplain(value, depth)
	if (prototype === Map.prototype) {
		const map = value as ReadonlyMap<unknown, unknown>
		return firstUnplain(map.keys(), depth) ?? firstUnplain(map.values(), depth)
	}
	if (prototype === Set.prototype) return firstUnplain(value as ReadonlySet<unknown>, depth)
	if (prototype !== Object.prototype) return undefined
	if (Object.getOwnPropertySymbols(value).length > 0) return 'an object with symbols'
	for (const name in value) {
		const described = Object.getOwnPropertyDescriptor(value, name)
		if (described?.get !== undefined || described?.set !== undefined) return 'an object with accessors'
		const found = unplainPart(described?.value, depth + 1)
		if (found !== undefined) return found
	}
	return undefined
}

function firstUnplain(values: Iterable<unknown>, depth: number): string | undefined {
	for (const value of values) {
		const found = unplainPart(value, depth + 1)
		if (found !== undefined) return found
	}
	return undefined
}

/** Why a stage stays whose records hold what is no plain data. */
export const unplainText = (what: string): string => `its records hold ${what}, which would arrive without its class`

/** True when a record could be changed by a function that gets it. */
export const holdsObjects = (records: Iterable<unknown>): boolean => {
	for (const record of records) if (typeof record === 'object' && record !== null) return true
	return false
}

/** Numbers as memory, everything else as it is. */
function packed(column: readonly unknown[]): Column {
	if (column.length < 64 || !column.every((value) => typeof value === 'number')) return column
	return Float64Array.from(column as number[])
}
const unpacked = (column: Column): readonly unknown[] => (column instanceof Float64Array ? Array.from(column) : column)

/** Records, or pairs in columns, on their way. */
export function packRecords(records: readonly unknown[] | PairColumns): Cargo {
	if (!(records instanceof PairColumns)) return { kind: 'records', records }
	return { kind: 'columns', keys: packed(records.keys), values: packed(records.values) }
}

export function unpackRecords(cargo: Exclude<Cargo, { readonly kind: 'part' }>): readonly unknown[] | PairColumns {
	return cargo.kind === 'records' ? cargo.records : new PairColumns(unpacked(cargo.keys), unpacked(cargo.values))
}

/** A copy that threads can share. */
export function sharedCopy(bytes: Uint8Array): Uint8Array {
	const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
	copy.set(bytes)
	return copy
}

/** The memory of packed columns, to be handed over instead of copied. */
export const transfers = (cargo: Cargo): ArrayBuffer[] =>
	cargo.kind === 'columns'
		? [cargo.keys, cargo.values].flatMap((one) => (one instanceof Float64Array ? [one.buffer as ArrayBuffer] : []))
		: []

/** The buckets of a map side as they arrived. */
export const unpackBuckets = (buckets: readonly Cargo[]): Bucket[] =>
	buckets.map((one) => unpackRecords(one as Exclude<Cargo, { readonly kind: 'part' }>) as Bucket)
