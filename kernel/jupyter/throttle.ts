/** Runs the last thing asked for under a key, no key more often than once a gap, and only so many a second in all. */

import type { Clock, Disposable } from '../../engine/index.js'

interface Waiting {
	lastMs: number
	next: (() => void) | undefined
	timer: Disposable | undefined
}

/** Latest wins: what is asked for while a key waits takes the place of what was asked before. */
export class Throttle {
	readonly #clock: Clock
	readonly #gapMs: number
	readonly #perSecond: number
	readonly #keys = new Map<string, Waiting>()
	/** When the runs of the last second were, oldest first. */
	readonly #recent: number[] = []

	/**
	 * @param gapMs milliseconds between two runs of one key
	 * @param perSecond runs of all keys together within any second; who waits longest goes first
	 */
	constructor(clock: Clock, gapMs: number, perSecond = Number.POSITIVE_INFINITY) {
		this.#clock = clock
		this.#gapMs = gapMs
		this.#perSecond = perSecond
	}

	/** Runs `action` at once, or when the gap since the key's last run is over. */
	ask(key: string, action: () => void): void {
		const nowMs = this.#clock.now()
		const state = this.#keys.get(key) ?? { lastMs: Number.NEGATIVE_INFINITY, next: undefined, timer: undefined }
		this.#keys.set(key, state)
		state.next = action
		if (state.timer === undefined) this.#plan(state, nowMs)
	}

	/** Runs it now if it may, otherwise as soon as it may. */
	#plan(state: Waiting, nowMs: number): void {
		while ((this.#recent[0] ?? nowMs) <= nowMs - 1_000) this.#recent.shift()
		const room = this.#recent.length < this.#perSecond ? nowMs : (this.#recent[0] ?? nowMs) + 1_000
		const dueMs = Math.max(room, state.lastMs + this.#gapMs)
		if (dueMs <= nowMs) {
			this.#run(state)
			return
		}
		state.timer = this.#clock.at(dueMs, () => {
			state.timer = undefined
			this.#plan(state, this.#clock.now())
		})
	}

	/** Runs at once what waits. */
	flush(): void {
		for (const state of this.#keys.values()) this.#run(state)
	}

	/** Forgets a key and what it waits with. */
	drop(key: string): void {
		this.#keys.get(key)?.timer?.dispose()
		this.#keys.delete(key)
	}

	#run(state: Waiting): void {
		state.timer?.dispose()
		state.timer = undefined
		const action = state.next
		if (action === undefined) return
		state.next = undefined
		state.lastMs = this.#clock.now()
		if (this.#perSecond !== Number.POSITIVE_INFINITY) this.#recent.push(state.lastMs)
		action()
	}
}
