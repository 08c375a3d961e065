/** What a cluster must do beyond the same answers: errors, accumulators, broadcast values, cancelling, lost processes. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
	closure,
	interruptTasks,
	ManualClock,
	Seconds,
	SparkConf,
	SparkContext,
	StorageLevel,
	StreamError,
	StreamingContext,
	setHost,
	TaskContext,
} from '../../engine/index.js'
import { onCluster } from './application.js'

let sc: SparkContext
let tmp: string

beforeAll(async () => {
	tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	sc = new SparkContext(new SparkConf().setAppName('cluster').setAll(onCluster))
	await sc.parallelize([1], 1).count()
})
afterAll(async () => {
	await sc.stop()
	rmSync(tmp, { recursive: true, force: true })
})

describe('functions on executors', () => {
	it('run in other processes than the driver', async () => {
		const pids = await sc
			.parallelize([0, 1], 2)
			.map(() => process.pid)
			.collect()
		expect(pids).not.toContain(process.pid)
	})
	it('take along what they have captured, as it is when the job begins', async () => {
		let factor = 2
		const table = new Map([['a', 1]])
		class Scaler {
			readonly by: number
			constructor(by: number) {
				this.by = by
			}
			scale(x: number): number {
				return x * this.by
			}
		}
		const scaler = new Scaler(10)
		const rdd = sc.parallelize(['a', 'b'], 2).map((k) => scaler.scale((table.get(k) ?? 0) + factor))
		factor = 3
		expect(await rdd.collect()).toEqual([40, 30])
		expect(
			await sc
				.parallelize([1])
				.map(closure({ factor }, (x, env) => x + env.factor))
				.collect(),
		).toEqual([4])
	})
	it('begin each task with the captured values, whatever ran in their worker before', async () => {
		let seen = 0
		const count = (): number => {
			seen += 1
			return seen
		}
		const rdd = sc.parallelize([1, 1, 1, 1, 1, 1], 6).map(() => count())
		expect(await rdd.collect()).toEqual([1, 1, 1, 1, 1, 1])
		expect(seen).toBe(0)
	})
	it('that capture what cannot travel are refused before the job, by operator and name', async () => {
		const cache = new WeakMap<object, number>()
		await expect(
			sc
				.parallelize([1])
				.map(() => cache.get({}))
				.collect(),
		).rejects.toMatchObject({ code: 'task/closure', message: expect.stringMatching(/function of map[\s\S]*`cache`/) })
	})
	it('fail with their own error: its name, message, file and line, and where the task ran', async () => {
		const failing = sc.parallelize([1, 2], 2).map((x) => {
			if (x === 2) throw new RangeError(`no ${x}`)
			return x
		})
		const error = await failing.collect().then(
			() => undefined,
			(thrown: unknown) => thrown,
		)
		expect(error).toMatchObject({
			code: 'task/user',
			message: 'no 2',
			where: expect.stringMatching(/^partition 1, stage \d+, attempt \d on /),
			cause: expect.objectContaining({ name: 'RangeError', stack: expect.stringContaining('cluster.spark.ts') }),
		})
	})
	it('know their task, and are tried again after a first failure', async () => {
		const attempts = await sc
			.parallelize([0, 1], 2)
			.map((x) => {
				const task = TaskContext.get()
				if (x === 1 && task.attemptNumber() === 0) throw new TypeError('not yet')
				return [task.partitionId(), task.attemptNumber()]
			})
			.collect()
		expect(attempts).toEqual([
			[0, 0],
			[1, 1],
		])
	})
	it('whose worker is killed run again in another', async () => {
		const mark = join(tmp, 'killed')
		const answer = await sc
			.parallelize([1, 2, 3], 3)
			.map(
				closure({ mark }, (x, { mark }) => {
					const fs = process.getBuiltinModule('node:fs')
					if (x === 2 && !fs.existsSync(mark)) {
						fs.writeFileSync(mark, '')
						process.kill(process.pid, 'SIGKILL')
					}
					return x * 2
				}),
			)
			.collect()
		expect(answer).toEqual([2, 4, 6])
		expect(existsSync(mark)).toBe(true)
	})
})

describe('what is shared with executors', () => {
	it('accumulators of each kind count every successful task once', async () => {
		const sum = sc.longAccumulator('sum')
		const all = sc.collectionAccumulator<number>('all')
		await sc.parallelize([1, 2, 3, 4], 4).foreach((x) => {
			sum.add(x)
			all.add(x)
		})
		expect([sum.value, sum.count, [...all.value].sort()]).toEqual([10, 4, [1, 2, 3, 4]])
	})
	it('broadcast values are sent once, and are refused after destroy()', async () => {
		const table = sc.broadcast({ a: 1, b: 2 })
		const keys: ('a' | 'b')[] = ['a', 'b']
		const rdd = sc.parallelize(keys, 2).map((k) => table.value[k])
		expect(await rdd.collect()).toEqual([1, 2])
		expect(await rdd.sum()).toBe(3)
		table.destroy()
		await expect(rdd.collect()).rejects.toThrow('after it was destroyed')
	})
	it('large programs go to each executor once', async () => {
		const table = Array.from({ length: 200_000 }, (_, i) => i * 1.5)
		const rdd = sc.parallelize([1, 199_999], 2).map((i) => table[i])
		expect([await rdd.collect(), await rdd.count()]).toEqual([[1.5, 299_998.5], 2])
	})
	it('persisted RDDs are computed once, until they are freed', async () => {
		const count = sc.longAccumulator('computed')
		const rdd = sc
			.parallelize([1, 2, 3], 3)
			.map((x) => {
				count.add(1)
				return x + 1
			})
			.persist(StorageLevel.MEMORY_AND_DISK)
		expect([await rdd.count(), await rdd.sum()]).toEqual([3, 9])
		expect(count.value).toBe(3)
		expect(sc.memoryStatus().rdds[0]).toMatchObject({ numKept: 3 })
		rdd.unpersist()
		await rdd.count()
		expect(count.value).toBe(6)
	})
	it('text files are read by the workers', async () => {
		const path = join(tmp, 'lines.txt')
		writeFileSync(path, 'to be\nor not to be\n')
		const counts = sc
			.textFile(path)
			.flatMap((line) => line.split(' '))
			.map((word): [string, number] => [word, 1])
			.reduceByKey((a, b) => a + b)
		expect(new Map(await counts.collect())).toEqual(
			new Map([
				['to', 2],
				['be', 2],
				['or', 1],
				['not', 1],
			]),
		)
	})
})

describe('a job that is not wanted any more', () => {
	it.each([
		['it is cancelled', 'task/cancelled', () => sc.cancelJobGroup('spin')],
		[
			'a person interrupts it',
			'session/interrupted',
			() => interruptTasks(new StreamError('session/interrupted', 'Interrupted')),
		],
	])('ends soon when %s, though its function never does', async (name, code, end) => {
		const mark = join(tmp, name)
		sc.setJobGroup('spin', 'spins for ever')
		const spinning = sc.parallelize([1, 2, 3, 4], 4).foreach(
			closure({ mark }, (_, { mark }) => {
				process.getBuiltinModule('node:fs').writeFileSync(mark, '')
				for (;;);
			}),
		)
		const failed = expect(Promise.resolve(spinning)).rejects.toMatchObject({ code })
		await expect.poll(() => existsSync(mark), { timeout: 200_000 }).toBe(true)
		end()
		await failed
		sc.clearJobGroup()
		expect(await sc.parallelize([1, 2], 2).count()).toBe(2)
	})
})

describe('the picture of a graph', () => {
	it('tells how many records its streams had on the executors', async () => {
		const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
		const counting = ssc.countRecords()
		const words = ssc.script([['to', 'be', 'or', 'not', 'to', 'be']]).filter((word) => word !== 'or')
		const counts = words.map((word) => [word, 1] as [string, number]).reduceByKey((a, b) => a + b, 2)
		counts.foreachRDD(async (rdd) => void (await rdd.collect()))
		await ssc.step()
		const { streams } = ssc.describe()
		counting.dispose()
		await ssc.stop(false)
		expect(streams.map(({ operator, counted }) => [operator, counted?.records])).toEqual([
			['script', 6],
			['filter', 5],
			['map', 5],
			['reduceByKey', 3],
		])
	})
})

describe('a batch whose function fails on an executor', () => {
	it('fails with the error of the program and its place, and the next batch goes on from the state before', async () => {
		const errors: StreamError[] = []
		setHost({ batchError: (error) => void errors.push(error as StreamError), notice: () => undefined })
		const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
		ssc.checkpoint(join(tmp, 'checkpoints'))
		const seen: (readonly [string, number])[][] = []
		const fail = sc.longAccumulator('calls')
		ssc
			.queueStream([['a'], ['b'], ['a']].map((words) => sc.parallelize(words, 1)))
			.map((word): [string, number] => [word, 1])
			.updateStateByKey((values: number[], state: number | undefined) => {
				fail.add(1)
				if (values.length > 0 && state === 1) throw new RangeError('a came twice')
				return (state ?? 0) + values.length
			}, 2)
			.foreachRDD(async (rdd) => void seen.push((await rdd.collect()).sort()))
		await ssc.step(2)
		await ssc.step().catch(() => undefined)
		await ssc.stop(false)
		setHost({})
		expect(seen).toEqual([
			[['a', 1]],
			[
				['a', 1],
				['b', 1],
			],
		])
		expect(errors.map(({ message, where }) => [message, where])).toEqual([
			['a came twice', expect.stringMatching(/stage \d+, attempt 3 on /)],
		])
	})
})
