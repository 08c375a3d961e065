/** Ranges of keys: bounds as Spark finds them, balance on skewed data. */

import { afterEach, describe, expect, test } from 'vitest'
import { RangePartitioner, SparkConf, SparkContext } from '../../engine/index.js'
import { boundsOf } from '../../engine/rdd/ranges.js'
import { settings } from '../support/settings.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

const numeric = (a: unknown, b: unknown): number => (a as number) - (b as number)
const keys = (...all: number[]) => all.map((key) => ({ key, weight: 1 }))
const context = (): SparkContext =>
	new SparkContext(new SparkConf().setMaster('local[2]').setAppName('t').setAll(settings))

describe('bounds', () => {
	test.each([
		['of even keys lie at equal distances', keys(1, 2, 3, 4, 5, 6), 3, [2, 4]],
		['of equal keys go on to the next greater one', keys(1, 1, 1, 1, 2, 3), 3, [1, 2]],
		['are fewer when there are fewer keys', keys(1, 2), 5, [1]],
		['of one key are none', keys(7, 7, 7), 2, [7]],
		['of nothing are none', [], 3, []],
		['count keys by weight', [{ key: 1, weight: 10 }, ...keys(2, 3, 4)], 2, [1]],
	])('%s', (_, found, ranges, expected) => expect(boundsOf(found, ranges, numeric)).toEqual(expected))
})

describe('a RangePartitioner', () => {
	test('parts skewed partitions into ranges of about the same size', async () => {
		const sc = context()
		// One partition of 20,000 small keys, seven of ten large ones.
		const skewed = sc
			.parallelize([0, 1, 2, 3, 4, 5, 6, 7], 8)
			.flatMap((i) => Array.from({ length: i === 0 ? 20_000 : 10 }, (_, j) => 100_000 * i + j))
			.map((k): [number, number] => [k, 1])
		const sizes = (await skewed.sortByKey(true, 4).glom().collect()).map((part) => part.length)
		expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(20_070)
		for (const n of sizes) expect(Math.abs(n - 5_017)).toBeLessThan(2_000)
	})

	test('may give fewer partitions than asked for', async () => {
		const sc = context()
		const pairs = sc.parallelize([3, 3, 3, 5], 2).map((k): [number, number] => [k, k])
		const partitioner = await RangePartitioner.create(4, pairs)
		expect(partitioner.numPartitions).toBe(3)
		expect([1, 3, 4, 5, 9].map((k) => partitioner.getPartition(k))).toEqual([0, 0, 1, 1, 2])
	})

	test.each([
		[-1, 20, 'requirement failed: Number of partitions cannot be negative but found -1.'],
		[2, 0, 'requirement failed: Sample points per partition must be greater than 0 but found 0'],
	])('refuses %d partitions of %d points', (partitions, points, text) => {
		const pairs = context()
			.parallelize([1])
			.map((k): [number, number] => [k, k])
		expect(() => new RangePartitioner(partitions, pairs, true, points)).toThrow(text)
	})
})
