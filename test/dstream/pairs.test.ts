import { describe, expect, it } from 'vitest'
import { type DStream, HashPartitioner, type RDD } from '../../engine/index.js'
import { type Batches, batchesOf, type Seen, sorted } from '../support/batches.js'

type Pairs = DStream<[string, number]>
const plus = (a: number, b: number): number => a + b
const ones = (words: Batches<string>): Batches<[string, number]> =>
	words.map((batch) => batch?.map((word): [string, number] => [word, 1]))

const words = ones([['a', 'a', 'b'], ['', ''], []])
const states: Batches<[string, number]> = [
	[
		['california', 1],
		['california', 3],
		['new york', 4],
		['new york', 1],
	],
	[
		['california', 5],
		['california', 5],
		['new york', 3],
		['new york', 1],
	],
]
const sums = [
	[
		['california', 4],
		['new york', 5],
	],
	[
		['california', 10],
		['new york', 4],
	],
]

const over = (
	input: Batches<[string, number]>,
	build: (s: Pairs) => DStream<unknown>,
	n = input.length,
): Promise<Seen<unknown>[]> => batchesOf(n, (scope) => build(scope.input(input)))

describe('operators on pairs, with the batches of Spark', () => {
	it.each<[string, (s: Pairs) => DStream<unknown>, unknown[]]>([
		[
			'groupByKey gathers the values of each key',
			(s) => s.groupByKey(),
			[
				[
					['a', [1, 1]],
					['b', [1]],
				],
				[['', [1, 1]]],
				[],
			],
		],
		[
			'reduceByKey reduces them',
			(s) => s.reduceByKey(plus),
			[
				[
					['a', 2],
					['b', 1],
				],
				[['', 2]],
				[],
			],
		],
		[
			'mapValues leaves the keys',
			(s) => s.reduceByKey(plus).mapValues((v) => v + 10),
			[
				[
					['a', 12],
					['b', 11],
				],
				[['', 12]],
				[],
			],
		],
		[
			'flatMapValues gives a pair for each value',
			(s) => s.reduceByKey(plus).flatMapValues((v) => [v, v + 10]),
			[
				[
					['a', 12],
					['a', 2],
					['b', 11],
					['b', 1],
				],
				[
					['', 12],
					['', 2],
				],
				[],
			],
		],
		[
			'combineByKey goes from the first value on',
			(s) =>
				s
					.combineByKey(
						(v): number[] => [v],
						(all, v) => [...all, v],
						(a, b) => [...a, ...b],
					)
					.mapValues((all) => all.length),
			[
				[
					['a', 2],
					['b', 1],
				],
				[['', 2]],
				[],
			],
		],
	])('%s', async (_, build, expected) => expect(sorted(await over(words, build))).toEqual(expected))

	it.each<[string, (s: Pairs) => DStream<unknown>]>([
		['reduceByKey', (s) => s.reduceByKey(plus)],
		['reduceByKey in 3 partitions', (s) => s.reduceByKey(plus, 3)],
		['reduceByKey by a partitioner', (s) => s.reduceByKey(plus, new HashPartitioner(1))],
		['combineByKey', (s) => s.combineByKey((v) => v, plus, plus)],
		['combineByKey in 1 partition', (s) => s.combineByKey((v) => v, plus, plus, 1)],
		['combineByKey without a map side', (s) => s.combineByKey((v) => v, plus, plus, new HashPartitioner(2), false)],
		['groupByKey in 4 partitions', (s) => s.groupByKey(4).mapValues((all) => all.reduce(plus))],
		['groupByKey by a partitioner', (s) => s.groupByKey(new HashPartitioner(4)).mapValues((all) => all.reduce(plus))],
	])('%s sums the sales of each state', async (_, build) => expect(sorted(await over(states, build))).toEqual(sums))

	it.each<[string, (s: Pairs) => DStream<unknown>, number]>([
		['reduceByKey', (s) => s.reduceByKey(plus), 2],
		['reduceByKey of 5', (s) => s.reduceByKey(plus, 5), 5],
		['groupByKey by a partitioner', (s) => s.groupByKey(new HashPartitioner(3)), 3],
		['mapValues of 5', (s) => s.reduceByKey(plus, 5).mapValues((x) => x), 5],
		['join', (s) => s.join(s), 2],
		['join of 4', (s) => s.join(s, 4), 4],
		['cogroup of 3', (s) => s.cogroup(s, new HashPartitioner(3)), 3],
	])('%s has as many partitions as it is told, or the default parallelism', async (_, build, n) =>
		expect((await over(words, (s) => build(s).glom()))[0]).toHaveLength(n),
	)

	it('mapValues and filter keep the partitioner, map does not', async () => {
		const seen: boolean[] = []
		const look = <T>(s: DStream<T>): DStream<T> =>
			s.transform((rdd: RDD<T>) => {
				seen.push(rdd.partitioner !== undefined)
				return rdd
			})
		await over(
			words,
			(s) => {
				const reduced = s.reduceByKey(plus)
				return look(reduced.mapValues(String).filter(() => true)).union(look(reduced.map(([k, v]) => [k, String(v)])))
			},
			1,
		)
		expect(seen).toEqual([true, false])
	})
})

