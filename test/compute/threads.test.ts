/** Stages on worker threads: the same results as on one thread, and what happens when something goes wrong there. */

import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Notice, setHost } from '../../engine/base/host.js'
import {
	closure,
	interruptTasks,
	type RDD,
	SparkConf,
	SparkContext,
	StreamError,
	TaskContext,
} from '../../engine/index.js'
import { failure } from '../rdd/context.js'

let sc: SparkContext
const notices: Notice[] = []
const context = (settings: Readonly<Record<string, string>> = {}, master = 'local[2]'): SparkContext => {
	const all = { 'rivulet.threads': 'always', ...settings }
	sc = new SparkContext(new SparkConf().setMaster(master).setAppName('threads').setAll(Object.entries(all)))
	setHost({ notice: (notice) => void notices.push(notice) })
	return sc
}
afterEach(async () => {
	await sc.stop()
	setHost({})
	notices.length = 0
})

class Oops extends Error {
	readonly code = 7
}
class Box {
	readonly n: number
	constructor(n: number) {
		this.n = n
	}
}
const numbers = Array.from({ length: 100 }, (_, i) => i)
const words = Array.from({ length: 200 }, (_, i) => `w${i % 17}`)
const offset = 5
/** The code is made there, so that nothing of it is captured. */
const here = (): number => new Function('return process.getBuiltinModule("worker_threads").threadId')()
const mainThread = here()
/** The path of a file that is not there yet. */
const marker = (): string => join(mkdtempSync(join(tmpdir(), 'rivulet-')), 'marker')
const onThread = (): boolean => here() !== mainThread

