import { afterEach, describe, expect, it } from 'vitest'
import { Receiver, StorageLevel, type StreamingContext, systemClock } from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** A receiver that does what a test says. */
class Scripted extends Receiver<number> {
	starts = 0
	stops = 0
	readonly #onStart: (receiver: Scripted) => void | Promise<void>
	constructor(onStart: (receiver: Scripted) => void | Promise<void> = () => undefined) {
		super(StorageLevel.MEMORY_ONLY)
		this.#onStart = onStart
	}
	override onStart(): void | Promise<void> {
		this.starts += 1
		return this.#onStart(this)
	}
	override onStop(): void {
		this.stops += 1
	}
}

/** The partitions of every batch of a receiver's stream. */
function partitionsOf(ssc: StreamingContext, receiver: Scripted): number[][][] {
	const seen: number[][][] = []
	ssc
		.receiverStream(receiver)
		.glom()
		.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
	return seen
}

describe('received records', () => {
	it('are gathered into a block every 200 ms, one partition a block', async () => {
		const { ssc, clock } = manualContext()
		const receiver = new Scripted()
		const seen = partitionsOf(ssc, receiver)
		ssc.start()
		for (let i = 1; i <= 4; i += 1) {
			receiver.store(i)
			clock.advance(100)
		}
		const [info] = await ssc.step()
		expect([seen, info?.numRecords]).toEqual([
			[
				[
					[1, 2],
					[3, 4],
				],
			],
			4,
		])
	})

	it('that are stored as an array are a block of their own', async () => {
		const { ssc } = manualContext()
		const receiver = new Scripted()
		const seen = partitionsOf(ssc, receiver)
		ssc.start()
		await receiver.store([1, 2])
		await receiver.store([3].values())
		await ssc.step(2)
		expect(seen).toEqual([[[1, 2], [3]], []])
	})

	it('are all processed by a graceful stop', async () => {
		const { ssc } = manualContext()
		const receiver = new Scripted()
		const seen = partitionsOf(ssc, receiver)
		await ssc.step()
		receiver.store(1)
		await receiver.store([2, 3])
		await ssc.stop(true, true)
		expect(seen.flat().flat().sort()).toEqual([1, 2, 3])
	})

	it('are refused after the stop', async () => {
		const { ssc } = manualContext()
		const receiver = new Scripted()
		partitionsOf(ssc, receiver)
		ssc.start()
		await ssc.stop(true)
		await expect(receiver.store([1])).rejects.toMatchObject({ code: 'receiver/store' })
		expect(() => receiver.store(1)).toThrow('Cannot add data as BlockGenerator has not been started')
	})
})

describe('a receiver', () => {
	it('that stops itself or throws from onStart is started again', async () => {
		const { ssc } = manualContext()
		const stopping = new Scripted((self) => void (self.starts === 1 && self.stop('enough')))
		const throwing = new Scripted((self) => {
			if (self.starts === 1) throw new RangeError('no door')
		})
		partitionsOf(ssc, stopping)
		partitionsOf(ssc, throwing)
		await ssc.step()
		expect([stopping.starts, throwing.starts]).toEqual([2, 2])
	})

	it('is started and stopped once with its context, and says so', async () => {
		const { ssc } = manualContext()
		const told: string[] = []
		ssc.on('receiverStarted', ({ receiverInfo }) => void told.push(`started ${receiverInfo.name}`))
		ssc.on('receiverError', ({ receiverInfo }) => void told.push(`error ${receiverInfo.lastErrorMessage}`))
		ssc.on('receiverStopped', ({ receiverInfo }) => void told.push(`stopped ${receiverInfo.lastErrorMessage}`))
		const receiver = new Scripted((self) => self.reportError('odd'))
		partitionsOf(ssc, receiver)
		await ssc.step()
		await ssc.stop(true)
		expect([receiver.starts, receiver.stops]).toEqual([1, 1])
		expect(told).toEqual(['started Scripted-0', 'error odd', 'stopped Stopped by driver'])
	})

	it('that joins a live graph starts at the next batch, and ends with its stream', async () => {
		const { ssc } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
		await ssc.step()
		const receiver = new Scripted()
		const stream = ssc.receiverStream(receiver)
		stream.print({ mode: 'log' })
		expect(receiver.starts).toBe(0)
		await ssc.step()
		stream.remove()
		await ssc.step()
		expect([receiver.starts, receiver.stops]).toEqual([1, 1])
	})

	it('cannot be used before it is started', () =>
		expect(() => new Scripted().isStarted()).toThrow('A ReceiverSupervisor has not been attached to the receiver yet'))
})

describe('back-pressure', () => {
	const settings = { 'spark.streaming.backpressure.enabled': 'true' }

	it.each([
		['rateEstimator', 'foo', 'Unknown rate estimator: foo'],
		['pid.minRate', '0', 'requirement failed: Minimum rate in PIDRateEstimator should be > 0'],
	])('with a wrong %s is refused when the stream is made', (key, value, text) => {
		const { ssc } = manualContext({ settings: { ...settings, [`spark.streaming.backpressure.${key}`]: value } })
		expect(() => ssc.receiverStream(new Scripted())).toThrow(text)
	})

	it('shows the limit of each receiver in the description of the graph', async () => {
		const { ssc } = manualContext({ settings: { ...settings, 'spark.streaming.backpressure.initialRate': '5' } })
		const receiver = new Scripted()
		partitionsOf(ssc, receiver)
		await ssc.step()
		await receiver.store([1, 2])
		const [facts] = ssc.describe().streams.map((stream) => stream.receiver)
		expect(facts).toMatchObject({ rateLimit: 5, waitingBlocks: 1, waitingRecords: 2, isHeld: false, malformed: 0 })
		expect(facts?.info).toMatchObject({ name: 'Scripted-0', active: true })
	})

	it('gives a receiver the rate that its batches had', async () => {
		const { ssc } = manualContext({ settings })
		const receiver = new Scripted()
		const rates: number[] = []
		ssc.on('rateUpdated', ({ streamId, ratePerSecond }) => void rates.push(streamId, ratePerSecond))
		const slow = ssc.receiverStream(receiver)
		slow.foreachRDD(
			async () => void (await new Promise((resolve) => systemClock.at(systemClock.now() + 5, () => resolve(0)))),
		)
		ssc.start()
		for (let i = 0; i < 3; i += 1) {
			await receiver.store([1, 2, 3, 4])
			await ssc.step()
		}
		await ssc.stop(true)
		expect(rates.length).toBeGreaterThanOrEqual(2)
		expect(rates.every((value, i) => (i % 2 === 0 ? value === 0 : value >= 100 && value <= 1_000))).toBe(true)
	})
})
