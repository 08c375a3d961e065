/** Transformations of records, whatever they are. Source: Spark's `RDD`. */

import { requireThat, StreamError } from '../base/errors.js'
import { family } from './family.js'
import { KeyMap } from './keys.js'
import { unionOf } from './make.js'
import { HashPartitioner } from './partitioner.js'
import type { AnyRDD, Step } from './plan.js'
import { anySeed, poisson, randomNumbers, xorShiftStart } from './random.js'
import { RDD } from './rdd.js'
import type { Shape } from './shape.js'
import { combined, narrow, type Placement, partitioned, placement, reducing } from './shuffle.js'
import type { RunningTask } from './taskcontext.js'

declare module './rdd.js' {
	interface RDD<T> {
		/** Each record becomes `f(record)`. Order and partitions are kept, the partitioner is not. */
		map<U extends Shape>(f: (x: T) => U): RDD<U>
		/** Each record becomes the records of `f(record)`, any iterable. @throws task/iterable when it is none */
		flatMap<U extends Shape>(f: (x: T) => Iterable<U>): RDD<U>
		/** The records for which `p` holds; the partitioner is kept. */
		filter<U extends T>(p: (x: T) => x is U): RDD<U>
		filter(p: (x: T) => boolean): RDD<T>
		/** Each partition becomes the records of `f(iterator)`. */
		mapPartitions<U extends Shape>(
			f: (records: IterableIterator<T>) => Iterable<U>,
			preservesPartitioning?: boolean,
		): RDD<U>
		/** As mapPartitions, with the number of the partition before its records. */
		mapPartitionsWithIndex<U extends Shape>(
			f: (index: number, records: IterableIterator<T>) => Iterable<U>,
			preservesPartitioning?: boolean,
		): RDD<U>
		/** As mapPartitions, with a function that may be asynchronous. */
		mapPartitionsAsync<U extends Shape>(
			f: (records: IterableIterator<T>) => Promise<Iterable<U>> | Iterable<U>,
			preservesPartitioning?: boolean,
		): RDD<U>
		/** One array per partition, empty ones included. */
		glom(): RDD<T[]>
		/** Pairs of `f(record)` and the record. */
		keyBy<K extends Shape>(f: (x: T) => K): RDD<[K, T]>
		/** Pairs of each value of `f` and the records that have it. */
		groupBy<K extends Shape>(f: (x: T) => K, to?: Placement): RDD<[K, T[]]>
		/** Each value once. Order is not kept. */
		distinct(numPartitions?: number): RDD<T>
		/** The records of both, duplicates kept. */
		union(other: RDD<T>): RDD<T>
		/** All pairs of a record here and a record there. */
		cartesian<U>(other: RDD<U>): RDD<[T, U]>
		/** The first with the first, and so on. @throws rdd/partitions when lengths of partitions differ */
		zip<U>(other: RDD<U>): RDD<[T, U]>
		/** Partition i of this and of up to three others given to one function. All need as many partitions. */
		zipPartitions<U, R extends Shape>(
			other: RDD<U>,
			f: (a: IterableIterator<T>, b: IterableIterator<U>) => Iterable<R>,
			preservesPartitioning?: boolean,
		): RDD<R>
		zipPartitions<U, V, R extends Shape>(
			second: RDD<U>,
			third: RDD<V>,
			f: (a: IterableIterator<T>, b: IterableIterator<U>, c: IterableIterator<V>) => Iterable<R>,
			preservesPartitioning?: boolean,
		): RDD<R>
		zipPartitions<U, V, W, R extends Shape>(
			second: RDD<U>,
			third: RDD<V>,
			fourth: RDD<W>,
			f: (
				a: IterableIterator<T>,
				b: IterableIterator<U>,
				c: IterableIterator<V>,
				d: IterableIterator<W>,
			) => Iterable<R>,
			preservesPartitioning?: boolean,
		): RDD<R>
		/** Pairs of each record and its place in the whole. Counts the partitions with a job when the result is computed. */
		zipWithIndex(): RDD<[T, number]>
		/** Pairs of each record and a number of its own: i·n + k for item i of partition k of n. */
		zipWithUniqueId(): RDD<[T, number]>
		/** Fewer partitions by joining neighbours, or (`shuffle`) any number with records spread evenly. */
		coalesce(numPartitions: number, shuffle?: boolean): RDD<T>
		/** The same records spread over `n` partitions. */
		repartition(n: number): RDD<T>
		/** About `fraction` of the records; with replacement a record may come several times. */
		sample(withReplacement: boolean, fraction: number, seed?: number): RDD<T>
		/** Parts in proportion to the weights; each record is in one. */
		randomSplit(weights: readonly number[], seed?: number): RDD<T>[]
	}
}

