import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
	type StreamingContext as Context,
	type DStream,
	ManualClock,
	Seconds,
	SparkConf,
	SparkContext,
	StreamingContext,
} from '../../engine/index.js'
import { memoryFiles } from '../support/memoryfiles.js'

let sc: SparkContext | undefined
const on = (master: string): SparkContext => {
	sc = new SparkContext(new SparkConf().setMaster(master).setAppName('moving').set('rivulet.liveGraph', true))
	sc.setCheckpointDir('memory:/states')
	return sc
}
beforeEach(() => void memoryFiles())
afterEach(async () => {
	await StreamingContext.getActive()?.stop(false)
	await sc?.stop()
})

/** The same graph goes on with a SparkContext of another master. */
async function move(ssc: Context, master: string): Promise<number> {
	await ssc.stop(false)
	const states = await ssc.statesNow()
	const luggage = await ssc.luggageNow()
	await sc?.stop()
	ssc.moveTo(on(master), states, luggage)
	return states.reduce((sum, { entries }) => sum + entries.length, 0)
}

type Count = [string, number]

describe('a graph that moves to another SparkContext', () => {
	it('goes on from its states, batch by batch, as if it had stayed', async () => {
		const ssc = new StreamingContext(on('local'), Seconds(1), { clock: new ManualClock() })
		const queue = ssc.queue<string>()
		const pairs = ssc.queueStream(queue).map((word) => [word, 1])
		const seen: Record<string, Count[]> = {}
		pairs
			.updateStateByKey((values: number[], state?: number) => (state ?? 0) + values.length)
			.foreachRDD(async (rdd) => {
				seen.updated = (await rdd.collect()).sort() as Count[]
			})
		pairs
			.mapWithState(
				(
					key: string,
					value: number | undefined,
					state: { exists(): boolean; get(): number; update(n: number): void },
				) => {
					const sum = (state.exists() ? state.get() : 0) + (value ?? 0)
					state.update(sum)
					return [key, sum]
				},
			)
			.foreachRDD(async (rdd) => {
				seen.mapped = (await rdd.collect()).sort() as Count[]
			})

		queue.push(['a', 'b', 'a'])
		await ssc.step()
		expect(await move(ssc, 'local[2]')).toBe(4)
		// Nothing has taken them yet.
		expect(await move(ssc, 'local')).toBe(4)
		queue.push(['a', 'c'])
		await ssc.step()
		expect(seen).toEqual({
			updated: [
				['a', 3],
				['b', 1],
				['c', 1],
			],
			mapped: [
				['a', 3],
				['c', 1],
			],
		})
		expect(await move(ssc, 'local[2]')).toBe(6)
		queue.push([])
		await ssc.step()
		expect(seen.updated).toEqual([
			['a', 3],
			['b', 1],
			['c', 1],
		])
	})

	it('keeps what its windows show, with an inverse and without, until that leaves them', async () => {
		const ssc = new StreamingContext(on('local'), Seconds(1), { clock: new ManualClock() })
		const queue = ssc.queue<number>()
		const pairs = ssc.queueStream(queue).map((n) => ['all', n] as Count)
		const seen: Record<string, unknown[]> = { plain: [], inverse: [], sums: [] }
		const see = (name: string, stream: DStream<unknown>): unknown =>
			stream.foreachRDD(async (rdd) => void seen[name]?.push(...(await rdd.collect())))
		see('plain', pairs.window('3s', '1s'))
		see(
			'inverse',
			pairs.reduceByKeyAndWindow(
				(a, b) => a + b,
				(a, b) => a - b,
				'3s',
				'1s',
			),
		)
		see(
			'sums',
			pairs.reduceByKeyAndWindow((a, b) => a + b, '3s', '1s'),
		)
		queue.push([1], [2])
		await ssc.step(2)
		expect(await move(ssc, 'local[2]')).toBe(0)
		await move(ssc, 'local')
		queue.push([4], [8], [16])
		await ssc.step(3)
		const sums = [1, 3, 7, 14, 28].map((n) => ['all', n])
		const plain = [[1], [1, 2], [1, 2, 4], [2, 4, 8], [4, 8, 16]].flat().map((n) => ['all', n])
		expect(seen).toEqual({ plain, inverse: sums, sums })
	})

	it('takes along the RDDs that wait in its queues, and refuses those of before', async () => {
		const ssc = new StreamingContext(on('local'), Seconds(1), { clock: new ManualClock() })
		const queue = ssc.queue<number>()
		const seen: number[][] = []
		const old = ssc.sparkContext.parallelize([1, 2, 3], 3)
		const failing = ssc.sparkContext.parallelize([1], 1).map((): number => {
			throw new TypeError('never')
		})
		ssc.queueStream(queue).foreachRDD(async (rdd) => {
			seen.push([rdd.getNumPartitions(), ...(await rdd.collect())])
		})
		queue.push(old, [4], failing, old)
		await ssc.stop(false)
		const luggage = await ssc.luggageNow()
		expect(luggage.packed).toMatchObject([{ kind: 'queue', numRDDs: 2, numRecords: 3, numLeft: 1, reason: 'never' }])
		await sc?.stop()
		ssc.moveTo(on('local'), [], luggage)
		expect(() => queue.push(old)).toThrow('belongs to a SparkContext that is stopped')
		await ssc.step(4)
		expect(seen).toEqual([[3, 1, 2, 3], [1, 4], [3, 1, 2, 3], [1]])
	})
})
