import { afterEach, describe, expect, it } from 'vitest'
import { type ObservedBatch, StorageLevel } from '../../engine/index.js'
import { manualContext } from '../support/timeline.js'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
	await close?.()
	close = undefined
})

/** A context in which batch `1` waits for `open`, and the batches after it queue. */
function busy(mayMiss: boolean, batches: number) {
	const made = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
	close = made.close
	const stream = made.ssc.script(Array.from({ length: batches }, (_, i) => [i + 1]))
	let open: () => void = () => undefined
	const first = new Promise<void>((resolve) => {
		open = resolve
	})
	stream.foreachRDD((_, time) => (time.milliseconds === 1_000 ? first : undefined))
	const seen: ObservedBatch<number>[] = []
	stream.observe((batch) => void seen.push(batch), { mayMiss })
	made.ssc.start()
	const run = async (): Promise<string[]> => {
		made.clock.advance(batches * 1_000)
		open()
		while (made.ssc.progress.totalCompletedBatches < batches) await new Promise((resolve) => setImmediate(resolve))
		await new Promise((resolve) => setImmediate(resolve))
		return seen.map(({ rows, missed }) => (missed === 0 ? `${rows}` : `${rows} after ${missed}`))
	}
	return { ...made, run }
}

describe('an observer', () => {
	it('sees every batch in order, however late', async () => {
		expect(await busy(false, 4).run()).toEqual(['1', '2', '3', '4'])
	})

	it('that may miss batches sees the newest when they queue, and says how many it missed', async () => {
		expect(await busy(true, 4).run()).toEqual(['4 after 3'])
	})

	it('that may miss batches misses nine in a row at most', async () => {
		expect(await busy(true, 14).run()).toEqual(['10 after 9'])
	})

	it('leaves the storage levels of a program as they are', async () => {
		const { ssc, sc, close: stop } = manualContext()
		close = stop
		const levels: unknown[] = []
		let calls = 0
		const stream = ssc.script([[1, 2], [3]]).map((x) => {
			calls += 1
			return x
		})
		const seen: unknown[] = []
		stream.observe(({ rows }) => void seen.push(rows))
		stream.foreachRDD(async (rdd) => {
			levels.push(rdd.getStorageLevel() === StorageLevel.NONE, sc.getPersistentRDDs().size)
			rdd.persist(StorageLevel.MEMORY_AND_DISK)
			await rdd.count()
			rdd.unpersist()
		})
		await ssc.step(2)
		expect([levels, seen, calls]).toEqual([[true, 0, true, 0], [[1, 2], [3]], 3])
	})
})
