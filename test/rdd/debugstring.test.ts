/** The lineage as text, as Spark prints it. */

import { expect, it } from 'vitest'
import { manualContext } from '../support/timeline.js'
import { keeping } from './keeping.js'

/** The lines without the places of calls. */
const lines = (text: string): string[] => text.replace(/ at \w+ at debugstring\.test\.ts:\d+/g, '').split('\n')
const sum = (a: number, b: number): number => a + b

it('has a line for each RDD, and the number of partitions where a stage begins', () =>
	keeping({}, async ({ sc }) => {
		const sums = sc
			.parallelize(['a', 'b'], 3)
			.map((w) => [w, 1])
			.reduceByKey(sum, 2)
		expect(lines(sums.mapValues((n) => n + 1).toDebugString())).toEqual([
			'(2) MapPartitionsRDD[3] []',
			' |  ShuffledRDD[2] []',
			' +-(3) MapPartitionsRDD[1] []',
			'    |  ParallelCollectionRDD[0] []',
		])
	}))
it('goes down one branch after another, under the margin of its stage', () =>
	keeping({}, async ({ sc }) => {
		const counted = (n: number) =>
			sc
				.parallelize(['a'], n)
				.map((w) => [w, 1])
				.reduceByKey(sum, n)
		const both = counted(2).union(counted(12)).setName('both')
		expect(lines(both.toDebugString())).toEqual([
			'(14) both UnionRDD[6] []',
			' |   ShuffledRDD[2] []',
			' +-(2) MapPartitionsRDD[1] []',
			'    |  ParallelCollectionRDD[0] []',
			' |   ShuffledRDD[5] []',
			' +-(12) MapPartitionsRDD[4] []',
			'    |   ParallelCollectionRDD[3] []',
		])
	}))
it('says what is kept once it is computed, with the level of the first RDD in every line', () =>
	keeping({}, async ({ sc }) => {
		const base = sc.parallelize([1, 2, 3], 2).map((n) => n * 2)
		base.cache()
		const next = base.map((n) => n)
		expect(lines(next.toDebugString())).toHaveLength(3)
		await next.count()
		expect(lines(next.toDebugString())).toEqual([
			'(2) MapPartitionsRDD[2] []',
			' |  MapPartitionsRDD[1] []',
			' |      CachedPartitions: 2; MemorySize: 88.0 B; DiskSize: 0.0 B',
			' |  ParallelCollectionRDD[0] []',
		])
		expect(lines(base.toDebugString())).toEqual([
			'(2) MapPartitionsRDD[1] [Memory Deserialized 1x Replicated]',
			' |       CachedPartitions: 2; MemorySize: 88.0 B; DiskSize: 0.0 B',
			' |  ParallelCollectionRDD[0] [Memory Deserialized 1x Replicated]',
		])
	}))
it('counts sizes in units from twice their size on', () =>
	keeping({}, async ({ sc }) => {
		const rdd = sc.range(0, 1_000, 1, 1).map((n) => n)
		await rdd.cache().count()
		expect(rdd.toDebugString()).toContain('MemorySize: 7.8 KiB;')
	}))
it('shows what a checkpoint put in the place of the lineage', () =>
	keeping({}, async ({ sc }) => {
		const rdd = sc.parallelize([1], 1).map((n) => n)
		await rdd.localCheckpoint().count()
		expect(lines(rdd.unpersist().toDebugString())).toEqual([
			'(1) MapPartitionsRDD[1] []',
			' |  LocalCheckpointRDD[2] []',
		])
	}))

it('says what the program called and where, in what a stream makes the stream’s', async () => {
	const { ssc, close } = manualContext()
	const texts: string[] = []
	const stream = ssc.script([[1]]).map((n) => n)
	stream.foreachRDD((rdd) => void texts.push(rdd.toDebugString()))
	await ssc.step()
	expect(texts[0]).toMatch(
		/^\(1\) MapPartitionsRDD\[\d\] at map at debugstring\.test\.ts:\d+ \[\]\n \| {2}ParallelCollectionRDD\[\d\] at script at debugstring\.test\.ts:\d+ \[\]$/,
	)
	await close()
	await keeping({}, async ({ sc }) => {
		const sorted = sc.parallelize([1], 1).sortBy((n) => n)
		expect(String(sorted)).toMatch(/^\w+RDD\[\d\] at sortBy at debugstring\.test\.ts:\d+$/)
	})
})
