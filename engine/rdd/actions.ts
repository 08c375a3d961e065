/** Actions: what a program gets out of an RDD. Source: Spark's `RDD`. */

import { StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import { copyOf } from './copies.js'
import { family } from './family.js'
import { KeyMap, keyEquals } from './keys.js'
import { defaultOrder } from './order.js'
import type { PairRDD } from './pair.js'
import { RDD } from './rdd.js'
import type { KeyOf, ValueOf } from './shape.js'
import { collecting, counting } from './sink.js'

declare module './rdd.js' {
	interface RDD<T> {
		/** All records, partition after partition. */
		collect(): Action<T[]>
		count(): Action<number>
		/** The first `n` records; later partitions are computed only when they are needed. */
		take(n: number): Action<T[]>
		/** @throws rdd/empty */
		first(): Action<T>
		isEmpty(): Action<boolean>
		/** All records reduced by `f`. @throws rdd/empty */
		reduce(f: (a: T, b: T) => T): Action<T>
		/** `zero` once per partition and once at the end. */
		fold(zero: T, f: (a: T, b: T) => T): Action<T>
		aggregate<U>(zero: U, seqOp: (total: U, x: T) => U, combOp: (a: U, b: U) => U): Action<U>
		treeReduce(f: (a: T, b: T) => T, depth?: number): Action<T>
		treeAggregate<U>(zero: U, seqOp: (total: U, x: T) => U, combOp: (a: U, b: U) => U, depth?: number): Action<U>
		/** The greatest record; NaN, as of Math.max, when any is. @throws rdd/empty */
		max(order?: (a: T, b: T) => number): Action<T>
		min(order?: (a: T, b: T) => number): Action<T>
		/** The `n` greatest, greatest first. */
		top(n: number, order?: (a: T, b: T) => number): Action<T[]>
		/** The `n` least, least first. */
		takeOrdered(n: number, order?: (a: T, b: T) => number): Action<T[]>
		/** Calls `f` with every record; it may wait. */
		foreach(f: (x: T) => void | Promise<void>): Action<void>
		foreachPartition(f: (records: IterableIterator<T>) => void | Promise<void>): Action<void>
		countByValue(): Action<Map<T, number>>
		countByKey(this: PairRDD): Action<Map<KeyOf<T>, number>>
		/** The last value of each key. */
		collectAsMap(this: PairRDD): Action<Map<KeyOf<T>, ValueOf<T>>>
		/** All values of a key. */
		lookup(this: PairRDD, key: KeyOf<T>): Action<ValueOf<T>[]>
		reduceByKeyLocally(
			this: PairRDD,
			f: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
		): Action<Map<KeyOf<T>, ValueOf<T>>>
		/** The records one by one; one job per partition. */
		toLocalIterator(): AsyncIterableIterator<T>
	}
}

type AnyReduce = (a: unknown, b: unknown) => unknown

/** One array of several; the only one itself when there is one. */
const joined = <T>(parts: readonly T[][]): T[] => (parts.length === 1 ? (parts[0] as T[]) : (parts.flat(1) as T[]))

function empty(where: string): StreamError {
	return new StreamError('rdd/empty', 'empty collection', { where, remedy: 'ask isEmpty() first' })
}

/** The records of all partitions reduced, partition by partition; undefined when there are none. */
async function reduced(rdd: RDD<unknown>, f: AnyReduce): Promise<{ value: unknown } | undefined> {
	const parts = await rdd.sparkContext.runJob(rdd, (records) => reduceAll(records, f))
	return reduceAll(
		parts.filter((part) => part !== undefined).map((part) => part.value),
		f,
	)
}

function reduceAll(values: Iterable<unknown>, f: AnyReduce): { value: unknown } | undefined {
	let total: { value: unknown } | undefined
	for (const value of values) total = total === undefined ? { value } : { value: f(total.value, value) }
	return total
}

async function required(rdd: RDD<unknown>, f: AnyReduce, where: string): Promise<never> {
	const total = await reduced(rdd, f)
	if (total === undefined) throw empty(where)
	return total.value as never
}

async function aggregated(rdd: RDD<unknown>, zero: unknown, seqOp: AnyReduce, combOp: AnyReduce): Promise<never> {
	const parts = await rdd.sparkContext.runJob(rdd, (records) => {
		let total: unknown = copyOf(zero)
		for (const x of records) total = seqOp(total, x)
		return total
	})
	return parts.reduce(combOp, copyOf(zero)) as never
}

/** The first `n` records: one partition first, then more at a time, as Spark's `take`. */
async function taken(rdd: RDD<unknown>, n: number): Promise<unknown[]> {
	const rows: unknown[] = []
	if (n <= 0) return rows
	let scanned = 0
	const { conf } = rdd.sparkContext
	const factor = Math.max(conf.getInt('spark.rdd.limit.scaleUpFactor', 4), 2)
	let next = Math.max(conf.getInt('spark.rdd.limit.initialNumPartitions', 1), 1)
	// Asked for again each time: sorting may make fewer partitions than it was asked for.
	for (let total = rdd.getNumPartitions(); rows.length < n && scanned < total; total = rdd.getNumPartitions()) {
		const missing = n - rows.length
		const partitions = Array.from({ length: Math.min(next, total - scanned) }, (_, i) => scanned + i)
		const parts = await rdd.sparkContext.runJob(rdd, (records) => firsts(records, missing), partitions)
		for (const part of parts) rows.push(...part.slice(0, n - rows.length))
		scanned += partitions.length
		const guess = rows.length === 0 ? scanned * factor : Math.ceil((1.5 * (n - rows.length) * scanned) / rows.length)
		next = Math.max(Math.min(guess, scanned * factor), 1)
	}
	return rows
}

function firsts(records: Iterable<unknown>, n: number): unknown[] {
	const rows: unknown[] = []
	for (const x of records) {
		rows.push(x)
		if (rows.length >= n) break
	}
	return rows
}

/** The natural order but for NaN, which is the least of numbers, as of Math.min. */
const leastFirst = (a: unknown, b: unknown): number => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : defaultOrder(a, b))