describe('joins of two streams, with the batches of Spark', () => {
	const joined = (
		build: (a: Pairs, b: DStream<[string, string]>) => DStream<unknown>,
		left: string[][] = [['a', 'b'], ['a', ''], [''], []],
		right: string[][] = [['a', 'b'], ['b', ''], [], ['']],
	): Promise<Seen<unknown>[]> =>
		batchesOf(4, ({ input }) =>
			build(
				input(left).map((w): [string, number] => [w, 1]),
				input(right).map((w): [string, string] => [w, 'x']),
			),
		).then(sorted)
	const first = [
		['a', [1, 'x']],
		['b', [1, 'x']],
	]

	it('join gives the keys of both sides', async () =>
		expect(await joined((a, b) => a.join(b))).toEqual([first, [['', [1, 'x']]], [], []]))
	it('leftOuterJoin gives all keys of its own', async () =>
		expect(await joined((a, b) => a.leftOuterJoin(b))).toEqual([
			first,
			[
				['', [1, 'x']],
				['a', [1, undefined]],
			],
			[['', [1, undefined]]],
			[],
		]))
	it('rightOuterJoin gives all keys of the other', async () =>
		expect(await joined((a, b) => a.rightOuterJoin(b))).toEqual([
			first,
			[
				['', [1, 'x']],
				['b', [undefined, 'x']],
			],
			[],
			[['', [undefined, 'x']]],
		]))
	it('fullOuterJoin gives the keys of either', async () =>
		expect(await joined((a, b) => a.fullOuterJoin(b))).toEqual([
			first,
			[
				['', [1, 'x']],
				['a', [1, undefined]],
				['b', [undefined, 'x']],
			],
			[['', [1, undefined]]],
			[['', [undefined, 'x']]],
		]))
	it('cogroup gathers the values of both sides', async () =>
		expect(
			await joined(
				(a, b) => a.cogroup(b),
				[['a', 'a', 'b'], ['a', ''], [''], []],
				[['a', 'a', 'b'], ['b', ''], [], []],
			),
		).toEqual([
			[
				[
					'a',
					[
						[1, 1],
						['x', 'x'],
					],
				],
				['b', [[1], ['x']]],
			],
			[
				['', [[1], ['x']]],
				['a', [[1], []]],
				['b', [[], ['x']]],
			],
			[['', [[1], []]]],
			[],
		]))
	it('join gives every pair of values of a key', async () =>
		expect((await joined((a, b) => a.join(b), [['a', 'a']], [['a', 'a']]))[0]).toEqual(Array(4).fill(['a', [1, 'x']])))
})

