/**
 * Runs the jobs of batches: first in, first out, `spark.streaming.concurrentJobs` at a time.
 *
 * An error of one job is reported and disturbs neither the other jobs of its batch nor later batches. Events of a batch,
 * in order: batchSubmitted; with the first job batchStarted and outputOperationStarted; outputOperationCompleted for
 * each; batchCompleted after the last. A batch counts as processed unless its last job to complete failed.
 *
 * Source: Spark's `JobScheduler`.
 */

import type { Clock } from '../base/clock.js'
import { asError, requireThat } from '../base/errors.js'
import type { EventBus } from '../base/events.js'
import type { JobProperties } from './jobproperties.js'
import type { Job, JobSet } from './jobset.js'

/** What the job scheduler tells the batch loop. */
export interface JobOutcomes {
	/** A job failed; called before `batchOver`. */
	jobFailed(job: Job, error: Error): void
	/** All jobs of the batch have ended. `isProcessed` is false when the last one failed. */
	batchOver(jobSet: JobSet, isProcessed: boolean): void
}

export class JobScheduler {
	readonly #clock: Clock
	readonly #bus: EventBus
	readonly #concurrentJobs: number
	readonly #properties: JobProperties
	readonly #outcomes: JobOutcomes
	#queue: { readonly jobSet: JobSet; readonly job: Job }[] = []
	#running = 0
	#idle: (() => void)[] = []

	/** @throws argument/illegal unless at least one job may run at a time */
	constructor(options: {
		clock: Clock
		bus: EventBus
		concurrentJobs: number
		properties: JobProperties
		outcomes: JobOutcomes
	}) {
		this.#clock = options.clock
		this.#bus = options.bus
		// With none at a time no batch would ever be over.
		requireThat(options.concurrentJobs > 0, "'spark.streaming.concurrentJobs' should be a positive value")
		this.#concurrentJobs = options.concurrentJobs
		this.#properties = options.properties
		this.#outcomes = options.outcomes
	}

	/** Queues the jobs of a batch that has some. */
	submit(jobSet: JobSet): void {
		this.#bus.post({ kind: 'batchSubmitted', batchInfo: jobSet.info() })
		for (const job of jobSet.jobs) this.#queue.push({ jobSet, job })
		this.#next()
	}

	/** Forgets what has not started. */
	dropQueued(): void {
		this.#queue = []
	}

	/** Resolves when nothing is queued or running. */
	idle(): Promise<void> {
		if (this.#running === 0 && this.#queue.length === 0) return Promise.resolve()
		return new Promise((resolve) => this.#idle.push(resolve))
	}

	#next(): void {
		while (this.#running < this.#concurrentJobs) {
			const entry = this.#queue.shift()
			if (entry === undefined) break
			this.#running += 1
			void this.#run(entry.jobSet, entry.job)
		}
		if (this.#running === 0 && this.#queue.length === 0) for (const wake of this.#idle.splice(0)) wake()
	}

	async #run(jobSet: JobSet, job: Job): Promise<void> {
		if (jobSet.started()) this.#bus.post({ kind: 'batchStarted', batchInfo: jobSet.info() })
		job.startTime = this.#clock.now()
		this.#bus.post({ kind: 'outputOperationStarted', outputOperationInfo: job.info() })
		try {
			await job.run.run(job.id, this.#properties.ofJob(jobSet.time, job.id))
		} catch (thrown) {
			job.error = asError(thrown)
		}
		job.endTime = this.#clock.now()
		const isLast = jobSet.completed(job)
		this.#bus.post({ kind: 'outputOperationCompleted', outputOperationInfo: job.info() })
		if (isLast) this.#bus.post({ kind: 'batchCompleted', batchInfo: jobSet.info() })
		this.#running -= 1
		if (job.error !== undefined) this.#outcomes.jobFailed(job, job.error)
		if (isLast) this.#outcomes.batchOver(jobSet, job.error === undefined)
		this.#next()
	}
}
