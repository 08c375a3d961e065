/**
 * A backend that is not there yet: it begins to start at once, and jobs wait for it.
 *
 * An application that fails to start fails each of its jobs with the reason.
 */

import { StreamError } from '../base/errors.js'
import type { Backend, JobOptions, KeptFacts, Task } from '../rdd/backend.js'
import type { AnyRDD } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'

export class LateBackend implements Backend {
	readonly #starting: Promise<Backend>
	#backend: Backend | undefined

	constructor(start: () => Promise<Backend>) {
		this.#starting = start()
		this.#starting.then(
			(backend) => {
				this.#backend = backend
			},
			// Each job says it.
			() => undefined,
		)
	}

	async run<T, R>(
		rdd: RDD<T>,
		partitions: readonly number[],
		task: Task<T, R>,
		options: JobOptions = {},
	): Promise<R[]> {
		const backend = this.#backend ?? (await until(this.#starting, options.signal))
		return backend.run(rdd, partitions, task, options)
	}
	forget(rdd: AnyRDD): void {
		this.#backend?.forget(rdd)
	}
	kept(rdd: AnyRDD): KeptFacts {
		return this.#backend?.kept(rdd) ?? { partitions: [], memoryBytes: 0, diskBytes: 0 }
	}
	async store(rdd: AnyRDD): Promise<string | undefined> {
		return (await this.#starting).store?.(rdd)
	}
	get isLost(): boolean {
		return this.#backend?.isLost === true
	}
	/** Waits for the start, if need be: what has started has to be stopped. */
	async stop(): Promise<void> {
		const backend = await this.#starting.catch(() => undefined)
		await backend?.stop()
	}
}

/** What is waited for, unless the job is cancelled before. */
function until<T>(waited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return waited
	return new Promise((resolve, reject) => {
		const cancel = (): void => {
			const { reason } = signal
			reject(
				reason instanceof StreamError
					? reason
					: new StreamError('task/cancelled', 'the job was cancelled', { cause: reason }),
			)
		}
		if (signal.aborted) cancel()
		signal.addEventListener('abort', cancel)
		const done = (): void => signal.removeEventListener('abort', cancel)
		waited.then(resolve, reject).finally(done)
	})
}
