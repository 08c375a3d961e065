/** The local backend: when functions run, what is computed once, how errors leave. */

import { describe, expect, it } from 'vitest'
import { TaskContext } from '../../engine/rdd/taskcontext.js'
import { failure, withContext } from '../rdd/context.js'

describe('evaluation', () => {
	it('computes no record more than take asks for', () =>
		withContext(async (sc) => {
			const seen: number[] = []
			const rdd = sc.parallelize([1, 2, 3, 4, 5], 1).map((x) => {
				seen.push(x)
				return x
			})
			expect([await rdd.take(2), seen]).toEqual([
				[1, 2],
				[1, 2],
			])
		}))
	it('sends one record at a time through a chain', () =>
		withContext(async (sc) => {
			const steps: string[] = []
			const log = (step: string) => (x: number) => {
				steps.push(`${step}${x}`)
				return x
			}
			await sc
				.parallelize([1, 2], 1)
				.map(log('a'))
				.filter((x) => log('b')(x) > 1)
				.flatMap((x) => [log('c')(x)])
				.collect()
			expect(steps).toEqual(['a1', 'b1', 'a2', 'b2', 'c2'])
		}))
	it('computes a persisted RDD once, again after unpersist, and sees one persisted late', () =>
		withContext(async (sc) => {
			let runs = 0
			const base = sc.parallelize([1, 2], 2).map((x) => {
				runs++
				return x + 1
			})
			const next = base.map((x) => x * 10)
			expect(await next.collect()).toEqual([20, 30])
			base.cache()
			expect([await next.collect(), await next.collect(), runs]).toEqual([[20, 30], [20, 30], 4])
			base.unpersist()
			expect([await next.collect(), runs]).toEqual([[20, 30], 6])
		}))
	it('runs a shuffle once, and its result is not changed by reading it', () =>
		withContext(async (sc) => {
			let runs = 0
			const grouped = sc
				.parallelize([1, 2, 3, 4], 2)
				.map((x) => {
					runs++
					return [x % 2, x]
				})
				.groupByKey(1)
			const first = await grouped.collect()
			expect([await grouped.collect(), runs]).toEqual([first, 4])
		}))
	it('awaits asynchronous partitions and keeps their order', () =>
		withContext(async (sc) => {
			const doubled = sc.parallelize([1, 2, 3], 3).mapPartitionsAsync(async (records) => {
				await Promise.resolve()
				return [...records].map((x) => x * 2)
			})
			expect(await doubled.map((x) => x + 1).collect()).toEqual([3, 5, 7])
		}))
	it('tells a function its partition', () =>
		withContext(async (sc) => {
			const ids = sc.parallelize([0, 0, 0], 3).map(() => TaskContext.get().partitionId())
			expect(await ids.collect()).toEqual([0, 1, 2])
		}))
	it('sorts with the partitions that the sample found', () =>
		withContext(async (sc) => {
			expect(
				await sc
					.parallelize([3, 1, 2, 1], 2)
					.sortBy((x) => x)
					.collect(),
			).toEqual([1, 1, 2, 3])
		}))
})

describe('errors', () => {
	it('wraps a user error once, with its message and itself as cause', () =>
		withContext(async (sc) => {
			const own = new TypeError('mine')
			const rdd = sc
				.parallelize([1], 1)
				.map((): [number, number] => {
					throw own
				})
				.reduceByKey((a, b) => a + b)
			expect(await failure(() => rdd.collect())).toMatchObject({ code: 'task/user', message: 'mine', cause: own })
		}))
	it.each([
		['map', (x: never) => Promise.resolve(x)],
		['filter', () => Promise.resolve(true)],
		['flatMap', () => Promise.resolve([])],
		['mapPartitions', () => Promise.resolve([])],
	])('refuses a promise from the function of %s', (operator, fn) =>
		withContext(async (sc) => {
			const rdd = sc.parallelize([1], 1) as unknown as Record<string, (fn: unknown) => { count(): Promise<number> }>
			const error = await failure(() => rdd[operator]?.(fn).count())
			expect(error).toMatchObject({ code: 'task/promise', message: `the function of ${operator} returned a promise` })
		}),
	)
	it('refuses what is not iterable from flatMap', () =>
		withContext(async (sc) => {
			const rdd = sc.parallelize([1], 1).flatMap((() => 5) as never)
			expect(await failure(() => rdd.count())).toMatchObject({ code: 'task/iterable' })
		}))
	it('ends a job between two tasks when its group is cancelled', () =>
		withContext(async (sc) => {
			sc.setJobGroup('g', 'long')
			let ran = 0
			const rdd = sc.parallelize([1, 2, 3], 3).map((x) => {
				ran++
				sc.cancelJobGroup('g')
				return x
			})
			expect(await failure(() => rdd.count())).toMatchObject({ code: 'task/cancelled' })
			expect(ran).toBe(1)
		}))
})
