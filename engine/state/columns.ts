/**
 * States in columns beside a table of keys: the value of each id, whether it is there, when it was last touched.
 *
 *   id        0      1      2
 *   keys    [ 'a',   'b',   'c' ]    never shrinks; may know more keys than the columns are long
 *   values  [  7,     0,     3  ]    of an id without a state: 0, so that columns of numbers stay columns of numbers
 *   live    [  1,     0,     1  ]
 *   touched [ 4000,  1000, 2000 ]    batch times, only where states may time out
 */

import { KeyTable } from '../rdd/keytable.js'

/** Columns that belong to one version of a state at a time, which may write them. */
export class Columns {
	readonly table: KeyTable
	readonly values: unknown[]
	live: Uint8Array
	touched: Float64Array | undefined
	/** A number for each id, 0 between batches. */
	scratch: Int32Array
	/** How many ids have a state. */
	size = 0
	#ids = new Int32Array(64)
	/** The version whose states they hold now. */
	owner: object | undefined

	constructor(hasTimes: boolean, table = new KeyTable(), values: unknown[] = []) {
		this.table = table
		this.values = values
		this.live = new Uint8Array(Math.max(64, values.length))
		this.scratch = new Int32Array(this.live.length)
		this.touched = hasTimes ? new Float64Array(this.live.length) : undefined
	}

	/** How many ids there are, those without a state included. */
	get length(): number {
		return this.values.length
	}

	/** The id of a key, which has a place in the columns from now on. @throws rdd/key */
	idOf(key: unknown): number {
		const id = this.table.add(key)
		if (id >= this.values.length) this.#extend(id)
		return id
	}
	/** The ids of the keys of records, each as `idOf` gives it; the array holds them until the next call. */
	idsOf(records: readonly (readonly [unknown, unknown])[]): Int32Array {
		const keys: unknown[] = Array(records.length)
		for (let i = 0; i < records.length; i += 1) keys[i] = (records[i] as readonly [unknown, unknown])[0]
		if (this.#ids.length < keys.length) this.#ids = new Int32Array(2 * keys.length)
		this.idsOfKeys(keys, this.#ids)
		return this.#ids
	}
	/** The same for keys alone, into an array of at least their number. */
	idsOfKeys(keys: readonly unknown[], ids: Int32Array): void {
		this.table.addAll(keys, ids)
		this.place(ids, keys.length)
	}
	/** Gives the first ids, which are ids of the table, their places in the columns. */
	place(ids: Int32Array, length: number): void {
		let last = -1
		for (let i = 0; i < length; i += 1) if ((ids[i] as number) > last) last = ids[i] as number
		if (last >= this.values.length) this.#extend(last)
	}
	/** Brings the values of ids near the processor. @returns nothing of interest */
	approach(ids: Int32Array, from: number, to: number): number {
		const { values, live, touched } = this
		let seen = 0
		for (let i = from; i < to; i += 1) {
			const id = ids[i] as number
			seen += live[id] as number
			if (values[id] !== undefined && touched !== undefined) seen += touched[id] as number
		}
		return seen
	}
	put(id: number, value: unknown, touchedMs: number): void {
		this.values[id] = value
		if (this.live[id] === 0) {
			this.live[id] = 1
			this.size += 1
		}
		if (this.touched !== undefined) this.touched[id] = touchedMs
	}
	remove(id: number): void {
		if (this.live[id] === 0) return
		this.live[id] = 0
		this.values[id] = 0
		this.size -= 1
	}

	/** Other columns beside the same table, with the first `length` ids. */
	copy(length = this.length): Columns {
		const copy = new Columns(false, this.table, this.values.slice(0, length))
		copy.live.set(this.live.subarray(0, length))
		copy.touched = this.touched?.slice(0, copy.live.length)
		copy.size = length === this.length ? this.size : numLive(copy.live)
		return copy
	}

	#extend(id: number): void {
		for (let next = this.values.length; next <= id; next += 1) this.values.push(0)
		if (id < this.live.length) return
		const room = 2 * (id + 1)
		this.live = grown(this.live, new Uint8Array(room))
		this.scratch = grown(this.scratch, new Int32Array(room))
		if (this.touched !== undefined) this.touched = grown(this.touched, new Float64Array(room))
	}
}

/** The same ids with room for more. */
export function widened(ids: Int32Array): Int32Array {
	const wide = new Int32Array(Math.max(16, 2 * ids.length))
	wide.set(ids)
	return wide
}

function grown<A extends Uint8Array | Int32Array | Float64Array>(before: A, after: A): A {
	after.set(before)
	return after
}

function numLive(live: Uint8Array): number {
	let n = 0
	for (const is of live) n += is
	return n
}
