import { describe, expect, it } from 'vitest'
import { type DStream, HashPartitioner, type RDD, type SparkContext } from '../../engine/index.js'
import { type Batches, batchesOf, type Seen, sorted, withStreams } from '../support/batches.js'
import { isOneProcess } from '../support/settings.js'

type Pairs = DStream<[string, number]>
type Build = (s: Pairs, sc: SparkContext) => DStream<unknown>

const ones = (words: Batches<string>): Batches<[string, number]> =>
	words.map((batch) => batch?.map((word): [string, number] => [word, 1]))
const letters = ones([['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b'], ['a'], []])
const over = (build: Build, input = letters, n = input.length): Promise<Seen<unknown>[]> =>
	batchesOf(n, (scope) => build(scope.input(input), scope.sc)).then(sorted)
const total = (values: number[], state: number | undefined): number => values.reduce((a, b) => a + b, state ?? 0)
const rows = (...batches: string[]): [string, number][][] =>
	batches.map((batch) => batch.split(' ').map((entry): [string, number] => [entry.charAt(0), Number(entry.slice(1))]))
const two = new HashPartitioner(2)

const plain = rows('a1', 'a2 b1', 'a3 b2 c1', 'a4 b3 c1', 'a5 b3 c1', 'a5 b3 c1')
const begun = rows('a2 c2', 'a3 b1 c2', 'a4 b2 c3', 'a5 b3 c3', 'a6 b3 c3', 'a6 b3 c3')
const initial = (sc: SparkContext): RDD<[string, number]> =>
	sc.parallelize<[string, number]>([
		['a', 1],
		['c', 2],
	])

describe('updateStateByKey in each of its forms, with the batches of Spark', () => {
	it.each<[string, Build, unknown]>([
		['(values, state)', (s) => s.updateStateByKey(total), plain],
		['(values, state), a number of partitions', (s) => s.updateStateByKey(total, 3), plain],
		['(values, state), a partitioner', (s) => s.updateStateByKey(total, two), plain],
		['(values, state), an initial state', (s, sc) => s.updateStateByKey(total, two, initial(sc)), begun],
		[
			'(values, state with a default), an initial state and a number of partitions',
			(s, sc) => s.updateStateByKey((values, state = 0) => total(values, state), 3, initial(sc)),
			begun,
		],
		[
			'an iterator',
			(s) =>
				s.updateStateByKey(
					function* (entries) {
						for (const [key, values, state] of entries) yield [key, total(values, state)]
					},
					two,
					true,
				),
			plain,
		],
		[
			'an iterator, an initial state',
			(s, sc) =>
				s.updateStateByKey(
					(entries) => [...entries].map(([key, values, state]): [string, number] => [key, total(values, state)]),
					two,
					true,
					initial(sc),
				),
			begun,
		],
		[
			'(time, key, values, state)',
			(s) => s.updateStateByKey((_t, _k, values, state) => total(values, state), two, true),
			plain,
		],
		[
			'(time, key, values, state), an initial state, no partitioner remembered',
			(s, sc) =>
				s.updateStateByKey(
					(time, _key, values, state) => (values.length > 0 ? time.milliseconds + (state ?? 0) : state),
					two,
					false,
					initial(sc).mapValues(() => 0),
				),
			rows(
				'a1000 c0',
				'a3000 b2000 c0',
				'a6000 b5000 c3000',
				'a10000 b9000 c3000',
				'a15000 b9000 c3000',
				'a15000 b9000 c3000',
			),
		],
	])('%s', async (_, build, expected) => expect(await over(build)).toEqual(expected))

	it('an iterator may give other keys', async () =>
		expect(
			await over(
				(s) =>
					s.updateStateByKey(
						(entries) => [...entries].map(([key, vs, st]): [string, number] => [`${key}!`, total(vs, st)]),
						2,
						false,
					),
				ones([['a'], []]),
			),
		).toEqual([[['a!', 1]], [['a!!', 1]]]))
	it('the time form knows its key', async () =>
		expect(
			await over((s) => s.updateStateByKey<string>((_, key, vs) => `${key}${vs.length}`, 2, true), ones([['a', 'a']])),
		).toEqual([[['a', 'a2']]]))
	it('gets the values of a key in the order of the records', async () =>
		expect(
			await over(
				(s) => s.updateStateByKey<number[]>((vs, st) => [...(st ?? []), ...vs]),
				[
					[
						['k', 0],
						['k', 1],
						['k', 2],
					],
					[['k', 3]],
				],
			),
		).toEqual([[['k', [0, 1, 2]]], [['k', [0, 1, 2, 3]]]]))

	it('a state lives until the function gives none, over times without an RDD', async () => {
		const build: Build = (s) =>
			s
				.updateStateByKey<{ counter: number; expire: number }>((values, state = { counter: 0, expire: 0 }) => {
					const sum = total(values, 0)
					if (sum === 0) state.expire += 1
					else Object.assign(state, { counter: state.counter + sum, expire: 0 })
					return state.expire === 2 ? undefined : state
				}, 1)
				.mapValues(({ counter }) => counter)
		expect(await over(build, ones([['a', 'b'], undefined, ['a', 'c', 'a'], ['c'], undefined, undefined]))).toEqual([
			...rows('a1 b1', 'a1 b1', 'a3 c1', 'a3 c2', 'c2'),
			[],
		])
	})
	it('null removes a key as undefined does', async () =>
		expect(await over((s) => s.updateStateByKey((() => null) as never), ones([['a']]))).toEqual([[]]))
})

