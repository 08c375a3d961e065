/** Windows that are kept up to date, and windows without an inverse, against sums of all that is in them; what they keep. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlidingValues } from '../../engine/dstream/slidingvalues.js'
import { WindowFold } from '../../engine/dstream/windowfold.js'
import { ManualClock, Seconds, SparkConf, StreamingContext } from '../../engine/index.js'
import { type Combining, combineInto, KeyedColumn, PairColumns, plainPairs } from '../../engine/rdd/columns.js'
import { Dictionary, type NumberedColumns } from '../../engine/rdd/dictionary.js'
import { KeyTable } from '../../engine/rdd/keytable.js'
import { TextPairs } from '../../engine/rdd/textpairs.js'
import type { StateVersion } from '../../engine/state/version.js'

type Pair = [unknown, unknown]
const add = (a: unknown, b: unknown): unknown => Number(a) + Number(b)
const subtract = (a: unknown, b: unknown): unknown => Number(a) - Number(b)
const isThere = ([, sum]: Pair): boolean => sum !== 0

/** Batches of one value a key; keys of several types. */
const keys = fc.oneof(fc.constantFrom('a', 'b', 'c', '1'), fc.nat({ max: 2 }), fc.constantFrom(['x'], ['y']))
const batches = fc.array(
	fc.uniqueArray(fc.tuple(keys, fc.integer({ min: 1, max: 9 })), { selector: ([key]) => JSON.stringify(key) }),
	{ minLength: 1, maxLength: 12 },
)
const columns = (pairs: readonly Pair[]): PairColumns =>
	new PairColumns(
		pairs.map(([key]) => key),
		pairs.map(([, value]) => value),
	)
const sorted = (pairs: Iterable<Pair>): string[] => [...pairs].map((pair) => JSON.stringify(pair)).sort()

/** The sum of each key in the batches, in the order in which keys are first met. */
function summed(window: readonly (readonly Pair[])[]): Pair[] {
	const sums = new Map<string, Pair>()
	for (const [key, value] of window.flat()) {
		const name = JSON.stringify(key)
		sums.set(name, [key, add(sums.get(name)?.[1] ?? 0, value)])
	}
	return [...sums.values()]
}

describe('a window with an inverse', () => {
	it('holds the sums of its batches, and leaves those of the batches before as they were', () => {
		fc.assert(
			fc.property(batches, fc.integer({ min: 1, max: 4 }), fc.boolean(), (all, length, isRecomputed) => {
				const values = new SlidingValues({ f: add, inverse: subtract, filter: isThere }, () => 'here')
				const held = all.map((pairs) => columns(pairs))
				const made: Iterable<unknown>[] = [[]]
				const texts: string[][] = []
				all.forEach((_, i) => {
					const leaving = i >= length ? [held[i - length] as PairColumns] : []
					const slide = (): StateVersion => values.slid(made[i] as Iterable<unknown>, leaving, [held[i] as PairColumns])
					if (isRecomputed) slide()
					const now = slide()
					made.push(now)
					texts.push(sorted(now))
					expect(texts[i]).toEqual(sorted(summed(all.slice(Math.max(0, i + 1 - length), i + 1))))
				})
				expect(made.slice(1).map((pairs) => sorted(pairs as Iterable<Pair>))).toEqual(texts)
			}),
		)
	})
	it('goes on right after a function has failed in the middle', () => {
		let isBroken = false
		const failing = (a: unknown, b: unknown): unknown => {
			if (isBroken && b === 2) throw new RangeError('two')
			return add(a, b)
		}
		const values = new SlidingValues({ f: failing, inverse: subtract, filter: undefined }, () => 'here')
		const first = values.slid([], [], [[['a', 1]], [['b', 1]]] as never)
		isBroken = true
		const more = columns([
			['a', 3],
			['b', 2],
		])
		expect(() => values.slid(first, [], [more])).toThrow('two')
		isBroken = false
		expect(values.slid(first, [], [more]).pairs()).toEqual([
			['a', 4],
			['b', 3],
		])
	})
	it('refuses a key that leaves and was never there', () => {
		const values = new SlidingValues({ f: add, inverse: subtract, filter: undefined }, () => 'here')
		expect(() => values.slid([], [columns([['a', 1]])], [])).toThrow('Neither previous window has value for key')
	})
	it('makes a table anew when most keys have left it', () => {
		const values = new SlidingValues({ f: add, inverse: subtract, filter: isThere }, () => 'here')
		let before = values.slid([], [], [])
		let last = columns([])
		for (let i = 0; i < 6; i++) {
			const next = columns(Array.from({ length: 1_000 }, (_, k): Pair => [`${i} ${k}`, 1]))
			before = values.slid(before, [last], [next])
			last = next
		}
		expect([before.size, before.length < 3_000, before.pairs()[0]]).toEqual([1_000, true, ['5 0', 1]])
	})
})

