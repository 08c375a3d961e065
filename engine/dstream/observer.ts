/**
 * Looking at a stream without being part of the program: views, `for await`, `stream.last`.
 *
 * An observer is no output operation: it has no operation id, is in no checkpoint, does not count for the start check,
 * and runs after the outputs of its batch. What its batch computes is held until it has looked, so no function runs
 * twice because somebody looks, unless it throws; the program's own storage levels stay as they are.
 *
 * One that may miss batches is the first to give way under load: a look that has not begun when the next batch is there
 * is dropped for that batch's. After nine in a row one is kept, so that it never sees nothing.
 */

import { AsyncResource } from 'node:async_hooks'
import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import type { RDD } from '../rdd/rdd.js'
import type { AnyDStream } from './dstream.js'

/** What an observer sees of a batch. */
export interface ObservedBatch<T> {
	readonly time: Time
	/** At most `maxRows` records, in order. */
	readonly rows: readonly T[]
	/** True when the batch has more records than `rows`. */
	readonly hasMore: boolean
	/** True for a batch that was over when the observer joined. */
	readonly isPast: boolean
	/** Batches before this one that were left out under load. */
	readonly missed: number
}

export interface ObserveOptions {
	/** How many records of a batch are looked at (default 1,000). */
	readonly maxRows?: number
	/** Begin with the remembered past of a live graph (default false). */
	readonly backfill?: boolean
	/** Leaves out batches when they come faster than they are computed (default false). */
	readonly mayMiss?: boolean
	/** Hears of a batch that could not be computed; without it the error goes to the host. */
	readonly onError?: (error: Error, time: Time) => void
}

/** A batch that is going to be looked at. */
interface Look {
	readonly run: () => Promise<void>
	/** Batches before it that were left out. */
	readonly missed: number
	/** Takes it back; called at most once, before `run`. */
	readonly drop: () => void
}

/** So many batches in a row are left out at most. */
const mostMissed = 9

/** One observer of one stream. */
export class Observer {
	readonly stream: AnyDStream
	readonly group: string | undefined
	readonly isBackfilled: boolean
	readonly #maxRows: number
	readonly #onBatch: (batch: ObservedBatch<unknown>) => unknown
	readonly #onError: (error: Error, time: Time) => void
	readonly #mayMiss: boolean
	/** The look that is prepared and has not begun. */
	#next: Look | undefined
	/** Ends when the looks so far have. */
	#turn: Promise<void> = Promise.resolve()
	#missed = 0

	constructor(stream: AnyDStream, onBatch: (batch: ObservedBatch<never>) => unknown, options: ObserveOptions = {}) {
		this.stream = stream
		this.group = host().group()
		this.isBackfilled = options.backfill === true
		this.#maxRows = options.maxRows ?? 1_000
		this.#mayMiss = options.mayMiss === true
		this.#onBatch = AsyncResource.bind(onBatch as (batch: ObservedBatch<unknown>) => unknown)
		this.#onError =
			options.onError ?? ((error, time) => host().batchError(error, { timeMs: time.milliseconds, group: this.group }))
	}

	/**
	 * Asks the stream for its RDD at `time`, when the jobs of the batch are generated. The returned look runs after
	 * them; undefined when there is nothing to see or an older look goes before.
	 */
	prepare(time: Time): (() => Promise<void>) | undefined {
		const waiting = this.#mayMiss ? this.#next : undefined
		if (waiting !== undefined && waiting.missed >= mostMissed) {
			this.#missed += 1
			return undefined
		}
		const look = this.#look(time, waiting === undefined ? this.#missed : waiting.missed + 1)
		if (look === undefined) return undefined
		if (waiting === undefined) this.#missed = 0
		else waiting.drop()
		this.#next = look
		return () => {
			this.#turn = this.#turn.then(() => {
				if (this.#next === look) this.#next = undefined
				return look.run()
			})
			return this.#turn
		}
	}

	/** The same for a time of the past. The look never rejects. */
	lookAt(time: Time): (() => Promise<void>) | undefined {
		return this.#look(time)?.run
	}

	/** Without `missed` it is a look at the past. */
	#look(time: Time, missed?: number): Look | undefined {
		let rdd: RDD<unknown> | undefined
		try {
			if (!this.stream.isTimeValid(time)) return undefined
			rdd = this.stream.getOrCompute(time)
		} catch {
			// The outputs of this stream fail with the same error and report it; a view adds nothing.
			return undefined
		}
		if (rdd === undefined) return undefined
		const seen = rdd
		const release = seen.hold()
		let isDropped = false
		return {
			missed: missed ?? 0,
			drop: () => {
				isDropped = true
				release()
			},
			run: async () => {
				if (isDropped) return
				try {
					const rows = await seen.take(this.#maxRows + 1)
					const hasMore = rows.length > this.#maxRows
					await this.#onBatch({
						time,
						rows: hasMore ? rows.slice(0, this.#maxRows) : rows,
						hasMore,
						isPast: missed === undefined,
						missed: missed ?? 0,
					})
				} catch (thrown) {
					this.#onError(asError(thrown), time)
				} finally {
					release()
				}
			},
		}
	}
}
