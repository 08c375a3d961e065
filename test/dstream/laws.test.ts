/** Laws of streams over random batches, and operators against plain array code. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DStream, Seconds, type State, StateSpec } from '../../engine/index.js'
import { batchesOf, type Scope, type Seen, sorted, withStreams } from '../support/batches.js'
import { numExamples } from '../support/settings.js'

type Pair = readonly [string, number]
type Pairs = DStream<[string, number]>

const plus = (a: number, b: number): number => a + b
const minus = (a: number, b: number): number => a - b
const small = fc.array(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 4 }), { minLength: 1, maxLength: 7 })
const pairs = fc.array(
	fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -5, max: 5 })), { maxLength: 4 }),
	{ minLength: 1, maxLength: 7 },
)
const partitions = fc.integer({ min: 1, max: 4 })
const windows = fc
	.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
	.map(([a, b]) => ({ length: Math.max(a, b), slide: Math.min(a, b) }))

const law = <T extends [unknown, ...unknown[]]>(
	arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
	holds: (...values: T) => Promise<void>,
) => fc.assert(fc.asyncProperty(...arbitraries, holds), { numRuns: numExamples(25) })

/** What several streams of one context hold, batch by batch, in one order. */
function several(n: number, build: (scope: Scope) => readonly DStream<unknown>[]): Promise<Seen<unknown>[][]> {
	return withStreams(async (scope) => {
		const streams = build(scope)
		const seen: Seen<unknown>[][] = streams.map(() => Array.from({ length: n }, () => undefined))
		streams.forEach((stream, i) => {
			stream.foreachRDD(async (rdd, time) => {
				;(seen[i] as Seen<unknown>[])[time.milliseconds / 1_000 - 1] = await rdd.collect()
			})
		})
		await scope.ssc.step(n)
		return seen.map(sorted)
	})
}
const allSame = (columns: readonly (readonly unknown[])[]): void => {
	for (const column of columns) expect(column).toEqual(columns[0])
}

/** The sum of each key, in order of the keys. */
function sums(records: readonly Pair[], from: ReadonlyMap<string, number> = new Map()): [string, number][] {
	const all = new Map(from)
	for (const [key, value] of records) all.set(key, (all.get(key) ?? 0) + value)
	return [...all].sort(([a], [b]) => (a < b ? -1 : 1))
}
const inOrder = <T>(rows: readonly T[]): readonly T[] => (sorted([rows]) as (readonly T[])[])[0] ?? []

describe('windows', () => {
	it('without overlap lose nothing and double nothing', () =>
		law([small, fc.integer({ min: 1, max: 4 })], async (input, length) => {
			const n = Math.ceil(input.length / length) * length
			const seen = await batchesOf(n, (scope) => scope.input(input).window(Seconds(length), Seconds(length)))
			expect(seen.flatMap((rows) => (rows as number[] | undefined) ?? [])).toEqual(input.flat())
		}))
	it('hold the batches of the last window and no others', () =>
		law([small, windows], async (input, { length, slide }) => {
			const seen = await batchesOf(input.length, (scope) => scope.input(input).window(Seconds(length), Seconds(slide)))
			expect(seen).toEqual(
				input.map((_, i) =>
					(i + 1) % slide === 0 ? input.slice(Math.max(0, i + 1 - length), i + 1).flat() : undefined,
				),
			)
		}))
	it('agree with and without the inverse', () =>
		law([pairs, windows, partitions], async (input, { length, slide }, n) => {
			const isThere = ([, v]: [string, { sum: number; n: number }]): boolean => v.n !== 0
			allSame(
				await several(input.length + length, (scope) => {
					const counted = scope.input(input).mapValues((sum) => ({ sum, n: 1 }))
					const add = (a: { sum: number; n: number }, b: { sum: number; n: number }) => ({
						sum: a.sum + b.sum,
						n: a.n + b.n,
					})
					const take = (a: { sum: number; n: number }, b: { sum: number; n: number }) => ({
						sum: a.sum - b.sum,
						n: a.n - b.n,
					})
					return [
						counted.reduceByKeyAndWindow(add, Seconds(length), Seconds(slide), n),
						counted.reduceByKeyAndWindow(add, take, Seconds(length), Seconds(slide), n, isThere),
						counted.window(Seconds(length), Seconds(slide)).reduceByKey(add),
					]
				}),
			)
		}))
	it('count as countByWindow and reduce as reduceByWindow, once something has come', () =>
		law([small, windows], async (input, { length, slide }) => {
			const filled = [[1], ...input]
			const [counts, windowed, reduced, inverse, whole] = await several(filled.length, (scope) => {
				const s = scope.input(filled)
				const [w, d] = [Seconds(length), Seconds(slide)]
				return [
					s.countByWindow(w, d),
					s.window(w, d).count(),
					s.reduceByWindow(plus, w, d),
					s.reduceByWindow(plus, minus, w, d),
					s.window(w, d).reduce(plus),
				]
			})
			expect(counts).toEqual(windowed)
			expect(reduced).toEqual(whole)
			expect(inverse).toEqual(reduced?.map((rows) => (rows?.length === 0 ? [0] : rows)))
		}))
})

