/** Batches that overlap: `spark.streaming.concurrentJobs` above 1. */

import { afterEach, describe, expect, test } from 'vitest'
import { setHost } from '../../engine/index.js'
import { Scripted, turns } from '../support/receivers.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(async () => {
	await stopAll()
	setHost({})
})

/** A gate a batch. */
function gates() {
	const open = new Map<number, () => void>()
	const wait = (second: number): Promise<void> => new Promise((resolve) => open.set(second, resolve))
	return { wait, open: (second: number): void => open.get(second)?.() }
}

describe('with two jobs at a time', () => {
	test('batches overlap, and the third waits', async () => {
		const { ssc, clock } = manualContext({ settings: { 'spark.streaming.concurrentJobs': '2' } })
		const { wait, open } = gates()
		const events: string[] = []
		ssc.script([[1], [2], [3]]).foreachRDD(async (_, time) => {
			const second = time.milliseconds / 1_000
			events.push(`begins ${second}`)
			await wait(second)
			events.push(`ends ${second}`)
		})
		ssc.start()
		clock.advance(3_000)
		await turns()
		open(2)
		await turns()
		open(1)
		open(3)
		await turns()
		expect(events).toEqual(['begins 1', 'begins 2', 'ends 2', 'begins 3', 'ends 1', 'ends 3'])
	})

	test.each([
		['received blocks', false],
		['persisted records', true],
	])('a newer batch that ends first leaves the %s of an older one', async (_, isPersisted) => {
		setHost({ notice: () => undefined })
		const { sc, ssc, clock } = manualContext({ settings: { 'spark.streaming.concurrentJobs': '2' } })
		const { wait, open } = gates()
		const seen: unknown[] = []
		const receiver = new Scripted()
		let computed = 0
		const counted = ssc.receiverStream(receiver).map((x) => {
			computed += 1
			return x
		})
		if (isPersisted) counted.cache()
		counted.foreachRDD(async (rdd, time) => {
			const second = time.milliseconds / 1_000
			if (second === 1 && isPersisted) await rdd.count()
			if (second === 1) await wait(1)
			seen.push([second, await rdd.collect()])
		})
		ssc.start()
		await turns()
		for (let second = 1; second <= 4; second += 1) {
			receiver.store([`record ${second}`][Symbol.iterator]())
			clock.advance(1_000)
			await turns(40)
		}
		open(1)
		await turns(40)
		expect(seen.at(-1)).toEqual([1, ['record 1']])
		expect(computed).toBe(4)
		clock.advance(1_000)
		await turns(40)
		expect(sc.getPersistentRDDs().size).toBe(isPersisted ? 1 : 0)
	})
})
