import { describe, expect, it } from 'vitest'
import { type DStream, Milliseconds, type RDD, Seconds, StreamingContext } from '../../engine/index.js'
import { type Batches, batchesOf, type Scope, type Seen, sorted, withStreams } from '../support/batches.js'

const four = [
	[1, 2, 3, 4],
	[5, 6, 7, 8],
	[9, 10, 11, 12],
]
const hundreds = [0, 100, 200].map((from) => Array.from({ length: 100 }, (_, i) => from + i + 1))
const plus = (a: number, b: number): number => a + b
const boom = (): never => {
	throw new Error('boom')
}
const failing = boom as () => never

type Build = (s: DStream<number>, scope: Scope) => DStream<unknown>

/** The batches of an operator over one input. */
const over = (input: Batches<number>, build: Build, n = input.length): Promise<Seen<unknown>[]> =>
	batchesOf(n, (scope) => build(scope.input(input), scope))

describe('operators on records, with the batches of Spark', () => {
	it.each<[string, Build, unknown[]]>([
		[
			'map gives f(record), in order',
			(s) => s.map(String),
			[
				['1', '2', '3', '4'],
				['5', '6', '7', '8'],
				['9', '10', '11', '12'],
			],
		],
		[
			'flatMap gives all records of f(record), in order',
			(s) => s.flatMap((x) => [x, x * 2]),
			[
				[1, 2, 2, 4, 3, 6, 4, 8],
				[5, 10, 6, 12, 7, 14, 8, 16],
				[9, 18, 10, 20, 11, 22, 12, 24],
			],
		],
		[
			'flatMap takes any iterable',
			(s) =>
				s.flatMap(function* (x) {
					if (x % 2 === 0) yield x
				}),
			[
				[2, 4],
				[6, 8],
				[10, 12],
			],
		],
		[
			'filter gives the records for which it holds',
			(s) => s.filter((x) => x % 2 === 0),
			[
				[2, 4],
				[6, 8],
				[10, 12],
			],
		],
		[
			'glom gives one array a partition',
			(s) => s.glom(),
			[
				[
					[1, 2],
					[3, 4],
				],
				[
					[5, 6],
					[7, 8],
				],
				[
					[9, 10],
					[11, 12],
				],
			],
		],
		[
			'mapPartitions gives the records of f(iterator)',
			(s) => s.mapPartitions((records) => [[...records].reduce(plus)]),
			[
				[3, 7],
				[11, 15],
				[19, 23],
			],
		],
		['reduce gives one record', (s) => s.reduce(plus), [[10], [26], [42]]],
		[
			'transform gives what the function makes of the RDD',
			(s) => s.transform((rdd) => rdd.map((x) => -x)).filter((x) => x === -5),
			[[], [-5], []],
		],
		[
			'transform knows the batch time',
			(s) => s.transform((rdd, time) => rdd.map(() => time.milliseconds)).filter((x) => x > 2_000),
			[[], [], [3_000, 3_000, 3_000, 3_000]],
		],
	])('%s', async (_, build, expected) => expect(await over(four, build)).toEqual(expected))

	it('count gives one number a batch, 0 for an empty one', async () =>
		expect(await over([[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]], (s) => s.count())).toEqual([[0], [1], [2], [3], [4]]))

	it.each([undefined, 1, 3])('countByValue in %s partitions counts each value', async (n) =>
		expect(sorted(await over([[1], [1, 1, 1], [1, 2], [1, 1, 2, 2]], (s) => s.countByValue(n)))).toEqual([
			[[1, 1]],
			[[1, 3]],
			[
				[1, 1],
				[2, 1],
			],
			[
				[1, 2],
				[2, 2],
			],
		]),
	)

	it.each([
		[2, 5],
		[5, 2],
	])('repartition of %i partitions to %i keeps the records', async (from, to) => {
		const seen = await batchesOf(3, ({ input }) => input(hundreds, from).repartition(to).glom())
		expect(seen.map((parts) => parts?.length)).toEqual([to, to, to])
		expect(seen.map((parts) => (parts as number[][]).flat().sort((a, b) => a - b))).toEqual(hundreds)
	})

	it('union gives the records of both, its own first', async () =>
		expect(await over([[1, 2], [101], []], (s) => s.union(s.map((x) => x + 4)))).toEqual([
			[1, 2, 5, 6],
			[101, 105],
			[],
		]))
	it('union of a context gives the records of all', async () =>
		expect(await over(four, (s, { ssc }) => ssc.union([s, s.map((x) => x + 4), s.map((x) => x + 8)]))).toEqual(
			four.map((rows) => [...rows, ...rows.map((x) => x + 4), ...rows.map((x) => x + 8)]),
		))
	it('transform of a context gets the RDDs in order, and the time', async () =>
		expect(
			await over(four, (s, { ssc, sc }) =>
				ssc.transform([s, s.map((x) => x + 4)], ([a, b], time) =>
					sc.union([a, b] as RDD<number>[]).map((x) => x + time.milliseconds),
				),
			),
		).toEqual(four.map((rows, i) => [...rows, ...rows.map((x) => x + 4)].map((x) => x + (i + 1) * 1_000))))

	it('transformWith joins two streams, the time beside them', async () => {
		const words = (rows: string[][]): string[][] => rows
		const seen = await batchesOf(4, ({ input }) => {
			const ones = input(words([['a', 'b'], ['a', ''], [''], []])).map((x) => [x, 1])
			const marks = input(words([['a', 'b'], ['b', ''], [], ['']])).map((x) => [x, 'x'])
			return ones.transformWith(marks, (a, b, time) => a.join(b).mapValues((v) => [v, time.milliseconds]))
		})
		expect(sorted(seen)).toEqual([
			[
				['a', [[1, 'x'], 1_000]],
				['b', [[1, 'x'], 1_000]],
			],
			[['', [[1, 'x'], 2_000]]],
			[],
			[],
		])
	})
})

