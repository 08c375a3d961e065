/** Actions that can be cancelled. Source: Spark's `AsyncRDDActions`, `FutureAction`. */

import { StreamError } from '../base/errors.js'
import { Action, started } from './action.js'
import type { JobOptions } from './backend.js'
import { family } from './family.js'
import { refuseInTask } from './nested.js'
import { RDD } from './rdd.js'
import { collecting, counting } from './sink.js'

/** The result of an action, there when awaited, that can be cancelled before. */
export class FutureAction<T> extends Action<T> {
	readonly #controller = new AbortController()
	readonly #reject: (reason: unknown) => void
	readonly #jobIds: number[] = []
	#isCompleted = false
	#isCancelled = false

	/** Runs `body`, whose jobs take the options that it is given. */
	constructor(body: (job: JobOptions) => Promise<T>) {
		let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | undefined
		super((resolve, reject) => {
			settle = { resolve, reject }
		})
		const { resolve, reject } = settle as NonNullable<typeof settle>
		const complete =
			<V>(end: (value: V) => void) =>
			(value: V): void => {
				this.#isCompleted = true
				end(value)
			}
		this.#reject = complete(reject)
		body({ signal: this.#controller.signal, onJob: (id) => void this.#jobIds.push(id) }).then(
			complete(resolve),
			this.#reject,
		)
	}

	/** True when it has a result, an error, or was cancelled. */
	get isCompleted(): boolean {
		return this.#isCompleted
	}
	get isCancelled(): boolean {
		return this.#isCancelled
	}
	/** The jobs that it has started. */
	get jobIds(): readonly number[] {
		return this.#jobIds
	}

	/** Rejects it at once with task/cancelled and ends its job between two tasks; nothing when it has completed. */
	cancel(reason = ''): void {
		if (this.#isCompleted) return
		this.#isCancelled = true
		const parts = ['Job', this.#jobIds.at(-1), 'cancelled', reason].filter((part) => part !== undefined && part !== '')
		const error = new StreamError('task/cancelled', parts.join(' '))
		this.#reject(error)
		this.#controller.abort(error)
		// Who cancels knows: the error is for those who wait.
		this.catch(() => undefined)
	}
}

/** Starts an action that can be cancelled; part of the output operation that runs. */
export function startFuture<T>(body: (job: JobOptions) => Promise<T>): FutureAction<T> {
	refuseInTask('action')
	return started(new FutureAction(body))
}

declare module './rdd.js' {
	interface RDD<T> {
		/** As count, can be cancelled. */
		countAsync(): FutureAction<number>
		/** As collect, can be cancelled. */
		collectAsync(): FutureAction<T[]>
		/** As take, can be cancelled. */
		takeAsync(n: number): FutureAction<T[]>
		/** As foreach, can be cancelled. */
		foreachAsync(f: (x: T) => void | Promise<void>): FutureAction<void>
		/** As foreachPartition, can be cancelled. */
		foreachPartitionAsync(f: (records: IterableIterator<T>) => void | Promise<void>): FutureAction<void>
	}
}

/** The first `n` records: one partition first, then more at a time. */
async function firsts<T>(rdd: RDD<T>, n: number, job: JobOptions): Promise<T[]> {
	const rows: T[] = []
	let scanned = 0
	while (rows.length < n && scanned < rdd.getNumPartitions()) {
		const missing = n - rows.length
		const size = Math.min(Math.max(scanned * 4, 1), rdd.getNumPartitions() - scanned)
		const partitions = Array.from({ length: size }, (_, i) => scanned + i)
		const task = (records: Iterable<T>): T[] => {
			const own: T[] = []
			for (const x of records) if (own.push(x) >= missing) break
			return own
		}
		const parts = await rdd.sparkContext.runJob(rdd, task, partitions, job)
		rows.push(...(parts.flat(1).slice(0, missing) as T[]))
		scanned += size
	}
	return rows
}

family(RDD, {
	countAsync() {
		return startFuture(async (job) => {
			const counts = await this.sparkContext.runJob(this, counting(), undefined, job)
			return counts.reduce((sum, n) => sum + n, 0)
		})
	},
	collectAsync() {
		return startFuture(async (job) => {
			const parts = await this.sparkContext.runJob(this, collecting(), undefined, job)
			return parts.flat(1)
		})
	},
	takeAsync(n) {
		return startFuture((job) => firsts(this, n, job))
	},
	foreachAsync(f) {
		return startFuture(async (job) => {
			const task = async (records: IterableIterator<unknown>): Promise<void> => {
				for (const x of records) {
					const waiting = f(x)
					if (waiting instanceof Promise) await waiting
				}
			}
			await this.sparkContext.runJob(this, task, undefined, job)
		})
	},
	foreachPartitionAsync(f) {
		return startFuture(
			async (job) => void (await this.sparkContext.runJob(this, (records) => f(records), undefined, job)),
		)
	},
})
