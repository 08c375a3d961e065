/**
 * What belongs to the caller of a job: local properties, the job group, and how running jobs of a group are cancelled.
 *
 * Properties follow the code across awaits, as Spark's follow the thread. Source: `SparkContext.setLocalProperty`,
 * `setJobGroup`, `cancelJobGroup`.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { StreamError } from '../base/errors.js'

type Properties = ReadonlyMap<string, string>

const groupKey = 'spark.jobGroup.id'
const tagsKey = 'spark.job.tags'

/** The jobs of one context. */
export class JobGroups {
	readonly #properties = new AsyncLocalStorage<Properties>()
	readonly #running = new Map<AbortController, Properties>()

	get(key: string): string | undefined {
		return this.#properties.getStore()?.get(key)
	}
	/** undefined or null removes it. */
	set(key: string, value: string | null | undefined): void {
		const next = new Map(this.#properties.getStore())
		if (value === null || value === undefined) next.delete(key)
		else next.set(key, value)
		this.#properties.enterWith(next)
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

	/** Runs a job that can be cancelled by its group, besides by the caller's own signal. */
	async run<R>(signal: AbortSignal | undefined, job: (signal: AbortSignal) => Promise<R>): Promise<R> {
		const controller = new AbortController()
		const onAbort = (): void => controller.abort(signal?.reason)
		signal?.addEventListener('abort', onAbort, { once: true })
		if (signal?.aborted === true) onAbort()
		this.#running.set(controller, this.#properties.getStore() ?? new Map())
		try {
			return await job(controller.signal)
		} finally {
			this.#running.delete(controller)
			signal?.removeEventListener('abort', onAbort)
		}
	}

	cancelGroup(group: string): void {
		this.#cancel((properties) => properties.get(groupKey) === group, `part of cancelled job group ${group}`)
	}
	cancelTag(tag: string): void {
		this.#cancel((properties) => properties.get(tagsKey)?.split(',').includes(tag) === true, `with tag ${tag}`)
	}
	cancelAll(): void {
		this.#cancel(() => true, 'as part of cancellation of all jobs')
	}
	#cancel(isMeant: (properties: Properties) => boolean, why: string): void {
		for (const [controller, properties] of this.#running) {
			if (isMeant(properties)) controller.abort(new StreamError('task/cancelled', `Job cancelled ${why}`))
		}
	}
}
