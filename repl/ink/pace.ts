/** Something that is done when asked for, but not too often. */

import type { Clock, Disposable } from '../../engine/index.js'

/** Does something when asked, but not more often than every so many milliseconds. */
export class Pace {
	readonly #clock: Clock
	readonly #everyMs: number
	readonly #act: () => void
	#lastMs = Number.NEGATIVE_INFINITY
	#planned: Disposable | undefined

	constructor(clock: Clock, everyMs: number, act: () => void) {
		this.#clock = clock
		this.#everyMs = everyMs
		this.#act = act
	}

	/** Soon. */
	ask(): void {
		if (this.#planned !== undefined) return
		// Even the first of a burst waits for the end of this turn, so that one message is one write.
		const atMs = Math.max(this.#clock.now(), this.#lastMs + this.#everyMs)
		this.#planned = this.#clock.at(atMs, () => this.now())
	}

	/** Now, whenever it was done last. */
	now(): void {
		this.#planned?.dispose()
		this.#planned = undefined
		this.#lastMs = this.#clock.now()
		this.#act()
	}
}
