/**
 * The values of each key in several partitions, side by side, without an array a key until somebody asks for one.
 *
 *   pairs of side 0:  a 1, b 2, a 3           ids 0 1 0      counted: a 2, b 1     values [ 1 3 | 2 ]
 *   pairs of side 1:  b 4, c 5                ids 1 2        counted: b 1, c 1     values [ | 4 | 5 ]
 *
 * Keys stand in the order in which they are first met, the values of a key in that of their side. Grouping 100,000 pairs
 * a side into arrays of arrays takes three times as long, most of it for the collector.
 */

import { PairColumns } from './columns.js'
import { KeyTable } from './keytable.js'

type Pair = readonly [unknown, unknown]
type Group = [unknown, unknown[][]]

/** The values of one side, those of key `id` from `starts[id]` to `starts[id + 1]`. */
interface Side {
	readonly starts: Int32Array
	readonly values: readonly unknown[]
}

/** Iterates as `[key, [values here, values there, …]]`. */
export class Groups implements Iterable<Group> {
	readonly #table: KeyTable
	readonly #sides: readonly Side[]

	constructor(parts: readonly Iterable<unknown>[]) {
		this.#table = new KeyTable(Math.max(16, ...parts.map(lengthOf)))
		const numbered = parts.map((part) => numberedBy(this.#table, part as Iterable<Pair>))
		this.#sides = numbered.map(({ ids, values }) => sideOf(ids, values, this.#table.length))
	}

	[Symbol.iterator](): GroupIterator {
		return new GroupIterator(this)
	}
	/** How many keys there are. */
	get size(): number {
		return this.#table.length
	}
	/** The key of an id and its values on each side. */
	at(id: number): Group {
		const values = this.#sides.map(({ starts, values }) => values.slice(starts[id], starts[id + 1]))
		return [this.#table.keys[id], values]
	}

	/**
	 * All pairs of a value here and a value there, of two sides.
	 * @param orNoneThere a key that is only here goes with undefined
	 * @param orNoneHere the other way round
	 */
	*joined(orNoneThere: boolean, orNoneHere: boolean): IterableIterator<[unknown, [unknown, unknown]]> {
		const { keys } = this.#table
		const [here, there] = this.#sides as readonly [Side, Side]
		for (let id = 0; id < keys.length; id++) {
			const beginHere = here.starts[id] as number
			const beginThere = there.starts[id] as number
			let endHere = here.starts[id + 1] as number
			let endThere = there.starts[id + 1] as number
			const isNotHere = beginHere === endHere
			const isNotThere = beginThere === endThere
			if (isNotHere && orNoneHere) endHere++
			if (isNotThere && orNoneThere) endThere++
			for (let i = beginHere; i < endHere; i++) {
				const v = isNotHere ? undefined : here.values[i]
				for (let j = beginThere; j < endThere; j++) {
					yield [keys[id], [v, isNotThere ? undefined : there.values[j]]]
				}
			}
		}
	}
}

/** One group after another. Who knows it may take all groups as they are instead. */
export class GroupIterator implements IterableIterator<Group> {
	readonly groups: Groups
	#next = 0

	constructor(groups: Groups) {
		this.groups = groups
	}
	[Symbol.iterator](): this {
		return this
	}
	next(): IteratorResult<Group, undefined> {
		if (this.#next >= this.groups.size) return { done: true, value: undefined }
		return { done: false, value: this.groups.at(this.#next++) }
	}
}

/** How many records a partition has, if it says so. */
const lengthOf = (part: Iterable<unknown>): number =>
	Array.isArray(part) || part instanceof PairColumns ? part.length : 0

function numberedBy(table: KeyTable, part: Iterable<Pair>): { readonly ids: number[]; readonly values: unknown[] } {
	const ids: number[] = []
	if (part instanceof PairColumns) {
		for (const key of part.keys) ids.push(table.add(key))
		return { ids, values: part.values as unknown[] }
	}
	const values: unknown[] = []
	for (const pair of part) {
		ids.push(table.add(pair[0]))
		values.push(pair[1])
	}
	return { ids, values }
}

function sideOf(ids: readonly number[], values: readonly unknown[], numKeys: number): Side {
	// Counted one place later than where they begin: the sums are then the beginnings.
	const starts = new Int32Array(numKeys + 2)
	for (const id of ids) starts[id + 2] = (starts[id + 2] as number) + 1
	for (let id = 2; id < starts.length; id++) starts[id] = (starts[id] as number) + (starts[id - 1] as number)
	const sorted = values.slice()
	for (let i = 0; i < ids.length; i++) {
		const at = (ids[i] as number) + 1
		const place = starts[at] as number
		starts[at] = place + 1
		sorted[place] = values[i]
	}
	return { starts, values: sorted }
}
