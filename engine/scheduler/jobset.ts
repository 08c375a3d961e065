/**
 * The jobs of one batch and what happened to them, as plain facts for events.
 *
 * submissionTime and processing times are wall-clock milliseconds even on a ManualClock; the start and end of an output
 * operation come from the scheduler's clock. Source: Spark's `JobSet`, `BatchInfo`, `Job`.
 */

import { systemClock } from '../base/clock.js'
import type { BatchInfo, OutputOperationInfo, StreamInputInfo } from '../base/events.js'
import type { Time } from '../base/time.js'
import type { OutputRun } from '../dstream/output.js'

/** One output operation of one batch. */
export class Job {
	readonly run: OutputRun
	/** Index within the jobs generated in this batch. */
	readonly id: number
	startTime: number | undefined
	endTime: number | undefined
	error: Error | undefined

	constructor(run: OutputRun, id: number) {
		this.run = run
		this.id = id
	}

	info(): OutputOperationInfo {
		const { startTime, endTime, error } = this
		return {
			batchTime: this.run.time.milliseconds,
			id: this.id,
			name: this.run.output.name,
			description: this.run.output.description,
			...(startTime === undefined ? {} : { startTime }),
			...(endTime === undefined ? {} : { endTime }),
			...(startTime === undefined || endTime === undefined ? {} : { duration: endTime - startTime }),
			...(error === undefined ? {} : { failureReason: error.stack ?? String(error) }),
		}
	}
}

export class JobSet {
	readonly time: Time
	readonly jobs: readonly Job[]
	readonly inputInfo: Readonly<Record<number, StreamInputInfo>>
	readonly submissionTime = systemClock.now()
	readonly #incomplete: Set<Job>
	processingStartTime: number | undefined
	processingEndTime: number | undefined

	constructor(time: Time, runs: readonly OutputRun[], inputInfo: Readonly<Record<number, StreamInputInfo>>) {
		this.time = time
		this.jobs = runs.map((run, index) => new Job(run, index))
		this.inputInfo = inputInfo
		this.#incomplete = new Set(this.jobs)
	}

	/** True for the first call. */
	started(): boolean {
		if (this.processingStartTime !== undefined) return false
		this.processingStartTime = systemClock.now()
		return true
	}

	/** True when `job` was the last one. */
	completed(job: Job): boolean {
		this.#incomplete.delete(job)
		if (this.#incomplete.size > 0) return false
		this.ended()
		return true
	}
	ended(): void {
		this.processingEndTime = systemClock.now()
	}

	/** End of processing minus batch time: what Spark's log calls total delay. */
	get delayAfterBatchTime(): number {
		return (this.processingEndTime ?? systemClock.now()) - this.time.milliseconds
	}

	info(): BatchInfo {
		const { processingStartTime, processingEndTime, submissionTime } = this
		const isOver = processingStartTime !== undefined && processingEndTime !== undefined
		return {
			batchTime: this.time.milliseconds,
			streamIdToInputInfo: this.inputInfo,
			submissionTime,
			...(processingStartTime === undefined
				? {}
				: { processingStartTime, schedulingDelay: processingStartTime - submissionTime }),
			...(processingEndTime === undefined ? {} : { processingEndTime }),
			...(isOver
				? {
						processingDelay: processingEndTime - processingStartTime,
						totalDelay: processingEndTime - submissionTime,
					}
				: {}),
			numRecords: Object.values(this.inputInfo).reduce((sum, info) => sum + info.numRecords, 0),
			outputOperationInfos: Object.fromEntries(this.jobs.map((job) => [job.id, job.info()])),
		}
	}
}

/** The facts of a batch in which no output was due. */
export function emptyBatchInfo(time: Time, inputInfo: Readonly<Record<number, StreamInputInfo>>): BatchInfo {
	return new JobSet(time, [], inputInfo).info()
}
