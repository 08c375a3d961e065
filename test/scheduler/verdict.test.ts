/** What a context knows of its batches, and whether it keeps up. */

import { afterEach, describe, expect, test } from 'vitest'
import { type BatchInfo, setHost } from '../../engine/index.js'
import { StreamingProgress } from '../../engine/scheduler/progress.js'
import { verdictOf } from '../../engine/scheduler/verdict.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** A completed batch of a 1 s interval: submitted so late, begun after that delay, processed so long. */
function batch(second: number, lateMs: number, delayMs: number, processingMs: number): BatchInfo {
	const batchTime = second * 1_000
	const submissionTime = batchTime + lateMs
	return {
		batchTime,
		submissionTime,
		streamIdToInputInfo: { 0: { inputStreamId: 0, numRecords: 500, metadata: {} } },
		schedulingDelay: delayMs,
		processingStartTime: submissionTime + delayMs,
		processingDelay: processingMs,
		processingEndTime: submissionTime + delayMs + processingMs,
		totalDelay: delayMs + processingMs,
		numRecords: 500,
		outputOperationInfos: {},
	}
}

function progressOf(batches: readonly BatchInfo[], waiting = 0): StreamingProgress {
	const progress = new StreamingProgress(1_000)
	for (const batchInfo of batches) progress.hear({ kind: 'batchCompleted', batchInfo })
	for (let i = 0; i < waiting; i += 1) progress.hear({ kind: 'batchSubmitted', batchInfo: batch(100 + i, 0, 0, 0) })
	return progress
}

describe('the verdict', () => {
	test.each([
		['no batches yet', 'nothing has run', [], 0],
		['keeping up', 'processing is short', [batch(1, 2, 0, 300), batch(2, 2, 0, 300)], 0],
		[
			'falling behind',
			'processing takes longer than the interval',
			[batch(1, 2, 0, 1_200), batch(2, 2, 200, 1_300)],
			1,
		],
		['falling behind', 'batches wait and the delay grows', [batch(1, 0, 0, 900), batch(2, 0, 800, 900)], 3],
		['delayed by a cell', 'a batch came late and nothing ran', [batch(1, 2, 0, 100), batch(2, 900, 0, 100)], 0],
		['delayed by a cell', 'it was the batch before that came late', [batch(1, 900, 0, 10), batch(2, 0, 0, 10)], 0],
		['keeping up', 'a batch came late because the one before ran', [batch(1, 0, 0, 1_500), batch(2, 500, 0, 100)], 0],
		[
			'delayed by a cell',
			'many batches were made up for after it',
			[batch(1, 2, 0, 10), ...Array.from({ length: 20 }, (_, i) => batch(i + 2, (21 - i) * 1_000, 0, 1))],
			0,
		],
	])('is "%s" when %s', (kind, _, batches, waiting) => {
		expect(verdictOf(progressOf(batches, waiting), 1_000, false).kind).toBe(kind)
	})

	test('has the numbers behind it, and a sentence', () => {
		expect(verdictOf(progressOf([batch(1, 0, 0, 1_000), batch(2, 0, 400, 1_400)], 1), 1_000, false)).toEqual({
			kind: 'falling behind',
			text: 'processing takes 1200 ms of 1000 ms, 1 batch waits: lower the rate or raise the interval',
			batches: 2,
			intervalMs: 1_000,
			processingMs: 1_200,
			load: 1.2,
			schedulingDelayMs: 400,
			growthMs: 400,
			waiting: 1,
			lateMs: 0,
		})
	})

	test('names the cell that ran while a batch was due', () => {
		setHost({ holder: (fromMs, toMs) => `cell [7] from ${fromMs} to ${toMs}` })
		const verdict = verdictOf(progressOf([batch(1, 2, 0, 100), batch(2, 900, 0, 100)]), 1_000, false)
		setHost({})
		expect(verdict.delayedBy).toBe('cell [7] from 2000 to 2900')
		expect(verdict.text).toBe('a batch came 900 ms late, because cell [7] from 2000 to 2900 held the thread')
	})

	test('is never about lateness on a ManualClock', async () => {
		const { ssc } = manualContext()
		ssc.script([[1]]).foreachRDD(() => undefined)
		expect(ssc.verdict().kind).toBe('no batches yet')
		await ssc.step(2)
		expect(ssc.verdict()).toMatchObject({ kind: 'keeping up', batches: 2, lateMs: 0 })
	})
})

describe('the progress of a context', () => {
	test('counts batches and records, keeps the newest and knows what waits and runs', async () => {
		const { ssc } = manualContext({ settings: { 'spark.streaming.ui.retainedBatches': '2' } })
		const during: [number, number][] = []
		ssc.script([[1, 2], [3], []]).foreachRDD(async () => {
			await new Promise((resolve) => setImmediate(resolve))
			during.push([ssc.progress.waitingBatches.length, ssc.progress.runningBatches.length])
		})
		await ssc.step(3)
		const { progress } = ssc
		expect(during).toEqual([
			[0, 1],
			[0, 1],
			[0, 1],
		])
		expect([progress.totalCompletedBatches, progress.totalReceivedRecords, progress.totalProcessedRecords]).toEqual([
			3, 3, 3,
		])
		expect(progress.retainedBatches.map(({ batchTime }) => batchTime)).toEqual([2_000, 3_000])
		expect(progress.ratesOf(0, 1_000).map(({ perSecond }) => perSecond)).toEqual([1, 0])
		expect(progress.lastCompletedBatch?.batchTime).toBe(3_000)
		expect(progress.numUnprocessedBatches).toBe(0)
	})

	test('has failed operations of a batch with their reason', async () => {
		const { ssc } = manualContext()
		ssc.script([[1]]).foreachRDD(() => {
			throw new Error('no')
		})
		await expect(ssc.step()).rejects.toThrow('no')
		const [operation] = Object.values(ssc.progress.completedBatches[0]?.outputOperationInfos ?? {})
		expect(operation?.failureReason).toContain('no')
	})
})
