/** Inputs of programs whose start or stop fails: the context goes on, or ends as a whole. */

import { afterEach, describe, expect, it } from 'vitest'
import { ConstantInputDStream, type DStream, Receiver, StorageLevel, StreamingContext } from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** An input of ones with a start or stop of its own. */
const ones = (ssc: StreamingContext, calls: Partial<Record<'start' | 'stop', () => unknown>>): DStream<number> =>
	Object.assign(new ConstantInputDStream(ssc, ssc.sparkContext.parallelize([1])), calls)
/** A receiver that stores nothing. */
class Silent extends Receiver<number> {
	constructor() {
		super(StorageLevel.MEMORY_ONLY)
	}
	override onStart(): void {}
	override onStop(): void {}
}
const fail = (): never => {
	throw new Error('broken')
}
const failLater = async (): Promise<never> => fail()

describe('an input whose start fails', () => {
	it('does not leave its context the active one', () => {
		const { ssc } = manualContext()
		ones(ssc, { start: fail }).foreachRDD(() => undefined)
		expect(() => ssc.start()).toThrow('broken')
		expect([ssc.getState(), StreamingContext.getActive()]).toEqual(['STOPPED', undefined])
	})
	it('is told by awaitTermination when it fails later', async () => {
		const { ssc } = manualContext()
		ones(ssc, { start: failLater }).foreachRDD(() => undefined)
		await ssc.step()
		await expect(ssc.awaitTermination()).rejects.toThrow('broken')
	})
	it('keeps no other input from joining a running graph', async () => {
		const { ssc } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
		ssc.script([[1]]).foreachRDD(() => undefined)
		await ssc.step()
		let n = 0
		ones(ssc, { start: fail }).foreachRDD(() => undefined)
		ones(ssc, { start: () => (n += 1) }).foreachRDD(() => undefined)
		await ssc.step().catch(() => undefined)
		expect(n).toBe(1)
	})
})

describe('an input whose stop fails', () => {
	for (const [when, stop] of [
		['at once', fail],
		['later', failLater],
	] as const) {
		it(`${when} does not keep its context and the other inputs from stopping`, async () => {
			const { ssc } = manualContext()
			let n = 0
			ones(ssc, { stop }).foreachRDD(() => undefined)
			ones(ssc, { stop: () => (n += 1) }).foreachRDD(() => undefined)
			await ssc.step()
			await ssc.stop(true)
			expect([ssc.getState(), StreamingContext.getActive(), n]).toEqual(['STOPPED', undefined, 1])
		})
	}
})

it('a stream of what is no receiver is refused where it is made', () => {
	const { ssc } = manualContext()
	for (const what of [null, undefined, 5, {}]) {
		expect(() => ssc.receiverStream(what as unknown as Receiver<number>)).toThrow('is no receiver')
	}
})

describe('a setting that would let nothing run', () => {
	it.each([
		['spark.streaming.concurrentJobs', '0'],
		['spark.streaming.concurrentJobs', '-1'],
		['spark.streaming.blockQueueSize', '0'],
	])('is refused by name instead of waiting for ever: %s = %s', (key, value) => {
		const { ssc } = manualContext({ settings: { [key]: value } })
		ssc.receiverStream(new Silent()).foreachRDD(() => undefined)
		expect(() => ssc.start()).toThrow(`'${key}' should be a positive value`)
	})
})

it('a receiver given to two streams is refused instead of storing everything into one', () => {
	const { ssc } = manualContext()
	const receiver = new Silent()
	for (let i = 0; i < 2; i += 1) ssc.receiverStream(receiver).foreachRDD(() => undefined)
	expect(() => ssc.start()).toThrow('already runs for stream 0')
})

it('a getReceiver that throws keeps no other input from joining a running graph', async () => {
	const { ssc } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
	ssc.script([[1]]).foreachRDD(() => undefined)
	await ssc.step()
	let n = 0
	Object.assign(ssc.receiverStream(new Silent()), { getReceiver: fail }).foreachRDD(() => undefined)
	ones(ssc, { start: () => (n += 1) }).foreachRDD(() => undefined)
	await ssc.step().catch(() => undefined)
	expect(n).toBe(1)
})

it('a context that is stopped twice at the same time says once that it has stopped', async () => {
	const { ssc } = manualContext()
	const ends: number[] = []
	ssc.addStreamingListener({ onStreamingStopped: () => void ends.push(1) })
	ssc.script([[1]]).foreachRDD(() => undefined)
	await ssc.step()
	await Promise.all([ssc.stop(false, true), ssc.stop(false), ssc.stop(true)])
	expect([ends.length, ssc.getState()]).toEqual([1, 'STOPPED'])
})