async function least(rdd: RDD<unknown>, n: number, order: (a: never, b: never) => number): Promise<never> {
	const compare = order as (a: unknown, b: unknown) => number
	if (n <= 0) return [] as never
	const parts = await rdd.sparkContext.runJob(rdd, (records) => [...records].sort(compare).slice(0, n))
	return parts.flat(1).sort(compare).slice(0, n) as never
}

/** A JavaScript map; keys that are equal by value are one entry. */
async function counted(rdd: RDD<unknown>, keyOf: (x: unknown) => unknown): Promise<Map<never, number>> {
	const parts = await rdd.sparkContext.runJob(rdd, (records) => {
		const counts = new KeyMap<number>()
		for (const x of records) counts.set(keyOf(x), (counts.get(keyOf(x)) ?? 0) + 1)
		return counts
	})
	const all = new KeyMap<number>()
	for (const part of parts) for (const [key, n] of part) all.set(key, (all.get(key) ?? 0) + n)
	return new Map(all) as Map<never, number>
}

family(RDD, {
	collect() {
		return startAction(async () => joined(await this.sparkContext.runJob(this, collecting())))
	},
	count() {
		return startAction(async () => {
			const parts = await this.sparkContext.runJob(this, counting())
			return parts.reduce((sum, n) => sum + n, 0)
		})
	},
	take(n) {
		return startAction(() => taken(this, n))
	},
	first() {
		return startAction(async () => {
			const rows = await taken(this, 1)
			if (rows.length === 0) throw empty('first')
			return rows[0]
		})
	},
	isEmpty() {
		return startAction(async () => (await taken(this, 1)).length === 0)
	},
	reduce(f) {
		return startAction(() => required(this, f as AnyReduce, 'reduce'))
	},
	fold(zero, f) {
		return startAction(() => aggregated(this, zero, f as AnyReduce, f as AnyReduce))
	},
	aggregate(zero, seqOp, combOp) {
		return startAction(() => aggregated(this, zero, seqOp as AnyReduce, combOp as AnyReduce))
	},
	treeReduce(f, depth = 2) {
		checkDepth(depth)
		return startAction(() => required(this, f as AnyReduce, 'treeReduce'))
	},
	treeAggregate(zero, seqOp, combOp, depth = 2) {
		checkDepth(depth)
		return startAction(() => aggregated(this, zero, seqOp as AnyReduce, combOp as AnyReduce))
	},
	max(order = defaultOrder) {
		return startAction(() => required(this, (a, b) => (order(a, b) >= 0 ? a : b), 'max'))
	},
	min(order = leastFirst) {
		return startAction(() => required(this, (a, b) => (order(a, b) <= 0 ? a : b), 'min'))
	},
	top(n, order = defaultOrder) {
		return startAction(() => least(this, n, (a: unknown, b: unknown) => order(b, a)))
	},
	takeOrdered(n, order = defaultOrder) {
		return startAction(() => least(this, n, order))
	},
	foreach(f) {
		return startAction(async () => {
			await this.sparkContext.runJob(this, async (records) => {
				for (const x of records) {
					const waiting = f(x)
					if (waiting instanceof Promise) await waiting
				}
			})
		})
	},
	foreachPartition(f) {
		return startAction(async () => void (await this.sparkContext.runJob(this, (records) => f(records))))
	},
	countByValue() {
		return startAction(() => counted(this, (x) => x))
	},
	countByKey() {
		return startAction(() => counted(this, (x) => (x as [unknown, unknown])[0]))
	},
	collectAsMap() {
		return startAction(async () => {
			const last = new KeyMap<unknown>()
			for (const [k, v] of await this.collect()) last.set(k, v)
			return new Map(last) as Map<never, never>
		})
	},
	lookup(key) {
		return startAction(async () => {
			const found = (this as RDD<[unknown, unknown]>).filter(([k]) => keyEquals(k, key))
			await this.partitioner?.prepare()
			const index = this.partitioner?.getPartition(key)
			const parts = await this.sparkContext.runJob(
				found,
				(records) => Array.from(records, ([, v]) => v),
				index === undefined ? undefined : [index],
			)
			return parts.flat(1) as never
		})
	},
	reduceByKeyLocally(f) {
		return startAction(async () => {
			const reduce = f as AnyReduce
			const totals = new KeyMap<unknown>()
			for (const [k, v] of await this.collect()) totals.set(k, totals.has(k) ? reduce(totals.get(k), v) : v)
			return new Map(totals) as Map<never, never>
		})
	},
	async *toLocalIterator() {
		for (let i = 0; i < this.getNumPartitions(); i += 1) {
			const [rows] = await this.sparkContext.runJob(this, (records) => [...records], [i])
			yield* rows as unknown[]
		}
	},
})

function checkDepth(depth: number): void {
	if (!(depth >= 1)) {
		throw new StreamError(
			'argument/illegal',
			`requirement failed: Depth must be greater than or equal to 1 but got ${depth}.`,
		)
	}
}
