import { serialize } from 'node:v8'
import { afterEach, describe, expect, it } from 'vitest'
import { EventBus } from '../../engine/base/events.js'
import { Time } from '../../engine/base/time.js'
import { ManualClock, Receiver, type ReceiverInfo, SparkConf, StorageLevel, setHost } from '../../engine/index.js'
import { savedRecords } from '../../engine/rdd/saved.js'
import { ReceiverTracker } from '../../engine/receiver/tracker.js'
import { BlockStore } from '../../engine/storage/blocks.js'
import { Store } from '../../engine/storage/store.js'

afterEach(() => setHost({}))

type Does = (receiver: Scripted) => void | Promise<void>

class Scripted extends Receiver<unknown> {
	readonly calls: string[] = []
	readonly #onStart: Does
	readonly #onStop: Does
	constructor(onStart: Does = () => undefined, onStop: Does = () => undefined) {
		super(StorageLevel.MEMORY_ONLY)
		this.#onStart = onStart
		this.#onStop = onStop
	}
	override onStart(): void | Promise<void> {
		this.calls.push('onStart')
		return this.#onStart(this)
	}
	override onStop(): void | Promise<void> {
		this.calls.push('onStop')
		return this.#onStop(this)
	}
	get isHeld(): boolean {
		return this.support.isHeld
	}
}

/** A tracker with the receivers of streams 0, 1 … and what it says of them. */
function tracking(receivers: readonly Scripted[], settings: Record<string, string> = {}, options: object = {}) {
	const clock = new ManualClock(5_000)
	const conf = new SparkConf().set('spark.streaming.receiverRestartDelay', 1)
	for (const [key, value] of Object.entries(settings)) conf.set(key, value)
	const bus = new EventBus(() => undefined)
	const events: string[] = []
	const infos: ReceiverInfo[] = []
	bus.onAny((event) => {
		if (!('receiverInfo' in event)) return
		infos.push(event.receiverInfo)
		events.push(`${event.kind} ${event.receiverInfo.lastErrorMessage}`.trim())
	})
	const notices: string[] = []
	setHost({ notice: ({ text }) => void notices.push(text) })
	const reported: Error[] = []
	const tracker = new ReceiverTracker({
		clock,
		conf,
		bus,
		blocks: new BlockStore(new Store({ limitBytes: 1e8 }), savedRecords),
		maxUnprocessedBytes: 1e8,
		checkpointDirectory: undefined,
		report: (error) => void reported.push(error),
		...options,
	})
	for (const [id, receiver] of receivers.entries()) {
		tracker.add({
			id,
			displayName: `Receiver stream [${id}]`,
			group: undefined,
			getReceiver: () => receiver,
			inContext: (body) => body(),
			attach: () => undefined,
		})
	}
	/** The records of the batch at `ms`. */
	const batch = (ms: number, streamId = 0): unknown[] => {
		clock.setTime(ms)
		tracker.allocateBlocksToBatch(new Time(ms))
		return tracker.blocksOfBatch(new Time(ms), streamId).flatMap(({ id }) => [...(tracker.read(id) ?? [])])
	}
	return { clock, tracker, events, infos, notices, reported, batch }
}

