/**
 * Calls back at every multiple of a period, each exactly once and in order, however late the clock is.
 *
 * Source: Spark's `RecurringTimer`. A late timer skips nothing: it fires for every period that has passed.
 */

import type { Clock, Disposable } from './clock.js'

export class RecurringTimer {
	readonly #clock: Clock
	readonly #periodMs: number
	readonly #callback: (timeMs: number) => void
	#nextMs = 0
	#waiting: Disposable | undefined

	constructor(clock: Clock, periodMs: number, callback: (timeMs: number) => void) {
		this.#clock = clock
		this.#periodMs = periodMs
		this.#callback = callback
	}

	/** The next multiple of the period (counted from the epoch) strictly after now. */
	startTime(): number {
		return (Math.floor(this.#clock.now() / this.#periodMs) + 1) * this.#periodMs
	}

	/** The time it fires next. */
	get nextMs(): number {
		return this.#nextMs
	}

	start(startMs: number): void {
		this.#nextMs = startMs
		this.#wait()
	}

	/** Fires nothing more; returns the last time it fired. */
	stop(): number {
		this.#waiting?.dispose()
		this.#waiting = undefined
		return this.#nextMs - this.#periodMs
	}

	#wait(): void {
		this.#waiting = this.#clock.at(this.#nextMs, () => {
			const timeMs = this.#nextMs
			this.#nextMs += this.#periodMs
			this.#wait()
			this.#callback(timeMs)
		})
	}
}
