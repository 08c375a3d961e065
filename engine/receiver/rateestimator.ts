/**
 * The rate at which a stream should receive, from how its batches went: a PID controller over the processing rate.
 *
 * Rates are records per second, times and delays milliseconds.
 * Source: Spark's `RateEstimator`, `PIDRateEstimator`.
 */

import type { SparkConf } from '../base/config.js'
import { requireThat, StreamError } from '../base/errors.js'
import type { Duration } from '../base/time.js'

/** What one batch of one stream says about the rate. */
export interface RateSample {
	/** When the batch was over. */
	readonly timeMs: number
	readonly numRecords: number
	readonly processingDelayMs: number
	readonly schedulingDelayMs: number
}

export interface RateEstimator {
	/** The rate to receive at from now on; undefined when the batch says nothing. */
	compute(sample: RateSample): number | undefined
}

export interface PIDSettings {
	readonly batchIntervalMs: number
	readonly proportional: number
	readonly integral: number
	readonly derivative: number
	readonly minRate: number
}

/**
 * The estimator that the settings name; undefined without back-pressure.
 * @throws argument/illegal for an unknown one, or settings that it does not take
 */
export function rateEstimator(conf: SparkConf, batchDuration: Duration): RateEstimator | undefined {
	if (!conf.getBoolean('spark.streaming.backpressure.enabled', false)) return undefined
	const name = conf.get('spark.streaming.backpressure.rateEstimator', 'pid')
	if (name !== 'pid') {
		throw new StreamError('argument/illegal', `Unknown rate estimator: ${name}`, {
			where: 'spark.streaming.backpressure.rateEstimator',
			remedy: 'leave it out, or set it to pid',
		})
	}
	return new PIDRateEstimator({
		batchIntervalMs: batchDuration.milliseconds,
		proportional: conf.getDouble('spark.streaming.backpressure.pid.proportional', 1),
		integral: conf.getDouble('spark.streaming.backpressure.pid.integral', 0.2),
		derivative: conf.getDouble('spark.streaming.backpressure.pid.derived', 0),
		minRate: conf.getDouble('spark.streaming.backpressure.pid.minRate', 100),
	})
}

export class PIDRateEstimator implements RateEstimator {
	readonly #settings: PIDSettings
	/** Nothing but the rate of the first batch is known before the second. */
	#isFirst = true
	#latestMs = -1
	#latestRate = -1
	#latestError = -1

	/** @throws argument/illegal with Spark's text */
	constructor(settings: PIDSettings) {
		const { batchIntervalMs, proportional, integral, derivative, minRate } = settings
		requireThat(batchIntervalMs > 0, `Specified batch interval ${batchIntervalMs} in PIDRateEstimator is invalid.`)
		requireThat(proportional >= 0, 'Proportional term P in PIDRateEstimator should be >= 0.')
		requireThat(integral >= 0, 'Integral term I in PIDRateEstimator should be >= 0.')
		requireThat(derivative >= 0, 'Derivative term D in PIDRateEstimator should be >= 0.')
		requireThat(minRate > 0, 'Minimum rate in PIDRateEstimator should be > 0')
		this.#settings = settings
	}

	compute({ timeMs, numRecords, processingDelayMs, schedulingDelayMs }: RateSample): number | undefined {
		if (!(timeMs > this.#latestMs && numRecords > 0 && processingDelayMs > 0)) return undefined
		const { batchIntervalMs, proportional, integral, derivative, minRate } = this.#settings
		const secondsSinceUpdate = (timeMs - this.#latestMs) / 1_000
		const processingRate = (numRecords / processingDelayMs) * 1_000
		const error = this.#latestRate - processingRate
		// The records that waited, spread over one batch interval: the accumulated error.
		const historicalError = (schedulingDelayMs * processingRate) / batchIntervalMs
		const errorChange = (error - this.#latestError) / secondsSinceUpdate
		this.#latestMs = timeMs
		if (this.#isFirst) {
			this.#isFirst = false
			this.#latestRate = processingRate
			this.#latestError = 0
			return undefined
		}
		const corrected = this.#latestRate - proportional * error - integral * historicalError - derivative * errorChange
		this.#latestRate = Math.max(corrected, minRate)
		this.#latestError = error
		return this.#latestRate
	}
}