const turns = async (n = 20): Promise<void> => {
	for (let i = 0; i < n; i += 1) await new Promise((resolve) => setImmediate(resolve))
}
const until = async (holds: () => boolean): Promise<void> => {
	while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
const never = (): Promise<void> => new Promise(() => undefined)

describe('what a receiver stores', () => {
	async function* later(): AsyncGenerator<number> {
		yield 1
		yield 2
	}
	it.each<[string, (receiver: Scripted) => Promise<void>, unknown[], number | undefined]>([
		['a record', (receiver) => receiver.store('a'), ['a'], 1],
		['an array', (receiver) => receiver.store([1, 2]), [1, 2], 2],
		['no records', (receiver) => receiver.store([]), [], 0],
		['an iterator', (receiver) => receiver.store(new Set([1, 2]).values()), [1, 2], 2],
		['an asynchronous iterator', (receiver) => receiver.store(later()), [1, 2], 2],
		['bytes', (receiver) => receiver.store(serialize([1, 'b', new Date(0)])), [1, 'b', new Date(0)], undefined],
		['an array with metadata', (receiver) => receiver.store([1], { offset: 7 }), [1], 1],
		['bytes as a record', (receiver) => receiver.store([Uint8Array.of(1)]), [Uint8Array.of(1)], 1],
		['undefined', (receiver) => receiver.store(undefined), [undefined], 1],
	])('as %s is there in the next batch', async (_, store, records, numRecords) => {
		const receiver = new Scripted()
		const { clock, tracker, batch } = tracking([receiver])
		await store(receiver)
		clock.advance(200)
		expect(batch(6_000)).toEqual(records)
		expect(tracker.blocksOfBatch(new Time(6_000), 0).map((block) => block.numRecords)).toEqual([numRecords])
	})

	it('as bytes is a copy', async () => {
		const receiver = new Scripted()
		const { batch } = tracking([receiver])
		const bytes = serialize([1])
		await receiver.store(bytes)
		bytes.fill(0)
		expect(batch(6_000)).toEqual([1])
	})

	it.each([
		['no array', serialize('text'), 'stored bytes hold string, no array of records'],
		['nothing we wrote', Uint8Array.of(1, 2, 3), 'stored bytes cannot be read as records'],
	])('as bytes that are %s fails who reads them', async (_, bytes, text) => {
		const receiver = new Scripted()
		const { batch } = tracking([receiver])
		await receiver.store(bytes)
		expect(() => batch(6_000)).toThrow(text)
	})

	it('from an iterator that throws is nothing', async () => {
		const receiver = new Scripted()
		const { batch } = tracking([receiver])
		function* broken(): Generator<number> {
			yield 1
			throw new RangeError('half-way')
		}
		await expect(receiver.store(broken())).rejects.toThrow('half-way')
		expect(batch(6_000)).toEqual([])
	})

	it('comes from several receivers in parallel, each to its own stream', async () => {
		const receivers = [new Scripted(), new Scripted(), new Scripted()]
		const { batch, tracker } = tracking(receivers)
		await Promise.all(receivers.map((receiver, i) => receiver.store([i])))
		expect([batch(6_000, 0), batch(6_000, 1), batch(6_000, 2)]).toEqual([[0], [1], [2]])
		await tracker.stop(true)
	})

	it.each<[string, (receiver: Scripted, i: number) => Promise<void>]>([
		['one by one', (receiver, i) => receiver.store(i)],
		['in arrays', (receiver, i) => receiver.store([i])],
	])('%s without end leaves everybody else their turn, and all of it arrives', async (_, store) => {
		let stored = 0
		const receiver = new Scripted(async (self) => {
			while (!self.isStopped()) {
				const isReady = store(self, stored)
				stored += 1
				await isReady
			}
		})
		const { tracker, batch } = tracking([receiver])
		const first = await turns(5).then(() => batch(6_000))
		await tracker.stop(true)
		expect([...first, ...batch(7_000)]).toEqual(Array.from({ length: stored }, (_, i) => i))
	})

	it('while onStop runs is part of the last blocks; afterwards it is refused', async () => {
		const receiver = new Scripted(undefined, async (self) => {
			await turns(2)
			void self.store('last')
			await self.store(['block'])
		})
		const { tracker, batch } = tracking([receiver])
		await tracker.stop(true)
		expect(batch(6_000)).toEqual(['block', 'last'])
		await expect(receiver.store(['x'])).rejects.toThrow('Failed to add block to receiver tracker.')
		expect(() => receiver.store('x')).toThrow(
			'Cannot add data as BlockGenerator has not been started or has been stopped',
		)
	})
})

describe('a receiver', () => {
	it('has onStop once for each onStart, through restarts', async () => {
		const receiver = new Scripted()
		const { tracker, events } = tracking([receiver])
		receiver.restart('again', new RangeError('broken'))
		receiver.restart('while restarting')
		receiver.stop('while restarting')
		expect([receiver.isStarted(), receiver.isStopped()]).toEqual([false, true])
		await until(() => receiver.calls.length === 3)
		await tracker.stop(true)
		expect(receiver.calls).toEqual(['onStart', 'onStop', 'onStart', 'onStop'])
		expect(events).toEqual([
			'receiverStarted',
			'receiverStopped Restarting receiver with delay 1ms: again',
			'receiverStarted',
			'receiverStopped Stopped by driver',
		])
	})

	it('is not started again once its context ends', async () => {
		const receiver = new Scripted()
		const { tracker } = tracking([receiver])
		receiver.restart('again', undefined, 5)
		await tracker.stop(true)
		await turns(50)
		expect(receiver.calls).toEqual(['onStart', 'onStop'])
	})

	it('that ends at once and again waits before the next start', async () => {
		const receiver = new Scripted((self) => self.stop('no'))
		const { tracker, notices } = tracking([receiver], { 'spark.streaming.receiverRestartDelay': '60000' })
		await turns()
		expect(receiver.calls).toEqual(['onStart', 'onStop', 'onStart', 'onStop'])
		expect(notices).toEqual(['Receiver stream [0]: no; trying again every 60 s, batches go on'])
		await tracker.stop(true)
	})

	it.each<[string, Does]>([
		[
			'throws',
			() => {
				throw new RangeError('no door')
			},
		],
		[
			'rejects',
			async () => {
				await turns(1)
				throw new RangeError('no door')
			},
		],
	])('whose onStart %s stops with that error and is started again', async (_, onStart) => {
		let starts = 0
		const receiver = new Scripted((self) => (++starts === 1 ? onStart(self) : undefined))
		const { infos } = tracking([receiver])
		await until(() => infos.length === 3)
		expect(infos.map((info) => [info.active, info.lastErrorMessage, info.lastErrorTime])).toEqual([
			[true, '', -1],
			[false, 'Error starting receiver 0', 5_000],
			[true, '', -1],
		])
		expect(infos[1]?.lastError).toContain('RangeError: no door')
	})

	it('whose onStart of an earlier life rejects goes on', async () => {
		let fail: (error: Error) => void = () => undefined
		const receiver = new Scripted((self) =>
			self.calls.length > 1
				? undefined
				: new Promise((_, reject) => {
						fail = reject
					}),
		)
		const { events, infos } = tracking([receiver])
		receiver.restart('again')
		await until(() => receiver.calls.length === 3)
		fail(new RangeError('late'))
		await until(() => infos.length === 4)
		expect([receiver.isStarted(), events.at(-1)]).toEqual([true, 'receiverError Error starting receiver 0'])
	})

	it('whose onStart never ends is stopped like any other', async () => {
		const receiver = new Scripted(never)
		const { tracker } = tracking([receiver])
		await tracker.stop(true)
		expect(receiver.calls).toEqual(['onStart', 'onStop'])
	})

	it.each<[string, Does]>([
		[
			'throws',
			() => {
				throw new RangeError('stuck')
			},
		],
		['rejects', () => Promise.reject(new RangeError('stuck'))],
	])('whose onStop %s says so and has stopped', async (_, onStop) => {
		const receiver = new Scripted(undefined, onStop)
		const { tracker, events } = tracking([receiver])
		await tracker.stop(true)
		await turns(1)
		expect(events.slice(1)).toEqual(['receiverError Error stopping receiver 0', 'receiverStopped Stopped by driver'])
	})

	it('whose onStop never ends is waited for 10 s unless the stop is graceful', async () => {
		const { tracker, notices } = tracking([new Scripted(undefined, never)])
		const patience = new ManualClock()
		let isOver = false
		const stopped = tracker.stop(false, patience).then(() => {
			isOver = true
		})
		await turns(3)
		patience.advance(9_999)
		await turns(3)
		expect(isOver).toBe(false)
		patience.advance(1)
		await stopped
		expect(notices).toEqual(['Not all of the receivers have deregistered, Scripted-0'])
	})

	it('keeps the time of the error before when it reports one', async () => {
		const receiver = new Scripted()
		const { infos, tracker } = tracking([receiver])
		receiver.reportError('odd', new RangeError('report exception'))
		await tracker.stop(true)
		await turns(1)
		expect(infos.map((info) => [info.active, info.lastErrorMessage, info.lastErrorTime])).toEqual([
			[true, '', -1],
			[true, 'odd', -1],
			[false, 'Stopped by driver', -1],
		])
		expect(infos[1]?.lastError).toContain('report exception')
	})

	it.each([
		[
			undefined,
			'Cannot enable receiver write-ahead log without checkpoint directory set. Please use streamingContext.checkpoint() to set the checkpoint directory. See documentation for more details.',
		],
		['/checkpoints', 'received data cannot be logged ahead in this version'],
	])('does not start with a log it cannot have (directory %s)', (checkpointDirectory, text) => {
		const receiver = new Scripted()
		const settings = { 'spark.streaming.receiver.writeAheadLog.enable': 'true' }
		const { reported, notices } = tracking([receiver], settings, { checkpointDirectory })
		expect([receiver.calls, reported.map(({ message }) => message), notices]).toEqual([
			[],
			[text],
			[`Receiver stream [0]: ${text}`],
		])
	})
})

describe('a receiver is held back', () => {
	it('at its rate, until the clock lets more pass', async () => {
		const receiver = new Scripted()
		const { clock, batch } = tracking([receiver], { 'spark.streaming.receiver.maxRate': '10' })
		let stored = 0
		const storing = (async () => {
			for (let i = 0; i < 30; i += 1) {
				await receiver.store(i)
				stored += 1
			}
		})()
		const batches: number[] = []
		for (let ms = 6_000; stored < 30; ms += 1_000) {
			for (let i = 0; i < 5; i += 1) {
				await turns(2)
				clock.advance(200)
			}
			batches.push(batch(ms).length)
		}
		await storing
		expect(batches.slice(0, 2).map((n) => Math.abs(n - 10) <= 1)).toEqual([true, true])
		expect(batches.every((n) => n <= 11)).toBe(true)
	})

	it('while more is received than processed, until the batch is over', async () => {
		const receiver = new Scripted()
		const { tracker, batch } = tracking([receiver], {}, { maxUnprocessedBytes: 1_000 })
		let isReady = false
		const stored = receiver.store(['x'.repeat(2_000)]).then(() => {
			isReady = true
		})
		await turns(2)
		batch(6_000)
		await turns(2)
		expect([isReady, receiver.isHeld, tracker.factsOf(0)?.isHeld]).toEqual([false, true, true])
		tracker.batchOver(new Time(6_000))
		await stored
		expect(receiver.isHeld).toBe(false)
	})

	it('no longer while its onStop waits for what it stores', async () => {
		const receiver = new Scripted(undefined, (self) => self.store(['y']))
		const { tracker, batch } = tracking([receiver], {}, { maxUnprocessedBytes: 1 })
		const stored = receiver.store(['x'])
		await tracker.stop(true)
		await stored
		expect(batch(6_000)).toEqual(['x', 'y'])
	})

	it('no longer when its context ends', async () => {
		const receiver = new Scripted()
		const { tracker, batch } = tracking([receiver], {}, { maxUnprocessedBytes: 1 })
		const stored = receiver.store(['x'])
		await tracker.stop(true)
		await stored
		expect(batch(6_000)).toEqual(['x'])
	})

	it('at the rate that back-pressure gives, at most the setting', async () => {
		const receiver = new Scripted()
		const { tracker } = tracking([receiver], { 'spark.streaming.receiver.maxRate': '100' })
		const limits = [50, 500, 0].map((rate) => {
			tracker.updateRate(0, rate)
			return tracker.factsOf(0)?.rateLimit
		})
		expect(limits).toEqual([50, 100, 100])
	})

	it('also in the block generators that it makes itself', async () => {
		const pushed: unknown[] = []
		class Own extends Scripted {
			make() {
				return this.support.createBlockGenerator({
					onPushBlock: (_, records) => void pushed.push(...records),
					onError: () => undefined,
				})
			}
		}
		const receiver = new Own()
		const { tracker } = tracking([receiver])
		const own = receiver.make()
		own.start()
		tracker.updateRate(0, 7)
		own.addData('a')
		await tracker.stop(true)
		expect([own.currentLimit, own.isStopped, pushed]).toEqual([7, true, ['a']])
	})
})
