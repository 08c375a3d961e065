/**
 * Samples with a rate for each key. Source: Spark's `PairRDDFunctions.sampleByKey`, `sampleByKeyExact`.
 *
 * The exact form counts each key with one job, draws which of its records are taken, and computes them where they are.
 */

import { requireThat, StreamError } from '../base/errors.js'
import { family } from './family.js'
import { KeyMap } from './keys.js'
import type { PairRDD } from './pair.js'
import type { AnyRDD, Plan } from './plan.js'
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

/** What travels to where the sample is taken. */
interface Rates {
	readonly isMap: boolean
	readonly rates: readonly (readonly [key: unknown, rate: number])[]
}

/** The rate of each key, as plain data. @throws argument/illegal for a negative one */
function ratesOf(fractions: Fractions<unknown>): Rates {
	const isMap = typeof fractions.get === 'function'
	const rates = isMap ? [...(fractions as ReadonlyMap<unknown, number>)] : Object.entries(fractions)
	for (const [, rate] of rates) requireThat(rate >= 0, 'Negative sampling rates.')
	return { isMap, rates }
}

/** The rate of a key. @throws argument/illegal, when it is called, for a key that has none */
function lookup({ isMap, rates }: Rates): (key: unknown) => number {
	const byKey = new KeyMap<number>(rates)
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

function countsOf(pairs: Iterable<unknown>): [key: unknown, n: number][] {
	const counts = new KeyMap<number>()
	for (const pair of pairs) counts.set((pair as Pair)[0], (counts.get((pair as Pair)[0]) ?? 0) + 1)
	return [...counts]
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
type Shares = readonly (readonly [key: unknown, share: Share])[]

/** Counts all keys and draws the sample. */
async function drawShares(
	rdd: AnyRDD,
	withReplacement: boolean,
	rateOf: (key: unknown) => number,
	seed: number,
): Promise<Shares> {
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
	return [...totals].map(([key, { n, starts }]) => {
		const wanted = Math.ceil(rateOf(key) * n)
		return [key, { starts, taken: drawn(n, wanted, withReplacement, random) }]
	})
}

family(RDD, {
	sampleByKey(withReplacement, fractions, seed = anySeed()) {
		const rates = ratesOf(fractions as Fractions<unknown>)
		return narrow(
			this,
			{
				op: 'partition',
				fn: (pairs, index) => {
					const random = randomNumbers(seed * 31 + index)
					const rateOf = lookup(rates)
					return repeated(pairs, (key) =>
						withReplacement ? poisson(rateOf(key), random) : Number(random() < rateOf(key)),
					)
				},
			},
			true,
		)
	},
	sampleByKeyExact(withReplacement, fractions, seed = anySeed()) {
		const rates = ratesOf(fractions as Fractions<unknown>)
		let shares: Shares | undefined
		const plan: Plan = {
			kind: 'narrow',
			parent: this as AnyRDD,
			step: {
				op: 'partition',
				fn: (pairs, index) => {
					const all = new KeyMap(shares)
					const next = new KeyMap<number>()
					return repeated(pairs, (key) => {
						const share = all.get(key)
						const at = next.get(key) ?? share?.starts[index] ?? 0
						next.set(key, at + 1)
						return share?.taken.get(at) ?? 0
					})
				},
			},
			prepare: async () => {
				shares = await drawShares(this, withReplacement, lookup(rates), seed)
			},
		}
		const { partitioner } = this as AnyRDD
		return new RDD<unknown>(this.sparkContext, { kind: 'MapPartitionsRDD', plan, partitioner }) as never
	},
})