/** A step whose function needs to know something that `prepare` finds out before the job. */
function prepared(parent: AnyRDD, step: Step, prepare: () => Promise<void> | undefined): never {
	return new RDD<unknown>(parent.sparkContext, {
		kind: 'MapPartitionsRDD',
		plan: { kind: 'narrow', parent, step, prepare },
	}) as never
}

const op = (name: 'map' | 'flatMap' | 'filter', fn: unknown): Step => ({ op: name, fn }) as Step

family(RDD, {
	map(f) {
		return narrow(this, op('map', f))
	},
	flatMap(f) {
		return narrow(this, op('flatMap', f))
	},
	filter(p: unknown) {
		return narrow(this as AnyRDD, op('filter', p), true)
	},
	mapPartitions(f, preservesPartitioning = false) {
		return narrow(this, { op: 'partition', fn: (records) => f(records) }, preservesPartitioning)
	},
	mapPartitionsWithIndex(f, preservesPartitioning = false) {
		return narrow(this, { op: 'partition', fn: (records, index) => f(index, records) }, preservesPartitioning)
	},
	mapPartitionsAsync(f, preservesPartitioning = false) {
		return narrow(this, { op: 'partitionAsync', fn: (records) => f(records) }, preservesPartitioning)
	},
	glom() {
		return narrow(this, { op: 'partition', fn: (records) => [[...records]] })
	},
	keyBy(f) {
		return narrow(
			this,
			op('map', (x: unknown) => [f(x), x]),
		)
	},
	groupBy(f, to) {
		const partitioner = placement([this], to)
		return this.keyBy(f).groupByKey(partitioner) as never
	},
	distinct(n) {
		const numPartitions = n ?? this.getNumPartitions()
		if (this.partitioner !== undefined && numPartitions === this.getNumPartitions()) {
			return narrow(this, { op: 'partition', fn: firsts }, true)
		}
		const pairs = narrow(
			this,
			op('map', (x: unknown) => [x, null]),
		)
		const once = combined(
			pairs,
			reducing((a) => a),
			new HashPartitioner(numPartitions),
		)
		return narrow(
			once,
			op('map', (p: unknown) => (p as [unknown, unknown])[0]),
		)
	},
	union(other) {
		return unionOf(this.sparkContext, [this, other])
	},
	cartesian(other) {
		return new RDD<never>(this.sparkContext, {
			kind: 'CartesianRDD',
			plan: { kind: 'cartesian', left: this, right: other },
		})
	},
	zip(other) {
		return zipped([this, other], ([a, b]) => together(a as IterableIterator<unknown>, b as IterableIterator<unknown>))
	},
	zipPartitions(...given: unknown[]) {
		const at = given.findIndex((x) => typeof x === 'function')
		const f = given[at] as (...parts: IterableIterator<unknown>[]) => Iterable<never>
		const others = given.slice(0, at) as AnyRDD[]
		return zipped([this, ...others], (parts) => f(...parts), given[at + 1] === true)
	},
	zipWithIndex() {
		let starts: readonly number[] = [0]
		return prepared(
			this,
			{ op: 'partition', fn: (records, index) => numbered(records, starts[index] ?? 0, 1) },
			this.getNumPartitions() <= 1
				? () => undefined
				: async () => {
						let sum = 0
						const counts = await this.sparkContext.runJob(this, countOf)
						starts = counts.map((count) => {
							sum += count
							return sum - count
						})
					},
		)
	},
	zipWithUniqueId() {
		let n = this.getNumPartitions()
		return prepared(this, { op: 'partition', fn: (records, index) => numbered(records, index, n) }, () => {
			// Sorting may have made fewer of them than were asked for.
			n = this.getNumPartitions()
			return undefined
		})
	},
	coalesce(numPartitions, shuffle = false) {
		requireThat(numPartitions > 0, `Number of partitions (${numPartitions}) must be positive.`)
		if (shuffle) return spread(this, numPartitions)
		const before = this.getNumPartitions()
		const n = Math.min(numPartitions, before)
		const groups = Array.from({ length: n }, (_, i) => {
			const start = Math.floor((i * before) / n)
			return Array.from({ length: Math.floor(((i + 1) * before) / n) - start }, (_, j) => start + j)
		})
		return new RDD<never>(this.sparkContext, {
			kind: 'CoalescedRDD',
			plan: { kind: 'coalesced', parent: this, groups },
		})
	},
	repartition(n) {
		return this.coalesce(n, true)
	},
	sample(withReplacement, fraction, seed = anySeed()) {
		requireThat(fraction >= 0, `Fraction must be nonnegative, but got ${double(fraction)}`)
		requireThat(withReplacement || fraction <= 1, `Sampling fraction (${double(fraction)}) must be on interval [0, 1]`)
		const pick = (records: Iterable<unknown>, index: number): Iterable<unknown> =>
			sampled(records, randomNumbers(seed * 31 + index), (random) =>
				withReplacement ? poisson(fraction, random) : Number(random() < fraction),
			)
		return narrow(this, { op: 'partition', fn: pick }, true)
	},
	randomSplit(weights, seed = anySeed()) {
		const shown = `[${weights.map(double).join(',')}]`
		const sum = weights.reduce((a, b) => a + b, 0)
		requireThat(
			weights.every((w) => w >= 0),
			`Weights must be nonnegative, but got ${shown}`,
		)
		requireThat(sum > 0, `Sum of weights must be positive, but got ${shown}`)
		let start = 0
		return weights.map((weight) => {
			const [low, high] = [start / sum, (start + weight) / sum]
			start += weight
			const pick = (records: Iterable<unknown>, index: number): Iterable<unknown> =>
				sampled(records, randomNumbers(seed * 31 + index), (random) => {
					const x = random()
					return Number(x >= low && x < high)
				})
			return narrow(this, { op: 'partition', fn: pick }, true)
		})
	},
})

