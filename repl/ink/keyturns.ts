/**
 * Keys in turn: one that takes time, such as Enter while the parser is asked whether the block is complete, holds back
 * what is typed after it.
 *
 *     Enter ──asks──────────────▶ answered
 *           F3, q, x: wait        F3, q, x: each to whoever has the screen by then
 *
 * Ctrl-C never waits.
 */

import type { Key } from '../edit/keys.js'

/** The keys of one terminal. */
export class KeyTurns {
	readonly #take: (key: Key) => Promise<void> | undefined
	readonly #waiting: Key[] = []
	#isBusy = false

	/** @param take does what a key means; a promise when that takes time */
	constructor(take: (key: Key) => Promise<void> | undefined) {
		this.#take = take
	}

	/** Takes a key now, or when its turn comes. */
	press(key: Key): void {
		const isCancel = key.kind === 'key' && key.ctrl && key.name === 'c'
		if (this.#isBusy && !isCancel) this.#waiting.push(key)
		else this.#start(key)
	}

	/** Forgets the keys that wait. */
	drop(): void {
		this.#waiting.length = 0
	}

	#start(key: Key): void {
		const work = this.#take(key)
		if (work === undefined) return
		this.#isBusy = true
		void work.finally(() => {
			this.#isBusy = false
			while (!this.#isBusy && this.#waiting.length > 0) this.#start(this.#waiting.shift() as Key)
		})
	}
}
