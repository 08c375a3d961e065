/**
 * Samples with a rate for each key. Source: Spark's `PairRDDFunctions.sampleByKey`, `sampleByKeyExact`.
 *
 * The exact form counts each key with one job, draws which of its records are taken, and computes them where they are.
 */

import { requireThat, StreamError } from '../base/errors.js'
import { family } from './family.js'
import { KeyMap } from './keys.js'
import type { PairRDD } from './pair.js'
import type { AnyRDD } from './plan.js'
import { anySeed, poisson, randomNumbers } from './random.js'
import { RDD } from './rdd.js'
import type { KeyOf } from './shape.js'
import { narrow } from './shuffle.js'
import { textOf } from './text.js'

/** The rate of each key: a map, or an object whose names are the keys. */
export type Fractions<K> = ReadonlyMap<K, number> | Readonly<Record<string, number>>

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * About `fraction · count` of the pairs of each key; with replacement a pair may come several times.
		 * @throws argument/illegal for a negative rate, and (in its job) for a key without one
		 */
		sampleByKey(this: PairRDD, withReplacement: boolean, fractions: Fractions<KeyOf<T>>, seed?: number): RDD<T>
		/** As sampleByKey, with exactly ⌈fraction · count⌉ pairs of each key, for which it counts them with a job. */
		sampleByKeyExact(this: PairRDD, withReplacement: boolean, fractions: Fractions<KeyOf<T>>, seed?: number): RDD<T>
	}
}

type Pair = readonly [unknown, unknown]

/** The rate of a key. @throws argument/illegal for a negative one, here; for none, when it is asked for */
function rates(fractions: Fractions<unknown>): (key: unknown) => number {
	const isMap = typeof fractions.get === 'function'
	const byKey = new KeyMap<number>(isMap ? (fractions as ReadonlyMap<unknown, number>) : Object.entries(fractions))
	for (const rate of byKey.values()) requireThat(rate >= 0, 'Negative sampling rates.')
	return (key) => {
		const rate = byKey.get(isMap || typeof key === 'object' ? key : String(key))
		if (rate !== undefined) return rate
		throw new StreamError('argument/illegal', `key not found: ${textOf(key)}`, {
			where: 'sampleByKey',
			remedy: 'give every key a fraction, 0 for none of its pairs',
		})
	}
}

function* repeated(pairs: Iterable<unknown>, copies: (key: unknown) => number): IterableIterator<unknown> {
	for (const pair of pairs) for (let n = copies((pair as Pair)[0]); n > 0; n--) yield pair
}

function countsOf(pairs: Iterable<unknown>): KeyMap<number> {
	const counts = new KeyMap<number>()
	for (const pair of pairs) counts.set((pair as Pair)[0], (counts.get((pair as Pair)[0]) ?? 0) + 1)
	return counts
}

/** How often each of `n` things is taken, `wanted` in all, by its number. */
function drawn(n: number, wanted: number, withReplacement: boolean, random: () => number): Map<number, number> {
	const taken = new Map<number, number>()
	if (withReplacement) {
		for (let i = 0; i < wanted; i++) {
			const at = Math.floor(random() * n)
			taken.set(at, (taken.get(at) ?? 0) + 1)
		}
		return taken
	}
	// Selection sampling: exact, each subset as likely as any other.
	for (let at = 0; at < n && taken.size < wanted; at++) {
		if (random() * (n - at) < wanted - taken.size) taken.set(at, 1)
	}
	return taken
}

/** A key's share of the sample: how often each of its pairs is taken, and the number of the first one of a partition. */
interface Share {
	readonly taken: ReadonlyMap<number, number>
	readonly starts: number[]
}

/** Counts all keys and draws the sample. */
async function drawShares(
	rdd: AnyRDD,
	withReplacement: boolean,
	rateOf: (key: unknown) => number,
	seed: number,
): Promise<KeyMap<Share>> {
	const counts = await rdd.sparkContext.runJob(rdd, countsOf)
	const totals = new KeyMap<{ n: number; starts: number[] }>()
	counts.forEach((own, partition) => {
		for (const [key, n] of own) {
			const total = totals.get(key) ?? { n: 0, starts: [] }
			total.starts[partition] = total.n
			total.n += n
			totals.set(key, total)
		}
	})
	const random = randomNumbers(seed)
	const shares = new KeyMap<Share>()
	for (const [key, { n, starts }] of totals) {
		const wanted = Math.ceil(rateOf(key) * n)
		shares.set(key, { starts, taken: drawn(n, wanted, withReplacement, random) })
	}
	return shares
}

family(RDD, {
	sampleByKey(withReplacement, fractions, seed = anySeed()) {
		const rateOf = rates(fractions as Fractions<unknown>)
		return narrow(
			this,
			{
				op: 'partition',
				fn: (pairs, index) => {
					const random = randomNumbers(seed * 31 + index)
					return repeated(pairs, (key) =>
						withReplacement ? poisson(rateOf(key), random) : Number(random() < rateOf(key)),
					)
				},
			},
			true,
		)
	},
	sampleByKeyExact(withReplacement, fractions, seed = anySeed()) {
		const rateOf = rates(fractions as Fractions<unknown>)
		let drawing: Promise<KeyMap<Share>> | undefined
		const shares = (): Promise<KeyMap<Share>> => {
			drawing ??= drawShares(this, withReplacement, rateOf, seed).catch((error) => {
				// The next job tries again.
				drawing = undefined
				throw error
			})
			return drawing
		}
		return narrow(
			this,
			{
				op: 'partitionAsync',
				fn: async (pairs, index) => {
					const all = await shares()
					const next = new KeyMap<number>()
					return repeated(pairs, (key) => {
						const share = all.get(key)
						const at = next.get(key) ?? share?.starts[index] ?? 0
						next.set(key, at + 1)
						return share?.taken.get(at) ?? 0
					})
				},
			},
			true,
		)
	},
})
