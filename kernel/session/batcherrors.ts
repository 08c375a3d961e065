/** Errors of batches, each place in the user's code shown once: again when a minute of repeats has passed. */

import { systemClock } from '../../engine/index.js'
import type { ErrorData } from './messages.js'
import { errorData } from './traces.js'

const againAfterMs = 60_000

export class BatchErrors {
	readonly #send: (owner: string, error: ErrorData) => void
	readonly #shown = new WeakMap<object, string>()
	readonly #last = new Map<string, { readonly atMs: number; repeats: number }>()

	constructor(send: (owner: string, error: ErrorData) => void) {
		this.#send = send
	}

	report(owner: string, group: string, thrown: Error, batchTimeMs: number): void {
		const error = errorData(thrown)
		const nowMs = systemClock.now()
		const [frame] = error.frames
		const key = [group, error.name, frame === undefined ? error.message : `${frame.file}:${frame.line}:${frame.column}`]
		const place = key.join(' ')
		const last = this.#last.get(place)
		if (last !== undefined && nowMs - last.atMs < againAfterMs) {
			last.repeats += 1
			return
		}
		const repeats = last?.repeats ?? 0
		this.#last.set(place, { atMs: nowMs, repeats: 0 })
		const since = repeats === 0 ? '' : `, and in ${repeats} batches before`
		const lines = [...error.lines, `in the batch at ${batchTimeMs} ms${since}`]
		this.#shown.set(thrown, owner)
		this.#send(owner, { ...error, lines })
	}

	/** True when the owner has seen that very error. */
	isShown(owner: string, thrown: unknown): boolean {
		return typeof thrown === 'object' && thrown !== null && this.#shown.get(thrown) === owner
	}
}
