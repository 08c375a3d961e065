/** A graceful stop: everything received is processed, within a time. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Milliseconds, Seconds, SparkConf, StreamingContext, setHost } from '../../engine/index.js'
import { Scripted, turns } from '../support/receivers.js'
import { manualContext, stopAll } from '../support/timeline.js'
import { virtualTime } from '../support/virtualtime.js'

const notices: string[] = []
let realTime: () => Promise<void>
beforeEach(() => {
	realTime = virtualTime()
})
afterEach(async () => {
	await stopAll()
	await realTime()
	setHost({})
	notices.length = 0
})
const quiet = (): void => setHost({ notice: ({ text }) => void notices.push(text), batchError: () => undefined })
const conf = () => new SparkConf().setMaster('local').setAppName('t')
const timedOut = (ms: number): string => `Timed out while stopping the job generator (timeout = ${ms})`

describe('a graceful stop', () => {
	test.each([
		['in the ordinary case', false],
		['when every batch fails', true],
	])('processes what was received, also what a receiver brings at its end, %s', async (_, fails) => {
		quiet()
		const { ssc } = manualContext()
		const seen: unknown[] = []
		const receiver = new Scripted(
			(r) => r.store('a'),
			(r) => r.store('last'),
		)
		ssc.receiverStream(receiver).foreachRDD(async (rdd) => {
			seen.push(...(await rdd.collect()))
			if (fails) throw new Error('no')
		})
		await ssc.step().catch(() => undefined)
		await ssc.stop(true, true)
		expect(seen).toEqual(expect.arrayContaining(['a']))
		expect(notices).toEqual([])
	})

	test('has one more batch for inputs without receivers', async () => {
		const ssc = new StreamingContext(conf(), Milliseconds(40))
		const seen: number[] = []
		const queue: number[][] = []
		ssc.queueStream(queue).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())))
		ssc.start()
		await ssc.nextBatch()
		queue.push([1])
		await ssc.stop(true, true)
		expect(seen).toEqual([1])
	})

	test('ends when no batch has jobs', async () => {
		quiet()
		const ssc = new StreamingContext(conf(), Milliseconds(20))
		ssc
			.queueStream([])
			.window(Milliseconds(2_000), Milliseconds(2_000))
			.foreachRDD(() => undefined)
		ssc.start()
		await ssc.stop(true, true)
		expect(notices).toEqual([])
	})

	test('gives up after its time with a warning when the batch hangs, and a later stop still ends', async () => {
		quiet()
		const ssc = new StreamingContext(conf().set('spark.streaming.gracefulStopTimeout', '60ms'), Milliseconds(20))
		let release = (): void => undefined
		const held = new Promise<void>((resolve) => {
			release = resolve
		})
		ssc.queueStream([]).foreachRDD(() => held)
		ssc.start()
		const stopped = ssc.stop(true, true)
		while (notices.length === 0) await turns()
		release()
		await stopped
		expect(notices).toEqual([timedOut(60)])
	})

	test('gives up after its time when the clock stands still', async () => {
		quiet()
		const clock = { isManual: false, now: () => 0, at: () => ({ dispose: () => undefined }) }
		const ssc = new StreamingContext(conf().set('spark.streaming.gracefulStopTimeout', '30ms'), Seconds(1), { clock })
		ssc.queueStream([]).foreachRDD(() => undefined)
		ssc.start()
		await ssc.stop(true, true)
		expect(notices).toEqual([timedOut(30)])
	})
})
