/** Approximate answers: exact when there is time, bounded when there is not, and distinct counts within their error. */

import { afterEach, describe, expect, test } from 'vitest'
import { BoundedDouble, ManualClock, type RDD, SparkConf, SparkContext } from '../../engine/index.js'
import { countEvaluator, meanEvaluator, sumEvaluator } from '../../engine/rdd/evaluators.js'
import { hash64 } from '../../engine/rdd/hash64.js'
import { normalQuantile, studentQuantile } from '../../engine/rdd/quantiles.js'
import { StatCounter } from '../../engine/rdd/statcounter.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

function context(clock = new ManualClock()): SparkContext {
	return new SparkContext(new SparkConf().setMaster('local[2]').setAppName('t'), { clock })
}
const exact = (n: number): BoundedDouble => new BoundedDouble(n, 1, n, n)

/** The numbers 0 … 99 in four partitions; from the third on they come when `go` is called. */
function slow(sc: SparkContext): { rdd: RDD<number>; reached: Promise<void>; go: () => void } {
	let [go, onReached] = [() => {}, () => {}]
	const gate = new Promise<void>((resolve) => {
		go = resolve
	})
	const reached = new Promise<void>((resolve) => {
		onReached = resolve
	})
	const rdd = sc.range(0, 100, 1, 4).mapPartitionsAsync(async (records) => {
		const all = [...records]
		if ((all[0] as number) >= 50) {
			onReached()
			await gate
		}
		return all
	})
	return { rdd, reached, go }
}

describe('an approximate action with time enough', () => {
	test.each([
		['countApprox', (sc: SparkContext) => sc.parallelize([1, 2, 3]).countApprox(1_000), exact(3)],
		['countApprox of nothing', (sc: SparkContext) => sc.emptyRDD<number>().countApprox(1_000), exact(0)],
		['sumApprox', (sc: SparkContext) => sc.parallelize([1, 2, 3]).sumApprox(1_000), exact(6)],
		['sumApprox of nothing', (sc: SparkContext) => sc.emptyRDD<number>().sumApprox(1_000), exact(0)],
		['meanApprox', (sc: SparkContext) => sc.parallelize([1, 2, 6]).meanApprox(1_000), exact(3)],
		[
			'countByValueApprox',
			(sc: SparkContext) => sc.parallelize([[1, 2], [3], [1, 2]]).countByValueApprox(1_000),
			new Map([
				[[1, 2], exact(2)],
				[[3], exact(1)],
			]),
		],
		[
			'countByKeyApprox',
			(sc: SparkContext) =>
				sc
					.parallelize(['a', 'b', 'a'])
					.map((k) => [k, 1])
					.countByKeyApprox(1_000),
			new Map([
				['a', exact(2)],
				['b', exact(1)],
			]),
		],
	])('%s is exact', async (_, run, expected) => {
		const found = await run(context())
		expect(found.isInitialValueFinal).toBe(true)
		expect(found.initialValue).toEqual(expected)
		expect(await found.getFinalValue()).toEqual(expected)
	})
})

describe('an approximate action out of time', () => {
	test('estimates from the partitions that are done, and is exact in the end', async () => {
		const clock = new ManualClock()
		const { rdd, reached, go } = slow(context(clock))
		const waiting = rdd.countApprox(500)
		await reached
		clock.advance(500)
		const found = await waiting
		expect(found.isInitialValueFinal).toBe(false)
		expect(found.initialValue.mean).toBeCloseTo(100)
		expect(found.initialValue.low).toBeGreaterThan(75)
		expect(found.initialValue.high).toBeLessThan(125)
		go()
		expect(await found.getFinalValue()).toEqual(exact(100))
	})

	test('knows nothing when no partition is done', async () => {
		const { initialValue } = await context().parallelize([1, 2]).countApprox(0)
		expect(initialValue).toEqual(new BoundedDouble(0, 0, 0, Number.POSITIVE_INFINITY))
	})

	test('gives an error after the first answer to those who ask for the final value', async () => {
		const clock = new ManualClock()
		const { rdd, reached, go } = slow(context(clock))
		const failing = rdd.map((n) => {
			if (n === 99) throw new RangeError('boom')
			return n
		})
		const waiting = failing.sumApprox(500)
		await reached
		clock.advance(500)
		const found = await waiting
		expect(found.initialValue.mean).toBeCloseTo(2_450)
		go()
		await expect(found.getFinalValue()).rejects.toThrow('boom')
	})

	test('rejects when the job fails in time', async () => {
		const failing = context()
			.parallelize([1])
			.map(() => {
				throw new RangeError('boom')
			})
		await expect(failing.countApprox(1_000)).rejects.toThrow('boom')
	})
})