describe('the number of partitions', () => {
	it('never changes a result', () =>
		law([pairs, partitions, partitions], async (input, slices, n) => {
			const results =
				(count: number | undefined) =>
				(scope: Scope): DStream<unknown>[] => {
					const s: Pairs = scope.input<[string, number]>(input, count === undefined ? 2 : slices)
					const running = (k: string, v: number | undefined, state: State<number>): [string, number] => {
						state.update((v ?? 0) + (state.getOption() ?? 0))
						return [k, v ?? 0]
					}
					return [
						s.reduceByKey(plus, count),
						s.groupByKey(count).mapValues((all) => all.reduce(plus)),
						s.join(s.mapValues(String), count),
						s.countByValue(count),
						s.reduceByKeyAndWindow(plus, '2s', '1s', count),
						s.reduceByKeyAndWindow(plus, minus, '2s', '1s', count),
						s.updateStateByKey((vs, st) => vs.reduce(plus, st ?? 0), count),
						s.mapWithState(StateSpec.function(running).numPartitions(count ?? 2)).stateSnapshots(),
						s.repartition(count ?? 3),
						s.reduce((a) => a).count(),
					]
				}
			expect(await several(input.length, results(n))).toEqual(await several(input.length, results(undefined)))
		}))
})

describe('state', () => {
	const expected = (input: readonly (readonly Pair[])[]): [string, number][][] =>
		input.map((_, i) => sums(input.slice(0, i + 1).flat()))
	it('of updateStateByKey and mapWithState is a fold over all batches', () =>
		law([pairs, partitions], async (input, n) => {
			const [updated, snapshots, mapped] = await several(input.length, (scope) => {
				const s: Pairs = scope.input(input)
				const kept = s.mapWithState(
					(k, v, state) => {
						state.update((v ?? 0) + (state.getOption() ?? 0))
						return [k, v ?? 0]
					},
					{ numPartitions: n },
				)
				return [s.updateStateByKey((vs, st) => vs.reduce(plus, st ?? 0), n), kept.stateSnapshots(), kept]
			})
			expect(updated).toEqual(expected(input))
			expect(snapshots).toEqual(expected(input))
			expect(mapped).toEqual(input.map(inOrder))
		}))
})

describe('operators of two streams', () => {
	it('equal array code, batch by batch', () =>
		law([pairs, pairs], async (left, right) => {
			const n = Math.max(left.length, right.length)
			const [union, join, leftJoin, fullJoin, cogroup, reduced] = await several(n, (scope) => {
				const [a, b] = [scope.input(left), scope.input(right)]
				return [a.union(b), a.join(b), a.leftOuterJoin(b), a.fullOuterJoin(b), a.cogroup(b), a.reduceByKey(plus)]
			})
			for (let i = 0; i < n; i++) {
				const [as, bs] = [left[i] ?? [], right[i] ?? []]
				const of = (rows: readonly Pair[], key: string): number[] => rows.filter(([k]) => k === key).map(([, v]) => v)
				const orNone = (all: number[]): (number | undefined)[] => (all.length === 0 ? [undefined] : all)
				const keys = [...new Set([...as, ...bs].map(([k]) => k))]
				const products = (l: (vs: number[]) => (number | undefined)[], r: (vs: number[]) => (number | undefined)[]) =>
					inOrder(keys.flatMap((k) => l(of(as, k)).flatMap((v) => r(of(bs, k)).map((w) => [k, [v, w]]))))
				const whole = (all: number[]): number[] => all
				expect(union?.[i]).toEqual(inOrder([...as, ...bs]))
				expect(join?.[i]).toEqual(products(whole, whole))
				expect(leftJoin?.[i]).toEqual(inOrder(as.flatMap(([k, v]) => orNone(of(bs, k)).map((w) => [k, [v, w]]))))
				expect(fullJoin?.[i]).toEqual(products(orNone, orNone))
				expect(cogroup?.[i]).toEqual(inOrder(keys.map((k) => [k, [of(as, k), of(bs, k)]])))
				expect(reduced?.[i]).toEqual(sums(as))
			}
		}))
})
