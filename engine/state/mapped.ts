/**
 * What a mapping function has given for the records of a batch. Pairs of a record's own key and a plain value, which most
 * functions give, stand in two columns beside the table of keys; with anything else among them all stay as they came.
 *
 *   results   ['b', 3], ['a', 1], ['b', 4]   ──▶   ids [ 1, 0, 1 ]   values [ 3, 1, 4 ]
 *
 * Batches are remembered for a while, and objects that live so long cost the collector more than the function costs.
 */

import type { Pairs } from '../rdd/columns.js'
import { estimateBytes, type PackedRecords } from '../storage/sizes.js'
import { widened } from './columns.js'

/** Gathers results in order. */
export class MappedRecords {
	readonly #keys: readonly unknown[]
	#ids: Int32Array
	readonly #values: unknown[] = []
	#others: unknown[] | undefined

	/** @param keys the key of each id, which may grow; @param expected about how many records there will be */
	constructor(keys: readonly unknown[], expected: number) {
		this.#keys = keys
		this.#ids = new Int32Array(expected)
	}

	/** @param key of the record, which has that id; @param result made for it */
	add(id: number, key: unknown, result: unknown): void {
		if (this.#others === undefined && isPairOf(key, result)) {
			if (this.#values.length === this.#ids.length) this.#ids = widened(this.#ids)
			this.#ids[this.#values.length] = id
			this.#values.push(result[1])
			return
		}
		this.#others ??= this.#end().pairs()
		this.#others.push(result)
	}
	/** All of them; nothing may be added any more. */
	get records(): readonly unknown[] | PairsById {
		return this.#others ?? this.#end()
	}
	#end(): PairsById {
		return new PairsById(this.#keys, this.#ids, this.#values)
	}
}

/** Equal texts are one; of arrays only a plain one can be made again. */
const isPairOf = (key: unknown, result: unknown): result is readonly [string, unknown] =>
	typeof key === 'string' &&
	Array.isArray(result) &&
	result.length === 2 &&
	result[0] === key &&
	typeof result[1] !== 'object' &&
	typeof result[1] !== 'function' &&
	Array.isArray(Object.getPrototypeOf(result))

/** Pairs of keys and values, each made when it is asked for. */
export class PairsById implements PackedRecords, Pairs {
	readonly #keys: readonly unknown[]
	readonly #ids: Int32Array
	readonly #values: readonly unknown[]

	constructor(keys: readonly unknown[], ids: Int32Array, values: readonly unknown[]) {
		this.#keys = keys
		this.#ids = ids
		this.#values = values
	}

	get size(): number {
		return this.#values.length
	}
	pairs(): [unknown, unknown][] {
		return this.#values.map((value, i) => [this.#keys[this.#ids[i] as number], value])
	}
	/** Keys belong to the table. */
	estimateBytes(): number {
		return 64 + this.#ids.byteLength + estimateBytes(this.#values)
	}
	[Symbol.iterator](): IterableIterator<[unknown, unknown]> {
		return new PairIterator(this.#keys, this.#ids, this.#values)
	}
}

/**
 * A result is made at one place, with a pair in it even behind the last one, as by `StateIterator`: V8 then makes neither
 * where a loop takes them apart at once. Whoever calls `next` by hand gets another one by then.
 */
class PairIterator implements IterableIterator<[unknown, unknown]> {
	readonly #keys: readonly unknown[]
	readonly #ids: Int32Array
	readonly #values: readonly unknown[]
	#at = 0
	next: () => IteratorResult<[unknown, unknown]>

	constructor(keys: readonly unknown[], ids: Int32Array, values: readonly unknown[]) {
		this.#keys = keys
		this.#ids = ids
		this.#values = values
		this.next = values.length > 0 ? this.step : ended
	}

	private step(): IteratorResult<[unknown, unknown]> {
		const values = this.#values
		const at = this.#at
		const done = at >= values.length
		this.#at = at + 1
		if (at + 1 >= values.length) this.next = ended
		const place = done ? 0 : at
		return { value: [this.#keys[this.#ids[place] as number], values[place]], done } as IteratorResult<
			[unknown, unknown]
		>
	}
	[Symbol.iterator](): this {
		return this
	}
}

const ended = (): IteratorResult<[unknown, unknown]> => ({ value: undefined, done: true })
