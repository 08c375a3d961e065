/** Actions that can be cancelled, jobs by their ids, barrier stages, files for tasks. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { BarrierTaskContext, type RDD, SparkConf, SparkContext, SparkFiles, TaskContext } from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'

const folders: string[] = []
afterEach(async () => {
	await stopAll()
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
const context = (): SparkContext => new SparkContext(new SparkConf().setMaster('local[2]').setAppName('t'))

/** An RDD of two partitions whose first one waits until `go` is called; `stage` is there when it does. */
function held(sc: SparkContext): { rdd: RDD<number>; stage: Promise<number>; go: () => void; seen: number[] } {
	let [go, reach] = [() => {}, (_: number) => {}]
	const gate = new Promise<void>((resolve) => {
		go = resolve
	})
	const stage = new Promise<number>((resolve) => {
		reach = resolve
	})
	const seen: number[] = []
	const rdd = sc.parallelize([1, 2], 2).mapPartitionsAsync(async (records) => {
		reach(TaskContext.get().stageId())
		await gate
		seen.push(1)
		return records
	})
	return { rdd, stage, go, seen }
}

describe('an asynchronous action', () => {
	test.each([
		['countAsync', (rdd: RDD<number>) => rdd.countAsync(), 5],
		['collectAsync', (rdd: RDD<number>) => rdd.collectAsync(), [1, 2, 3, 4, 5]],
		['takeAsync', (rdd: RDD<number>) => rdd.takeAsync(3), [1, 2, 3]],
		['takeAsync of none', (rdd: RDD<number>) => rdd.takeAsync(0), []],
		['takeAsync of too many', (rdd: RDD<number>) => rdd.takeAsync(9), [1, 2, 3, 4, 5]],
	])('%s has the result of the plain one', async (_, run, expected) => {
		const action = run(context().parallelize([1, 2, 3, 4, 5], 3))
		expect(action.isCompleted).toBe(false)
		expect(await action).toEqual(expected)
		expect([action.isCompleted, action.isCancelled]).toEqual([true, false])
		action.cancel()
		expect(action.isCancelled).toBe(false)
	})

	test('visits every record and every partition', async () => {
		const rdd = context().parallelize([1, 2, 3], 2)
		const seen: unknown[] = []
		await rdd.foreachAsync((x) => void seen.push(x))
		await rdd.foreachPartitionAsync((records) => void seen.push([...records]))
		expect(seen).toEqual([1, 2, 3, [1], [2, 3]])
	})

	test('of an empty RDD has nothing', async () => {
		const rdd = context().emptyRDD<number>()
		expect([await rdd.countAsync(), await rdd.collectAsync(), await rdd.takeAsync(2)]).toEqual([0, [], []])
	})

	test('rejects at once when it is cancelled, and runs no further task', async () => {
		const { rdd, stage, go, seen } = held(context())
		const action = rdd.collectAsync()
		await stage
		action.cancel()
		await expect(action).rejects.toMatchObject({ code: 'task/cancelled', message: 'Job 0 cancelled' })
		expect([action.isCompleted, action.isCancelled, action.jobIds]).toEqual([true, true, [0]])
		go()
		expect(await rdd.sparkContext.runJob(rdd, () => 1)).toEqual([1, 1])
		expect(seen.length).toBe(3)
	})

	test('runs nothing when it is cancelled before its job begins', async () => {
		const seen: number[] = []
		const action = context()
			.parallelize([1])
			.foreachAsync((x) => void seen.push(x))
		action.cancel('early')
		await expect(action).rejects.toMatchObject({ code: 'task/cancelled', message: 'Job cancelled early' })
		expect(await SparkContext.getActive()?.parallelize([2]).count()).toBe(1)
		expect(seen).toEqual([])
	})

	test('rejects with the error of its function', async () => {
		const rdd = context().parallelize([1])
		const failing = rdd.foreachAsync(() => {
			throw new RangeError('boom')
		})
		await expect(failing).rejects.toMatchObject({ code: 'task/user', message: 'boom' })
		expect(failing.isCompleted).toBe(true)
	})
})

