/** What holds for all RDDs: against plain array code, whatever the partitions. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RDD, SparkConf, SparkContext } from '../../engine/index.js'
import { numExamples, settings } from '../support/settings.js'

let sc: SparkContext
beforeAll(() => {
	sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('laws').setAll(settings))
})
afterAll(() => sc.stop())

const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 30 })
const partitions = fc.integer({ min: 1, max: 6 })
const pairs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 9 })), { maxLength: 20 })

const check = (law: fc.IAsyncProperty<never[]> | fc.IAsyncPropertyWithHooks<never[]>): Promise<void> =>
	fc.assert(law, { numRuns: numExamples(60), seed: 7 }) as Promise<void>

const sorted = (rows: readonly unknown[]): string[] => rows.map((x) => JSON.stringify(x)).sort()
const order = (a: number, b: number): number => a - b
const plus = (a: number, b: number): number => a + b

/** Checks that what `compute` makes of an RDD is what `expected` makes of its array, for any number of partitions. */
const equals = <T, R>(rows: fc.Arbitrary<T[]>, compute: (rdd: RDD<T>) => Promise<R>, expected: (all: T[]) => R) =>
	check(
		fc.asyncProperty(rows, partitions, async (all, n) => {
			expect(await compute(sc.parallelize(all, n))).toEqual(expected(all))
		}) as never,
	)

describe('an action gives the same for any number of partitions', () => {
	test('collect', () =>
		equals(
			numbers,
			(rdd) => rdd.collect(),
			(all) => all,
		))
	test('count', () =>
		equals(
			numbers,
			(rdd) => rdd.count(),
			(all) => all.length,
		))
	test('fold', () =>
		equals(
			numbers,
			(rdd) => rdd.fold(0, plus),
			(all) => all.reduce(plus, 0),
		))
	test('sum', () =>
		equals(
			numbers,
			(rdd) => rdd.sum(),
			(all) => all.reduce(plus, 0),
		))
	test('take', () =>
		equals(
			numbers,
			(rdd) => rdd.take(3),
			(all) => all.slice(0, 3),
		))
	test('top', () =>
		equals(
			numbers,
			(rdd) => rdd.top(4),
			(all) => all.toSorted((a, b) => b - a).slice(0, 4),
		))
	test('takeOrdered', () =>
		equals(
			numbers,
			(rdd) => rdd.takeOrdered(4),
			(all) => all.toSorted(order).slice(0, 4),
		))
	test('isEmpty', () =>
		equals(
			numbers,
			(rdd) => rdd.isEmpty(),
			(all) => all.length === 0,
		))
	test('aggregate', () =>
		equals(
			numbers,
			(rdd) =>
				rdd.aggregate(
					[0, 0],
					([n, sum], x) => [(n as number) + 1, (sum as number) + x],
					([a, b], [c, d]) => [(a as number) + (c as number), (b as number) + (d as number)],
				),
			(all) => [all.length, all.reduce(plus, 0)],
		))
	test('treeAggregate', () =>
		equals(
			numbers,
			(rdd) => rdd.treeAggregate(0, plus, plus, 3),
			(all) => all.reduce(plus, 0),
		))
	test('countByValue', () =>
		equals(
			numbers,
			async (rdd) => sorted([...(await rdd.countByValue())]),
			(all) => sorted([...new Set(all)].map((x) => [x, all.filter((y) => y === x).length])),
		))
})

