import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
	type StreamingContext as Context,
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
afterEach(() => sc?.stop())

/** The same graph goes on with a SparkContext of another master. */
async function move(ssc: Context, master: string): Promise<number> {
	await ssc.stop(false)
	const states = await ssc.statesNow()
	await sc?.stop()
	ssc.moveTo(on(master), states)
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
})
