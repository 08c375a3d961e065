/** Samples with a rate for each key. */

import { afterEach, describe, expect, test } from 'vitest'
import { type RDD, SparkConf, SparkContext } from '../../engine/index.js'
import { settings } from '../support/settings.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** 3,000 pairs of `a`, 1,000 of `b`, 7 of `c`, each with a value of its own, in four partitions. */
function pairs(): RDD<readonly [string, number]> {
	const sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('t').setAll(settings))
	const all = [...Array(4_007).keys()].map((i): [string, number] => [i >= 4_000 ? 'c' : i % 4 === 0 ? 'b' : 'a', i])
	return sc.parallelize(all, 4)
}
const fractions = new Map([
	['a', 0.1],
	['b', 0.5],
	['c', 0.3],
])

describe('sampleByKey', () => {
	test.each([false, true])('takes about the fraction of each key (replacement: %s)', async (withReplacement) => {
		const found = await pairs().sampleByKey(withReplacement, fractions, 7).countByKey()
		expect(Math.abs((found.get('a') ?? 0) - 300)).toBeLessThan(70)
		expect(Math.abs((found.get('b') ?? 0) - 500)).toBeLessThan(90)
	})

	test.each([false, true])(
		'exactly takes ⌈fraction · count⌉ of each key (replacement: %s)',
		async (withReplacement) => {
			const sample = await pairs().sampleByKeyExact(withReplacement, fractions, 7).collect()
			const counts = new Map<string, number>()
			for (const [key] of sample) counts.set(key, (counts.get(key) ?? 0) + 1)
			expect(Object.fromEntries(counts)).toEqual({ a: 300, b: 500, c: 3 })
			if (!withReplacement) expect(new Set(sample.map(([, i]) => i)).size).toBe(803)
			// Order is kept.
			expect(sample.map(([, i]) => i)).toEqual(sample.map(([, i]) => i).sort((a, b) => a - b))
		},
	)

	test.each(['sampleByKey', 'sampleByKeyExact'] as const)('%s repeats with its seed', async (name) => {
		const rdd = pairs()
		const take = (seed: number) => rdd[name](false, { a: 0.1, b: 0.5, c: 1 }, seed).collect()
		const first = await take(3)
		expect(await take(3)).toEqual(first)
		expect(await take(4)).not.toEqual(first)
		expect(await rdd[name](true, { a: 0, b: 0, c: 0 }, 3).collect()).toEqual([])
	})

	test('takes keys that are equal by value from a map', async () => {
		const rdd = pairs().map(([key, i]) => [[key], i])
		const sample = rdd.sampleByKeyExact(false, new Map([...fractions].map(([key, f]) => [[key], f])) as never)
		expect(await sample.count()).toBe(803)
	})

	test('keeps the partitioner and takes nothing of nothing', async () => {
		const placed = pairs().groupByKey(3)
		expect(placed.sampleByKey(false, fractions).partitioner).toBe(placed.partitioner)
		const nothing = placed.filter(() => false)
		expect(await nothing.sampleByKeyExact(true, fractions).collect()).toEqual([])
	})

	test('refuses negative rates at once and unknown keys in its job', async () => {
		const rdd = pairs()
		expect(() => rdd.sampleByKey(false, { a: -0.1 })).toThrow('requirement failed: Negative sampling rates.')
		expect(() => rdd.sampleByKeyExact(true, { a: -0.1 })).toThrow('requirement failed: Negative sampling rates.')
		await expect(rdd.sampleByKey(false, { a: 1, b: 1 }).count()).rejects.toThrow('key not found: c')
		await expect(rdd.sampleByKeyExact(false, { a: 1, b: 1 }).count()).rejects.toThrow('key not found: c')
	})
})
