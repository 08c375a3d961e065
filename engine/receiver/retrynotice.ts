/** What a person hears of a receiver in trouble: at once, then once a minute, and when it is over. */

import { systemClock } from '../base/clock.js'
import { host } from '../base/host.js'

const everyMs = 60_000

interface Subject {
	readonly displayName: string
	readonly group: string | undefined
}

export class RetryNotice {
	readonly #stream: Subject
	#retriedMs: number | undefined
	#failedMs: number | undefined
	#malformedMs: number | undefined

	constructor(stream: Subject) {
		this.#stream = stream
	}

	/** It will be started again. */
	restarting(message: string, error: Error | undefined, delayMs: number): void {
		if (!isDue(this.#retriedMs)) return
		this.#retriedMs = systemClock.now()
		const why = error === undefined ? '' : ` (${error.message})`
		this.#say('warning', `${message}${why}; trying again every ${delayMs / 1_000} s, batches go on`)
	}

	/** It reported an error and goes on. */
	failed(message: string): void {
		if (!isDue(this.#failedMs)) return
		this.#failedMs = systemClock.now()
		this.#say('warning', message)
	}

	/** Records have come: the trouble is over. `malformed` sequences of bytes in them were replaced. */
	received(malformed: number): void {
		if (malformed > 0 && isDue(this.#malformedMs)) {
			this.#malformedMs = systemClock.now()
			const n = malformed === 1 ? '1 sequence of bytes is' : `${malformed} sequences of bytes are`
			this.#say('warning', `${n} no UTF-8, replaced by U+FFFD`)
		}
		if (this.#retriedMs === undefined) return
		this.#retriedMs = undefined
		this.#say('info', 'receiving again')
	}

	#say(level: 'info' | 'warning', text: string): void {
		const { displayName, group } = this.#stream
		host().notice({ level, text: `${displayName}: ${text}`, group })
	}
}

const isDue = (lastMs: number | undefined): boolean => lastMs === undefined || systemClock.now() - lastMs >= everyMs
