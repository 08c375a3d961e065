import { describe, expect, it } from 'vitest'
import { HashPartitioner, Partitioner, RangePartitioner, type SparkContext } from '../../engine/index.js'
import { failure, withContext } from './context.js'

class ByText extends Partitioner {
	readonly numPartitions = 2
	getPartition(key: unknown): number {
		return (key as string) < 'c' ? 0 : 1
	}
}

const letters: [string, number][] = [
	['d', 4],
	['a', 1],
	['c', 3],
	['b', 2],
	['a', 1],
]
const numbers: [number, number][] = [
	[5, 50],
	[1, 10],
	[3, 30],
	[1, 11],
]
type Ask = (sc: SparkContext) => unknown

describe('an RDD of pairs', () => {
	it.each<[string, Ask, unknown]>([
		['looks a key up in the range it was sorted into', (sc) => sc.parallelize(numbers, 3).sortByKey().lookup(5), [50]],
		[
			'looks a key up where a new range partitioner puts it',
			(sc) => {
				const rdd = sc.parallelize(numbers, 3)
				return rdd.partitionBy(new RangePartitioner(3, rdd)).lookup(5)
			},
			[50],
		],
		[
			'loses keys into as many partitions as it has itself',
			(sc) =>
				sc
					.parallelize(numbers, 2)
					.subtractByKey(sc.parallelize([[3, 'x'] as [number, string]], 5))
					.glom()
					.collect(),
			[
				[],
				[
					[5, 50],
					[1, 10],
					[1, 11],
				],
			],
		],
		[
			'groups with several others',
			(sc) => {
				const [one, two] = [sc.parallelize([['a', 'x']] as [string, string][], 1), sc.parallelize([['a', true]], 1)]
				return sc
					.parallelize([['a', 1]] as [string, number][], 1)
					.groupWith(one, two as never)
					.collect()
			},
			[['a', [[1], ['x'], [true]]]],
		],
		[
			'has its pairs in common with another whatever places its keys',
			(sc) =>
				sc
					.parallelize(letters, 2)
					.partitionBy(new ByText())
					.intersection(sc.parallelize([letters[0] as [string, number]], 3))
					.glom()
					.collect(),
			[[], [['d', 4]], []],
		],
		[
			'loses pairs where its partitioner put their keys',
			(sc) =>
				sc
					.parallelize(letters, 2)
					.partitionBy(new ByText())
					.subtract(sc.parallelize([letters[1] as [string, number]], 3))
					.glom()
					.collect(),
			[
				[['b', 2]],
				[
					['d', 4],
					['c', 3],
				],
			],
		],
		[
			'loses pairs by their own hash when another partitioner is asked for',
			(sc) =>
				sc
					.parallelize(letters, 2)
					.partitionBy(new HashPartitioner(2))
					.subtract(sc.parallelize([] as [string, number][], 1), 1)
					.glom()
					.map((part) => part.length)
					.collect(),
			[5],
		],
	])('%s', async (_, ask, expected) => expect(await withContext(ask)).toEqual(expected))
})

describe('an RDD', () => {
	it.each<[string, Ask, unknown]>([
		[
			'loses values into as many partitions as it has itself',
			(sc) =>
				sc
					.parallelize([1, 2, 3, 4, 5], 2)
					.subtract(sc.parallelize([2, 9], 5))
					.glom()
					.collect(),
			[[4], [1, 3, 5]],
		],
		[
			'numbers records by the partitions that sorting really made',
			(sc) =>
				sc
					.parallelize([1, 1, 1], 3)
					.sortBy((x) => x)
					.zipWithUniqueId()
					.collect(),
			[
				[1, 0],
				[1, 2],
				[1, 4],
			],
		],
		[
			'sorts downwards into the ranges of sorting upwards, in reverse',
			(sc) =>
				sc
					.parallelize([1, 2, 3, 4, 5], 2)
					.sortBy((x) => x, false)
					.glom()
					.collect(),
			[
				[5, 4],
				[3, 2, 1],
			],
		],
		[
			'takes from no more partitions than the first ones let expect',
			async (sc) => {
				const computed = sc.longAccumulator()
				const rdd = sc.parallelize([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5).mapPartitions((records) => {
					computed.add(1)
					return records
				})
				return [await rdd.take(3), computed.value]
			},
			[[1, 2, 3], 2],
		],
		[
			'spreads even buckets by arithmetic, as Spark does',
			async (sc) => (await sc.parallelize([0, 0.29, 1], 2).histogram(100))[1].slice(28, 30),
			[1, 0],
		],
		['has NaN for its least number when it has any', (sc) => sc.parallelize([2, Number.NaN, 1], 2).min(), Number.NaN],
	])('%s', async (_, ask, expected) => expect(await withContext(ask)).toEqual(expected))

	it.each<[string, Ask, string]>([
		['a fraction below 0', (sc) => sc.parallelize([1]).sample(false, -1), 'Fraction must be nonnegative, but got -1.0'],
		[
			'a fraction above 1',
			(sc) => sc.parallelize([1]).sample(false, 1.5),
			'Sampling fraction (1.5) must be on interval [0, 1]',
		],
	])('refuses %s to sample with', async (_, ask, message) =>
		expect((await failure(() => withContext(ask))).message).toBe(`requirement failed: ${message}`),
	)

	it.each<[string, Ask, string]>([
		[
			'runs no job over a partition that is not there',
			(sc) => sc.runJob(sc.parallelize([1, 2], 2), (records) => [...records], [1, 2]),
			'Attempting to access a non-existent partition: 2. Total number of partitions: 2',
		],
		[
			'has no histogram without buckets',
			(sc) => sc.parallelize([1, 2], 2).histogram(0),
			'buckets array must have at least two elements',
		],
	])('%s', async (_, ask, message) => expect((await failure(() => withContext(ask))).message).toBe(message))

	it('takes on where sorting made fewer partitions than were asked for', () =>
		withContext(async (sc) =>
			expect(
				await sc
					.parallelize([1, 1, 1], 3)
					.sortBy((x) => x)
					.take(5),
			).toEqual([1, 1, 1]),
		))

	it('counts into a list that reads as one of the JVM', () =>
		withContext(async (sc) => {
			const list = sc.collectionAccumulator<unknown>('seen')
			await sc.parallelize(['a', ['b', 1]], 1).foreach((x) => list.add(x))
			expect(String(list)).toMatch(/^CollectionAccumulator\(id: \d+, name: Some\(seen\), value: \[a, \(b,1\)\]\)$/)
		}))
})
