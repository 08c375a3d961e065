/**
 * What interrupts of one request do, while it does not end.
 *
 *   first            its code ends, names kept
 *   after a second   its child processes hear of it too: code that waits for one in a synchronous call
 *   second           the same, and the cell says how to go on
 *   third            the session is ended, and a fresh one starts; not before the offer could be read
 */

import type { Clock, Disposable } from '../../engine/index.js'
import type { Backend } from './backend.js'

export interface InterruptingParts {
	readonly backend: Pick<Backend, 'interrupt' | 'isRunning' | 'kill'>
	readonly clock: Clock
	/** Shows a line in the cell. */
	readonly say: (text: string) => void
}

const childrenAfterMs = 1_000
const offerForMs = 500
const offer = 'the cell does not end: interrupt once more to end the session (names and streams are lost), or restart\n'

/** The interrupts of one request. */
export class Interrupting {
	readonly #parts: InterruptingParts
	readonly #controller = new AbortController()
	#timer: Disposable | undefined
	#offeredMs: number | undefined

	constructor(parts: InterruptingParts) {
		this.#parts = parts
	}

	/** Aborted with the first interrupt. */
	get signal(): AbortSignal {
		return this.#controller.signal
	}

	interrupt(): void {
		const { backend, clock, say } = this.#parts
		if (!this.signal.aborted) {
			this.#controller.abort()
			// A cell that has not reached the session must not end the next one there.
			if (backend.isRunning) backend.interrupt()
			this.#timer = clock.at(clock.now() + childrenAfterMs, () => backend.interrupt('all'))
		} else if (this.#offeredMs === undefined) {
			this.#offeredMs = clock.now()
			say(offer)
			backend.interrupt('all')
		} else if (clock.now() - this.#offeredMs >= offerForMs) backend.kill()
	}

	/** The kernel ends: what the front has started for the request ends, too. */
	abandon(): void {
		this.#controller.abort()
	}

	/** The request has ended. */
	ended(): void {
		this.#timer?.dispose()
	}
}
