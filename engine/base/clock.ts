/**
 * The only place that reads wall time or sets a timer.
 *
 * Contract: `now()` never goes back on a ManualClock; `at(timeMs, wake)` calls `wake` once, never before its time and
 * never from inside the call itself; disposing the returned handle before that cancels it. Wakes due at the same
 * instant run in the order they were asked for.
 */

import { StreamError } from './errors.js'

/** Something that can be taken back. Taking it back twice is no error. */
export interface Disposable {
	dispose(): void
}

/** A source of time in milliseconds since the epoch. */
export interface Clock {
	readonly isManual: boolean
	now(): number
	/** Calls `wake` once when the clock has reached `timeMs`. */
	at(timeMs: number, wake: () => void): Disposable
	/** Calls `hear` each time the clock was found to have been set back. Left out where that cannot happen. */
	onSetBack?(hear: (byMs: number) => void): Disposable
}

/** A change that is smaller is a clock being kept right. */
const leastBackMs = 1_000

/** Those who want to hear that a clock was set back. */
class SetBack {
	readonly #hearers = new Set<(byMs: number) => void>()
	#latestMs = Number.NEGATIVE_INFINITY

	/** To be told what the clock says now. */
	seen(nowMs: number): void {
		const byMs = this.#latestMs - nowMs
		if (byMs > 0 && byMs < leastBackMs) return
		this.#latestMs = nowMs
		if (byMs > 0) for (const hear of [...this.#hearers]) hear(byMs)
	}
	add(hear: (byMs: number) => void): Disposable {
		this.#hearers.add(hear)
		return { dispose: () => void this.#hearers.delete(hear) }
	}
}

/** A timer that waits at the most this long before it looks at the wall clock again, so jumps of the clock are seen. */
const longestWaitMs = 10_000

/** The wall clock. Waits on absolute times: a timeout until shortly before, then a re-check, so it never drifts. */
export class SystemClock implements Clock {
	readonly isManual = false
	readonly #back = new SetBack()

	now(): number {
		return Date.now()
	}

	at(timeMs: number, wake: () => void): Disposable {
		let handle: NodeJS.Timeout | undefined
		let live = true
		const check = (): void => {
			if (!live) return
			const nowMs = Date.now()
			this.#back.seen(nowMs)
			const waitMs = timeMs - nowMs
			if (waitMs <= 0 && handle !== undefined) {
				live = false
				wake()
				return
			}
			handle = setTimeout(check, Math.max(0, Math.min(waitMs, longestWaitMs)))
		}
		check()
		return {
			dispose() {
				live = false
				clearTimeout(handle)
			},
		}
	}
	onSetBack(hear: (byMs: number) => void): Disposable {
		return this.#back.add(hear)
	}
}

/** Starts a stopwatch; each call of what it returns gives the milliseconds since, with their fractions. */
export function stopwatch(): () => number {
	const since = process.hrtime.bigint()
	return () => Number(process.hrtime.bigint() - since) / 1e6
}

interface Wake {
	readonly timeMs: number
	readonly wake: () => void
}

/** A clock driven by hand: time moves only by `advance` and `setTime`. */
export class ManualClock implements Clock {
	readonly isManual = true
	#nowMs: number
	#wakes: Wake[] = []
	readonly #back = new SetBack()

	/** @param nowMs the time it starts at, milliseconds since the epoch */
	constructor(nowMs = 0) {
		this.#nowMs = nowMs
	}

	now(): number {
		return this.#nowMs
	}

	/** Moves time on by `ms` milliseconds; every wake that falls due runs at its own time, in order, before this returns. */
	advance(ms: number): void {
		if (!(ms >= 0)) {
			throw new StreamError('time/manual', `a ManualClock cannot advance by ${ms} ms`, {
				remedy: 'give a positive number of milliseconds',
			})
		}
		this.setTime(this.#nowMs + ms)
	}

	/** Sets the time. Going back runs nothing; going forward runs what falls due. */
	setTime(timeMs: number): void {
		for (;;) {
			const next = this.#wakes[0]
			if (next === undefined || next.timeMs > timeMs) break
			this.#wakes.shift()
			this.#nowMs = Math.max(this.#nowMs, next.timeMs)
			next.wake()
		}
		this.#back.seen(this.#nowMs)
		this.#nowMs = timeMs
		this.#back.seen(timeMs)
	}
	onSetBack(hear: (byMs: number) => void): Disposable {
		return this.#back.add(hear)
	}

	at(timeMs: number, wake: () => void): Disposable {
		if (timeMs <= this.#nowMs) {
			let live = true
			queueMicrotask(() => {
				if (live) wake()
			})
			return {
				dispose() {
					live = false
				},
			}
		}
		const entry: Wake = { timeMs, wake }
		const index = this.#wakes.findIndex((other) => other.timeMs > timeMs)
		this.#wakes.splice(index === -1 ? this.#wakes.length : index, 0, entry)
		return {
			dispose: () => {
				const at = this.#wakes.indexOf(entry)
				if (at !== -1) this.#wakes.splice(at, 1)
			},
		}
	}
}

/** The system clock that everything outside the engine uses too. */
export const systemClock: Clock = new SystemClock()

/** Resolves when `clock` has moved on by `ms` milliseconds, or rejects with `signal.reason` when aborted before. */
export function waitOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(signal.reason)
		const handle = clock.at(clock.now() + ms, () => {
			signal?.removeEventListener('abort', onAbort)
			resolve()
		})
		const onAbort = (): void => {
			handle.dispose()
			reject(signal?.reason)
		}
		signal?.addEventListener('abort', onAbort, { once: true })
	})
}