/** Partition i of several RDDs given to one function. @throws argument/illegal when their numbers differ */
export function zipped(
	parents: readonly AnyRDD[],
	fn: (parts: IterableIterator<unknown>[], index: number, task: RunningTask) => Iterable<unknown>,
	keepsPartitioner = false,
): AnyRDD {
	const counts = parents.map((rdd) => rdd.getNumPartitions())
	const first = parents[0] as AnyRDD
	if (counts.some((n) => n !== counts[0])) {
		throw new StreamError(
			'argument/illegal',
			`Can't zip RDDs with unequal numbers of partitions: List(${counts.join(', ')})`,
			{ remedy: 'give both the same number of partitions' },
		)
	}
	return new RDD<unknown>(first.sparkContext, {
		kind: 'ZippedPartitionsRDD',
		plan: { kind: 'zipped', parents, fn },
		partitioner: keepsPartitioner ? first.partitioner : undefined,
	})
}

function firsts(records: Iterable<unknown>): Iterable<unknown> {
	const seen = new KeyMap<true>()
	for (const x of records) if (!seen.has(x)) seen.set(x, true)
	return seen.keys()
}

function* together(a: Iterator<unknown>, b: Iterator<unknown>): IterableIterator<[unknown, unknown]> {
	for (;;) {
		const left = a.next()
		const right = b.next()
		if (left.done === true && right.done === true) return
		if (left.done === true || right.done === true) {
			throw new StreamError('rdd/partitions', 'Can only zip RDDs with same number of elements in each partition')
		}
		yield [left.value, right.value]
	}
}

function* numbered(records: Iterable<unknown>, start: number, step: number): IterableIterator<[unknown, number]> {
	let n = start
	for (const x of records) {
		yield [x, n]
		n += step
	}
}

function* sampled(
	records: Iterable<unknown>,
	random: () => number,
	copies: (random: () => number) => number,
): IterableIterator<unknown> {
	for (const x of records) for (let n = copies(random); n > 0; n--) yield x
}

const countOf = (records: Iterable<unknown>): number => {
	let n = 0
	for (const _ of records) n++
	return n
}

/** Record j of partition p goes to bucket start(p) + 1 + j, as Spark spreads it. */
function spread(rdd: AnyRDD, n: number): AnyRDD {
	const placed = narrow(rdd, {
		op: 'partition',
		fn: (records, index) => swap(numbered(records, xorShiftStart(index, n) + 1, 1)),
	})
	return narrow(
		partitioned(placed, new HashPartitioner(n)),
		op('map', (p: unknown) => (p as [number, unknown])[1]),
	)
}

/** As the JVM writes it. */
const double = (n: number): string => (Number.isInteger(n) ? n.toFixed(1) : String(n))

function* swap(pairs: Iterable<[unknown, number]>): IterableIterator<[number, unknown]> {
	for (const [x, n] of pairs) yield [n, x]
}
