/** Start, stop, errors and local properties of a context, as Spark has them. */

import { afterEach, describe, expect, test } from 'vitest'
import {
	type Clock,
	type Disposable,
	InputDStream,
	Milliseconds,
	type RDD,
	Seconds,
	SparkConf,
	SparkContext,
	StreamError,
	StreamingContext,
	setHost,
} from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

const notices: string[] = []
afterEach(async () => {
	await stopAll()
	setHost({})
	notices.length = 0
})
const quiet = (): void => setHost({ notice: ({ text }) => void notices.push(text) })
const turns = async (): Promise<void> => {
	for (let i = 0; i < 30; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A wall clock that a test sets: not a ManualClock, so the context does not move it. */
class JumpingClock implements Clock {
	readonly isManual = false
	#now = 0
	#wakes: { timeMs: number; wake: () => void }[] = []
	now(): number {
		return this.#now
	}
	at(timeMs: number, wake: () => void): Disposable {
		const entry = { timeMs, wake }
		this.#wakes.push(entry)
		queueMicrotask(() => this.jump(this.#now))
		return {
			dispose: () => {
				this.#wakes = this.#wakes.filter((other) => other !== entry)
			},
		}
	}
	jump(ms: number): void {
		this.#now = ms
		const due = this.#wakes.filter(({ timeMs }) => timeMs <= ms)
		this.#wakes = this.#wakes.filter(({ timeMs }) => timeMs > ms)
		for (const { wake } of due) wake()
	}
}

describe('the life of a context', () => {
	test('goes from INITIALIZED over ACTIVE to STOPPED, and a second start or stop does nothing bad', async () => {
		quiet()
		const { ssc } = manualContext()
		ssc.script([[1]]).foreachRDD(() => undefined)
		const states = [ssc.getState()]
		ssc.start()
		states.push(ssc.getState())
		ssc.start()
		expect(notices).toEqual(['StreamingContext has already been started'])
		await ssc.stop(false)
		await ssc.stop(false)
		states.push(ssc.getState())
		expect(states).toEqual(['INITIALIZED', 'ACTIVE', 'STOPPED'])
		expect(() => ssc.start()).toThrow('StreamingContext has already been stopped')
		expect(SparkContext.getActive()).toBeDefined()
		await ssc.stop(true)
		expect(SparkContext.getActive()).toBeUndefined()
	})

	test('does not begin while another one runs, and may begin after that', async () => {
		const { sc, ssc } = manualContext()
		ssc.script([[1]]).foreachRDD(() => undefined)
		ssc.start()
		const other = new StreamingContext(sc, Seconds(1), { clock: ssc.clock })
		other.queueStream([]).foreachRDD(() => undefined)
		expect(() => other.start()).toThrow('Only one StreamingContext may be started in this JVM.')
		expect(other.getState()).toBe('INITIALIZED')
		await ssc.stop(false)
		other.start()
		expect(StreamingContext.getActive()).toBe(other)
	})

	test.each([
		['has no outputs', () => undefined, 'No output operations registered, so nothing to execute'],
		[
			'has an input that cannot start',
			(ssc: StreamingContext) => new Unstartable(ssc).foreachRDD(() => undefined),
			'no such device',
		],
	])('ends STOPPED when it %s, and leaves room for another', (_, build, text) => {
		const { ssc } = manualContext()
		build(ssc)
		expect(() => ssc.start()).toThrow(text)
		expect(ssc.getState()).toBe('STOPPED')
		expect(StreamingContext.getActive()).toBeUndefined()
	})

	test('cannot be stopped from inside a listener, but from elsewhere while a listener runs', async () => {
		const { ssc } = manualContext()
		let refused: unknown
		let release = (): void => undefined
		const held = new Promise<void>((resolve) => {
			release = resolve
		})
		ssc.script([[1]]).foreachRDD(() => undefined)
		ssc.on('batchCompleted', async () => {
			refused = await ssc.stop(false).catch((error: Error) => error.message)
			await held
		})
		const stepped = ssc.step()
		await turns()
		expect(refused).toBe('Cannot stop StreamingContext within listener bus thread.')
		const stopped = ssc.stop(false)
		release()
		await stopped
		await stepped
		expect(ssc.getState()).toBe('STOPPED')
	})

	test.each([false, true])('ends from inside an output operation (gracefully: %s)', async (gracefully) => {
		const { ssc } = manualContext()
		let n = 0
		ssc.script([[1], [2], [3]]).foreachRDD(async () => {
			n += 1
			await ssc.stop(false, gracefully)
		})
		ssc.start()
		ssc.step().catch(() => undefined)
		await ssc.awaitTermination()
		expect([ssc.getState(), n]).toEqual(['STOPPED', 1])
	})

	test('makes a second stop wait for the first before the SparkContext goes', async () => {
		const { ssc } = manualContext()
		const seen: (number[] | string)[] = []
		let go = (): void => undefined
		const held = new Promise<void>((resolve) => {
			go = resolve
		})
		ssc.script([[1, 2]]).foreachRDD(async (rdd) => {
			await held
			seen.push(await rdd.collect())
		})
		ssc.start()
		const stepped = ssc.step()
		await turns()
		const stops = [ssc.stop(false, true), ssc.stop(true)]
		await turns()
		go()
		await Promise.all([...stops, stepped])
		expect(seen).toEqual([[1, 2]])
	})
})

class Unstartable extends InputDStream<number> {
	override start(): void {
		throw new Error('no such device')
	}
	override stop(): void {}
	override compute(): RDD<number> | undefined {
		return undefined
	}
}

describe('errors of batches', () => {
	test('are thrown by every wait, also after the stop, and a later one takes the place', async () => {
		const { ssc } = manualContext()
		ssc.script([[1], [2]]).foreachRDD((_, time) => {
			throw new Error(`at ${time.milliseconds}`)
		})
		await expect(ssc.step()).rejects.toThrow('at 1000')
		await expect(ssc.awaitTermination()).rejects.toThrow('at 1000')
		await expect(ssc.awaitTerminationOrTimeout(1)).rejects.toThrow('at 1000')
		expect(ssc.getState()).toBe('ACTIVE')
		await expect(ssc.step()).rejects.toThrow('at 2000')
		await ssc.stop(false)
		await expect(ssc.awaitTermination()).rejects.toThrow('at 2000')
	})

	test('that were interrupts are told to who waits at that time, and forgotten', async () => {
		const { ssc } = manualContext()
		ssc.script([[1], [2], [3]]).foreachRDD((_, time) => {
			if (time.milliseconds < 3_000) throw new StreamError('session/interrupted', 'Interrupted')
		})
		await expect(ssc.step()).rejects.toThrow('Interrupted')
		const waiting = ssc.awaitTermination()
		await Promise.all([
			expect(waiting).rejects.toThrow('Interrupted'),
			expect(ssc.step()).rejects.toThrow('Interrupted'),
		])
		const last = ssc.awaitTermination()
		await ssc.stop(false)
		await last
	})

	test('of one output leave the others and later batches alone', async () => {
		const { ssc } = manualContext()
		const seen: number[][] = []
		const input = ssc.script([[1], [2]])
		input.foreachRDD(() => {
			throw new Error('first')
		})
		input.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await expect(ssc.step(2)).rejects.toThrow('first')
		expect(seen).toEqual([[1], [2]])
	})

	test('in the generation of jobs leave later batches alone, and the batch has no events', async () => {
		const { ssc } = manualContext()
		const events: string[] = []
		ssc.onAny((event) => {
			if ('batchInfo' in event) events.push(`${event.kind} ${event.batchInfo.batchTime}`)
		})
		const failing = ssc.script([[1], [2]]).transform((rdd, time) => {
			if (time.milliseconds === 1_000) throw new Error('no plan')
			return rdd
		})
		failing.foreachRDD(() => undefined)
		await expect(ssc.step(2)).rejects.toThrow('no plan')
		expect(events).toEqual(['batchSubmitted 2000', 'batchStarted 2000', 'batchCompleted 2000'])
	})
})

describe('local properties', () => {
	test('are those at the start, without the job group, and those of the job', async () => {
		const { sc, ssc } = manualContext()
		const keys = ['pool', 'spark.jobGroup.id', 'spark.streaming.internal.batchTime', 'spark.job.description']
		const read = (): (string | undefined)[] => keys.map((key) => sc.getLocalProperty(key))
		const seen: unknown[] = []
		const input = ssc.script([[1], [2]]).transform((rdd) => {
			seen.push(['plan', sc.getLocalProperty('pool')])
			return rdd
		})
		input.foreachRDD(() => {
			seen.push(read())
			sc.setLocalProperty('pool', 'of an output')
		})
		input.foreachRDD(async () => {
			await Promise.resolve()
			seen.push([sc.getLocalProperty('pool'), sc.getLocalProperty('spark.streaming.internal.outputOpId')])
		})
		sc.setLocalProperty('pool', 'before')
		sc.setJobGroup('group', 'mine')
		ssc.start()
		sc.setLocalProperty('pool', 'after')
		await ssc.step(1)
		const at = new Date(1_000).toTimeString().slice(0, 8)
		const link = `<a href="/streaming/batch/?id=1000">[output operation 0, batch time ${at}]</a>`
		expect(seen).toEqual([
			['plan', 'before'],
			['before', undefined, '1000', `Streaming job from ${link}`],
			['before', '1'],
		])
		expect(sc.getLocalProperty('pool')).toBe('after')
	})

	test('name milliseconds when the interval has them', async () => {
		const sc = new SparkContext(new SparkConf().setMaster('local').setAppName('t'))
		const ssc = new StreamingContext(sc, Milliseconds(250))
		ssc.useManualClock()
		let text: string | undefined
		ssc.queueStream([]).foreachRDD(() => {
			text = sc.getLocalProperty('spark.job.description')
		})
		await ssc.step()
		expect(text).toMatch(/batch time \d\d:\d\d:00\.250\]/)
	})
})

describe('a clock that jumps', () => {
	test.each([
		['forwards brings every batch in order', [1_000, 5_000], [1_000, 2_000, 3_000, 4_000, 5_000]],
		['backwards brings no batch twice', [2_000, 500, 2_500, 3_000], [1_000, 2_000, 3_000]],
	])('%s', async (_, jumps, expected) => {
		const clock = new JumpingClock()
		const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('t'), Seconds(1), { clock })
		const seen: number[] = []
		ssc.queueStream([]).foreachRDD((_rdd, time) => void seen.push(time.milliseconds))
		ssc.start()
		for (const ms of jumps) {
			clock.jump(ms)
			await turns()
		}
		expect(seen).toEqual(expected)
	})
})