const programs: readonly (readonly [title: string, run: (sc: SparkContext) => Promise<unknown>])[] = [
	[
		'map, filter, collect',
		(sc) =>
			sc
				.parallelize(numbers)
				.map((x) => x + offset)
				.filter((x) => x % 2 === 0)
				.collect(),
	],
	[
		'flatMap, reduceByKey',
		(sc) =>
			sc
				.parallelize(words, 3)
				.flatMap((w) => [w, `${w}!`])
				.map((w): [string, number] => [w, 1])
				.reduceByKey((a, b) => a + b)
				.collect(),
	],
	[
		'groupByKey',
		(sc) =>
			sc
				.parallelize(words)
				.map((w): [string, number] => [w, w.length])
				.groupByKey(3)
				.collect(),
	],
	[
		'combineByKey',
		(sc) =>
			sc
				.parallelize(words)
				.map((w): [string, string] => [w, w])
				.combineByKey(
					(w: string): number[] => [w.length],
					(all, w) => [...all, w.length],
					(a, b) => [...a, ...b],
				)
				.collect(),
	],
	[
		'sortBy',
		(sc) =>
			sc
				.parallelize(numbers, 4)
				.sortBy((x) => -x)
				.collect(),
	],
	[
		'distinct',
		(sc) =>
			sc
				.parallelize(words)
				.map((w) => w.slice(0, 2))
				.distinct()
				.collect(),
	],
	[
		'join',
		(sc) =>
			sc
				.parallelize(words)
				.map((w): [string, number] => [w, 1])
				.join(sc.parallelize(words).map((w): [string, number] => [w, 2]))
				.count(),
	],
	[
		'mapPartitions',
		(sc) =>
			sc
				.parallelize(numbers, 3)
				.mapPartitions((all) => [[...all].length])
				.collect(),
	],
	[
		'mapPartitionsWithIndex over a union',
		(sc) =>
			sc
				.parallelize(numbers, 2)
				.union(sc.parallelize(numbers, 2))
				.mapPartitionsWithIndex((i, all): [number, number][] => [[i, [...all].length]])
				.collect(),
	],
	[
		'a union of mapped parts',
		(sc) =>
			sc
				.parallelize(numbers, 2)
				.mapPartitionsWithIndex((i, all) => [...all].map((x) => x * i))
				.union(sc.parallelize([1], 1).map((x) => x + 1))
				.collect(),
	],
	[
		'reduce',
		(sc) =>
			sc
				.parallelize(numbers)
				.map((x) => x * 2)
				.reduce((a, b) => a + b),
	],
	[
		'aggregate',
		(sc) =>
			sc
				.parallelize(numbers)
				.map((x) => x * 2)
				.aggregate(
					0,
					(a, b) => a + b,
					(a, b) => a + b,
				),
	],
	[
		'take',
		(sc) =>
			sc
				.parallelize(numbers, 5)
				.map((x) => x * 2)
				.take(30),
	],
	[
		'countByValue',
		async (sc) => [
			...(await sc
				.parallelize(words)
				.map((w) => w.length)
				.countByValue()),
		],
	],
	[
		'keys that are tuples and dates',
		(sc) =>
			sc
				.parallelize(numbers)
				.map((x): [[number, Date], number] => [[x % 3, new Date(x % 2)], 1])
				.reduceByKey((a, b) => a + b)
				.collect(),
	],
	[
		'bigints, maps, sets, bytes',
		(sc) =>
			sc
				.parallelize(numbers.slice(0, 3))
				.map((x) => [BigInt(x), new Map([[x, new Set([x])]]), new Uint8Array([x])])
				.collect(),
	],
	[
		'instances of classes as records',
		(sc) =>
			sc
				.parallelize(numbers)
				.map((x) => new Box(x))
				.map((box) => box.n)
				.collect(),
	],
	[
		'instances of classes as results',
		(sc) =>
			sc
				.parallelize(numbers)
				.map((x) => new Box(x))
				.collect(),
	],
	[
		'functions as results',
		async (sc) =>
			(
				await sc
					.parallelize(numbers)
					.map((x) => () => x)
					.collect()
			).map((f) => f()),
	],
	[
		'instances of classes as input',
		(sc) =>
			sc
				.parallelize(numbers.map((n) => new Box(n)))
				.map((box) => box.n)
				.collect(),
	],
	[
		'records that a function changes',
		async (sc) => {
			const rows = sc.parallelize([{ n: 1 }, { n: 2 }], 2)
			await rows
				.map((row) => {
					row.n += 1
					return row.n
				})
				.collect()
			return rows.collect()
		},
	],
	[
		'a variable that a function assigns',
		async (sc) => {
			let sum = 0
			await sc
				.parallelize(numbers)
				.map((x) => {
					sum += x
					return x
				})
				.count()
			return sum
		},
	],
	[
		'an array that a function pushes to',
		async (sc) => {
			const seen: number[] = []
			await sc
				.parallelize(numbers, 3)
				.map((x) => seen.push(x))
				.count()
			return seen
		},
	],
	[
		'a persisted RDD',
		async (sc) => {
			const kept = sc
				.parallelize(numbers)
				.map((x) => x * 2)
				.cache()
			return [await kept.count(), await kept.map((x) => x + 1).collect()]
		},
	],
	[
		'empty partitions',
		(sc) =>
			sc
				.parallelize([1], 6)
				.map((x): [number, number] => [x, x])
				.reduceByKey((a, b) => a + b)
				.collect(),
	],
	[
		'no partitions',
		(sc) =>
			sc
				.emptyRDD<number>()
				.map((x) => x + 1)
				.collect(),
	],
	[
		'closure with an environment',
		(sc) =>
			sc
				.parallelize(numbers)
				.map(closure({ k: 3 }, (x, { k }) => x * k))
				.collect(),
	],
	['sample with a seed', (sc) => sc.parallelize(numbers, 3).sample(false, 0.3, 5).collect()],
	[
		'zipWithIndex',
		(sc) =>
			sc
				.parallelize(words, 3)
				.map((w) => w)
				.zipWithIndex()
				.collect(),
	],
	[
		'cogroup',
		(sc) =>
			sc
				.parallelize(words)
				.map((w): [string, number] => [w, 1])
				.cogroup(sc.parallelize(words).map((w): [string, number] => [w, 2]))
				.count(),
	],
	[
		'repartition',
		(sc) =>
			sc
				.parallelize(numbers, 2)
				.map((x) => x + 1)
				.repartition(4)
				.glom()
				.collect(),
	],
	[
		'coalesce',
		(sc) =>
			sc
				.parallelize(numbers, 6)
				.map((x) => x + 1)
				.coalesce(2)
				.glom()
				.collect(),
	],
	[
		'the sum of doubles',
		(sc) =>
			sc
				.parallelize(numbers, 3)
				.map((x) => x / 7)
				.sum(),
	],
	[
		'the task context',
		(sc) =>
			sc
				.parallelize(numbers, 3)
				.mapPartitions(() => [TaskContext.get().partitionId()])
				.collect(),
	],
	[
		'minus zero and NaN in columns',
		(sc) =>
			sc
				.parallelize(numbers.concat(numbers), 2)
				.map((x): [number, number] => [x, x === 3 ? -0 : Number.NaN])
				.reduceByKey((a) => a)
				.collect(),
	],
]

describe('local[2] gives what local gives', () => {
	it.each(programs)('%s', async (_, run) => {
		const expected = await run(context({}, 'local'))
		await sc.stop()
		// Partitions of their own numbers, as on local[2].
		const inline = await run(context({ 'rivulet.threads': 'never' }))
		await sc.stop()
		expect(await run(context())).toEqual(inline)
		void expected
	})
})

