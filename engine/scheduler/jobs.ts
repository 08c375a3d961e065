/**
 * Runs the jobs of batches: first in, first out, `spark.streaming.concurrentJobs` at a time.
 *
 * An error of one job is reported and disturbs neither the other jobs of its batch nor later batches. Events of a batch,
 * in order: batchSubmitted; with the first job batchStarted and outputOperationStarted; outputOperationCompleted for
 * each; batchCompleted after the last. A batch counts as processed unless its last job to complete failed.
 *
 * Source: Spark's `JobScheduler`.
 */

import { type Clock, systemClock, waitOn } from '../base/clock.js'
import { asError, requireThat } from '../base/errors.js'
import type { EventBus } from '../base/events.js'
import { host } from '../base/host.js'
import type { JobProperties } from './jobproperties.js'
import type { Job, JobSet } from './jobset.js'

/** What the job scheduler tells the batch loop. */
export interface JobOutcomes {
	/** A job failed; called before `batchOver`. */
	jobFailed(job: Job, error: Error): void
	/** All jobs of the batch have ended. `isProcessed` is false when the last one failed. */
	batchOver(jobSet: JobSet, isProcessed: boolean): void
}

/** How long a stop that is not graceful waits for what runs, as in Spark. */
const lateMs = 2_000

export class JobScheduler {
	readonly #clock: Clock
	readonly #bus: EventBus
	readonly #concurrentJobs: number
	readonly #properties: JobProperties
	readonly #outcomes: JobOutcomes
	#queue: { readonly jobSet: JobSet; readonly job: Job }[] = []
	readonly #running = new Set<Job>()
	#isAbandoned = false
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
		this.#enqueue(jobSet)
		this.#next()
	}
	/** The same; nothing of it runs before the code that runs now has ended. */
	submitLater(jobSet: JobSet): void {
		this.#enqueue(jobSet)
		queueMicrotask(() => this.#next())
	}
	#enqueue(jobSet: JobSet): void {
		this.#bus.post({ kind: 'batchSubmitted', batchInfo: jobSet.info() })
		for (const job of jobSet.jobs) this.#queue.push({ jobSet, job })
	}
	/** A batch of a live graph without output operations: what is done for those who look is all of its processing. */
	async lookOnly(jobSet: JobSet, look: () => Promise<void>): Promise<void> {
		this.#bus.post({ kind: 'batchSubmitted', batchInfo: jobSet.info() })
		jobSet.started()
		this.#bus.post({ kind: 'batchStarted', batchInfo: jobSet.info() })
		await look()
		jobSet.ended()
		this.#bus.post({ kind: 'batchCompleted', batchInfo: jobSet.info() })
	}
	/** Resolves when nothing is queued or running. */
	idle(): Promise<void> {
		if (this.#running.size === 0 && this.#queue.length === 0) return Promise.resolve()
		return new Promise((resolve) => this.#idle.push(resolve))
	}

	/** Drops what has not started; what runs has a while to end, then nobody waits for it and its end is no event. */
	async idleOrAbandoned(): Promise<void> {
		this.#queue = []
		const over = new AbortController()
		const late = waitOn(systemClock, lateMs, over.signal).then(
			() => true,
			() => false,
		)
		this.#isAbandoned = await Promise.race([this.idle().then(() => false), late])
		over.abort()
		if (!this.#isAbandoned) return
		const names = [...this.#running].map((job) => job.run.output.name).join(', ')
		const text = `stopped without waiting for ${names}, which did not end within ${lateMs / 1_000} s`
		host().notice({ level: 'warning', text, group: undefined })
	}

	#next(): void {
		while (this.#running.size < this.#concurrentJobs) {
			const entry = this.#queue.shift()
			if (entry === undefined) break
			this.#running.add(entry.job)
			void this.#run(entry.jobSet, entry.job)
		}
		if (this.#running.size === 0 && this.#queue.length === 0) for (const wake of this.#idle.splice(0)) wake()
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
		if (this.#isAbandoned) return
		job.endTime = this.#clock.now()
		const isLast = jobSet.completed(job)
		this.#bus.post({ kind: 'outputOperationCompleted', outputOperationInfo: job.info() })
		if (isLast) this.#bus.post({ kind: 'batchCompleted', batchInfo: jobSet.info() })
		this.#running.delete(job)
		if (job.error !== undefined) this.#outcomes.jobFailed(job, job.error)
		if (isLast) this.#outcomes.batchOver(jobSet, job.error === undefined)
		const next = this.#queue[0]
		// Batches that wait must not keep timers, sockets and checkpoints from their turn.
		if (next !== undefined && next.jobSet !== jobSet) setImmediate(() => this.#next())
		else this.#next()
	}
}
