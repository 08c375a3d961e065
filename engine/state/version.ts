/**
 * The states of one partition after one batch. The next batch changes the columns in place and leaves behind how they
 * were, so that a batch that somebody keeps stays as it was.
 *
 *   version 1 ──undo──▶ version 2 ──undo──▶ version 3 ──▶ columns
 *
 * The newest version holds the columns. An older one that is read, or changed a second time, gets columns of its own: a
 * copy of the newest ones with all undone since. Links point forward, so what leads to a version goes with the last RDD
 * that holds it. Source: Baker's "Shallow binding makes functional arrays fast".
 */

import { ManyPairs, type Pairs } from '../rdd/columns.js'
import { estimateBytes, type PackedRecords } from '../storage/sizes.js'
import { Columns, widened } from './columns.js'

/** Stands for the state of a key that had none. */
const absent = Symbol('absent')

/** What has to be put back, last first, to get from a version to the one before. */
interface Undo {
	readonly ids: Int32Array
	readonly values: readonly unknown[]
	/** Undefined where states do not time out. */
	readonly touched: readonly number[] | undefined
}

/** The version that took over the columns, and how to get back from it. */
interface Link {
	readonly version: StateVersion
	readonly undo: Undo
}

/** A state and the batch time in milliseconds at which it was last touched. */
export interface Held {
	readonly value: unknown
	readonly touchedMs: number
}

export class StateVersion implements PackedRecords, Pairs {
	#columns: Columns | undefined
	#newer: Link | undefined
	/** How many ids there are, those without a state included. */
	readonly length: number
	/** How many keys have a state. */
	readonly size: number
	onResize: (() => void) | undefined

	private constructor(columns: Columns) {
		this.#columns = columns
		this.length = columns.length
		this.size = columns.size
		columns.owner = this
	}

	/** The states of pairs; of pairs with the same key the first counts. @param touchedMs where states may time out */
	static of(pairs: Iterable<readonly [unknown, unknown]>, touchedMs?: number): StateVersion {
		const columns = new Columns(touchedMs !== undefined)
		for (const [key, value] of pairs) {
			const id = columns.idOf(key)
			if (columns.live[id] === 0 || touchedMs !== undefined) columns.put(id, value, touchedMs ?? 0)
		}
		return new StateVersion(columns)
	}
	/** States that may time out. */
	static ofHeld(entries: Iterable<readonly [unknown, Held]>): StateVersion {
		const columns = new Columns(true)
		for (const [key, { value, touchedMs }] of entries) columns.put(columns.idOf(key), value, touchedMs)
		return new StateVersion(columns)
	}
	/** The states of columns that nobody else writes. */
	static holding(columns: Columns): StateVersion {
		return new StateVersion(columns)
	}

	/** The columns, to be read at once: the next version writes to them. */
	get columns(): Columns {
		this.#columns ??= this.#undone()
		this.#columns.owner ??= this
		return this.#columns
	}
	/** All columns where it has them, otherwise what it takes to undo the next version. */
	estimateBytes(): number {
		const undo = this.#newer?.undo
		const undoBytes = undo === undefined ? 0 : undo.ids.byteLength + estimateBytes(undo.values)
		return 64 + undoBytes + (this.#columns === undefined ? 0 : bytesOf(this.#columns))
	}
	/** Pairs of key and state, each made when it is asked for. */
	[Symbol.iterator](): StateIterator {
		return new StateIterator(this)
	}
	/** All pairs, made anew. */
	pairs(): [unknown, unknown][] {
		const { table, values, live } = this.columns
		const pairs = new ManyPairs()
		for (let id = 0; id < values.length; id += 1) if (live[id] === 1) pairs.add(table.keys[id], values[id])
		return pairs.all
	}
	/** The states with their times. */
	*held(): IterableIterator<[unknown, Held]> {
		const { table, values, live, touched } = this.columns.copy(this.length)
		for (let id = 0; id < values.length; id += 1) {
			if (live[id] === 1) yield [table.keys[id], { value: values[id], touchedMs: touched?.[id] ?? 0 }]
		}
	}

	/** The version after this one. What `body` has changed before it throws is put back. */
	next(body: (edit: Edit) => void): StateVersion {
		const isNewest = this.#newer === undefined
		const columns = isNewest ? this.columns : this.#sparse(this.columns.copy())
		const edit = new Edit(isNewest ? this.#sparse(columns) : columns)
		try {
			body(edit)
		} catch (thrown) {
			putBack(edit.columns, edit.undo, this.length)
			throw thrown
		}
		const next = new StateVersion(edit.columns)
		if (edit.columns === this.#columns) {
			this.#newer = { version: next, undo: edit.undo }
			this.#columns = undefined
			this.onResize?.()
		}
		return next
	}
	/** New columns without the keys whose state is gone, when these are most. */
	#sparse(columns: Columns): Columns {
		if (columns.length < 1_024 || 2 * columns.size >= columns.length) return columns
		const dense = new Columns(columns.touched !== undefined)
		const { table, values, live, touched } = columns
		for (let id = 0; id < values.length; id += 1) {
			if (live[id] === 1) dense.put(dense.idOf(table.keys[id]), values[id], touched?.[id] ?? 0)
		}
		return dense
	}

	/**
	 * The ids whose states may differ in a later version, each once in ascending order, new ones included; undefined when
	 * that one has not come of this one by changes alone.
	 */
	changesUntil(later: StateVersion): Uint32Array | undefined {
		// A bit for each id: to go through them costs next to nothing beside the changes.
		const isChanged = new Uint32Array((this.length + 31) >>> 5)
		let numChanged = later.length - this.length
		let version: StateVersion = this
		while (version !== later) {
			const newer = version.#newer
			if (newer === undefined) return undefined
			const { ids } = newer.undo
			for (let i = 0; i < ids.length; i += 1) {
				const id = ids[i] as number
				if (id >= this.length) continue
				const word = isChanged[id >>> 5] as number
				const bit = 1 << (id & 31)
				if ((word & bit) !== 0) continue
				isChanged[id >>> 5] = word | bit
				numChanged += 1
			}
			version = newer.version
		}
		const changed = new Uint32Array(numChanged)
		let next = 0
		for (let at = 0; at < isChanged.length; at += 1) {
			for (let word = isChanged[at] as number; word !== 0; word &= word - 1) {
				changed[next++] = 32 * at + 31 - Math.clz32(word & -word)
			}
		}
		for (let id = this.length; id < later.length; id += 1) changed[next++] = id
		return changed
	}

	/** Columns of its own. */
	#undone(): Columns {
		const undos: Undo[] = []
		let version: StateVersion = this
		while (version.#columns === undefined) {
			const newer = version.#newer as Link
			undos.push(newer.undo)
			version = newer.version
		}
		const columns = version.#columns.copy()
		for (const undo of undos.reverse()) putBack(columns, undo, columns.length)
		return columns.copy(this.length)
	}
}

