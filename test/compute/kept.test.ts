/** What the local backend keeps: of streams, of received blocks, of shuffles, and how much memory all of it takes. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import {
	type DStream,
	ManualClock,
	type RDD,
	Receiver,
	Seconds,
	type SparkContext,
	type State,
	StorageLevel,
	StreamingContext,
} from '../../engine/index.js'
import { failure } from '../rdd/context.js'
import { keeping } from '../rdd/keeping.js'
import { manualContext, stopAll, timeline } from '../support/timeline.js'

afterEach(stopAll)

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Stores one array of records a batch. */
class Storing extends Receiver<string> {
	override onStart(): void {}
	override onStop(): void {}
}

describe('what a stream keeps', () => {
	it('stays the objects that they are at a serialized level, and takes instances of classes', async () => {
		class Reading {}
		const { ssc, close } = manualContext()
		const seen: unknown[][] = []
		const readings = ssc.script([[1], [2]]).map(() => new Reading())
		readings.persist(StorageLevel.MEMORY_ONLY_SER)
		for (let i = 0; i < 2; i += 1) readings.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step(1)
		expect(seen[0]?.[0]).toBeInstanceOf(Reading)
		expect(seen[1]?.[0]).toBe(seen[0]?.[0])
		await close()
	})
	it('goes to the disk when its level says so', () =>
		keeping({}, async ({ sc, files }) => {
			const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
			const seen: unknown[][] = []
			const records = ssc.script([[1], [2]]).map((x) => ({ x }))
			records.persist(StorageLevel.DISK_ONLY)
			for (let i = 0; i < 2; i += 1) records.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
			await ssc.step(1)
			expect([seen[0], seen[1]?.[0] === seen[0]?.[0], files().length]).toEqual([[{ x: 1 }], false, 2])
			await ssc.stop(false)
		}))
	it('is released with its batch', async () => {
		const { sc, ssc, close } = manualContext()
		ssc
			.script([[1], [2], [3]])
			.window('2s', '1s')
			.foreachRDD(async (rdd) => void (await rdd.count()))
		await ssc.step(20)
		const { rdds, usedBytes } = sc.memoryStatus()
		expect(rdds.length).toBeLessThan(5)
		expect(usedBytes).toBe(rdds.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0))
		await close()
	})
})

describe('streams with little memory', () => {
	type Pairs = DStream<[string, number]>
	const sum = (a: number, b: number): number => a + b
	const builds: Record<string, (pairs: Pairs) => DStream<unknown>> = {
		window: (pairs) => pairs.window('4s', '2s'),
		reduceByKeyAndWindow: (pairs) => pairs.reduceByKeyAndWindow(sum, '4s', '2s'),
		'reduceByKeyAndWindow with an inverse': (pairs) => pairs.reduceByKeyAndWindow(sum, (a, b) => a - b, '4s', '2s'),
		updateStateByKey: (pairs) => pairs.updateStateByKey((values, state?: number) => values.reduce(sum, state ?? 0)),
		mapWithState: (pairs) =>
			pairs.mapWithState((key: string, value: number | undefined, state: State<number>) => {
				state.update((state.getOption() ?? 0) + (value ?? 0))
				return [key, state.get()]
			}),
	}
	const input = Array.from({ length: 13 }, (_, i) =>
		Array.from({ length: i % 5 }, (__, j): [string, number] => [`k${(i * j) % 3}`, i + j]),
	)
	it.each(Object.keys(builds))('have the same records: %s', async (name) => {
		const build = builds[name] as (pairs: Pairs) => DStream<unknown>
		const checkpointDirectory = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
		const seen = []
		for (const limit of ['0b', '700b', '1g']) {
			const options = { checkpointDirectory, settings: { 'rivulet.memory.limit': limit } }
			seen.push(await timeline(input, 13, build, options))
		}
		expect(seen[0]).toEqual(seen[2])
		expect(seen[1]).toEqual(seen[2])
		rmSync(checkpointDirectory, { recursive: true })
	})
})

