/** Streams that programs write, and output operations. */

import { describe, expect, it } from 'vitest'
import {
	ConstantInputDStream,
	DStream,
	type Duration,
	HashPartitioner,
	InputDStream,
	type RDD,
	Seconds,
	type StreamingContext,
	type Time,
} from '../../engine/index.js'
import { batchesOf, withStreams } from '../support/batches.js'
import { isOneProcess } from '../support/settings.js'

const plus = (a: number, b: number): number => a + b

class EverySecond extends DStream<number> {
	readonly #parent: DStream<number>
	constructor(parent: DStream<number>) {
		super(parent.context)
		this.#parent = parent
	}
	override get slideDuration(): Duration {
		return this.#parent.slideDuration.times(2)
	}
	override get dependencies() {
		return [this.#parent]
	}
	override compute(time: Time): RDD<number> | undefined {
		return this.#parent.getOrCompute(time)?.map((x) => x * 100)
	}
}
class Ticks extends InputDStream<number> {
	calls: string[] = []
	override start(): void {
		this.calls.push('start')
	}
	override stop(): void {
		this.calls.push('stop')
	}
	override get slideDuration(): Duration {
		return Seconds(2)
	}
	override compute(time: Time): RDD<number> | undefined {
		const none = (time.milliseconds === 4_000 ? null : undefined) as undefined
		return time.milliseconds > 2_000
			? none
			: (this.context as StreamingContext).sparkContext.parallelize([time.milliseconds])
	}
}

describe('streams that programs write', () => {
	it('fire at their own slide duration and work with every operator', async () => {
		expect(await batchesOf(4, ({ input }) => new EverySecond(input([[1], [2], [3], [4]])))).toEqual([
			undefined,
			[200],
			undefined,
			[400],
		])
		expect(
			await batchesOf(4, ({ input }) => new EverySecond(input([[1], [2], [3], [4]])).window('4s').count()),
		).toEqual([undefined, [1], undefined, [2]])
	})
	it('inputs are started and stopped once; undefined or null is no RDD', () =>
		withStreams(async ({ ssc }) => {
			const ticks = new Ticks(ssc)
			const seen: unknown[] = []
			ticks.foreachRDD(async (rdd, time) => void seen.push([time.milliseconds, await rdd.collect()]))
			await ssc.step(6)
			await ssc.stop(false)
			expect([seen, ticks.calls]).toEqual([[[2_000, [2_000]]], ['start', 'stop']])
		}))
	it('an input that fails to compute fails its batch', async () => {
		class Broken extends Ticks {
			override get slideDuration(): Duration {
				return Seconds(1)
			}
			override compute(time: Time): RDD<number> | undefined {
				if (time.milliseconds === 1_000) throw new Error('no data')
				return super.compute(time)
			}
		}
		expect(await batchesOf(2, ({ ssc }) => new Broken(ssc))).toEqual(['no data', [2_000]])
	})
	it('an input that is not asked for is started and not computed', () =>
		withStreams(async ({ ssc, input }) => {
			const ticks = new Ticks(ssc)
			input([[1]]).foreachRDD(() => undefined)
			await ssc.step(2)
			expect([ticks.calls, ticks.isInitialized]).toEqual([['start'], false])
		}))
	it('the same RDD may come in every batch', async () => {
		const placed = new HashPartitioner(2)
		expect(
			await batchesOf(2, ({ ssc, sc }) =>
				new ConstantInputDStream(ssc, sc.parallelize<[string, number]>([['a', 1]]).partitionBy(placed)).reduceByKey(
					plus,
				),
			),
		).toEqual([[['a', 1]], [['a', 1]]])
	})
})

describe('an output operation', () => {
	it.runIf(isOneProcess())('gets the RDD and the time; it has ended when its promise and its actions have', () =>
		withStreams(async ({ ssc, input }) => {
			const log: string[] = []
			const s = input([[1, 2], []])
			s.foreachRDD((rdd) => {
				rdd.count().then((n) => log.push(`counted ${n}`))
			})
			s.foreachRDD(async (rdd, time) => {
				await rdd.foreach((x) => void log.push(`${time.milliseconds}: ${x}`))
			})
			await ssc.step(2)
			expect(log).toEqual(['counted 2', '1000: 1', '1000: 2', 'counted 0'])
		}),
	)
	it('that fails leaves the others and later batches alone', () =>
		withStreams(async ({ ssc, input }) => {
			const log: unknown[] = []
			const s = input([[1], [2]])
			s.foreachRDD(async (_, time) => {
				if (time.milliseconds === 1_000) throw new Error('boom')
				log.push('first')
			})
			s.foreachRDD(async (rdd) => void log.push(await rdd.collect()))
			await expect(ssc.step(2)).rejects.toThrow('boom')
			expect(log).toEqual([[1], 'first', [2]])
		}))
	it('is not run at times without an RDD', () =>
		withStreams(async ({ ssc, input }) => {
			const log: number[] = []
			input([[1], undefined, []]).foreachRDD((_, time) => void log.push(time.milliseconds))
			await ssc.step(3)
			expect(log).toEqual([1_000, 3_000])
		}))
})

it.each<[string, (s: DStream<[string, number]>) => unknown]>([
	['map', (s) => s.map(undefined as never)],
	['flatMap', (s) => s.flatMap(undefined as never)],
	['filter', (s) => s.filter(undefined as never)],
	['mapPartitions', (s) => s.mapPartitions(undefined as never)],
	['reduce', (s) => s.reduce(undefined as never)],
	['transform', (s) => s.transform(undefined as never)],
	['transformWith', (s) => s.transformWith(s, undefined as never)],
	['reduceByKey', (s) => s.reduceByKey(undefined as never)],
	['combineByKey', (s) => s.combineByKey((v) => v, plus, undefined as never)],
	['mapValues', (s) => s.mapValues(undefined as never)],
	['flatMapValues', (s) => s.flatMapValues(undefined as never)],
	['updateStateByKey', (s) => s.updateStateByKey(undefined as never)],
	['mapWithState', (s) => s.mapWithState(undefined as never)],
	['foreachRDD', (s) => s.foreachRDD(undefined as never)],
])('%s without a function is refused when it is made', (operator, build) =>
	withStreams(({ input }) => {
		expect(() => build(input([[['a', 1]]]))).toThrow(`${operator} needs a function, but got undefined`)
	}),
)
