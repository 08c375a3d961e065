import { describe, expect, it } from 'vitest'
import { type DStream, HashPartitioner, Milliseconds, Minutes, Seconds, StorageLevel } from '../../engine/index.js'
import { type Batches, batchesOf, type Scope, type Seen, sorted, withStreams } from '../support/batches.js'
import { isOneProcess } from '../support/settings.js'

type Pairs = DStream<[string, number]>
const plus = (a: number, b: number): number => a + b
const minus = (a: number, b: number): number => a - b

const six = [[0], [1], [2], [3], [4], [5]]
const over = (
	input: Batches<number>,
	build: (s: DStream<number>, scope: Scope) => DStream<unknown>,
	n = input.length,
): Promise<Seen<unknown>[]> => batchesOf(n, (scope) => build(scope.input(input), scope))
const overPairs = (
	input: Batches<[string, number]>,
	build: (s: Pairs, scope: Scope) => DStream<unknown>,
	n = input.length,
): Promise<Seen<unknown>[]> => batchesOf(n, (scope) => build(scope.input(input), scope)).then(sorted)

/** `a1 b2` is one batch of pairs; `-` is an empty one, `.` a time without an RDD. */
const batches = (text: string): ([string, number][] | undefined)[] =>
	text.split(' | ').map((batch) => {
		if (batch === '.') return undefined
		if (batch === '-') return []
		return batch.split(' ').map((entry): [string, number] => [entry.charAt(0), Number(entry.slice(1))])
	})

describe('window', () => {
	it.each<[string, (s: DStream<number>) => DStream<number>, number, unknown[]]>([
		[
			'holds the batches of the last window, oldest first',
			(s) => s.window('2s', '1s'),
			6,
			[[0], [0, 1], [1, 2], [2, 3], [3, 4], [4, 5]],
		],
		['slides as often as its parent unless told', (s) => s.window(Seconds(2)), 3, [[0], [0, 1], [1, 2]]],
		['may follow on itself', (s) => s.window('2s', '2s'), 6, [undefined, [0, 1], undefined, [2, 3], undefined, [4, 5]]],
		[
			'may overlap',
			(s) => s.window('4s', '2s'),
			8,
			[undefined, [0, 1], undefined, [0, 1, 2, 3], undefined, [2, 3, 4, 5], undefined, [4, 5]],
		],
		[
			'drops the batches between windows shorter than their slide',
			(s) => s.window('2s', '3s'),
			6,
			[undefined, undefined, [1, 2], undefined, undefined, [4, 5]],
		],
		[
			'of a window slides as that does',
			(s) => s.window('2s', '2s').window('4 s'),
			6,
			[undefined, [0, 1], undefined, [0, 1, 2, 3], undefined, [2, 3, 4, 5]],
		],
		[
			'moves on over batches that are over',
			(s) => s.window('2s'),
			8,
			[[0], [0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5], []],
		],
		['of no length is empty', (s) => s.window('0s'), 2, [[], []]],
		['of a negative length is empty', (s) => s.window(Seconds(-1)), 2, [[], []]],
		['may be an hour long', (s) => s.window(Minutes(60)), 3, [[0], [0, 1], [0, 1, 2]]],
	])('%s', async (_, build, n, expected) => expect(await over(six, build, n)).toEqual(expected))

	it('skips times without an RDD, and is empty without any', async () =>
		expect(await over([undefined, undefined, [1], undefined], (s) => s.window('2s'))).toEqual([[], [], [1], [1]]))
	it('has no partitions when it holds no RDD', async () =>
		expect(await over([undefined], (s) => s.window('2s').glom())).toEqual([[]]))
	it('an error before it fails every window that holds the batch', async () => {
		const fail = (x: number): number => {
			if (x === 1) throw new Error('one')
			return x
		}
		expect(await over(six, (s) => s.map(fail).window('2s'), 4)).toEqual([[0], 'one', 'one', [2, 3]])
	})
	it('fails every batch when its slide duration is nothing', async () =>
		expect(await over(six, (s) => s.window('1s', '0s'), 2)).toEqual(['/ by zero', '/ by zero']))

	it.each<[string, (s: Pairs) => unknown, string, string]>([
		[
			'window 1500 ms',
			(s) => s.window('1500ms'),
			'The window duration of windowed DStream (1500 ms) must be a multiple of the slide duration of parent DStream (1000 ms)',
			'use 1000 ms or 2000 ms',
		],
		[
			'slide 1500 ms',
			(s) => s.window('2s', Milliseconds(1_500)),
			'The slide duration of windowed DStream (1500 ms) must be a multiple of the slide duration of parent DStream (1000 ms)',
			'use 1000 ms or 2000 ms',
		],
		[
			'window 300 ms',
			(s) => s.window('300ms'),
			'The window duration of windowed DStream (300 ms) must be a multiple of the slide duration of parent DStream (1000 ms)',
			'use 1000 ms',
		],
		[
			'a window between those of a slower parent',
			(s) => s.window('2s', '2s').window('3s'),
			'The window duration of windowed DStream (3000 ms) must be a multiple of the slide duration of parent DStream (2000 ms)',
			'use 2000 ms or 4000 ms',
		],
		[
			'inverse window 1500 ms',
			(s) => s.reduceByKeyAndWindow(plus, minus, '1500ms'),
			'requirement failed: The window duration of ReducedWindowedDStream (1500 ms) must be multiple of the slide duration of parent DStream (1000 ms)',
			'use 1000 ms or 2000 ms',
		],
		[
			'inverse slide 1500 ms',
			(s) => s.reduceByKeyAndWindow(plus, minus, '2s', '1500ms'),
			'requirement failed: The slide duration of ReducedWindowedDStream (1500 ms) must be multiple of the slide duration of parent DStream (1000 ms)',
			'use 1000 ms or 2000 ms',
		],
		[
			'groupByKeyAndWindow 2500 ms',
			(s) => s.groupByKeyAndWindow('2500ms'),
			'The window duration of windowed DStream (2500 ms) must be a multiple of the slide duration of parent DStream (1000 ms)',
			'use 2000 ms or 3000 ms',
		],
		[
			'no duration',
			(s) => s.window('2 sec' as never),
			'"2 sec" is no duration',
			"use Seconds(30) or a text such as '30s', '200ms', '1 min'",
		],
		[
			'a number',
			(s) => s.window(2_000 as never),
			'2000 is no duration',
			"use Seconds(30) or a text such as '30s', '200ms', '1 min'",
		],
	])('%s is refused, naming what would do', (_, build, message, remedy) =>
		withStreams(({ input }) => {
			expect(() => build(input(batches('a1')))).toThrow(expect.objectContaining({ message, remedy }))
		}),
	)

	it('keeps nothing itself, its parent serialized; a level of its own goes to the parent', () =>
		withStreams(({ input }) => {
			const parent = input(six)
			const windowed = parent.window('2s')
			expect([windowed.storageLevel, parent.storageLevel]).toEqual([StorageLevel.NONE, StorageLevel.MEMORY_ONLY_SER])
			windowed.persist(StorageLevel.MEMORY_ONLY)
			expect([windowed.storageLevel, parent.storageLevel]).toEqual([StorageLevel.NONE, StorageLevel.MEMORY_ONLY])
			windowed.cache()
			expect(parent.storageLevel).toEqual(StorageLevel.MEMORY_ONLY_SER)
		}))
})