describe('a window without an inverse', () => {
	it('holds the sums of its batches, in the order in which keys are first met', () => {
		fc.assert(
			fc.property(batches, fc.integer({ min: 1, max: 4 }), (all, length) => {
				const fold = new WindowFold(add)
				const held = all.map((pairs) => columns(pairs))
				for (let i = 0; i < all.length; i++) {
					const begin = Math.max(0, i + 1 - length)
					const made = fold.folded(held.slice(begin, i + 1), 0).pairs()
					expect(made).toEqual(summed(all.slice(begin, i + 1)))
				}
			}),
		)
	})
	it('changes no value of a batch that it reads again', () => {
		const fold = new WindowFold((a, b) => {
			;(a as number[]).push(...(b as number[]))
			return a
		})
		const one = columns([['a', [1]]])
		const two = columns([['a', [2]]])
		expect([fold.folded([one, two], 0).pairs(), fold.folded([one, two], 0).pairs(), one.values]).toEqual([
			[['a', [1, 2]]],
			[['a', [1, 2]]],
			[[1]],
		])
	})
	it('refuses promises', () =>
		expect(() => new WindowFold(add).folded([columns([['a', Promise.resolve(1)]])], 0)).toThrow('returned a promise'))
})

describe('what a window needs of a batch that is over', () => {
	class Point extends Array<number> {}
	it.each<[string, readonly unknown[], boolean]>([
		[
			'pairs of plain values are columns',
			[
				['a', 1],
				[2n, undefined],
				[true, 'b'],
			],
			true,
		],
		[
			'a pair that holds an object stays the object that it was',
			[
				['a', 1],
				['b', [2]],
			],
			false,
		],
		['so do numbers and texts', [1, 'ab'], false],
		['rows of another length', [['a', 1, 2]], false],
		['instances of a class of the program', [Point.of(1, 2)], false],
	])('%s', (_, records, isPacked) => {
		const packed = plainPairs(records)
		expect(packed === undefined ? undefined : [...packed]).toEqual(isPacked ? records : undefined)
	})
	it.each<[string, Pair[], boolean]>([
		[
			'a text and a whole number',
			[
				['ab', 1],
				['', -7],
				['é', 2 ** 31 - 1],
			],
			true,
		],
		[
			'wide texts, surrogates, fractions, -0 and NaN',
			[
				['\ud800日', -0],
				['a', 0.5],
				['b'.repeat(300), Number.NaN],
			],
			true,
		],
		['a key that is no text', [[1, 1]], false],
		['a value that is no number', [['a', 'b']], false],
		['no pairs at all', [], true],
	])('is the same outside the heap: %s', (_, pairs, isPacked) => {
		const outside = TextPairs.of(columns(pairs))
		expect(outside?.columns.pairs()).toEqual(isPacked ? pairs : undefined)
	})
	it('is read as before, however it is cut into partitions', async () => {
		const conf = new SparkConf().setMaster('local').setAppName('packed').set('spark.default.parallelism', '2')
		const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
		const queue = ssc.queue<[string, number]>()
		const seen: unknown[] = []
		const batch = (i: number): [string, number][] => ['a', 'b', 'c'].map((key) => [key, i])
		const window = ssc.queueStream(queue).window(Seconds(3), Seconds(1))
		window.foreachRDD(async (rdd) => void seen.push(await rdd.glom().collect()))
		ssc.start()
		for (let i = 0; i < 5; i++) {
			queue.push(batch(i))
			await ssc.step()
		}
		await ssc.stop()
		expect(seen.at(-1)).toEqual([2, 3, 4].flatMap((i) => [batch(i).slice(0, 1), batch(i).slice(1)]))
	})
})

describe('numbers that keys keep', () => {
	it('combine batches as a table of their own does, also after a batch that failed in the middle', () => {
		const table = new KeyTable()
		const dictionary = new Dictionary()
		expect(dictionary.open()).toBeUndefined()
		dictionary.use(table)
		const create = (x: unknown): unknown => x
		fc.assert(
			fc.property(fc.array(fc.tuple(keys, fc.integer())), fc.boolean(), (pairs, isBroken) => {
				if (isBroken) combineInto(dictionary.open() as Combining, 'a', 1, create, add)
				const numbered = dictionary.open() as Combining
				const plain = new KeyedColumn()
				for (const [key, value] of pairs)
					for (const into of [numbered, plain]) combineInto(into, key, value, create, add)
				const made = numbered.columns as NumberedColumns
				expect(made.pairs()).toEqual(plain.columns.pairs())
				expect(Array.from(made.ids, (id) => table.keys[id])).toEqual(made.keys)
			}),
		)
	})
})
