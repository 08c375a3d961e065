/**
 * What the tracker knows of one receiver, and the events that say so.
 *
 * The time of an error is known when the receiver stops with it; an error that is only reported keeps the time of the
 * one before. A receiver that starts again has no error. Source: Spark's `ReceiverTracker`, `ReceiverInfo`.
 */

import type { Clock } from '../base/clock.js'
import type { EventBus, ReceiverInfo } from '../base/events.js'

const noError = { lastErrorMessage: '', lastError: '', lastErrorTime: -1 }

export class ReceiverStatus {
	readonly #clock: Clock
	readonly #bus: EventBus
	#info: ReceiverInfo

	constructor(streamId: number, className: string, clock: Clock, bus: EventBus) {
		this.#clock = clock
		this.#bus = bus
		const name = `${className}-${streamId}`
		this.#info = { streamId, name, active: false, location: 'localhost', executorId: 'driver', ...noError }
	}

	get info(): ReceiverInfo {
		return this.#info
	}

	started(): void {
		this.#info = { ...this.#info, active: true, ...noError }
		this.#bus.post({ kind: 'receiverStarted', receiverInfo: this.#info })
	}
	stopped(message: string, error: Error | undefined): void {
		const lastErrorTime = error === undefined ? -1 : this.#clock.now()
		const lastError = textOf(error)
		this.#info = { ...this.#info, active: false, lastErrorMessage: message, lastError, lastErrorTime }
		this.#bus.post({ kind: 'receiverStopped', receiverInfo: this.#info })
	}
	failed(message: string, error: Error | undefined): void {
		this.#info = { ...this.#info, lastErrorMessage: message, lastError: textOf(error) }
		this.#bus.post({ kind: 'receiverError', receiverInfo: this.#info })
	}
}

const textOf = (error: Error | undefined): string => (error === undefined ? '' : (error.stack ?? String(error)))
