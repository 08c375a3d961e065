/**
 * Keys and what belongs to them in two columns: 16 bytes a pair and nothing for the collector to walk, where an array of
 * tuples takes 72 bytes and a sixth of a second a million. Pairs are made when somebody who knows only pairs asks.
 */

import { estimateBytes, type PackedRecords } from '../storage/sizes.js'
import { KeyTable } from './keytable.js'

/** Pairs that are kept in another shape. */
export interface Pairs {
	/** How many they are. */
	readonly size: number
	/** All of them, made anew. */
	pairs(): [unknown, unknown][]
}

/** Whether records are of that kind. */
export const arePairs = (records: Iterable<unknown>): records is Pairs & Iterable<unknown> => 'pairs' in records

/** So many pairs are in a young array, which the collector does not take for an old one. */
const atOnce = 4_096

/**
 * An array of pairs to be, in pieces. A large array that the collector meets while it is filled counts as old from then on,
 * and all pairs in it live on with it until a full collection, although they are needed for a moment only.
 */
export class ManyPairs {
	#piece: [unknown, unknown][] = []
	readonly #full: [unknown, unknown][][] = []

	add(key: unknown, value: unknown): void {
		this.#piece.push([key, value])
		if (this.#piece.length < atOnce) return
		this.#full.push(this.#piece)
		this.#piece = []
	}
	/** All of them. */
	get all(): [unknown, unknown][] {
		return this.#full.length === 0 ? this.#piece : ([] as [unknown, unknown][]).concat(...this.#full, this.#piece)
	}
}

/** Pairs as columns of the same length, to be read only. */
export class PairColumns implements PackedRecords, Pairs {
	readonly #keys: readonly unknown[]
	readonly values: readonly unknown[]

	constructor(keys: readonly unknown[], values: readonly unknown[]) {
		this.#keys = keys
		this.values = values
	}

	get keys(): readonly unknown[] {
		return this.#keys
	}
	get length(): number {
		return this.values.length
	}
	get size(): number {
		return this.values.length
	}
	estimateBytes(): number {
		return estimateBytes(this.keys) + estimateBytes(this.values)
	}
	slice(from: number, to: number): PairColumns {
		return new PairColumns(this.keys.slice(from, to), this.values.slice(from, to))
	}
	/** All pairs, made anew. */
	pairs(): [unknown, unknown][] {
		const { keys, values } = this
		const pairs = new ManyPairs()
		for (let i = 0; i < keys.length; i++) pairs.add(keys[i], values[i])
		return pairs.all
	}
	[Symbol.iterator](): IterableIterator<[unknown, unknown]> {
		return this.pairs()[Symbol.iterator]()
	}
}

/** The pairs as columns: themselves when they are. */
export function columnsOf(pairs: Iterable<readonly [unknown, unknown]>): PairColumns {
	if (pairs instanceof PairColumns) return pairs
	const keys: unknown[] = []
	const values: unknown[] = []
	for (const [key, value] of pairs) {
		keys.push(key)
		values.push(value)
	}
	return new PairColumns(keys, values)
}

/** Pairs of numbers, texts and the like as columns, 16 bytes a pair instead of 72; undefined when any is something else. */
export function plainPairs(records: readonly unknown[]): PairColumns | undefined {
	const keys: unknown[] = Array(records.length)
	const values: unknown[] = Array(records.length)
	// Of arrays of the same realm, that of the first is enough to look at.
	let known: unknown
	for (let i = 0; i < records.length; i += 1) {
		const record = records[i]
		if (!Array.isArray(record) || record.length !== 2) return undefined
		if (record.constructor !== known) {
			// The prototype of arrays is one itself, in every realm; that of a class of arrays is none.
			if (!Array.isArray(Object.getPrototypeOf(record))) return undefined
			known = record.constructor
		}
		const key: unknown = record[0]
		const value: unknown = record[1]
		if (typeof key === 'object' || typeof value === 'object') return undefined
		keys[i] = key
		values[i] = value
	}
	return new PairColumns(keys, values)
}

/** Takes pairs and keeps one value a key, in the order in which keys are first met. */
export interface Combining {
	/** Gives the place of a key among the values; one behind the last when it is new. */
	readonly table: Pick<KeyTable, 'add' | 'addAll' | 'length'>
	readonly values: unknown[]
	/** What is there now. */
	readonly columns: PairColumns
}

/** Combines a value with those of its key. */
export function combineInto(
	{ table, values }: Pick<Combining, 'table' | 'values'>,
	key: unknown,
	value: unknown,
	create: (value: unknown) => unknown,
	mergeValue: (combined: unknown, value: unknown) => unknown,
): void {
	const place = table.add(key)
	if (place === values.length) values.push(create(value))
	else values[place] = mergeValue(values[place], value)
}

/** One value a key, for keys that come again and again; in the order in which they were first met. */
export class KeyedColumn implements Combining {
	readonly table: KeyTable
	/** By the ids of the table. */
	readonly values: unknown[] = []

	/** @param expected about how many keys there will be */
	constructor(expected?: number) {
		this.table = new KeyTable(expected)
	}

	/** What is there now; later changes are seen. */
	get columns(): PairColumns {
		return new PairColumns(this.table.keys, this.values)
	}
}
