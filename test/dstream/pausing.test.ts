import { afterEach, describe, expect, it } from 'vitest'
import { StreamError, setHost } from '../../engine/index.js'
import { manualContext } from '../support/timeline.js'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
	await close?.()
	setHost({})
})

describe('an output', () => {
	it('whose function had to be interrupted twice is paused, says how to go on, and resumes', async () => {
		const notices: string[] = []
		setHost({ liveGraph: true, notice: ({ text }) => void notices.push(text) })
		const { ssc, close: stop } = manualContext()
		close = stop
		const seen: unknown[] = []
		const stream = ssc.script([[1], [2], [3], [4], [5], [6]])
		const output = stream.foreachRDD(async (rdd) => {
			const [first] = await rdd.collect()
			seen.push(first)
			if (first === 1 || first === 3) throw new StreamError('session/interrupted', 'Interrupted')
		})
		const sums: unknown[] = []
		stream.foreachRDD(async (rdd) => void sums.push(...(await rdd.collect())))
		for (let i = 0; i < 5; i++) await ssc.step().catch(() => undefined)
		expect([output.isPaused, seen]).toEqual([true, [1, 2, 3]])
		expect(notices).toEqual([expect.stringContaining(`ssc.outputs.find(x => x.id === ${output.id})?.resume()`)])
		output.resume()
		await ssc.step()
		expect([output.isPaused, seen, sums]).toEqual([false, [1, 2, 3, 6], [1, 2, 3, 4, 5, 6]])
	})

	it('that is paused by program keeps its windows going', async () => {
		const { ssc, close: stop } = manualContext()
		close = stop
		const seen: unknown[] = []
		const output = ssc
			.script([[1], [2], [3], [4]])
			.window('2s')
			.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step()
		output.pause()
		await ssc.step(2)
		output.resume()
		await ssc.step()
		expect(seen).toEqual([[1], [3, 4]])
	})
})