const big = 'a1 | a1 b1 | a1 b1 c1 | a1 b1 | a1 | - | a1 | a1 b1 | a1 b1 c1 | a1 b1 | a1 | -'
const bigPlain = 'a1 | a2 b1 | a2 b2 c1 | a2 b2 c1 | a2 b1 | a1 | a1 | a2 b1 | a2 b2 c1 | a2 b2 c1 | a2 b1 | a1'
const bigInverse =
	'a1 | a2 b1 | a2 b2 c1 | a2 b2 c1 | a2 b1 c0 | a1 b0 c0 | a1 b0 c0 | a2 b1 c0 | a2 b2 c1 | a2 b2 c1 | a2 b1 c0 | a1 b0 c0'
const larger = 'a1 | a2 | a3 | a4 | a5 | a6 | - | -'

describe('reduceByKeyAndWindow, with the batches of Spark', () => {
	const cases: [string, string, string, string, string, string][] = [
		['one batch', 'a1 a3', '2s', '1s', 'a4', 'a4'],
		['a key that stays', 'a1 | a1', '2s', '1s', 'a1 | a2', 'a1 | a2'],
		['a new key', 'a1 | a1 b1', '2s', '1s', 'a1 | a2 b1', 'a1 | a2 b1'],
		['a key that goes', 'a1 | a1 | - | -', '2s', '1s', 'a1 | a2 | a1 | -', 'a1 | a2 | a1 | a0'],
		[
			'a larger slide',
			larger,
			'4s',
			'2s',
			'. | a3 | . | a10 | . | a18 | . | a11',
			'. | a3 | . | a10 | . | a18 | . | a11',
		],
		['big', big, '2s', '1s', bigPlain, bigInverse],
		['times without an RDD', 'a1 | . | a2 | .', '2s', '1s', 'a1 | a1 | a2 | a2', 'a1 | a1 | a2 | a2'],
		['no RDD at all', '. | .', '2s', '1s', '- | -', '- | -'],
	]
	it.each(cases)('%s, every window anew', async (_, input, length, slide, plain) =>
		expect(await overPairs(batches(input), (s) => s.reduceByKeyAndWindow(plus, length as '2s', slide as '1s'))).toEqual(
			batches(plain),
		),
	)
	it.each(cases)('%s, with the inverse', async (_, input, length, slide, __, inverse) =>
		expect(
			await overPairs(batches(input), (s) => s.reduceByKeyAndWindow(plus, minus, length as '2s', slide as '1s')),
		).toEqual(batches(inverse)),
	)
	it.each(cases)('%s, with the inverse and a filter', async (_, input, length, slide, plain) =>
		expect(
			await overPairs(batches(input), (s) =>
				s.reduceByKeyAndWindow(plus, minus, length as '2s', slide as '1s', 2, ([, n]) => n !== 0),
			),
		).toEqual(batches(plain)),
	)

	it.each<[string, (s: Pairs) => DStream<unknown>]>([
		['f, window', (s) => s.reduceByKeyAndWindow(plus, '2s')],
		['f, window, slide, partitions', (s) => s.reduceByKeyAndWindow(plus, Seconds(2), '1 s', 3)],
		['f, window, slide, partitioner', (s) => s.reduceByKeyAndWindow(plus, '2s', '1s', new HashPartitioner(3))],
		['f, inverse, window', (s) => s.reduceByKeyAndWindow(plus, minus, '2s').filter(([, n]) => n !== 0)],
		[
			'f, inverse, window, slide, partitioner, filter',
			(s) => s.reduceByKeyAndWindow(plus, minus, '2s', '1s', new HashPartitioner(3), ([, n]) => n > 0),
		],
		['groupByKeyAndWindow', (s) => s.groupByKeyAndWindow('2s').mapValues((all) => all.reduce(plus))],
		[
			'groupByKeyAndWindow with partitions',
			(s) => s.groupByKeyAndWindow('2s', '1s', 3).mapValues((all) => all.reduce(plus)),
		],
		[
			'groupByKeyAndWindow with a partitioner',
			(s) => s.groupByKeyAndWindow('2s', '1s', new HashPartitioner(3)).mapValues((all) => all.reduce(plus)),
		],
	])('%s gives the same', async (_, build) => expect(await overPairs(batches(big), build)).toEqual(batches(bigPlain)))

	it('with gaps, every window anew holds only its own batches', async () =>
		expect(await overPairs(batches(larger), (s) => s.reduceByKeyAndWindow(plus, '1s', '3s'))).toEqual(
			batches('. | . | a3 | . | . | a6 | . | .'),
		))
	it('with gaps, the inverse keeps what came between windows, as Spark does', async () =>
		expect(await overPairs(batches(larger), (s) => s.reduceByKeyAndWindow(plus, minus, '1s', '3s'))).toEqual(
			batches('. | . | a6 | . | . | a9 | . | .'),
		))
	it.runIf(isOneProcess())('subtracts what leaves before it adds what enters', async () => {
		const log: string[] = []
		const build = (s: Pairs): DStream<unknown> =>
			s.mapValues(String).reduceByKeyAndWindow(
				(a, b) => {
					log.push(`${a}+${b}`)
					return `${a}${b}`
				},
				(a, b) => {
					log.push(`${a}-${b}`)
					return a.replace(b, '')
				},
				'2s',
				'1s',
				1,
			)
		expect(await overPairs(batches('a1 | a2 | a3'), build)).toEqual([[['a', '1']], [['a', '12']], [['a', '23']]])
		expect(log).toEqual(['1+2', '12-1', '2+3'])
	})
	it('a filter that drops a key too early fails the batch in which its values leave', async () =>
		expect(
			(
				await overPairs(batches('a1 | - | -'), (s) => s.reduceByKeyAndWindow(plus, minus, '2s', '1s', 1, () => false))
			)[2],
		).toBe(
			'Neither previous window has value for key, nor new values found. Are you sure your key class hashes consistently?',
		))

	it.each<[string, (s: DStream<[string, number[]]>) => DStream<unknown>]>([
		['every window anew', (s) => s.reduceByKeyAndWindow(gather, '2s')],
		['with the inverse', (s) => s.reduceByKeyAndWindow(gather, (all, old) => all.slice(old.length), '2s')],
		['groups', (s) => s.groupByKeyAndWindow('2s').mapValues((all) => all.flat())],
	])('a function may change and return its first argument: %s', async (_, build) =>
		expect(await overPairs(batches('a1 | a2 | a3 | a4'), (s) => build(s.mapValues((n): number[] => [n])))).toEqual([
			[['a', [1]]],
			[['a', [1, 2]]],
			[['a', [2, 3]]],
			[['a', [3, 4]]],
		]),
	)
	const gather = (a: number[], b: number[]): number[] => {
		a.push(...b)
		return a
	}
	const two = (a: number, b: number): number => {
		if (b === 2) throw new Error('two')
		return a + b
	}
	it.each<[string, (s: Pairs) => DStream<unknown>]>([
		['every window anew', (s) => s.reduceByKeyAndWindow(two, '2s')],
		['with the inverse', (s) => s.reduceByKeyAndWindow(two, minus, '2s')],
	])('an error in the function fails the batch: %s', async (_, build) =>
		expect(await overPairs(batches('a1 | a2'), build)).toEqual([[['a', 1]], 'two']),
	)
	it('a promise from the inverse is refused', async () =>
		expect(
			(
				await overPairs(batches('a1 | a2 | a3'), (s) => s.reduceByKeyAndWindow(plus, (async () => 1) as never, '2s'))
			)[2],
		).toBe('the function of reduceByKeyAndWindow returned a promise'))
	it('keys are equal by value', async () => {
		for (const key of [() => ['a', 1], () => new Date(7), () => new Uint8Array([1])]) {
			expect(
				await overPairs(batches('a1 | a2 | a3'), (s) =>
					s.map(([, v]) => [key() as object, v]).reduceByKeyAndWindow(plus, minus, '2s'),
				),
			).toEqual([1, 3, 5].map((n) => [[key(), n]]))
		}
	})
})