describe('what runs where', () => {
	const places = (rdd: RDD<unknown>): Promise<boolean[]> =>
		rdd
			.mapPartitions((all) => {
				for (const _ of all);
				return [onThread()]
			})
			.collect()

	it('stages run on threads when the setting says always', async () => {
		expect(await places(context().parallelize(numbers))).toEqual([true, true])
	})
	it.each([
		['on local', {}, 'local'],
		['on local[1]', {}, 'local[1]'],
		['when the setting says never', { 'rivulet.threads': 'never' }, 'local[2]'],
		['for few records', { 'rivulet.threads': 'auto' }, 'local[2]'],
	])('stages stay %s', async (_, settings, master) => {
		const here = await places(context(settings, master).parallelize(numbers, 2))
		expect(here).toEqual([false, false])
	})
	it('both threads work', async () => {
		const ids = await context()
			.parallelize(numbers, 6)
			.mapPartitions((all) => {
				let n = 0
				for (const x of all) for (let i = 0; i < 1e6; i++) n += x
				return [here() + n * 0]
			})
			.collect()
		expect(new Set(ids).size).toBe(2)
	})
	it('a stage that is worth it moves once it was measured', async () => {
		const rdd = context({ 'rivulet.threads': 'auto' }).parallelize(numbers, 2)
		const slow = (x: number): boolean => {
			let n = x
			for (let i = 0; i < 1e6; i++) n += i % 7
			return n >= 0 && onThread()
		}
		const first = await rdd.map(slow).collect()
		const second = await rdd.map(slow).collect()
		expect([first.every(Boolean), second.every(Boolean)]).toEqual([false, true])
	})
	it('a function that stays is told of once, with what to do', async () => {
		let sum = 0
		const add = (x: number): number => {
			sum += x
			return x
		}
		const rdd = context().parallelize(numbers)
		await rdd.map(add).count()
		await rdd.map(add).count()
		expect(notices.map(({ text }) => text)).toEqual([
			expect.stringMatching(
				/^the function at threads\.test\.ts:\d+ runs on the thread of the context.*: it assigns the captured variable `sum` – count with an accumulator/,
			),
		])
		expect(sum).toBe(9900)
	})
	it('what cannot travel is told of with the path to it', async () => {
		const pending = Promise.resolve(1)
		await context()
			.parallelize(numbers)
			.map((x) => [x, typeof pending])
			.count()
		expect(notices[0]?.text).toMatch(
			/Task not serializable: the function of map at threads.*\n.*\n.*captured variable `pending`\n.*is a promise/,
		)
	})
	it('a setting that does not exist is refused', () => {
		expect(() => context({ 'rivulet.threads': 'sometimes' })).toThrow(/auto, always, never/)
	})
})

describe('errors on threads', () => {
	it('the error of the program comes back as it is', async () => {
		const error = await failure(() =>
			context()
				.parallelize(numbers)
				.map((x) => {
					if (x === 70) throw new Oops(`bad ${x}`)
					return x
				})
				.collect(),
		)
		const { cause } = error as { cause: Oops }
		expect([error.code, error.message, cause instanceof Oops, cause.code]).toEqual(['task/user', 'bad 70', true, 7])
		expect(cause.stack).toMatch(/threads\.test\.ts:\d+:\d+/)
	})
	it('of several errors that of the first partition counts', async () => {
		const error = await failure(() =>
			context()
				.parallelize(numbers, 8)
				.map((x) => {
					throw new RangeError(`at ${x}`)
				})
				.collect(),
		)
		expect([error.message, (error.cause as Error).constructor]).toEqual(['at 0', RangeError])
	})
	it('errors of the engine keep code and remedy', async () => {
		const error = await failure(() =>
			context()
				.parallelize(numbers)
				.map((x) => Promise.resolve(x))
				.collect(),
		)
		expect([error.code, error instanceof StreamError]).toEqual(['task/promise', true])
	})
	it('a thrown value that is no error', async () => {
		const error = await failure(() =>
			context()
				.parallelize(numbers)
				.map(() => {
					throw 'text'
				})
				.collect(),
		)
		expect(error.message).toBe('a value that is no Error was thrown: text')
	})
	it('the context goes on after an error', async () => {
		const rdd = context().parallelize(numbers)
		await failure(() =>
			rdd
				.map(() => {
					throw new Oops('x')
				})
				.collect(),
		)
		expect(await rdd.map((x) => x + 1).count()).toBe(100)
	})
})

/** Those of the test runner. */
const inUse = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker')

