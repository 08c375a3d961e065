/**
 * Gathers single records into blocks: at every multiple of the block interval what has come becomes a block.
 *
 * An interval without records makes no block. The block of the tick at t is named after t minus one interval.
 * Source: Spark's `BlockGenerator`.
 */

import type { Clock } from '../base/clock.js'
import { requireThat, StreamError } from '../base/errors.js'
import { RecurringTimer } from '../base/timer.js'

export class BlockGenerator<T> {
	readonly #timer: RecurringTimer
	readonly #push: (records: T[]) => void
	#buffer: T[] = []
	#state: 'initialized' | 'active' | 'stopped' = 'initialized'

	constructor(clock: Clock, blockIntervalMs: number, push: (records: T[]) => void) {
		requireThat(blockIntervalMs > 0, "'spark.streaming.blockInterval' should be a positive value")
		this.#push = push
		this.#timer = new RecurringTimer(clock, blockIntervalMs, () => this.#flush())
	}

	start(): void {
		this.#state = 'active'
		this.#timer.start(this.#timer.startTime())
	}
	/** Takes nothing more; what was gathered becomes the last block. */
	stop(): void {
		if (this.#state !== 'active') return
		this.#state = 'stopped'
		this.#timer.stop()
		this.#flush()
	}
	/** @throws receiver/state before start and after stop */
	add(record: T): void {
		if (this.#state !== 'active') {
			throw new StreamError(
				'receiver/state',
				'Cannot add data as BlockGenerator has not been started or has been stopped',
				{ remedy: 'store records between onStart() and onStop()' },
			)
		}
		this.#buffer.push(record)
	}
	#flush(): void {
		if (this.#buffer.length === 0) return
		const records = this.#buffer
		this.#buffer = []
		this.#push(records)
	}
}