describe('received blocks', () => {
	const streaming = (level: StorageLevel, limit: string) => {
		const { sc, ssc, close } = manualContext({ settings: { 'rivulet.memory.limit': limit } })
		const receiver = new Storing(level)
		const stream = ssc.receiverStream(receiver)
		return { sc, ssc, close, receiver, stream }
	}
	it('that spill are all there in their batch', async () => {
		const { sc, ssc, close, receiver, stream } = streaming(StorageLevel.MEMORY_AND_DISK_SER_2, '1k')
		let lines: string[] = []
		stream.foreachRDD(async (rdd) => {
			lines = await rdd.collect()
		})
		ssc.start()
		const all = Array.from({ length: 40 }, (_, i) => `line ${i}`)
		for (const line of all) await receiver.store([line])
		const { usedBytes, diskBytes } = sc.memoryStatus()
		expect([usedBytes <= 1_024, diskBytes > 0]).toEqual([true, true])
		await ssc.step()
		expect(lines).toEqual(all)
		await close()
	})
	it('without room are refused, and their receiver hears of it', async () => {
		const { ssc, close, receiver, stream } = streaming(StorageLevel.MEMORY_ONLY, '1k')
		stream.foreachRDD(() => undefined)
		ssc.start()
		await receiver.store(['small'])
		const error = await failure(() => receiver.store(['x'.repeat(2_000)]))
		expect(error).toMatchObject({
			code: 'receiver/store',
			message: expect.stringMatching(
				/^Could not store input-0-\d+ to block manager with storage level StorageLevel\(memory, deserialized, 1 replicas\)$/,
			),
			where: 'the memory limit of 1024 bytes is reached',
		})
		await close()
	})
	it('that are gone fail their batch with Spark’s texts', async () => {
		const { ssc, close, receiver, stream } = streaming(StorageLevel.MEMORY_ONLY, '1m')
		const rdds: RDD<string>[] = []
		stream.foreachRDD((rdd) => void rdds.push(rdd))
		ssc.start()
		await receiver.store(['a'])
		await ssc.step()
		const [first] = rdds as [RDD<string>]
		expect(await first.collect()).toEqual(['a'])
		await ssc.step(3)
		expect((await failure(() => first.collect())).message).toMatch(
			/^Attempted to use BlockRDD\[0\] at receiverStream at kept\.test\.ts:\d+ after its blocks have been removed!$/,
		)
		await close()
	})
})

describe('a shuffle', () => {
	it('whose result lies on the disk is let go, and runs again when the files are lost or freed', () =>
		keeping({}, async ({ counted, files }) => {
			const { rdd, runs } = counted(2, 3)
			const grouped = rdd.map(({ x }): [number, number] => [x % 3, x]).groupByKey(2)
			grouped.persist(StorageLevel.DISK_ONLY)
			const all = await grouped.collect()
			expect([await grouped.collect(), runs()]).toEqual([all, 6])
			for (const file of files()) rmSync(file)
			const joined = grouped.join(grouped, 2).mapValues(([left]) => left)
			expect([await joined.collect(), runs()]).toEqual([all, 12])
			grouped.unpersist()
			expect([await grouped.collect(), runs()]).toEqual([all, 18])
		}))
	it('is not run again for a persisted result that is unpersisted', () =>
		keeping({}, async ({ counted }) => {
			const { rdd, runs } = counted(2, 3)
			const grouped = rdd.map(({ x }): [number, number] => [x % 3, x]).groupByKey(2)
			const all = await grouped.cache().collect()
			grouped.unpersist()
			expect([await grouped.collect(), runs()]).toEqual([all, 6])
		}))
})

describe('garbage', () => {
	it('releases what was kept of an RDD, files included', () =>
		keeping({}, async ({ sc, counted, files }) => {
			const keepSome = async (): Promise<void> => {
				await counted(2, 10).rdd.cache().count()
				await counted(2, 10).rdd.persist(StorageLevel.DISK_ONLY).count()
			}
			await keepSome()
			expect(files()).toHaveLength(2)
			for (let i = 0; i < 50 && sc.memoryStatus().usedBytes + files().length > 0; i += 1) {
				await turn()
				gc()
			}
			expect([sc.memoryStatus(), files()]).toMatchObject([{ usedBytes: 0, diskBytes: 0, rdds: [] }, []])
		}))
})