describe('threads that die', () => {
	it('a task whose thread dies runs again on another', async () => {
		const once = marker()
		const rdd = context()
			.parallelize(numbers, 4)
			.mapPartitions((all) => {
				if (TaskContext.get().partitionId() === 2 && !existsSync(once)) {
					writeFileSync(once, '')
					new Function('process.exit(3)')()
				}
				return all
			})
		expect(await rdd.collect()).toEqual(numbers)
		expect(existsSync(once)).toBe(true)
	})
	it('a task whose threads die again and again fails', async () => {
		const rdd = context({ 'spark.task.maxFailures': '2' }).parallelize(numbers, 2)
		const error = await failure(() =>
			rdd
				.map((x) => {
					if (x === 60) new Function('process.exit(3)')()
					return x
				})
				.collect(),
		)
		expect([error.code, error.message]).toEqual(['task/lost', expect.stringMatching(/ended 2 times .* code 3/)])
		expect(await rdd.map((x) => x + 1).count()).toBe(100)
	})
})

/** A job whose tasks never end, once they have begun. */
async function spinning(): Promise<[ReturnType<typeof failure>]> {
	const begun = marker()
	const rdd = context()
		.parallelize(numbers, 2)
		.map((x) => {
			writeFileSync(begun, '')
			for (;;) if (x < 0) return x
		})
	const job = failure(() => rdd.count())
	await vi.waitUntil(() => existsSync(begun), { timeout: 120_000 })
	return [job]
}

describe('cancelling', () => {
	it('ends a loop of the program', async () => {
		const [job] = await spinning()
		sc.cancelAllJobs()
		expect((await job).code).toBe('task/cancelled')
		expect(
			await sc
				.parallelize(numbers)
				.map((x) => x + 1)
				.count(),
		).toBe(100)
	})
	it('an interrupt ends it as well', async () => {
		const [job] = await spinning()
		interruptTasks(new StreamError('session/interrupted', 'Interrupted'))
		expect((await job).code).toBe('session/interrupted')
		expect(
			await sc
				.parallelize(numbers)
				.map((x) => x + 1)
				.count(),
		).toBe(100)
	})
	it('threads end with their context', async () => {
		for (let i = 1; i <= 5; i++) {
			const rdd = context().parallelize(numbers)
			expect(await rdd.map((x) => x * i).sum()).toBe(4950 * i)
			await sc.stop()
		}
		expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker')).toEqual(
			inUse,
		)
	})
	it('stopping the context ends it too', async () => {
		const [job] = await spinning()
		await sc.stop()
		expect((await job).code).toBe('task/cancelled')
	})
	it('meanwhile the thread of the context goes on', async () => {
		const [begun, ended] = [marker(), marker()]
		const rdd = context()
			.parallelize(numbers, 2)
			.map((x) => {
				writeFileSync(begun, '')
				while (!existsSync(ended));
				return x
			})
		// Only the thread of the context ends the tasks, a few turns after they have begun.
		let turns = 0
		const timer = setInterval(() => {
			if (existsSync(begun)) turns += 1
			if (turns === 10) writeFileSync(ended, '')
		}, 1)
		expect(await rdd.count()).toBe(100)
		clearInterval(timer)
	})
})

describe('shared variables', () => {
	it('accumulators add up what tasks have added', async () => {
		const [sum, half, list] = [
			context().longAccumulator('sum'),
			sc.doubleAccumulator(),
			sc.collectionAccumulator<number>(),
		]
		await sc
			.parallelize(numbers, 4)
			.map((x) => {
				sum.add(x)
				half.add(x / 2)
				if (x % 40 === 0) list.add(x)
				return x
			})
			.count()
		expect([sum.value, sum.count, half.value, list.value]).toEqual([4950, 100, 2475, [0, 40, 80]])
		expect(notices).toEqual([])
	})
	it('tasks that fail or run again count once', async () => {
		const sum = context().longAccumulator()
		await failure(() =>
			sc
				.parallelize(numbers, 2)
				.map((x) => {
					sum.add(1)
					if (x === 70) throw new Oops('x')
					return x
				})
				.count(),
		)
		expect(sum.value).toBe(50)
	})
	it('broadcast values are there', async () => {
		const table = context().broadcast(new Map([['w1', { n: 1 }]]))
		expect(
			await sc
				.parallelize(words)
				.map((w) => table.value.get(w)?.n ?? 0)
				.sum(),
		).toBe(12)
		expect(notices).toEqual([])
	})
	it('a broadcast value that was destroyed is an error', async () => {
		const table = context().broadcast([1])
		table.destroy()
		const error = await failure(() =>
			sc
				.parallelize(words)
				.map((w) => [w, table.value])
				.count(),
		)
		expect(error.message).toMatch(/after it was destroyed/)
	})
	it('the variables of a stage are those of each batch', async () => {
		const rdd = context().parallelize(numbers)
		const sums: number[] = []
		for (let k = 1; k <= 3; k++) sums.push(await rdd.map((x) => x * k).reduce((a, b) => a + b))
		expect(sums).toEqual([4950, 9900, 14850])
	})
})
