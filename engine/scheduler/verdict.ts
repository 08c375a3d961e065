/**
 * Whether a context keeps up with its batches, as a sentence and the numbers behind it.
 *
 *   batch interval   |────────|────────|────────|        keeping up: processing takes less than the interval
 *   processing        ████     █████    ████
 *   processing        ███████████  ███████████  ████     falling behind: more, so batches wait
 *   a cell spins      ░░░░░░░░░░░░░░░░                   delayed by a cell: nothing ran, and the batch came late
 */

import type { BatchInfo } from '../base/events.js'
import { host } from '../base/host.js'
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
	/** Who ran meanwhile, where the host knows: `cell [7]`. */
	readonly delayedBy?: string
}

/** How many of the last batches count. */
const looksAt = 10

/** For so many intervals a late batch is remembered; those that were made up for at once do not count. */
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
	const late = isManual ? undefined : latest(progress.completedBatches, lateFor * intervalMs)
	const lateMs = late?.lateMs ?? 0
	const numbers = { batches: last.length, intervalMs, processingMs, load, schedulingDelayMs, growthMs, waiting, lateMs }
	if (newest === undefined) return { kind: 'no batches yet', text: 'no batch has been completed yet', ...numbers }
	const processed = `processing takes ${Math.round(processingMs)} ms of ${intervalMs} ms`
	if (load > 1 || (waiting > 2 && growthMs > intervalMs / 2)) {
		const waits = waiting === 1 ? '1 batch waits' : `${waiting} batches wait`
		return { kind: 'falling behind', text: `${processed}, ${waits}: lower the rate or raise the interval`, ...numbers }
	}
	if (late !== undefined && lateMs > intervalMs / 2) {
		const delayedBy = host().holder(late.atMs - lateMs, late.atMs)
		const text = `a batch came ${Math.round(lateMs)} ms late, because ${delayedBy ?? 'other code'} held the thread`
		return { kind: 'delayed by a cell', text, ...(delayedBy === undefined ? {} : { delayedBy }), ...numbers }
	}
	return { kind: 'keeping up', text: processed, ...numbers }
}

/** The latest of the batches submitted last: when it was, and how long after its time or the batch before. */
function latest(batches: readonly BatchInfo[], forMs: number): { readonly atMs: number; readonly lateMs: number } {
	const newest = batches.at(-1)
	let found = { atMs: 0, lateMs: 0 }
	for (let i = batches.length - 1; i >= 0; i -= 1) {
		const { submissionTime, batchTime } = batches[i] as BatchInfo
		if (newest === undefined || newest.submissionTime - submissionTime >= forMs) break
		const dueMs = Math.max(batchTime, batches[i - 1]?.processingEndTime ?? 0)
		if (submissionTime - dueMs > found.lateMs) found = { atMs: submissionTime, lateMs: submissionTime - dueMs }
	}
	return found
}

const mean = (values: readonly number[]): number =>
	values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