describe('windows of records, with the batches of Spark', () => {
	const nines = [
		[1, 2, 3],
		[4, 5, 6],
		[7, 8, 9],
	]
	it.each<[string, (s: DStream<number>) => DStream<number>]>([
		['every window anew', (s) => s.reduceByWindow(plus, '2s', '1s')],
		['with the inverse', (s) => s.reduceByWindow(plus, minus, '2s', '1s')],
	])('reduceByWindow gives one record: %s', async (_, build) =>
		expect(await over(nines, build, 4)).toEqual([[6], [21], [39], [24]]),
	)
	it('reduceByWindow gives nothing for an empty window, or nothing until something came with the inverse', async () => {
		const late = [[], [1], [], [], []]
		expect(await over(late, (s) => s.reduceByWindow(plus, '2s', '1s'))).toEqual([[], [1], [1], [], []])
		expect(await over(late, (s) => s.reduceByWindow(plus, minus, '2s', '1s'))).toEqual([[], [1], [1], [0], [0]])
	})
	it('reduceByWindow lets its function change its first argument', async () => {
		const push = (a: number[], b: number[]): number[] => {
			a.push(...b)
			return a
		}
		expect(await over([[1], [2], [3]], (s) => s.map((x): number[] => [x]).reduceByWindow(push, '2s', '1s'))).toEqual([
			[[1]],
			[[1, 2]],
			[[2, 3]],
		])
	})
	it('countByWindow counts, and is 0 when the window has emptied', async () =>
		expect(await over([[1], [1], [1, 2], [0], [], []], (s) => s.countByWindow('2s', '1s'))).toEqual([
			[1],
			[2],
			[3],
			[3],
			[1],
			[0],
		]))
	it('countByValueAndWindow counts each value and drops those that left', async () => {
		const words = [['a'], ['b', 'b'], ['a', 'b'], [], []]
		const build = ({ input }: Scope): DStream<unknown> => input(words).countByValueAndWindow('2s', '1s')
		expect(sorted(await batchesOf(5, build))).toEqual(batches('a1 | a1 b2 | a1 b3 | a1 b1 | -'))
		expect(sorted(await batchesOf(3, ({ input }) => input(words).countByValueAndWindow('2s', '1s', 1)))).toEqual(
			batches('a1 | a1 b2 | a1 b3'),
		)
	})
})
