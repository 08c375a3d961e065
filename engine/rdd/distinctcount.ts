/** About how many different records there are. Source: Spark's `countApproxDistinct`, `countApproxDistinctByKey`. */

import { requireThat } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import { family } from './family.js'
import { hash64 } from './hash64.js'
import { HyperLogLog } from './hyperloglog.js'
import type { PairRDD } from './pair.js'
import type { Combiner } from './plan.js'
import { RDD } from './rdd.js'
import type { KeyOf } from './shape.js'
import { combined, narrow, type Placement, placement } from './shuffle.js'
import { intoSink } from './sink.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * How many different records there are, by value, with about the relative error `relativeSD` (default 0.05).
		 * @throws argument/illegal for one of 0.000017 or less
		 */
		countApproxDistinct(relativeSD?: number): Action<number>
		/**
		 * The same with 2^p registers, an error of about 1.04 / √2^p. `sp` (0: none) only has to be valid: all values are
		 * counted with precision `p`.
		 * @throws argument/illegal unless 4 ≤ p ≤ sp ≤ 32
		 */
		countApproxDistinct(p: number, sp: number): Action<number>
		/** How many different values each key has, with about the relative error `relativeSD` (default 0.05). */
		countApproxDistinctByKey(this: PairRDD, relativeSD?: number, to?: Placement): RDD<[KeyOf<T>, number]>
		/** The same with 2^p registers a key. */
		countApproxDistinctByKey(this: PairRDD, p: number, sp: number, to?: Placement): RDD<[KeyOf<T>, number]>
	}
}

/** The precision for a relative error. */
function precisionOf(relativeSD: number): number {
	requireThat(relativeSD > 0.000017, `accuracy (${relativeSD}) must be greater than 0.000017`)
	return Math.max(4, Math.ceil(2 * Math.log2(1.054 / relativeSD)))
}

function checkedPrecision(p: number, sp: number): number {
	requireThat(p >= 4, `p (${p}) must be >= 4`)
	requireThat(sp <= 32, `sp (${sp}) must be <= 32`)
	requireThat(sp === 0 || p <= sp, `p (${p}) cannot be greater than sp (${sp})`)
	requireThat(Number.isInteger(p) && p <= 32, `p (${p}) must be a whole number <= 32`)
	return p
}

/** Sketches of the values of a key. */
const sketching = (p: number): Combiner => ({
	create: (value) => {
		const sketch = new HyperLogLog(p)
		sketch.add(hash64(value))
		return sketch
	},
	mergeValue: (sketch, value) => {
		;(sketch as HyperLogLog).add(hash64(value))
		return sketch
	},
	mergeCombiners: (a, b) => (a as HyperLogLog).merge(b as HyperLogLog),
	mapSide: true,
})

const estimated = (pair: unknown): unknown => {
	const [key, sketch] = pair as readonly [unknown, HyperLogLog]
	return [key, sketch.cardinality()]
}

family(RDD, {
	countApproxDistinct(first = 0.05, sp?: number) {
		const p = sp === undefined ? precisionOf(first) : checkedPrecision(first, sp)
		return startAction(async () => {
			const sketches = await this.sparkContext.runJob(
				this,
				intoSink(() => {
					const sketch = new HyperLogLog(p)
					return { each: (x: unknown) => sketch.add(hash64(x)), end: () => sketch }
				}),
			)
			return sketches.reduce((all, part) => all.merge(part), new HyperLogLog(p)).cardinality()
		})
	},
	countApproxDistinctByKey(first = 0.05, second?: Placement, third?: Placement) {
		// (relativeSD, to) or (p, sp, to): a relative error is below 1, a precision is not.
		const isPrecise = first >= 1 && typeof second === 'number'
		const p = isPrecise ? checkedPrecision(first, second) : precisionOf(first)
		const to = isPrecise ? third : second
		const step = { op: 'map', fn: estimated } as const
		return narrow(combined(this, sketching(p), placement([this], to)), step, true) as never
	},
})
