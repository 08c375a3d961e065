/** What a context writes about its batches when somebody asks for it. */

import { afterEach, describe, expect, test } from 'vitest'
import { StatsReportListener, StreamingListener, setHost } from '../../engine/index.js'
import { millisText } from '../../engine/scheduler/statsreport.js'
import { manualContext, stopAll } from '../support/timeline.js'

let told: string[] = []
const hear = (): void => {
	told = []
	setHost({ notice: ({ text }) => void told.push(text), batchError: () => undefined })
}
afterEach(async () => {
	await stopAll()
	setHost({})
})

describe('the log', () => {
	test('has a line for each batch that is processed, once its level is INFO', async () => {
		hear()
		const { sc, ssc } = manualContext()
		const s = ssc.script([[1], [2], [3]])
		s.foreachRDD((_, time) => {
			if (time.milliseconds === 3_000) throw new Error('no')
		})
		await ssc.step()
		sc.setLogLevel('info')
		await ssc.step()
		await expect(ssc.step()).rejects.toThrow('no')
		sc.setLogLevel('WARN')
		expect(told).toEqual([
			expect.stringMatching(/^Total delay: \d+\.\d{3} s for time 2000 ms \(execution: \d+\.\d{3} s\)$/),
		])
	})

	test('says which batch has no jobs', async () => {
		hear()
		const { sc, ssc } = manualContext()
		ssc
			.script([[1], [2]])
			.window('2s', '2s')
			.foreachRDD(() => undefined)
		sc.setLogLevel('ALL')
		await ssc.step()
		sc.setLogLevel('WARN')
		expect(told).toEqual(['No jobs added for time 1000 ms'])
	})

	test('refuses a level that is none', () => {
		const { sc } = manualContext()
		expect(() => sc.setLogLevel('loud')).toThrow(
			'requirement failed: Supplied level loud did not match one of: ALL,DEBUG,ERROR,FATAL,INFO,OFF,TRACE,WARN',
		)
	})
})

describe('a StatsReportListener', () => {
	const completed = (totalDelay: number | undefined, processingDelay: number | undefined) => ({
		kind: 'batchCompleted' as const,
		batchInfo: { totalDelay, processingDelay } as never,
	})

	test('reports the distribution of the last batches', () => {
		hear()
		const listener = new StatsReportListener(3)
		for (const ms of [9_000_000, 10, 1_500, 61_000]) listener.onBatchCompleted(completed(ms, undefined))
		expect(told.at(-1)).toBe(
			[
				'Total delay: (count: 3, mean: 20836.666667, stdev: 28406.279040, max: 61000.000000, min: 10.000000)',
				'\t0%\t5%\t10%\t25%\t50%\t75%\t90%\t95%\t100%',
				'\t10.0 ms\t10.0 ms\t10.0 ms\t10.0 ms\t1.5 s\t1.0 min\t1.0 min\t1.0 min\t1.0 min',
			].join('\n'),
		)
		expect(told).toHaveLength(4)
	})

	test('reports both delays of a running context', async () => {
		hear()
		const { ssc } = manualContext()
		ssc.addStreamingListener(new StatsReportListener())
		ssc.script([[1]]).foreachRDD(() => undefined)
		await ssc.step()
		expect(told.map((text) => text.split(': ')[0])).toEqual(['Total delay', 'Processing time'])
	})

	test.each([
		[1_000, '1000.0 ms'],
		[1_001, '1.0 s'],
		[60_001, '1.0 min'],
		[3_600_001, '1.0 hours'],
	])('writes %d ms as %s', (ms, text) => expect(millisText(ms)).toBe(text))
})

describe('a StreamingListener', () => {
	test('is extended, or an object with some of its methods; they hear in order', async () => {
		const heard: string[] = []
		class Mine extends StreamingListener {
			override onBatchCompleted(): void {
				heard.push('class')
			}
		}
		const { ssc } = manualContext()
		const mine = new Mine()
		ssc.addStreamingListener(mine)
		ssc.addStreamingListener({ onBatchCompleted: () => void heard.push('object') })
		ssc.script([[1], [2]]).foreachRDD(() => undefined)
		await ssc.step()
		ssc.removeStreamingListener(mine)
		await ssc.step()
		expect(heard).toEqual(['class', 'object', 'object'])
	})
})