describe('bounds', () => {
	const counted = (sum: number, confidence = 0.95): BoundedDouble => {
		const evaluator = countEvaluator(() => 2, confidence)
		evaluator.merge(0, sum)
		return evaluator.currentResult()
	}
	test.each([
		// Computed with exact fractions (negative binomial) and 50 decimal digits (Poisson).
		['of a small count', counted(1), 2, 1, 6],
		['of a count', counted(100), 200, 174, 229],
		['of a large count', counted(20_000), 40_000, 39_723, 40_278],
	])('%s are the quantiles of its distribution', (_, found, mean, low, high) => {
		expect(found.mean).toBeCloseTo(mean)
		expect([found.low, found.high]).toEqual([low, high])
	})

	test('of few numbers are those of Student, of one there are none', () => {
		const few = meanEvaluator(() => 2, 0.95)
		few.merge(0, new StatCounter([1, 2, 3]))
		expect(few.currentResult().low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5)
		const one = sumEvaluator(() => 2, 0.95)
		one.merge(0, new StatCounter([5]))
		expect(one.currentResult()).toEqual(new BoundedDouble(10, 0.95, -Infinity, Infinity))
	})

	test('come from quantiles that tables give', () => {
		expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6)
		expect(normalQuantile(0.5)).toBeCloseTo(0, 9)
		expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
		expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706205, 5)
		expect(studentQuantile(0.975, 2)).toBeCloseTo(4.302653, 5)
		expect(studentQuantile(0.95, 7)).toBeCloseTo(1.894579, 5)
		expect(studentQuantile(0.975, 30)).toBeCloseTo(2.042272, 5)
	})

	test.each([
		[2, 'requirement failed: confidence (2.0) must be in [0,1]'],
		[-0.5, 'requirement failed: confidence (-0.5) must be in [0,1]'],
		[Number.NaN, 'requirement failed: confidence (NaN) must be in [0,1]'],
	])('refuse a confidence of %d', (confidence, text) => {
		const rdd = context().parallelize([1])
		expect(() => rdd.countApprox(10, confidence)).toThrow(text)
		expect(() => rdd.countByValueApprox(10, confidence)).toThrow(text)
		expect(() => rdd.keyBy(String).countByKeyApprox(10, confidence)).toThrow(text)
	})
})

describe('countApproxDistinct', () => {
	test.each([
		[0, 0.05],
		[1, 0.05],
		[100, 0.05],
		[1_000, 0.05],
		[20_000, 0.01],
		[100_000, 0.02],
		[1_000_000, 0.05],
	])('counts %d values within three times an error of %d', async (n, relativeSD) => {
		const found = await context().range(0, n, 1, 4).countApproxDistinct(relativeSD)
		expect(Math.abs(found - n)).toBeLessThanOrEqual(3 * relativeSD * n)
	})

	test.each([
		['texts', (i: number) => `key ${i}`],
		['fractions', (i: number) => i / 7],
		['pairs', (i: number) => [i % 10, `${i}`]],
		['objects', (i: number) => (i % 2 === 0 ? { a: i, b: 1 } : { b: 1, a: i })],
		['dates', (i: number) => new Date(i * 1_000)],
		['bigints', (i: number) => BigInt(i) * 10n ** 20n],
	])('counts %s by value', async (_, make) => {
		const rdd = context().parallelize([...Array(6_000).keys()].map((i) => make(i % 2_000)))
		expect(Math.abs((await rdd.countApproxDistinct(0.02)) - 2_000)).toBeLessThan(120)
	})

	test('counts the values of each key', async () => {
		const pairs = context()
			.range(0, 3_000, 1, 4)
			.map((i) => [i % 2 === 0 ? 'all' : 'ten', i % 2 === 0 ? i : i % 20])
		for (const counts of [pairs.countApproxDistinctByKey(0.02), pairs.countApproxDistinctByKey(12, 0, 3)]) {
			const found = new Map(await counts.collect())
			expect(Math.abs((found.get('all') ?? 0) - 1_500)).toBeLessThan(90)
			expect(found.get('ten')).toBe(10)
		}
	})

	test.each([
		[[0.00001], 'accuracy (0.00001) must be greater than 0.000017'],
		[[3, 0], 'p (3) must be >= 4'],
		[[5, 33], 'sp (33) must be <= 32'],
		[[12, 10], 'p (12) cannot be greater than sp (10)'],
	] as const)('refuses %j', (given, text) => {
		const [a, b] = given as unknown as [number, number]
		const rdd = context().parallelize([1])
		expect(() => rdd.countApproxDistinct(a, b)).toThrow(`requirement failed: ${text}`)
		expect(() => rdd.keyBy(String).countApproxDistinctByKey(a, b)).toThrow(`requirement failed: ${text}`)
	})

	test('hashes equal keys alike and refuses keys without equality', () => {
		expect(hash64({ a: 1, b: [2] })).toEqual(hash64({ b: [2], a: 1 }))
		expect(hash64(-0)).toEqual(hash64(0))
		expect(hash64('1')).not.toEqual(hash64(1))
		expect(() => hash64(() => 1)).toThrow('has no equality by value')
	})
})
