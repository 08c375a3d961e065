import { serialize } from 'node:v8'
import { afterEach, describe, expect, it } from 'vitest'
import { Time } from '../../engine/base/time.js'
import { setHost } from '../../engine/index.js'
import { Scripted, tracking, turns } from '../support/receivers.js'

afterEach(() => setHost({}))

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
