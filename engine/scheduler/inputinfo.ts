/** How many records each input stream brought to each batch. Source: Spark's `InputInfoTracker`. */

import { requireThat, StreamError } from '../base/errors.js'
import type { StreamInputInfo } from '../base/events.js'
import type { Time } from '../base/time.js'

export class InputInfoTracker {
	readonly #byTime = new Map<number, Record<number, StreamInputInfo>>()

	/** @throws internal/state when the stream was already reported for that batch */
	report(time: Time, info: StreamInputInfo): void {
		requireThat(info.numRecords >= 0, 'numRecords must not be negative')
		const infos = this.#byTime.get(time.milliseconds) ?? {}
		if (infos[info.inputStreamId] !== undefined) {
			throw new StreamError(
				'internal/state',
				`Input stream ${info.inputStreamId} for batch ${time} is already added into InputInfoTracker, this is an illegal state`,
			)
		}
		infos[info.inputStreamId] = info
		this.#byTime.set(time.milliseconds, infos)
	}

	of(time: Time): Readonly<Record<number, StreamInputInfo>> {
		return this.#byTime.get(time.milliseconds) ?? {}
	}

	/** Forgets batches older than `thresholdMs`. */
	cleanup(thresholdMs: number): void {
		for (const ms of this.#byTime.keys()) if (ms < thresholdMs) this.#byTime.delete(ms)
	}
}
