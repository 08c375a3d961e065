/** What a person hears of a receiver that cannot connect: at once, then once a minute, and when it has succeeded. */

import { systemClock } from '../base/clock.js'
import { host } from '../base/host.js'

const everyMs = 60_000

export class RetryNotice {
	readonly #stream: { readonly displayName: string; readonly group: string | undefined }
	#lastMs: number | undefined

	constructor(stream: { readonly displayName: string; readonly group: string | undefined }) {
		this.#stream = stream
	}

	restarting(message: string, error: Error | undefined, delayMs: number): void {
		const nowMs = systemClock.now()
		if (this.#lastMs !== undefined && nowMs - this.#lastMs < everyMs) return
		this.#lastMs = nowMs
		const why = error === undefined ? '' : ` (${error.message})`
		this.#say('warning', `${message}${why}; trying again every ${delayMs / 1_000} s, batches go on`)
	}

	/** Records have come: the trouble is over. */
	received(): void {
		if (this.#lastMs === undefined) return
		this.#lastMs = undefined
		this.#say('info', 'receiving again')
	}

	#say(level: 'info' | 'warning', text: string): void {
		const { displayName, group } = this.#stream
		host().notice({ level, text: `${displayName}: ${text}`, group })
	}
}