describe('a transformation is what array code makes', () => {
	test('sortBy sorts, and keeps equal ones in order', () =>
		equals(
			pairs,
			(rdd) => rdd.sortBy(([, n]) => n).collect(),
			(all) => all.toSorted((a, b) => a[1] - b[1]),
		))
	test('sortByKey downward', () =>
		equals(
			pairs,
			async (rdd) => (await rdd.sortByKey(false, 3).collect()).map(([k]) => k),
			(all) =>
				all
					.map(([k]) => k)
					.sort()
					.reverse(),
		))
	test('repartition keeps every record', () =>
		equals(numbers, async (rdd) => sorted(await rdd.repartition(4).collect()), sorted))
	test('coalesce keeps the order', () =>
		equals(
			numbers,
			(rdd) => rdd.coalesce(2).collect(),
			(all) => all,
		))
	test('zipWithIndex counts positions', () =>
		equals(
			numbers,
			(rdd) => rdd.zipWithIndex().collect(),
			(all) => all.map((x, i): [number, number] => [x, i]),
		))
	test('zipWithUniqueId gives every record its own', () =>
		equals(
			numbers,
			async (rdd) => new Set((await rdd.zipWithUniqueId().collect()).map(([, id]) => id)).size,
			(all) => all.length,
		))
	test('distinct', () =>
		equals(
			numbers,
			async (rdd) => sorted(await rdd.distinct().collect()),
			(all) => sorted([...new Set(all)]),
		))
	test('glom has every record once', () =>
		equals(
			numbers,
			async (rdd) => (await rdd.glom().collect()).flat(),
			(all) => all,
		))
	test('cartesian', () =>
		equals(
			fc.array(fc.integer(), { maxLength: 6 }),
			async (rdd) => sorted(await rdd.cartesian(rdd).collect()),
			(all) => sorted(all.flatMap((a) => all.map((b) => [a, b]))),
		))
	test('groupBy', () =>
		equals(
			numbers,
			async (rdd) => sorted((await rdd.groupBy((x) => Math.abs(x % 3)).collect()).map(([k, xs]) => [k, xs.length])),
			(all) =>
				sorted(
					[...new Set(all.map((x) => Math.abs(x % 3)))].map((k) => [
						k,
						all.filter((x) => Math.abs(x % 3) === k).length,
					]),
				),
		))
})

describe('two RDDs', () => {
	const both = <T, R>(
		rows: fc.Arbitrary<T[]>,
		compute: (a: RDD<T>, b: RDD<T>) => Promise<R>,
		expected: (a: T[], b: T[]) => R,
	) =>
		check(
			fc.asyncProperty(rows, rows, partitions, partitions, async (a, b, n, m) => {
				expect(await compute(sc.parallelize(a, n), sc.parallelize(b, m))).toEqual(expected(a, b))
			}) as never,
		)
	test('union is one after the other', () =>
		both(
			numbers,
			(a, b) => a.union(b).collect(),
			(a, b) => [...a, ...b],
		))
	test('subtract keeps what the other lacks, doubles too', () =>
		both(
			numbers,
			async (a, b) => sorted(await a.subtract(b).collect()),
			(a, b) => sorted(a.filter((x) => !b.includes(x))),
		))
	test('intersection has what both have, once', () =>
		both(
			numbers,
			async (a, b) => sorted(await a.intersection(b).collect()),
			(a, b) => sorted([...new Set(a)].filter((x) => b.includes(x))),
		))
	test('join has every pair of values', () =>
		both(
			pairs,
			async (a, b) => sorted(await a.join(b).collect()),
			(a, b) => sorted(a.flatMap(([k, v]) => b.filter(([l]) => l === k).map(([, w]) => [k, [v, w]]))),
		))
	test('leftOuterJoin keeps keys of the left', () =>
		both(
			pairs,
			async (a, b) => sorted((await a.leftOuterJoin(b).collect()).map(([k, [v, w]]) => [k, v, w ?? null])),
			(a, b) =>
				sorted(
					a.flatMap(([k, v]) => {
						const ws = b.filter(([l]) => l === k).map(([, w]): number | null => w)
						return (ws.length === 0 ? [null] : ws).map((w) => [k, v, w])
					}),
				),
		))
	test('cogroup has the values of both sides', () =>
		both(
			pairs,
			async (a, b) =>
				sorted((await a.cogroup(b).collect()).map(([k, [vs, ws]]) => [k, vs.toSorted(order), ws.toSorted(order)])),
			(a, b) =>
				sorted(
					[...new Set([...a, ...b].map(([k]) => k))].map((k) => {
						const of = (rows: [string, number][]): number[] =>
							rows
								.filter(([l]) => l === k)
								.map(([, v]) => v)
								.sort(order)
						return [k, of(a), of(b)]
					}),
				),
		))
	test('subtractByKey keeps pairs of other keys', () =>
		both(
			pairs,
			async (a, b) => sorted(await a.subtractByKey(b).collect()),
			(a, b) => sorted(a.filter(([k]) => !b.some(([l]) => l === k))),
		))
})