describe('state before, batch now', () => {
	const late = ones([undefined, ['a'], undefined, ['a']])
	it('without both there is no RDD; without a batch every state is updated; without a state only the batch', async () =>
		expect(await over((s) => s.updateStateByKey<string>((vs, st) => `${st ?? ''}${vs.length}`), late)).toEqual([
			undefined,
			[['a', '1']],
			[['a', '10']],
			[['a', '101']],
		]))
	it('an initial state waits for the first batch with an RDD', async () =>
		expect(
			await over((s, sc) => s.updateStateByKey(total, 2, sc.parallelize<[string, number]>([['z', 7]])), late),
		).toEqual([undefined, ...rows('a1 z7', 'a1 z7', 'a2 z7')]))
	it('an empty batch updates every state', async () =>
		expect(
			await over((s) => s.updateStateByKey<number>((vs, st) => (st ?? 0) + vs.length + 10), ones([['a'], [], []])),
		).toEqual(rows('a11', 'a21', 'a31')))
	it('follows the slide duration of its parent', async () =>
		expect(await over((s) => s.window('2s', '2s').updateStateByKey(total), letters, 4)).toEqual([
			undefined,
			...rows('a2 b1'),
			undefined,
			...rows('a4 b3 c1'),
		]))
	it('keys are equal by value', async () => {
		const keys: (() => unknown)[] = [() => ['a', 1], () => new Date(7), () => new Uint8Array([1]), () => ({ a: 1 })]
		for (const key of keys) {
			expect(
				await over((s) => s.map(([, v]) => [key(), v]).updateStateByKey(total), ones([['x'], ['x', 'y'], []])),
			).toEqual([1, 3, 3].map((n) => [[key(), n]]))
		}
	})
})

describe('a function that changes the old state', () => {
	it('works on a copy: earlier batches and the initial state stay as they were', async () => {
		const seen = await withStreams(async ({ sc, ssc, input }) => {
			const start: [string, { n: number }][] = [['a', { n: 10 }]]
			const state = input(letters).updateStateByKey<{ n: number }>(
				(values, old) => {
					const next = old ?? { n: 0 }
					next.n += values.length
					return next
				},
				1,
				sc.parallelize(start, 1),
			)
			const batches: unknown[] = []
			state.foreachRDD(async (rdd) => void batches.push(await rdd.collect()))
			await ssc.step(3)
			return [batches[0], batches[1], start]
		})
		expect(seen).toEqual([
			[['a', { n: 11 }]],
			[
				['a', { n: 12 }],
				['b', { n: 1 }],
			],
			[['a', { n: 10 }]],
		])
	})
})

describe('a function that fails', () => {
	/** Fails at its `nth` call for key b. */
	const failingAt = (nth: number): ((values: number[], state: number | undefined) => number) => {
		let calls = 0
		return (values, state) => {
			calls += 1
			if (calls === nth) throw new Error('boom')
			return total(values, state)
		}
	}
	it.runIf(isOneProcess())('fails its batch; the next one counts everything once, that batch included', async () =>
		expect(await over((s) => s.updateStateByKey(failingAt(3), 1), ones([['a'], ['a', 'b'], ['b'], []]))).toEqual([
			...rows('a1'),
			'boom',
			...rows('a2 b2', 'a2 b2'),
		]),
	)
	it('fails every batch as long as it fails for what is remembered', async () =>
		expect(
			await over(
				(s) =>
					s.updateStateByKey((values, state) => {
						if (values.length === 2) throw new Error('two')
						return total(values, state)
					}, 1),
				ones([['a'], ['a', 'a'], ['b']]),
			),
		).toEqual([...rows('a1'), 'two', 'two']))
	it.each<[string, Build, string]>([
		[
			'a promise',
			(s) => s.updateStateByKey((async () => 1) as never),
			'the function of updateStateByKey returned a promise',
		],
		[
			'a promise from the time form',
			(s) => s.updateStateByKey((async (_t: unknown, _k: unknown, _v: unknown, _s: unknown) => 1) as never, 2, true),
			'the function of updateStateByKey returned a promise',
		],
		[
			'a promise of pairs',
			(s) => s.updateStateByKey((async () => []) as never, 2, true),
			'the function of updateStateByKey returned a promise',
		],
		[
			'no pairs',
			(s) => s.updateStateByKey(((_entries: unknown) => undefined) as never, 2, true),
			'the function of updateStateByKey returned undefined, which is not iterable',
		],
	])('%s is refused', async (_, build, text) => expect((await over(build))[0]).toBe(text))
	it('a negative number of partitions is refused when it is made', () =>
		withStreams(({ input }) =>
			expect(() => input(letters).updateStateByKey(total, -1)).toThrow(
				'requirement failed: Number of partitions (-1) cannot be negative.',
			),
		))
})
