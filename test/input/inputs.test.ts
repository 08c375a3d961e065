import { afterEach, describe, expect, it } from 'vitest'
import { type DStream, InputDStream, type StreamingContext } from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(stopAll)

async function batches<T>(n: number, make: (ssc: StreamingContext) => DStream<T>): Promise<T[][]> {
	const { ssc } = manualContext()
	const seen: T[][] = []
	make(ssc).foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
	await ssc.step(n)
	return seen
}

describe('a queue stream', () => {
	it('takes one element a batch, arrays and RDDs alike', async () =>
		expect(await batches(3, (ssc) => ssc.queueStream([[1, 2], ssc.sparkContext.parallelize([3])]))).toEqual([
			[1, 2],
			[3],
			[],
		]))
	it('takes everything that is there when told to', async () =>
		expect(await batches(2, (ssc) => ssc.queueStream([[1, 2], [3]], false))).toEqual([[1, 2, 3], []]))
	it('gives the default RDD when it is empty', async () =>
		expect(await batches(2, (ssc) => ssc.queueStream([[1]], true, ssc.sparkContext.parallelize([-1])))).toEqual([
			[1],
			[-1],
		]))
	it('has one empty partition without a default, none with null', async () => {
		const counts = (rest?: null) =>
			batches(1, (ssc) =>
				ssc
					.queueStream<number>([], true, rest)
					.transform((rdd) => ssc.sparkContext.parallelize([rdd.getNumPartitions()])),
			)
		expect(await counts()).toEqual([[1]])
		await stopAll()
		expect(await counts(null)).toEqual([[0]])
	})
	it('sees what is pushed while the context runs', async () => {
		const { ssc } = manualContext()
		const queue = ssc.queue<number>()
		const seen: number[][] = []
		ssc.queueStream(queue).foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step()
		queue.push([1], [2])
		await ssc.step(2)
		expect(seen).toEqual([[], [1], [2]])
	})
})

describe('what is no input', () => {
	const wrong = [null, undefined, 5, {}]
	it('is refused where the stream is made, not when a batch reads it', () => {
		const { ssc } = manualContext()
		for (const what of wrong) {
			expect(() => ssc.queueStream(what as never)).toThrow('is no queue')
			expect(() => ssc.script(what as never)).toThrow('is no script')
			expect(() => ssc.union(what as never)).toThrow('is no array of streams')
			expect(() => ssc.transform(what as never, (rdds) => rdds[0] as never)).toThrow('is no array of streams')
			expect(() => ssc.queue().push([1], what as never)).toThrow('is no batch')
		}
	})
	it('fails its batch by name when an array used as a queue holds it', async () => {
		const { ssc } = manualContext()
		ssc.queueStream([null as never, [1]]).foreachRDD(() => undefined)
		await expect(ssc.step()).rejects.toThrow('null is no batch')
	})
	it('fails its batch by name when a stream of the program computes it', async () => {
		const { ssc } = manualContext()
		class Lists extends InputDStream<number> {
			override start(): void {}
			override stop(): void {}
			override compute(): never {
				return [1, 2] as never
			}
		}
		new Lists(ssc).foreachRDD(() => undefined)
		await expect(ssc.step()).rejects.toThrow('compute() of Lists gave 1,2, which is no RDD')
	})
})

describe('a rate stream', () => {
	it('numbers its records without a gap, the same on every run', async () =>
		expect(await batches(3, (ssc) => ssc.rateStream(2.5))).toEqual([
			[0, 1],
			[2, 3, 4],
			[5, 6],
		]))
	it('makes records of the numbers', async () =>
		expect(await batches(1, (ssc) => ssc.rateStream(2, (i) => `r${i}`))).toEqual([['r0', 'r1']]))
	it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d records a second', (rate) => {
		const { ssc } = manualContext()
		expect(() => ssc.rateStream(rate)).toThrow(`${rate} records per second is no rate`)
	})
})

describe('a sample stream', () => {
	it('sends lines of the shipped text, and begins again when it ends', async () => {
		const [all] = await batches(1, (ssc) => ssc.sampleStream('alice', { perSecond: 4_000 }))
		const again = (all as string[]).indexOf(all?.[0] as string, 1)
		expect(again).toBeGreaterThan(1_000)
		expect(all?.slice(again, again + 10)).toEqual(all?.slice(0, 10))
	})
	it('refuses a name that is none', () => {
		const { ssc } = manualContext()
		expect(() => ssc.sampleStream('bob' as 'alice')).toThrow('there is no sample text "bob"')
	})
})

describe('a script', () => {
	it('gives one list a batch, afterwards empty ones', async () =>
		expect(await batches(3, (ssc) => ssc.script([[1], []]))).toEqual([[1], [], []]))
})
