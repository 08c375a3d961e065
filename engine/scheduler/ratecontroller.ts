/**
 * Back-pressure: after each batch the estimator of each receiver stream is asked for a rate, and the receiver is told.
 *
 * A batch counts for a stream when all its times are known and the stream brought something to it. Rates are whole
 * records per second. Source: Spark's `RateController`.
 */

import type { BatchInfo, EventBus } from '../base/events.js'
import type { RateEstimator } from '../receiver/rateestimator.js'

/** Gives a stream's receiver its limit. */
export type PublishRate = (streamId: number, perSecond: number) => void

export class RateController {
	readonly #estimators = new Map<number, RateEstimator>()
	readonly #publish: PublishRate
	readonly #bus: EventBus
	#stopListening: (() => void) | undefined

	constructor(bus: EventBus, publish: PublishRate) {
		this.#publish = publish
		this.#bus = bus
	}

	/** Controls a stream from now on; without an estimator it is left alone. */
	add(streamId: number, estimator: RateEstimator | undefined): void {
		if (estimator === undefined) return
		this.#estimators.set(streamId, estimator)
		this.#stopListening ??= this.#bus.on('batchCompleted', ({ batchInfo }) => this.#completed(batchInfo))
	}
	remove(streamId: number): void {
		this.#estimators.delete(streamId)
	}
	stop(): void {
		this.#stopListening?.()
	}

	#completed(batch: BatchInfo): void {
		const { processingEndTime, processingDelay, schedulingDelay } = batch
		if (processingEndTime === undefined || processingDelay === undefined || schedulingDelay === undefined) return
		for (const [streamId, estimator] of this.#estimators) {
			const input = batch.streamIdToInputInfo[streamId]
			if (input === undefined) continue
			const rate = estimator.compute({
				timeMs: processingEndTime,
				numRecords: input.numRecords,
				processingDelayMs: processingDelay,
				schedulingDelayMs: schedulingDelay,
			})
			if (rate === undefined) continue
			const whole = Math.trunc(rate)
			if (whole > 0) this.#publish(streamId, whole)
		}
	}
}
