/**
 * How many records a second may pass: a smooth limit that saves up at most one second of unused permits.
 *
 * A record passes when the limiter is free; what it costs beyond the permits saved is paid by whoever comes next. So
 * many records at once pass whole, and the pause after them is as long as they cost. Time is the clock's.
 * Source: Spark's `RateLimiter` over Guava's `SmoothBursty`. Unlike Spark, a most of 0 or less is no limit, as its
 * documentation says.
 */

import type { Clock } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'

/** What bounds a receiver, records per second; `Infinity` is no bound. */
export interface RateBounds {
	/** What it starts with. */
	readonly initial: number
	/** What no update goes beyond. */
	readonly most: number
}

/** From `spark.streaming.receiver.maxRate` and `spark.streaming.backpressure.initialRate`. @throws config/value */
export function rateBounds(conf: SparkConf): RateBounds {
	const most = bound(conf.getLong('spark.streaming.receiver.maxRate', 0))
	const key = 'spark.streaming.backpressure.initialRate'
	return { most, initial: conf.contains(key) ? Math.min(bound(conf.getLong(key, 0)), most) : most }
}

const bound = (perSecond: number): number => (perSecond > 0 ? perSecond : Number.POSITIVE_INFINITY)

export class RateLimiter {
	readonly #clock: Clock
	readonly #most: number
	#perSecond: number
	/** Permits saved up, at most those of one second. */
	#saved = 0
	/** When it is free again; undefined before the first record, when its time begins. */
	#freeMs: number | undefined

	constructor(clock: Clock, bounds: RateBounds) {
		this.#clock = clock
		this.#most = bounds.most
		this.#perSecond = bounds.initial
	}

	/** Records per second; `Infinity` is no limit. */
	get currentLimit(): number {
		return this.#perSecond
	}

	/** Sets another limit, never beyond the most. 0 or less changes nothing. */
	update(perSecond: number): void {
		if (!(perSecond > 0)) return
		const next = Math.min(perSecond, this.#most)
		this.#gain()
		const share = Number.isFinite(this.#perSecond) ? this.#saved / this.#perSecond : 1
		this.#perSecond = next
		this.#saved = Number.isFinite(next) && this.#freeMs !== undefined ? share * next : 0
	}

	/** Lets `records` pass together, or none of them now. */
	tryPass(records = 1): boolean {
		if (!Number.isFinite(this.#perSecond)) {
			this.#freeMs ??= this.#clock.now()
			return true
		}
		this.#gain()
		if (this.#freeMs !== undefined && this.#freeMs > this.#clock.now()) return false
		const used = Math.min(records, this.#saved)
		this.#saved -= used
		this.#freeMs = (this.#freeMs ?? this.#clock.now()) + ((records - used) / this.#perSecond) * 1_000
		return true
	}

	/** Lets as many of `wanted` records pass, one by one, as may now; says how many. */
	pass(wanted: number): number {
		if (!Number.isFinite(this.#perSecond)) return this.tryPass() ? wanted : 0
		this.#gain()
		const now = Math.min(wanted, Math.floor(this.#saved) + 1)
		return now > 0 && this.tryPass(now) ? now : 0
	}

	/** Turns the time since it was last free into permits. */
	#gain(): void {
		const nowMs = this.#clock.now()
		if (this.#freeMs === undefined || nowMs <= this.#freeMs || !Number.isFinite(this.#perSecond)) return
		this.#saved = Math.min(this.#perSecond, this.#saved + ((nowMs - this.#freeMs) / 1_000) * this.#perSecond)
		this.#freeMs = nowMs
	}
}
