import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { BlockGenerator, type BlockGeneratorListener } from '../../engine/receiver/blockgenerator.js'
import { RateLimiter } from '../../engine/receiver/ratelimiter.js'

interface Setup {
	readonly perSecond?: number
	readonly queueSize?: number
	readonly maxBytes?: number
	readonly push?: BlockGeneratorListener<number>['onPushBlock']
}

/** A generator of 10 ms blocks and what its listener hears, in order. */
function generating({ perSecond = Number.POSITIVE_INFINITY, queueSize = 10, maxBytes = 1e9, push }: Setup = {}) {
	const clock = new ManualClock(1_000)
	const heard: unknown[] = []
	const pushed: number[] = []
	const generator = new BlockGenerator<number>({
		clock,
		streamId: 3,
		blockIntervalMs: 10,
		blockQueueSize: queueSize,
		limiter: new RateLimiter(clock, { initial: perSecond, most: Number.POSITIVE_INFINITY }),
		maxBytes,
		listener: {
			onAddData: (records, metadata) => void heard.push(['added', records, metadata]),
			onGenerateBlock: (id) => void heard.push(['made', id]),
			onPushBlock: (id, records, isLast) => {
				const pending = push?.(id, records, isLast)
				heard.push(['pushed', id, records.length])
				pushed.push(...records)
				return pending
			},
			onError: (message, error) => void heard.push(['error', message, error.message]),
		},
	})
	return { clock, generator, heard, pushed }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('a block generator', () => {
	it('makes a block of what an interval has brought, named after its beginning', () => {
		const { clock, generator, heard, pushed } = generating()
		generator.start()
		for (const i of range(10)) generator.addData(i)
		expect(heard).toEqual([])
		clock.advance(30)
		expect(heard).toEqual([
			['made', 'input-3-1000'],
			['pushed', 'input-3-1000', 10],
		])
		expect(pushed).toEqual(range(10))
	})

	it('tells of each record when it is gathered, of many at once', () => {
		const { clock, generator, heard } = generating()
		generator.start()
		generator.addDataWithCallback(11, 'm')
		generator.addMultipleDataWithCallback(new Set([12, 13]), 'metadata')
		clock.advance(10)
		expect(heard).toEqual([
			['added', 11, 'm'],
			['added', [12, 13], 'metadata'],
			['made', 'input-3-1000'],
			['pushed', 'input-3-1000', 3],
		])
	})

	it.each<[string, (generator: BlockGenerator<number>) => void]>([
		['addData', (generator) => generator.addData(1)],
		['addDataWithCallback', (generator) => generator.addDataWithCallback(1, 1)],
		['addMultipleDataWithCallback', (generator) => generator.addMultipleDataWithCallback([1], 1)],
	])('refuses %s before its start and after its stop', async (_, add) => {
		const { generator } = generating()
		const text = 'Cannot add data as BlockGenerator has not been started or has been stopped'
		expect(() => add(generator)).toThrow(text)
		generator.start()
		await generator.stop()
		expect(() => add(generator)).toThrow(text)
	})

	it('starts once', async () => {
		const { generator } = generating()
		generator.start()
		const text = 'Cannot start BlockGenerator as its not in the Initialized state [state = '
		expect(() => generator.start()).toThrow(`${text}Active]`)
		await generator.stop()
		await generator.stop()
		expect(() => generator.start()).toThrow(`${text}StoppedAll]`)
		expect([generator.isActive, generator.isStopped]).toEqual([false, true])
	})

	it('pushes everything at its stop, whatever the limit', async () => {
		const { generator, pushed } = generating({ perSecond: 100 })
		generator.start()
		for (const i of range(1_000)) generator.addData(i)
		const stopped = generator.stop()
		expect(() => generator.addData(0)).toThrow('Cannot add data')
		await stopped
		expect(pushed).toEqual(range(1_000))
	})

	it('lets no more than the rate into blocks, keeps the order and says when to wait', () => {
		const { clock, generator, heard, pushed } = generating({ perSecond: 1_000 })
		generator.start()
		for (const i of range(11)) generator.addData(i)
		const isHeld = [generator.isHeld]
		generator.addData(12)
		isHeld.push(generator.isHeld)
		clock.advance(10)
		isHeld.push(generator.isHeld)
		clock.advance(10)
		expect(isHeld).toEqual([false, true, false])
		expect(heard).toEqual([
			['made', 'input-3-1000'],
			['pushed', 'input-3-1000', 11],
			['made', 'input-3-1010'],
			['pushed', 'input-3-1010', 1],
		])
		expect(pushed).toEqual(range(12))
	})

	it('keeps records that were added together in one block, and makes the next wait', () => {
		const { clock, generator, heard } = generating({ perSecond: 1_000 })
		generator.start()
		generator.addMultipleDataWithCallback(range(35), 'm')
		generator.addData(36)
		clock.advance(50)
		expect(heard.filter((what) => (what as string[])[0] === 'pushed')).toEqual([
			['pushed', 'input-3-1000', 35],
			['pushed', 'input-3-1030', 1],
		])
	})

	it('makes no more blocks than may wait, and goes on when they are pushed', async () => {
		const waiting: (() => void)[] = []
		const push = () => new Promise<void>((resolve) => waiting.push(resolve))
		const { clock, generator, heard } = generating({ queueSize: 2, push })
		generator.start()
		for (const i of range(5)) {
			generator.addData(i)
			clock.advance(10)
		}
		expect([generator.isHeld, heard.filter((what) => (what as string[])[0] === 'made').length]).toEqual([true, 2])
		while (waiting.length > 0) {
			waiting.shift()?.()
			await new Promise((resolve) => setImmediate(resolve))
			clock.advance(10)
		}
		expect(heard.filter((what) => (what as string[])[0] === 'pushed')).toEqual([
			['pushed', 'input-3-1000', 1],
			['pushed', 'input-3-1010', 1],
			['pushed', 'input-3-1050', 3],
		])
	})

	it('keeps a block that cannot be stored, says so once and tries again', () => {
		let failures = 3
		const push = (): void => {
			failures -= 1
			if (failures >= 0) throw new RangeError('no room')
		}
		const { clock, generator, heard, pushed } = generating({ push })
		generator.start()
		generator.addData(1)
		clock.advance(10)
		generator.addData(2)
		clock.advance(40)
		expect(pushed).toEqual([1, 2])
		expect(heard.filter((what) => (what as string[])[0] === 'error')).toEqual([
			['error', 'Error in block pushing thread', 'no room'],
		])
	})

	it('says at its stop which blocks cannot be stored, and ends', async () => {
		const push = (): Promise<void> => Promise.reject(new RangeError('no room'))
		const { generator, heard } = generating({ push })
		generator.start()
		generator.addData(1)
		await generator.stop()
		expect([generator.isStopped, heard.at(-1)]).toEqual([true, ['error', 'Error in block pushing thread', 'no room']])
	})

	it('refuses records that pile up in memory, until they are taken', () => {
		const { clock, generator, pushed } = generating({ maxBytes: 100_000 })
		generator.start()
		let added = 0
		expect(() => {
			for (;;) {
				generator.addData(added)
				added += 1
			}
		}).toThrow(expect.objectContaining({ code: 'receiver/store', remedy: expect.stringContaining('await') }))
		clock.advance(10)
		generator.addData(-1)
		clock.advance(10)
		expect([pushed.length, pushed.at(-1), added < 50_000]).toEqual([added + 1, -1, true])
	})

	it.each([[0], [-1]])('refuses a block interval of %d', (blockIntervalMs) => {
		const clock = new ManualClock()
		const limiter = new RateLimiter(clock, { initial: 1, most: 1 })
		const listener = { onPushBlock: () => undefined, onError: () => undefined }
		const parts = { clock, streamId: 0, blockIntervalMs, blockQueueSize: 1, limiter, maxBytes: 1, listener }
		expect(() => new BlockGenerator(parts)).toThrow("'spark.streaming.blockInterval' should be a positive value")
	})
})
