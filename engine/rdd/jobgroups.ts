/**
 * What belongs to the caller of a job: local properties, the job group, and how running jobs of a group are cancelled.
 *
 * Properties follow the code across awaits, as Spark's follow the thread. Source: `SparkContext.setLocalProperty`,
 * `setJobGroup`, `cancelJobGroup`.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { StreamError } from '../base/errors.js'
import type { JobOptions } from './backend.js'

/** Local properties by key. */
export type Properties = ReadonlyMap<string, string>

const groupKey = 'spark.jobGroup.id'
const tagsKey = 'spark.job.tags'

/** A job that has not ended. */
interface RunningJob {
	readonly id: number
	readonly controller: AbortController
	readonly properties: Properties
	/** Those that have begun. */
	readonly stages: Set<number>
}

/**
 * The properties of the running code, by the jobs of the context they were set in. One storage a process: each makes
 * every promise of the process slower, for good.
 */
const storage = new AsyncLocalStorage<ReadonlyMap<JobGroups, Properties>>()

/** The jobs of one context. */
export class JobGroups {
	readonly #running = new Set<RunningJob>()
	#nextId = 0

	/** All properties of the calling code. */
	all(): Properties {
		return storage.getStore()?.get(this) ?? new Map()
	}
	/** Runs `body` with these properties and no others; what it sets ends with it. */
	runWith<R>(properties: Properties, body: () => R): R {
		return storage.run(this.#with(properties), body)
	}
	get(key: string): string | undefined {
		return this.all().get(key)
	}
	/** undefined or null removes it. */
	set(key: string, value: string | null | undefined): void {
		const next = new Map(this.all())
		if (value === null || value === undefined) next.delete(key)
		else next.set(key, value)
		storage.enterWith(this.#with(next))
	}
	#with(properties: Properties): ReadonlyMap<JobGroups, Properties> {
		return new Map(storage.getStore()).set(this, properties)
	}
	setGroup(group: string | undefined, description: string | undefined): void {
		this.set(groupKey, group)
		this.set('spark.job.description', description)
	}
	get tags(): readonly string[] {
		return this.get(tagsKey)?.split(',') ?? []
	}
	setTags(tags: readonly string[]): void {
		this.set(tagsKey, tags.length === 0 ? undefined : tags.join(','))
	}

	/** Runs a job that can be cancelled by its id, stages, group or tags, besides by the caller's own signal. */
	async run<R>(options: JobOptions, job: (options: JobOptions) => Promise<R>): Promise<R> {
		const { signal } = options
		const controller = new AbortController()
		const onAbort = (): void => controller.abort(signal?.reason)
		signal?.addEventListener('abort', onAbort, { once: true })
		if (signal?.aborted === true) onAbort()
		const properties = this.all()
		const running: RunningJob = { id: this.#nextId++, controller, properties, stages: new Set() }
		this.#running.add(running)
		options.onJob?.(running.id)
		const onStage = (stageId: number): void => {
			running.stages.add(stageId)
			options.onStage?.(stageId)
		}
		try {
			return await job({ ...options, signal: controller.signal, onStage })
		} finally {
			this.#running.delete(running)
			signal?.removeEventListener('abort', onAbort)
		}
	}

	cancelJob(jobId: number, reason: string): void {
		this.#cancel(({ id }) => id === jobId, reason)
	}
	cancelStage(stageId: number, reason: string): void {
		const why = `because Stage ${stageId} was cancelled${reason === '' ? '' : ` ${reason}`}`
		this.#cancel(({ stages }) => stages.has(stageId), why)
	}
	cancelGroup(group: string): void {
		this.#cancel(({ properties }) => properties.get(groupKey) === group, `part of cancelled job group ${group}`)
	}
	cancelTag(tag: string): void {
		this.#cancel(({ properties }) => properties.get(tagsKey)?.split(',').includes(tag) === true, `with tag ${tag}`)
	}
	cancelAll(): void {
		this.#cancel(() => true, 'as part of cancellation of all jobs')
	}
	#cancel(isMeant: (job: RunningJob) => boolean, why: string): void {
		for (const job of this.#running) {
			if (!isMeant(job)) continue
			job.controller.abort(new StreamError('task/cancelled', `Job ${job.id} cancelled ${why}`.trim()))
		}
	}
}