/** The changes of one batch to columns. */
export class Edit {
	readonly columns: Columns
	readonly #length: number
	#ids: Int32Array = new Int32Array(64)
	readonly #values: unknown[] = []
	readonly #touched: number[] | undefined

	constructor(columns: Columns) {
		this.columns = columns
		this.#length = columns.length
		this.#touched = columns.touched === undefined ? undefined : []
	}

	set(id: number, value: unknown, touchedMs: number): void {
		this.#note(id)
		this.columns.put(id, value, touchedMs)
	}
	remove(id: number): void {
		this.#note(id)
		this.columns.remove(id)
	}
	get undo(): Undo {
		return { ids: this.#ids.slice(0, this.#values.length), values: this.#values, touched: this.#touched }
	}
	#note(id: number): void {
		if (id >= this.#length) return
		const { values, live, touched } = this.columns
		if (this.#values.length === this.#ids.length) this.#ids = widened(this.#ids)
		this.#ids[this.#values.length] = id
		this.#values.push(live[id] === 1 ? values[id] : absent)
		if (touched !== undefined) this.#touched?.push(touched[id] as number)
	}
}

/** Undoes changes to columns, whose ids from `length` on had no state. */
function putBack(columns: Columns, { ids, values, touched }: Undo, length: number): void {
	for (let i = ids.length - 1; i >= 0; i -= 1) {
		const id = ids[i] as number
		const value = values[i]
		if (value === absent) columns.remove(id)
		else columns.put(id, value, touched?.[i] ?? 0)
	}
	for (let id = length; id < columns.length; id += 1) columns.remove(id)
}

/**
 * Goes through the states of a version, also while later ones are made; knows which version that is.
 *
 * A result is made at one place, with a pair in it even behind the last state: so V8 makes neither the result nor the pair
 * where a loop takes them apart at once (4 ns a state instead of 10). Loops never look at what comes with `done`; whoever
 * calls `next` by hand gets another one by then, without a value.
 */
export class StateIterator implements IterableIterator<[unknown, unknown]> {
	readonly #version: StateVersion
	#columns: Columns
	#keys: readonly unknown[]
	#values: readonly unknown[]
	#live: Uint8Array
	readonly #length: number
	#id: number
	#first: number
	next: () => IteratorResult<[unknown, unknown]>

	constructor(version: StateVersion) {
		this.#version = version
		this.#columns = version.columns
		this.#keys = this.#columns.table.keys
		this.#values = this.#columns.values
		this.#live = this.#columns.live
		this.#length = this.#columns.length
		this.#first = 0
		while (this.#first < this.#length && this.#live[this.#first] === 0) this.#first += 1
		this.#id = this.#first
		this.next = this.#id < this.#length ? this.step : ended
	}

	/** The version that is all of these records; undefined when they are anything else, or an iterator that has begun. */
	static versionOf(records: Iterable<unknown>): StateVersion | undefined {
		if (records instanceof StateVersion) return records
		return records instanceof StateIterator && records.#id === records.#first ? records.#version : undefined
	}

	private step(): IteratorResult<[unknown, unknown]> {
		if (this.#columns.owner !== this.#version) this.#follow()
		const live = this.#live
		const length = this.#length
		const id = this.#id
		let following = id + 1
		while (following < length && live[following] === 0) following += 1
		this.#id = following
		if (following >= length) this.next = ended
		const done = id >= length
		const at = done ? 0 : id
		return { value: [this.#keys[at], this.#values[at]], done } as IteratorResult<[unknown, unknown]>
	}
	/** The columns have gone to a later version. */
	#follow(): void {
		this.#columns = this.#version.columns
		this.#keys = this.#columns.table.keys
		this.#values = this.#columns.values
		this.#live = this.#columns.live
	}
	[Symbol.iterator](): this {
		return this
	}
}

const ended = (): IteratorResult<[unknown, unknown]> => ({ value: undefined, done: true })

/** About how many bytes keys and columns take. */
const bytesOf = ({ table, values, live, touched }: Columns): number =>
	estimateBytes(table.keys) + estimateBytes(values) + live.byteLength + (touched?.byteLength ?? 0) + 16 * table.length