const steps: [string, Build, unknown][] = [
	['map', (s) => s.map((x) => x), []],
	['flatMap', (s) => s.flatMap((x) => [x]), []],
	['filter', (s) => s.filter(() => true), []],
	['glom', (s) => s.glom(), [[], []]],
	['mapPartitions', (s) => s.mapPartitions((records) => records), []],
	['reduce', (s) => s.reduce(plus), []],
	['countByValue', (s) => s.countByValue(), []],
]
const joining: [string, Build, unknown, string][] = [
	['repartition', (s) => s.repartition(3), [], "Couldn't generate RDD from parent at time 2000 ms"],
	['count', (s) => s.count(), [0], "Couldn't generate RDD from parent at time 2000 ms"],
	['transform', (s) => s.transform((rdd) => rdd), [], "Couldn't generate RDD from parent at time 2000 ms"],
	['transformWith', (s) => s.transformWith(s, (a) => a), [], "Couldn't generate RDD from parent at time 2000 ms"],
	[
		'transform of a context',
		(s, { ssc }) => ssc.transform([s], ([rdd]) => rdd as RDD<number>),
		[],
		"Couldn't generate RDD from parent at time 2000 ms",
	],
	['union', (s) => s.union(s), [], 'Could not generate RDD from a parent for unifying at time 2000 ms'],
	[
		'union of a context',
		(s, { ssc }) => ssc.union([s, s]),
		[],
		'Could not generate RDD from a parent for unifying at time 2000 ms',
	],
]

describe('a batch without records', () => {
	it.each([...steps, ...joining])('goes through %s', async (...[, build, expected]) =>
		expect((await over([[]], build))[0]).toEqual(expected),
	)
})

describe('a time without an RDD', () => {
	it.each(steps)('gives none after %s, and batches go on', async (_, build) => {
		const [first, none, third] = await over([[], undefined, [7]], build)
		expect([first === undefined, none, third === undefined]).toEqual([false, undefined, false])
	})
	it.each(joining)('fails the batch of %s, and batches go on', async (_, build, __, text) => {
		const [first, failed, third] = await over([[], undefined, [7]], build)
		expect([typeof first, failed, typeof third]).toEqual(['object', text, 'object'])
	})
})

