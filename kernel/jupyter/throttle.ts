/** Runs the last thing asked for under a key, and no key more often than once a gap. */

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
	readonly #keys = new Map<string, Waiting>()

	/** @param gapMs milliseconds between two runs of one key */
	constructor(clock: Clock, gapMs: number) {
		this.#clock = clock
		this.#gapMs = gapMs
	}

	/** Runs `action` at once, or when the gap since the key's last run is over. */
	ask(key: string, action: () => void): void {
		const nowMs = this.#clock.now()
		const state = this.#keys.get(key) ?? { lastMs: Number.NEGATIVE_INFINITY, next: undefined, timer: undefined }
		this.#keys.set(key, state)
		state.next = action
		if (nowMs - state.lastMs >= this.#gapMs) this.#run(state)
		else state.timer ??= this.#clock.at(state.lastMs + this.#gapMs, () => this.#run(state))
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
		action()
	}
}
