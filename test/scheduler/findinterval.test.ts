/** The search for the batch interval that a program keeps up with, in virtual time. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { waitOn } from '../../engine/base/clock.js'
import {
	type DStream,
	ManualClock,
	Milliseconds,
	SparkConf,
	StreamingContext,
	setHost,
	systemClock,
} from '../../engine/index.js'
import { foundInterval, type IntervalStep } from '../../engine/scheduler/foundinterval.js'
import { stopAll } from '../support/timeline.js'
import { virtualTime } from '../support/virtualtime.js'

let realTime: () => Promise<void>
beforeEach(() => {
	realTime = virtualTime()
})
afterEach(async () => {
	await stopAll()
	await realTime()
	setHost({})
})

const conf = (isLive = true) => new SparkConf().setMaster('local').setAppName('t').set('rivulet.liveGraph', `${isLive}`)
const busy = (ms: number): Promise<void> => waitOn(systemClock, ms)
/** An output that takes `ms` a batch. */
const takes = (stream: DStream<unknown>, ms: number) => stream.foreachRDD(() => busy(ms))

describe('findInterval', () => {
	test('lowers the interval until the program does not keep up, and puts it back', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(100))
		takes(ssc.queueStream([]), 20)
		ssc.start()
		const found = await ssc.findInterval({ batches: 4, factor: 8 })
		expect(found.steps.map(({ intervalMs, verdict }) => [intervalMs, verdict])).toEqual([
			[100, 'keeping up'],
			[13, 'falling behind'],
		])
		expect(found.intervalMs).toBe(100)
		expect([ssc.isActive, ssc.batchDuration.milliseconds]).toEqual([true, 100])
		await ssc.nextBatch()
	})

	test('raises the interval when the program does not keep up at the beginning', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(20))
		takes(ssc.queueStream([]), 40)
		ssc.start()
		const found = await ssc.findInterval({ batches: 3, factor: 8 })
		expect(found.steps.map(({ verdict }) => verdict)).toEqual(['falling behind', 'keeping up'])
		expect(found.intervalMs).toBe(160)
		expect(ssc.batchDuration.milliseconds).toBe(20)
	})

	test('raises the rate of a rateStream instead', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(200))
		const input = ssc.rateStream(100)
		input.foreachRDD(async (rdd) => busy(await rdd.count()))
		ssc.start()
		const found = await ssc.findInterval({ batches: 4, factor: 20 })
		expect(found.steps.map(({ intervalMs, verdict }) => [intervalMs, verdict])).toEqual([
			[200, 'keeping up'],
			[200, 'falling behind'],
		])
		expect(Math.round(found.ratePerSecond ?? 0)).toBe(100)
		expect(input).toMatchObject({ perSecond: 100 })
	})

	test('passes over an interval that does not fit a window', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(60))
		takes(ssc.queueStream([]).window(Milliseconds(120), Milliseconds(60)), 0)
		ssc.start()
		const found = await ssc.findInterval({ batches: 2, factor: 1.5, maxSteps: 2 })
		expect(found.steps.map(({ intervalMs, verdict }) => [intervalMs, verdict])).toEqual([
			[60, 'keeping up'],
			[40, 'does not fit a window'],
		])
	})

	test('ends with the error of a batch, and the context runs on as before', async () => {
		setHost({ batchError: () => undefined })
		const ssc = new StreamingContext(conf(), Milliseconds(40))
		ssc.queueStream([]).foreachRDD(() => {
			if (ssc.batchDuration.milliseconds < 40) throw new Error('too short')
		})
		ssc.start()
		await expect(ssc.findInterval({ batches: 2 })).rejects.toThrow('too short')
		expect([ssc.isActive, ssc.batchDuration.milliseconds]).toEqual([true, 40])
	})

	test('ends when somebody stops the context, which stays stopped with its interval', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(40))
		ssc.queueStream([]).foreachRDD(() => {
			if (ssc.batchDuration.milliseconds < 40) void ssc.stop(false)
		})
		ssc.start()
		await expect(ssc.findInterval({ batches: 2 })).rejects.toThrow(/stopped|STOPPED/)
		expect([ssc.getState(), ssc.batchDuration.milliseconds]).toEqual(['STOPPED', 40])
	})

	test.each([
		['on a ManualClock', true, true, 'runs on a ManualClock'],
		['in a strict graph', false, false, 'only a context with a live graph'],
	])('is refused %s', async (_, isManual, isLive, text) => {
		const ssc = new StreamingContext(conf(isLive), Milliseconds(1_000), isManual ? { clock: new ManualClock() } : {})
		takes(ssc.queueStream([]), 0)
		ssc.start()
		await expect(ssc.findInterval()).rejects.toThrow(text)
	})

	test('is refused before the start and with options that make no sense', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(1_000))
		takes(ssc.queueStream([]), 0)
		await expect(ssc.findInterval()).rejects.toThrow('INITIALIZED')
		ssc.start()
		await expect(ssc.findInterval({ factor: 1 })).rejects.toThrow('factor must be above 1, not 1')
		await expect(ssc.findInterval({ batches: 1 })).rejects.toThrow('batches must be at least 2, not 1')
	})
})

describe('what was found', () => {
	const step = (intervalMs: number, ratePerSecond: number, load: number): IntervalStep => ({
		intervalMs,
		ratePerSecond,
		processingMs: intervalMs * load,
		load,
		verdict: load > 1 ? 'falling behind' : 'keeping up',
	})

	test('is a table with a sentence', () => {
		expect(`${foundInterval([step(1_000, 50, 0.2), step(500, 50, 0.5), step(250, 50, 1.25)], false)}`).toBe(
			[
				'interval ms  records/s  processing ms  load  verdict',
				'       1000         50          200.0  0.20  keeping up',
				'        500         50          250.0  0.50  keeping up',
				'        250         50          312.5  1.25  falling behind',
				'recommended: an interval of 500 ms (seen with 50 records/s)',
			].join('\n'),
		)
	})

	test.each([
		['the highest rate', [step(1_000, 50, 0.5), step(1_000, 100, 0.9)], true, 'at most 100 records/s with an interval'],
		['nothing', [step(1_000, 50, 2)], false, 'no step kept up'],
	])('recommends %s', (_, steps, isByRate, text) => {
		expect(`${foundInterval(steps, isByRate)}`).toContain(text)
	})
})