describe('pairs', () => {
	const sums = (all: [string, number][]): string[] =>
		sorted(
			[...new Set(all.map(([k]) => k))].map((k) => [k, all.filter(([l]) => l === k).reduce((s, [, v]) => s + v, 0)]),
		)
	test.each<[string, (rdd: RDD<[string, number]>) => RDD<[string, number]>]>([
		['reduceByKey', (rdd) => rdd.reduceByKey(plus)],
		['foldByKey', (rdd) => rdd.foldByKey(0, plus)],
		['aggregateByKey', (rdd) => rdd.aggregateByKey(0, plus, plus)],
		['combineByKey', (rdd) => rdd.combineByKey((v) => v, plus, plus)],
		['groupByKey', (rdd) => rdd.groupByKey().mapValues((vs) => vs.reduce(plus, 0))],
		['partitionBy and mapPartitions', (rdd) => rdd.reduceByKey(plus, 5).coalesce(1)],
	])('%s adds up each key', (_, sum) => equals(pairs, async (rdd) => sorted(await sum(rdd).collect()), sums))

	test('keys equal by value meet, whatever they are', () => {
		const keys = fc.oneof(
			fc.integer(),
			fc.string({ maxLength: 3 }),
			fc.boolean(),
			fc.constantFrom(null, Number.NaN, -0, 0, 1.5, 2 ** 40, 10n),
			fc.tuple(fc.integer({ max: 3 }), fc.constantFrom('x', 'y')),
			fc.record({ a: fc.integer({ min: 0, max: 2 }) }),
			fc.date({ min: new Date(0), max: new Date(5), noInvalidDate: true }),
			fc.uint8Array({ maxLength: 2 }),
		)
		return check(
			fc.asyncProperty(keys, partitions, async (key, n) => {
				// The same key made twice: never the same object.
				const again = structuredClone(key)
				const rdd = sc.parallelize<[unknown, number]>(
					[
						[key, 1],
						['other', 5],
						[again, 2],
					],
					n,
				)
				const added = await rdd.reduceByKey(plus, 3).lookup(key)
				expect(added).toEqual(key === 'other' ? [8] : [3])
			}) as never,
		)
	})
})

describe('zipPartitions', () => {
	test('takes two, three and four RDDs', async () => {
		const [a, b, c, d] = [
			[1, 2],
			[3, 4],
			[5, 6],
			[7, 8],
		].map((rows) => sc.parallelize(rows, 2)) as [RDD<number>, RDD<number>, RDD<number>, RDD<number>]
		const sum = (...parts: Iterable<number>[]): number[] => [parts.flatMap((part) => [...part]).reduce((x, y) => x + y)]
		expect(await a.zipPartitions(b, (x, y) => sum(x, y)).collect()).toEqual([4, 6])
		expect(await a.zipPartitions(b, c, (x, y, z) => sum(x, y, z)).collect()).toEqual([9, 12])
		expect(await a.zipPartitions(b, c, d, (x, y, z, w) => sum(x, y, z, w), true).collect()).toEqual([16, 20])
	})

	test('refuses unequal numbers of partitions', () => {
		expect(() =>
			sc.parallelize([1], 1).zipPartitions(sc.parallelize([1, 2], 2), sc.parallelize([1], 1), () => []),
		).toThrow("Can't zip RDDs with unequal numbers of partitions: List(1, 2, 1)")
	})
})