const kept: [string, (s: Pairs) => DStream<unknown>][] = [
	['groupByKey', (s) => s.groupByKey()],
	['reduceByKey', (s) => s.reduceByKey(plus)],
	['combineByKey', (s) => s.combineByKey((v) => v, plus, plus)],
	['mapValues', (s) => s.mapValues((v) => v)],
	['flatMapValues', (s) => s.flatMapValues((v) => [v])],
]
const joins: [string, (s: Pairs) => DStream<unknown>][] = [
	['cogroup', (s) => s.cogroup(s)],
	['join', (s) => s.join(s)],
	['leftOuterJoin', (s) => s.leftOuterJoin(s)],
	['rightOuterJoin', (s) => s.rightOuterJoin(s)],
	['fullOuterJoin', (s) => s.fullOuterJoin(s)],
]

describe('a batch without records', () => {
	it.each([...kept, ...joins])('stays empty after %s', async (_, build) =>
		expect(await over([[]], build)).toEqual([[]]),
	)
})

describe('a time without an RDD', () => {
	it.each(kept)('gives none after %s, and batches go on', async (_, build) =>
		expect(await over([undefined, []], build)).toEqual([undefined, []]),
	)
	it.each(joins)('fails the batch of %s, and batches go on', async (_, build) =>
		expect(await over([undefined, []], build)).toEqual(["Couldn't generate RDD from parent at time 1000 ms", []]),
	)
})

describe('an error in the function', () => {
	const bad = (x: number): number => {
		if (x === 2) throw new Error('two')
		return x
	}
	const twice = (n: number): [string, number][] => [
		['a', n],
		['a', n],
	]
	it.each<[string, (s: Pairs) => DStream<unknown>]>([
		['reduceByKey', (s) => s.reduceByKey((a, b) => bad(a) + b)],
		['combineByKey', (s) => s.combineByKey(bad, plus, plus)],
		['mapValues', (s) => s.mapValues(bad)],
		['flatMapValues', (s) => s.flatMapValues((v) => [bad(v)])],
	])('of %s fails that batch only', async (_, build) => {
		const seen = await over([twice(1), twice(2), twice(3)], build)
		expect([typeof seen[0], seen[1], typeof seen[2]]).toEqual(['object', 'two', 'object'])
	})
	it.each<[string, (s: Pairs) => DStream<unknown>]>([
		['mapValues', (s) => s.mapValues((async (v: number) => v) as never)],
		['flatMapValues', (s) => s.flatMapValues((async (v: number) => [v]) as never)],
		['reduceByKey', (s) => s.reduceByKey((async (a: number) => a) as never)],
		[
			'combineByKey',
			(s) => s.combineByKey((v) => v, (async (a: number) => a) as never, (async (a: number) => a) as never),
		],
	])('a promise from %s is refused', async (name, build) =>
		expect((await over([twice(1)], build))[0]).toBe(`the function of ${name} returned a promise`),
	)
	it('a key without equality by value is refused', async () =>
		expect((await over([twice(1)], (s) => s.map(() => [() => 1, 1]).reduceByKey(plus)))[0]).toMatch(
			/^a function.* is used as a key, but has no equality by value$/,
		))
})

describe('keys', () => {
	it.each<[string, () => unknown]>([
		['tuples', () => ['a', 1]],
		['dates', () => new Date(7)],
		['bytes', () => new Uint8Array([1, 2])],
		['plain objects', () => ({ a: [1] })],
		['big integers', () => 12n],
		['not a number', () => Number.NaN],
		['null', () => null],
		['undefined', () => undefined],
	])('are equal by value: %s', async (_, key) => {
		const [reduced] = await over(
			[
				[
					['x', 1],
					['y', 2],
					['z', 3],
				],
			],
			(s) => s.map(([, v]) => [key(), v]).reduceByKey(plus),
		)
		expect(reduced).toEqual([[key(), 6]])
		const [paired] = await over([[['x', 1]]], (s) => s.map(([, v]) => [key(), v]).join(s.map(([, v]) => [key(), -v])))
		expect(paired).toEqual([[key(), [1, -1]]])
	})
})
