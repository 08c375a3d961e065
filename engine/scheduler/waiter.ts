/**
 * Who waits for the end of a context, and what error it ended with.
 *
 * An error that was reported once is thrown by every later wait, also after the stop; a later one overwrites it.
 * Source: Spark's `ContextWaiter`.
 */

import type { Clock } from '../base/clock.js'
import { waitOn } from '../base/clock.js'

export class ContextWaiter {
	#error: Error | undefined
	#isStopped = false
	#waiting: (() => void)[] = []

	notifyError(error: Error): void {
		this.#error = error
		this.#wake()
	}

	notifyStop(): void {
		this.#isStopped = true
		this.#wake()
	}

	#wake(): void {
		for (const wake of this.#waiting.splice(0)) wake()
	}

	/** Resolves to true when stopped, to false after `timeoutMs` (negative: waits for ever); rejects with the error. */
	async waitForStopOrError(clock: Clock, timeoutMs = -1): Promise<boolean> {
		if (this.#error === undefined && !this.#isStopped) {
			const limit = new AbortController()
			const woken = new Promise<void>((resolve) => this.#waiting.push(resolve))
			const timeUp = timeoutMs < 0 ? [] : [waitOn(clock, timeoutMs, limit.signal)]
			try {
				await Promise.race([woken, ...timeUp])
			} finally {
				// The loser of the race ends quietly: nobody waits for it any more.
				for (const wait of timeUp) wait.catch(() => undefined)
				limit.abort()
			}
		}
		if (this.#error !== undefined) throw this.#error
		return this.#isStopped
	}
}
