/**
 * Numbers that keys keep from batch to batch, so that one look-up of a key serves the combination of its batch and the
 * window that the batch enters.
 *
 *   table of the window     a 0   b 1   c 2            keys keep their ids
 *   batch  c 4, a 5, c 1    ids [2, 0]   values [5, 5]   in the order in which keys are first met in the batch
 *   places                  a 2   b 0   c 1            by id, where in the batch; counted on, so that nothing is wiped
 */

import { estimateBytes } from '../storage/sizes.js'
import { type Combining, PairColumns } from './columns.js'
import type { KeyTable } from './keytable.js'

/** Pairs whose keys have ids in a table, and are only looked up there when they are asked for. */
export class NumberedColumns extends PairColumns {
	readonly table: KeyTable
	/** By the place of the pair. */
	readonly ids: Int32Array

	constructor(table: KeyTable, ids: Int32Array, values: readonly unknown[]) {
		super([], values)
		this.table = table
		this.ids = ids
	}
	/** Made anew each time. */
	override get keys(): readonly unknown[] {
		const { ids, table } = this
		const keys: unknown[] = Array(ids.length)
		for (let i = 0; i < keys.length; i += 1) keys[i] = table.keys[ids[i] as number]
		return keys
	}
	override estimateBytes(): number {
		return this.ids.byteLength + estimateBytes(this.values)
	}
}

/** The table of a window, for the batches that will enter it. */
export class Dictionary {
	#table: KeyTable | undefined
	#last: NumberedColumn | undefined

	/** The batches from now on get the ids of that table. */
	use(table: KeyTable): void {
		if (table === this.#table) return
		this.#table = table
		this.#last = undefined
	}
	/** A column for the next batch; undefined as long as there is no table. */
	open(): Combining | undefined {
		if (this.#table === undefined) return undefined
		this.#last = new NumberedColumn(this.#table, this.#last)
		return this.#last
	}
}

/** So many places are counted before they are wiped. */
const mostCounted = 2 ** 30

/** One value a key of a batch; its own table, which numbers the keys of the batch in the order in which they are met. */
class NumberedColumn implements Combining {
	readonly values: unknown[] = []
	readonly #table: KeyTable
	/** By id: the place in the batch, counted from 1, on top of `#before`; at most that when the key was not met. */
	#places: Int32Array
	readonly #before: number
	#ids: Int32Array
	#size = 0

	constructor(table: KeyTable, last: NumberedColumn | undefined) {
		this.#table = table
		const counted = last === undefined ? 0 : last.#before + last.#size
		this.#before = counted > mostCounted ? 0 : counted
		this.#places = last === undefined ? new Int32Array(2 * table.length + 64) : last.#places
		if (counted > mostCounted) this.#places.fill(0)
		this.#ids = new Int32Array(Math.max(64, last === undefined ? 0 : last.#size))
	}

	get table(): this {
		return this
	}
	get columns(): NumberedColumns {
		return new NumberedColumns(this.#table, this.#ids.slice(0, this.#size), this.values)
	}
	/** How many keys it takes to find one among. */
	get length(): number {
		return this.#table.length
	}
	/** The place of a key in the batch, the next one when it was not met. */
	add(key: unknown): number {
		return this.#placeOf(this.#table.add(key))
	}
	/** The places of many keys. */
	addAll(keys: readonly unknown[], places: Int32Array): void {
		this.#table.addAll(keys, places)
		for (let i = 0; i < keys.length; i += 1) places[i] = this.#placeOf(places[i] as number)
	}
	#placeOf(id: number): number {
		if (id >= this.#places.length) this.#places = grown(this.#places, 2 * id)
		const place = (this.#places[id] as number) - this.#before
		if (place > 0) return place - 1
		if (this.#size === this.#ids.length) this.#ids = grown(this.#ids, 2 * this.#size)
		this.#ids[this.#size] = id
		this.#size += 1
		this.#places[id] = this.#before + this.#size
		return this.#size - 1
	}
}

function grown(before: Int32Array, length: number): Int32Array {
	const after = new Int32Array(length)
	after.set(before)
	return after
}
