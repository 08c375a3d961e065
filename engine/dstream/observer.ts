/**
 * Looking at a stream without being part of the program: views, `for await`, `stream.last`.
 *
 * An observer is no output operation: it has no operation id, is in no checkpoint, does not count for the start check,
 * and runs after the outputs of its batch. Its stream's RDD is kept until it has looked, so no function runs twice
 * because somebody looks. When it is slower than the batches, the batches in between are left out.
 */

import { AsyncResource } from 'node:async_hooks'
import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import type { RDD } from '../rdd/rdd.js'
import { StorageLevel } from '../storage/level.js'
import type { AnyDStream } from './dstream.js'

/** What an observer sees of a batch. */
export interface ObservedBatch<T> {
	readonly time: Time
	/** At most `maxRows` records, in order. */
	readonly rows: readonly T[]
	/** True when the batch has more records than `rows`. */
	readonly hasMore: boolean
}

export interface ObserveOptions {
	/** How many records of a batch are looked at (default 1,000). */
	readonly maxRows?: number
	/** Begin with the remembered past of a live graph (default false). */
	readonly backfill?: boolean
	/** Hears of a batch that could not be computed; without it the error goes to the host. */
	readonly onError?: (error: Error, time: Time) => void
}

/** One observer of one stream. */
export class Observer {
	readonly stream: AnyDStream
	readonly group: string | undefined
	readonly isBackfilled: boolean
	readonly #maxRows: number
	readonly #onBatch: (batch: ObservedBatch<unknown>) => unknown
	readonly #onError: (error: Error, time: Time) => void
	#isBusy = false

	constructor(stream: AnyDStream, onBatch: (batch: ObservedBatch<never>) => unknown, options: ObserveOptions = {}) {
		this.stream = stream
		this.group = host().group()
		this.isBackfilled = options.backfill === true
		this.#maxRows = options.maxRows ?? 1_000
		this.#onBatch = AsyncResource.bind(onBatch as (batch: ObservedBatch<unknown>) => unknown)
		this.#onError =
			options.onError ?? ((error, time) => host().batchError(error, { timeMs: time.milliseconds, group: this.group }))
	}

	/**
	 * Asks the stream for its RDD at `time`, when the jobs of the batch are generated. The returned look runs after
	 * them; undefined when there is nothing to see or the last look has not ended.
	 */
	prepare(time: Time): (() => Promise<void>) | undefined {
		if (this.#isBusy) return undefined
		const look = this.lookAt(time)
		if (look === undefined) return undefined
		this.#isBusy = true
		return async () => {
			await look()
			this.#isBusy = false
		}
	}

	/** The same for a time of the past, whether or not another look has ended. The look never rejects. */
	lookAt(time: Time): (() => Promise<void>) | undefined {
		let rdd: RDD<unknown> | undefined
		try {
			if (!this.stream.isTimeValid(time)) return undefined
			rdd = this.stream.getOrCompute(time)
		} catch {
			// The outputs of this stream fail with the same error and report it; a view adds nothing.
			return undefined
		}
		if (rdd === undefined) return undefined
		const isBorrowed = rdd.getStorageLevel().equals(StorageLevel.NONE)
		if (isBorrowed) rdd.persist(StorageLevel.MEMORY_ONLY)
		const seen = rdd
		return async () => {
			try {
				const rows = await seen.take(this.#maxRows + 1)
				const hasMore = rows.length > this.#maxRows
				await this.#onBatch({ time, rows: hasMore ? rows.slice(0, this.#maxRows) : rows, hasMore })
			} catch (thrown) {
				this.#onError(asError(thrown), time)
			} finally {
				if (isBorrowed) seen.unpersist(false)
			}
		}
	}
}
