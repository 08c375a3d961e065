/**
 * The batches that a recovery runs again, those of the time without a life among them: generated oldest first, a few ahead
 * of the one that runs, with a turn of the event loop between two. A program that was down for a day has 86,400 of them.
 *
 *   begin ── generates the first ones at once ──▶ a batch is over ── the next one ──▶ … ──▶ done, batches go on in time
 *
 * Source: Spark's `JobGenerator.restart`, which generates all at once.
 */

import { asError } from '../base/errors.js'
import type { Time } from '../base/time.js'

/** So many batches wait or run while others are still to be generated. */
const mostAhead = 20

export interface CatchUpParts {
	/** Generates the jobs of a batch and submits them. @throws what a transformation throws */
	readonly generate: (time: Time) => void
	/** How many batches wait or run. */
	readonly numPending: () => number
	/** A batch that was not among the first could not be generated. */
	readonly failed: (time: Time, error: Error) => void
	/** All are generated. */
	readonly done: () => void
}

export class CatchUp {
	readonly #parts: CatchUpParts
	readonly #left: Time[]
	/** The first batch after them, until they are all generated. */
	next: Time | undefined
	#wake: () => void = () => undefined
	#ended: Promise<void> = Promise.resolve()

	constructor(times: readonly Time[], next: Time, parts: CatchUpParts) {
		this.#parts = parts
		this.#left = [...times]
		this.next = next
	}

	/** Generates the first batches, all where they are few. @throws what a transformation throws */
	begin(): void {
		for (const time of this.#left.splice(0, mostAhead)) this.#parts.generate(time)
		if (this.#left.length === 0) this.#end()
		else this.#ended = this.#follow()
	}
	async #follow(): Promise<void> {
		while (this.#left.length > 0) {
			if (this.#parts.numPending() >= mostAhead) await new Promise<void>((resolve) => (this.#wake = resolve))
			await new Promise((resolve) => setImmediate(resolve))
			const time = this.#left.shift()
			// Nothing is left after a stop either, and then no more batches come.
			if (time === undefined) return
			try {
				this.#parts.generate(time)
			} catch (thrown) {
				this.#parts.failed(time, asError(thrown))
			}
		}
		this.#end()
	}
	#end(): void {
		this.next = undefined
		this.#parts.done()
	}

	/** A batch is over. */
	goOn(): void {
		this.#wake()
	}
	/** Generates no more. */
	stop(): void {
		this.#left.length = 0
		this.#wake()
	}
	/** Resolves when all are generated, or after a stop. */
	ended(): Promise<void> {
		return this.#ended
	}
}