describe('much more than the limit', () => {
	const perPartition = 8_000
	/** About 1 MB of text a partition. */
	const large = (numPartitions: number) => (keep: { sc: SparkContext }) =>
		keep.sc
			.range(0, numPartitions, 1, numPartitions)
			.flatMap((p) =>
				Array.from({ length: perPartition }, (_, i) => `${p}-${i}-`.padEnd(100, String.fromCharCode(97 + (i % 26)))),
			)

	it.each([
		['MEMORY_ONLY', 300],
		['MEMORY_ONLY_SER', 150],
		['MEMORY_AND_DISK', 120],
		['DISK_ONLY', 120],
	])('at %s keeps memory bounded', (name, megabytes) =>
		keeping({ 'rivulet.memory.limit': '20m' }, async (parts) => {
			const rdd = large(megabytes)(parts).persist(StorageLevel.fromString(name))
			gc()
			const before = process.memoryUsage()
			let most = 0
			const check = (): void => {
				gc()
				const { heapUsed, arrayBuffers } = process.memoryUsage()
				most = Math.max(most, heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers)
			}
			let n = 0
			await rdd.foreachPartition((records) => {
				for (const _ of records) n += 1
				if (n % (20 * perPartition) === 0) check()
			})
			check()
			expect(n).toBe(megabytes * perPartition)
			expect(most / 2 ** 20).toBeLessThan(60)
		}),
	)
	it.each(['MEMORY_AND_DISK', 'DISK_ONLY'])(
		'in one partition goes to the disk in chunks at %s, and is read back so',
		(name) =>
			keeping({ 'rivulet.memory.limit': '5m' }, async ({ sc, files }) => {
				let runs = 0
				const rdd = sc.parallelize([0], 1).flatMap(function* () {
					runs += 1
					for (let i = 0; i < 600_000; i += 1) yield { i }
				})
				rdd.persist(StorageLevel.fromString(name))
				gc()
				const before = process.memoryUsage().heapUsed
				const look = async (): Promise<[number, number, number]> => {
					let [n, sum, most] = [0, 0, 0]
					await rdd.foreach(({ i }) => {
						n += 1
						sum += i
						if (n % 300_000 !== 0) return
						gc()
						most = Math.max(most, process.memoryUsage().heapUsed - before)
					})
					return [n, sum, most]
				}
				const [first, second] = [await look(), await look()]
				expect([first.slice(0, 2), second.slice(0, 2)]).toEqual(Array(2).fill([600_000, 179_999_700_000]))
				expect(Math.max(first[2], second[2]) / 2 ** 20).toBeLessThan(30)
				expect([files().length > 2, runs]).toEqual([true, 1])
				rmSync(files()[1] as string)
				expect([await rdd.count(), runs, files().length > 2]).toEqual([600_000, 2, true])
				rdd.unpersist()
				expect([sc.memoryStatus().diskBytes, files()]).toEqual([0, []])
			}),
	)
	it('in one partition leaves no chunk behind when the function fails', () =>
		keeping({ 'rivulet.memory.limit': '1m' }, async ({ sc, files }) => {
			const rdd = sc.parallelize([0], 1).flatMap(function* () {
				for (let i = 0; i < 400_000; i += 1) yield { i }
				throw new TypeError('late')
			})
			rdd.persist(StorageLevel.MEMORY_AND_DISK)
			expect(await failure(() => rdd.count())).toMatchObject({ code: 'task/user', message: 'late' })
			expect([files(), sc.memoryStatus().diskBytes]).toEqual([[], 0])
		}))
	it('in one partition gathers no more than the limit without a disk', () =>
		keeping({ 'rivulet.memory.limit': '10m' }, async ({ sc }) => {
			gc()
			const before = process.memoryUsage().heapUsed
			const rdd = sc.parallelize([0], 1).flatMap(function* () {
				for (let i = 0; i < 1_500_000; i += 1) yield `record ${i}`
			})
			let [n, most] = [0, 0]
			await rdd.cache().foreach(() => {
				n += 1
				if (n % 500_000 !== 0) return
				gc()
				most = Math.max(most, process.memoryUsage().heapUsed - before)
			})
			expect(n).toBe(1_500_000)
			expect(most / 2 ** 20).toBeLessThan(40)
			expect(sc.memoryStatus().usedBytes).toBe(0)
		}))
})