describe('a job', () => {
	test.each([
		['its id', (sc: SparkContext) => sc.cancelJob(0, 'by hand'), 'Job 0 cancelled by hand'],
		[
			'a stage of it',
			(sc: SparkContext, stage: number) => sc.cancelStage(stage),
			'Job 0 cancelled because Stage 0 was cancelled',
		],
	])('is cancelled by %s', async (_, cancel, text) => {
		const sc = context()
		const { rdd, stage, go } = held(sc)
		const action = rdd.count()
		cancel(sc, await stage)
		go()
		await expect(action).rejects.toMatchObject({ code: 'task/cancelled', message: text })
	})

	test('that is submitted hands over results partition by partition', async () => {
		const sc = context()
		const sums: number[] = []
		const sum = (records: Iterable<number>): number => [...records].reduce((a, b) => a + b, 0)
		const action = sc.submitJob(
			sc.parallelize([1, 2, 3, 4], 2),
			sum,
			[1, 0],
			(partition, n) => {
				sums[partition] = n
			},
			() => sums.join('+'),
		)
		expect(await action).toBe('3+7')
	})

	test('that is approximate takes an evaluator of the program', async () => {
		const sc = context()
		let most = 0
		const evaluator = {
			merge: (_: number, n: number) => {
				most = Math.max(most, n)
			},
			currentResult: () => most,
		}
		const task = (records: Iterable<number>): number => Math.max(...records)
		const found = await sc.runApproximateJob(sc.parallelize([5, 9, 2], 3), task, evaluator, 10_000)
		expect([found.initialValue, found.isInitialValueFinal]).toEqual([9, true])
	})
})

describe('a barrier stage', () => {
	test('opens its barrier at once', async () => {
		const found = context()
			.parallelize([1, 2, 3, 4], 2)
			.barrier()
			.mapPartitions(async (records) => {
				const task = BarrierTaskContext.get()
				await task.barrier()
				return [...records].map((x) => x * 10 + task.partitionId())
			})
		expect(await found.collect()).toEqual([10, 20, 31, 41])
	})

	test('has a context in tasks only; resource profiles are refused', () => {
		expect(() => BarrierTaskContext.get()).toThrow('outside of a task')
		expect(() => context().emptyRDD().withResources({})).toThrow('resource profiles')
	})
})

describe('an added file', () => {
	const folder = (): string => {
		const made = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
		folders.push(made)
		return made
	}

	test('is found by its name until the context stops', async () => {
		const from = folder()
		writeFileSync(join(from, 'words.txt'), 'a b')
		mkdirSync(join(from, 'deep'))
		writeFileSync(join(from, 'deep', 'more.txt'), 'c')
		const sc = context()
		await sc.addFile(join(from, 'words.txt'))
		await sc.addFile(join(from, 'words.txt'))
		await sc.addFile(join(from, 'deep'), true)
		const read = (name: string): string => readFileSync(SparkFiles.get(name), 'utf8')
		expect(await sc.parallelize(['words.txt', 'deep/more.txt']).map(read).collect()).toEqual(['a b', 'c'])
		expect(sc.listFiles().length).toBe(2)
		const copy = SparkFiles.get('words.txt')
		await sc.stop()
		expect(() => readFileSync(copy)).toThrow('ENOENT')
	})

	test('is refused when it is not there, a directory, or has the name of another one', async () => {
		const [one, other] = [folder(), folder()]
		for (const at of [one, other]) writeFileSync(join(at, 'same.txt'), at)
		const sc = context()
		await sc.addFile(join(one, 'same.txt'))
		await expect(sc.addFile(join(one, 'none.txt'))).rejects.toThrow('does not exist')
		await expect(sc.addFile(one)).rejects.toThrow('is a directory and recursive is not turned on.')
		await expect(sc.addFile(join(other, 'same.txt'))).rejects.toThrow('has been added already')
		expect(() => sc.addJar('x.jar')).toThrow('there is no JVM to load x.jar')
		expect(sc.uiWebUrl).toBe(undefined)
	})
})
