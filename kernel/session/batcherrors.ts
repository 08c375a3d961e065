/** Errors of batches, each shown once: again only when it changes, or when ten seconds of repeats have passed. */

import { systemClock } from '../../engine/index.js'
import type { ErrorData } from './messages.js'

const againAfterMs = 10_000

export class BatchErrors {
	readonly #send: (owner: string, error: ErrorData) => void
	readonly #last = new Map<string, { readonly message: string; readonly atMs: number; repeats: number }>()

	constructor(send: (owner: string, error: ErrorData) => void) {
		this.#send = send
	}

	report(owner: string, group: string, error: ErrorData, batchTimeMs: number): void {
		const nowMs = systemClock.now()
		const last = this.#last.get(group)
		if (last !== undefined && last.message === error.message && nowMs - last.atMs < againAfterMs) {
			last.repeats += 1
			return
		}
		const repeats = last?.message === error.message ? last.repeats : 0
		this.#last.set(group, { message: error.message, atMs: nowMs, repeats: 0 })
		const since = repeats === 0 ? '' : `, and in ${repeats} batches before`
		const lines = [...error.lines, `in the batch at ${batchTimeMs} ms${since}`]
		this.#send(owner, { ...error, lines })
	}
}