describe('an error in the function', () => {
	const one = (x: number): number => (x === 2 ? failing() : x)
	it.each<[string, Build]>([
		['map', (s) => s.map(one)],
		['flatMap', (s) => s.flatMap((x) => [one(x)])],
		['filter', (s) => s.filter((x) => one(x) > 0)],
		['mapPartitions', (s) => s.mapPartitions((records) => [...records].map(one))],
		['reduce', (s) => s.flatMap((x) => [x, x]).reduce((a, b) => one(a) + b - b)],
		['transform', (s) => s.transform((rdd, time) => (time.milliseconds === 2_000 ? failing() : rdd))],
		['transformWith', (s) => s.transformWith(s, (a, _, time) => (time.milliseconds === 2_000 ? failing() : a))],
	])('of %s fails that batch only, with its own message', async (_, build) =>
		expect(await over([[1], [2], [3]], build)).toEqual([[1], 'boom', [3]]),
	)

	it.each<[string, Build, string]>([
		['map', (s) => s.map(async (x) => x), 'the function of map returned a promise'],
		['flatMap', (s) => s.flatMap((async (x: number) => [x]) as never), 'the function of flatMap returned a promise'],
		['filter', (s) => s.filter((async () => true) as never), 'the function of filter returned a promise'],
		[
			'mapPartitions',
			(s) => s.mapPartitions((async () => []) as never),
			'the function of mapPartitions returned a promise',
		],
		[
			'transform',
			(s) => s.transform((async (rdd: RDD<number>) => rdd) as never),
			'the function of transform returned a promise',
		],
		[
			'transform of an action',
			(s) => s.transform(((rdd: RDD<number>) => rdd.count()) as never),
			'the function of transform returned a promise',
		],
		[
			'ssc.transform',
			(s, { ssc }) => ssc.transform([s], (async ([rdd]: RDD<number>[]) => rdd) as never),
			'the function of transform returned a promise',
		],
	])('a promise from %s is refused', async (_, build, text) => expect((await over([[1]], build))[0]).toBe(text))

	const noNull =
		'Transform function must not return null. Return SparkContext.emptyRDD() instead to represent no element as the result of transformation.'
	it.each<[string, Build, string]>([
		['null from transform', (s) => s.transform((() => null) as never), noNull],
		['nothing from transform', (s) => s.transform((() => undefined) as never), noNull],
		['nothing from transformWith', (s) => s.transformWith(s, (() => undefined) as never), noNull],
		['nothing from ssc.transform', (s, { ssc }) => ssc.transform([s], (() => undefined) as never), noNull],
		[
			'an array from transform',
			(s) => s.transform((() => [1]) as never),
			'the function of transform returned (1), which is no RDD',
		],
		[
			'a number from flatMap',
			(s) => s.flatMap((() => 5) as never),
			'the function of flatMap returned 5, which is not iterable',
		],
	])('%s is refused at its batch', async (_, build, text) => expect((await over([[1]], build))[0]).toBe(text))
})

describe('streams that do not fit', () => {
	it.each<[string, Build, string]>([
		[
			'union with another slide duration',
			(s) => s.union(s.window('2s', '2s')),
			'requirement failed: Some of the DStreams have different slide durations',
		],
		[
			'transformWith another slide duration',
			(s) => s.transformWith(s.window('2s', '2s'), (a) => a),
			'requirement failed: Some of the DStreams have different slide durations',
		],
		[
			'union with another context',
			(s, { sc }) => s.union(new StreamingContext(sc, Seconds(1)).script([[1]])),
			'requirement failed: Some of the DStreams have different contexts',
		],
		['union of no streams', (_, { ssc }) => ssc.union([]), 'next on empty iterator'],
		['transform of no streams', (_, { ssc, sc }) => ssc.transform([], () => sc.emptyRDD()), 'head of empty list'],
		['union with nothing', (s) => s.union(undefined as never), 'undefined is no DStream'],
		['transformWith an RDD', (s, { sc }) => s.transformWith(sc.emptyRDD() as never, (a) => a), 'is no DStream'],
		[
			'a negative number of partitions',
			(s) => s.countByValue(-1),
			'requirement failed: Number of partitions (-1) cannot be negative.',
		],
		['foreach', (s) => s.foreach(() => undefined), 'DStream.foreach was removed from Spark'],
	])('%s is refused when it is made', (_, build, text) =>
		withStreams((scope) => expect(() => build(scope.input([[1]]), scope)).toThrow(text)),
	)

	it('repartition to no partitions fails its batch', async () =>
		expect((await over([[1]], (s) => s.repartition(0)))[0]).toBe(
			'requirement failed: Number of partitions (0) must be positive.',
		))
	it('streams of the same slide duration fit, however it is written', async () =>
		expect(await over([[1]], (s) => s.window('2s', '2s').union(s.window(Milliseconds(2_000), Seconds(2))), 2)).toEqual([
			undefined,
			[1, 1],
		]))
})
