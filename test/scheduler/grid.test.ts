import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext, setHost } from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(async () => {
	await stopAll()
	setHost({})
})

describe('the time grid', () => {
	it('begins at the first multiple of the batch interval after the start', async () => {
		const clock = new ManualClock(2_500)
		const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('test'), Seconds(2), { clock })
		const times: number[] = []
		ssc.script([[1]]).foreachRDD((_, time) => void times.push(time.milliseconds))
		const infos = await ssc.step(3)
		expect(times).toEqual([4_000, 6_000, 8_000])
		expect(infos.map((info) => info.batchTime)).toEqual(times)
		await ssc.stop()
	})

	it('begins one interval later when the start is exactly on a multiple', async () => {
		const clock = new ManualClock(4_000)
		const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('test'), Seconds(2), { clock })
		ssc.script([[1]]).print()
		expect((await ssc.step())[0]?.batchTime).toBe(6_000)
		await ssc.stop()
	})

	it('skips no batch when the clock jumps', async () => {
		const { ssc, clock, close } = manualContext()
		const times: number[] = []
		ssc.script([[1]]).foreachRDD((_, time) => void times.push(time.milliseconds))
		ssc.start()
		clock.advance(5_000)
		await ssc.step()
		expect(times).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000])
		await close()
	})
})

describe('step', () => {
	it('starts the context and resolves to the facts of each batch', async () => {
		const { ssc, close } = manualContext()
		ssc.script([[1, 2], [3]]).foreachRDD(async (rdd) => void (await rdd.count()))
		const infos = await ssc.step(2)
		expect(infos.map((info) => [info.batchTime, info.numRecords])).toEqual([
			[1_000, 2],
			[2_000, 1],
		])
		await close()
	})

	it('gives facts without outputs for a batch without jobs', async () => {
		const { ssc, close } = manualContext()
		ssc
			.script([[1]])
			.window('2s', '2s')
			.print()
		const [first] = await ssc.step()
		expect(first?.outputOperationInfos).toEqual({})
		await close()
	})

	it('rejects with the first error after all batches', async () => {
		const { ssc, close } = manualContext()
		const times: number[] = []
		ssc.script([[1]]).foreachRDD((_, time) => {
			times.push(time.milliseconds)
			if (time.milliseconds === 1_000) throw new RangeError('boom')
		})
		await expect(ssc.step(3)).rejects.toThrow('boom')
		expect(times).toEqual([1_000, 2_000, 3_000])
		await close()
	})

	it('is an error inside an output operation', async () => {
		const { ssc, close } = manualContext()
		ssc.script([[1]]).foreachRDD(async () => void (await ssc.step()))
		await expect(ssc.step()).rejects.toMatchObject({ code: 'time/manual' })
		await close()
	})

	it('is an error with the system clock and names nextBatch', async () => {
		const sc = new SparkContext(new SparkConf().setMaster('local').setAppName('test'))
		const ssc = new StreamingContext(sc, Seconds(1))
		ssc.script([[1]]).print()
		ssc.start()
		await expect(ssc.step()).rejects.toMatchObject({
			code: 'time/manual',
			remedy: expect.stringContaining('nextBatch'),
		})
		await ssc.stop()
	})
})

describe('nextBatch', () => {
	it('is in a live graph without outputs any batch, also for listeners', async () => {
		const { ssc, close } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
		const seen: string[] = []
		ssc.onAny((event) => void (event.kind.startsWith('batch') && seen.push(event.kind)))
		const stream = ssc.script([[1], [2, 3], [4]])
		ssc.start()
		const next = ssc.nextBatch()
		const [, second] = await ssc.step(2)
		expect(await next).toMatchObject({ batchTime: 1_000, numRecords: 1, outputOperationInfos: {} })
		expect(second).toMatchObject({ batchTime: 2_000, numRecords: 2, schedulingDelay: 0 })
		const once = ['batchSubmitted', 'batchStarted', 'batchCompleted']
		expect(seen.splice(0)).toEqual([...once, ...once])
		stream.window('1s', '2s').foreachRDD(() => undefined)
		const withOutput = ssc.nextBatch()
		await ssc.step(2)
		expect(await withOutput).toMatchObject({ batchTime: 4_000 })
		expect(seen).toEqual(['batchSkipped', ...once])
		await close()
	})
})

describe('an error of one output', () => {
	it('cancels neither the other outputs nor later batches', async () => {
		const { ssc, close } = manualContext()
		const seen: string[] = []
		const stream = ssc.script([[1], [2]])
		stream.foreachRDD(() => {
			throw new RangeError('boom')
		})
		stream.foreachRDD((_, time) => void seen.push(`other at ${time}`))
		await expect(ssc.step(2)).rejects.toThrow('boom')
		expect(seen).toEqual(['other at 1000 ms', 'other at 2000 ms'])
		await expect(ssc.awaitTermination()).rejects.toThrow('boom')
		await close()
	})
})
