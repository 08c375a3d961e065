/**
 * Counts distinct values in little memory: HyperLogLog over 64-bit hashes.
 *
 * A value falls into one of 2^p registers by the first p bits of its hash; a register keeps the longest run of zeros that
 * follow. The registers that are filled are kept in a map while they are few. Sources: Flajolet et al. 2007; the estimate,
 * good from the first value on, is Ertl's (2017, "New cardinality estimation algorithms").
 */

import type { Hash64 } from './hash64.js'

/** A map takes more memory than all registers from a sixteenth of them on. */
const sparseShare = 16

/** The precision, and the registers that are set. @internal */
export type SketchParts = readonly [p: number, registers: readonly (readonly [index: number, rank: number])[]]

export class HyperLogLog {
	readonly #p: number
	#sparse: Map<number, number> | undefined = new Map()
	#dense = new Uint8Array(0)

	/** @param p the number of bits that choose a register, 4 to 32 */
	constructor(p: number) {
		this.#p = p
	}

	add({ high, low }: Hash64): void {
		const p = this.#p
		const index = high >>> (32 - p)
		// What follows the first p bits: the rest of the upper half, then the lower one.
		const rest = p === 32 ? 0 : (high << p) >>> 0
		const zeros = rest !== 0 ? Math.clz32(rest) : 32 - p + Math.clz32(low)
		this.#set(index, zeros + 1)
	}

	/** Adds all that another sketch of the same p has seen. */
	merge(that: HyperLogLog): this {
		for (const [index, rank] of that.#registers()) this.#set(index, rank)
		return this
	}

	/** About how many different values were added. */
	cardinality(): number {
		const m = 2 ** this.#p
		const most = 64 - this.#p + 1
		const counts = new Array<number>(most + 1).fill(0)
		let filled = 0
		for (const [, rank] of this.#registers()) {
			counts[rank] = (counts[rank] as number) + 1
			filled++
		}
		if (filled === 0) return 0
		let z = m * tau(1 - (counts[most] as number) / m)
		for (let rank = most - 1; rank >= 1; rank--) z = 0.5 * (z + (counts[rank] as number))
		z += m * sigma((m - filled) / m)
		return Math.round((m * m) / (2 * Math.LN2 * z))
	}

	#set(index: number, rank: number): void {
		if (this.#sparse === undefined) {
			if (rank > (this.#dense[index] as number)) this.#dense[index] = rank
			return
		}
		if (rank > (this.#sparse.get(index) ?? 0)) this.#sparse.set(index, rank)
		if (this.#sparse.size * sparseShare > 2 ** this.#p) {
			this.#dense = new Uint8Array(2 ** this.#p)
			for (const [at, kept] of this.#sparse) this.#dense[at] = kept
			this.#sparse = undefined
		}
	}
	/** The registers that are filled. */
	/** What it is made of, for `of`. @internal */
	get parts(): SketchParts {
		return [this.#p, [...this.#registers()]]
	}
	/** A sketch of these parts. @internal */
	static of([p, registers]: SketchParts): HyperLogLog {
		const sketch = new HyperLogLog(p)
		for (const [index, rank] of registers) sketch.#set(index, rank)
		return sketch
	}

	*#registers(): IterableIterator<readonly [number, number]> {
		if (this.#sparse !== undefined) yield* this.#sparse
		else for (const [index, rank] of this.#dense.entries()) if (rank > 0) yield [index, rank]
	}
}

/** What empty registers say. */
function sigma(share: number): number {
	if (share === 1) return Number.POSITIVE_INFINITY
	let [x, y, z, before] = [share, 1, share, Number.NaN]
	while (z !== before) {
		x *= x
		before = z
		z += x * y
		y += y
	}
	return z
}

/** What full registers say. */
function tau(share: number): number {
	if (share === 0 || share === 1) return 0
	let [x, y, z, before] = [share, 1, 1 - share, Number.NaN]
	while (z !== before) {
		x = Math.sqrt(x)
		before = z
		y *= 0.5
		z -= (1 - x) ** 2 * y
	}
	return z / 3
}
