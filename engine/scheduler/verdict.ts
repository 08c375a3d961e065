/**
 * Whether a context keeps up with its batches, as a sentence and the numbers behind it.
 *
 *   batch interval   |────────|────────|────────|        keeping up: processing takes less than the interval
 *   processing        ████     █████    ████
 *   processing        ███████████  ███████████  ████     falling behind: more, so batches wait
 *   a cell spins      ░░░░░░░░░░░░░░░░                   delayed by a cell: nothing ran, and the batch came late
 */

import type { BatchInfo } from '../base/events.js'
import type { StreamingProgress } from './progress.js'

export interface Verdict {
	readonly kind: 'keeping up' | 'falling behind' | 'delayed by a cell' | 'no batches yet'
	readonly text: string
	/** How many of the last batches it rests on. */
	readonly batches: number
	readonly intervalMs: number
	/** Mean time that a batch was processed. */
	readonly processingMs: number
	/** Mean processing time by interval: above 1 it cannot keep up. */
	readonly load: number
	/** Scheduling delay of the last batch, and how much more that is than that of the first. */
	readonly schedulingDelayMs: number
	readonly growthMs: number
	/** Batches that wait or run. */
	readonly waiting: number
	/** How late one of the last three batches was made, not counting what batches before it took. */
	readonly lateMs: number
}

/** How many of the last batches count. */
const looksAt = 10

/** For so many batches a late one is remembered. */
const lateFor = 3

/** @param isManual time is moved by hand: a batch cannot be late */
export function verdictOf(progress: StreamingProgress, intervalMs: number, isManual: boolean): Verdict {
	const last = progress.completedBatches.slice(-looksAt)
	const newest = last.at(-1)
	const waiting = progress.numUnprocessedBatches
	const processingMs = mean(last.map(({ processingDelay = 0 }) => processingDelay))
	const load = intervalMs === 0 ? 0 : processingMs / intervalMs
	const schedulingDelayMs = newest?.schedulingDelay ?? 0
	const growthMs = schedulingDelayMs - (last[0]?.schedulingDelay ?? 0)
	const lateMs = isManual
		? 0
		: Math.max(0, ...last.slice(-lateFor).map((info, i, all) => latenessOf(info, last.at(i - all.length - 1))))
	const numbers = { batches: last.length, intervalMs, processingMs, load, schedulingDelayMs, growthMs, waiting, lateMs }
	if (newest === undefined) return { kind: 'no batches yet', text: 'no batch has been completed yet', ...numbers }
	const processed = `processing takes ${Math.round(processingMs)} ms of ${intervalMs} ms`
	if (load > 1 || (waiting > 2 && growthMs > intervalMs / 2)) {
		const waits = waiting === 1 ? '1 batch waits' : `${waiting} batches wait`
		return { kind: 'falling behind', text: `${processed}, ${waits}: lower the rate or raise the interval`, ...numbers }
	}
	if (lateMs > intervalMs / 2) {
		const text = `a batch came ${Math.round(lateMs)} ms late, because other code held the thread`
		return { kind: 'delayed by a cell', text, ...numbers }
	}
	return { kind: 'keeping up', text: processed, ...numbers }
}

/** From the batch time, or the end of the batch before if that was later, until the batch was submitted. */
function latenessOf(batch: BatchInfo, before: BatchInfo | undefined): number {
	return Math.max(0, batch.submissionTime - Math.max(batch.batchTime, before?.processingEndTime ?? 0))
}

const mean = (values: readonly number[]): number =>
	values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
