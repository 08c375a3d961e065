/**
 * Who waits for the end of a context, and what error it ended with.
 *
 * An error that was reported once is thrown by every later wait, also after the stop; a later one overwrites it. That a
 * person interrupted a batch is told to those who wait at that time only: the batches go on.
 * Source: Spark's `ContextWaiter`.
 */

import type { Clock } from '../base/clock.js'
import { waitOn } from '../base/clock.js'
import { isInterruption } from '../base/interrupts.js'

export class ContextWaiter {
	#error: Error | undefined
	#isStopped = false
	readonly #waiting = new Set<(error?: Error) => void>()

	notifyError(error: Error): void {
		if (!isInterruption(error)) this.#error = error
		this.#wake(error)
	}

	notifyStop(): void {
		this.#isStopped = true
		this.#wake()
	}

	#wake(error?: Error): void {
		for (const wake of this.#waiting) wake(error)
	}

	/** Resolves to true when stopped, to false after `timeoutMs` (negative: waits for ever); rejects with the error. */
	async waitForStopOrError(clock: Clock, timeoutMs = -1): Promise<boolean> {
		if (this.#error === undefined && !this.#isStopped) {
			const limit = new AbortController()
			let wake: (error?: Error) => void = () => undefined
			const woken = new Promise<void>((resolve, reject) => {
				wake = (error) => (error === undefined ? resolve() : reject(error))
			})
			this.#waiting.add(wake)
			const timeUp = timeoutMs < 0 ? [] : [waitOn(clock, timeoutMs, limit.signal)]
			try {
				await Promise.race([woken, ...timeUp])
			} finally {
				this.#waiting.delete(wake)
				// The loser of the race ends quietly: nobody waits for it any more.
				for (const wait of timeUp) wait.catch(() => undefined)
				limit.abort()
			}
		}
		if (this.#error !== undefined) throw this.#error
		return this.#isStopped
	}
}
