/** What a StreamingContext is made with beside its interval: the clock that drives it, and what makes a batch. */

import { type Clock, ManualClock, systemClock } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { recoveredBatchMs } from '../base/recovering.js'
import { Duration, type DurationLike } from '../base/time.js'

export interface StreamingContextOptions {
	/** Drives batches and receivers (default: the SparkContext's clock, which is the system clock). */
	readonly clock?: Clock
	/**
	 * `data`: batches for which nothing came are left out, unless a window still shows something or a timeout is due
	 * (default `time`: a batch at every multiple of the interval, as in Spark).
	 */
	readonly trigger?: 'time' | 'data'
}

/** The interval that is given, or while an earlier life is recovered, that one's. */
export function intervalOf(given: DurationLike): Duration {
	const interval = Duration.of(given)
	const earlierMs = recoveredBatchMs()
	if (earlierMs === undefined || earlierMs === interval.milliseconds) return interval
	const text = `the batch interval is ${earlierMs} ms, that of the checkpoint, not ${interval}`
	host().notice({ level: 'warning', text, group: host().group() })
	return new Duration(earlierMs)
}

/** The clock that a setting names by Spark's class; undefined without. @throws config/value for another class */
export function clockNamed(conf: SparkConf): Clock | undefined {
	const name = conf.getOption('spark.streaming.clock')?.replace('org.apache.spark.streaming.', 'org.apache.spark.')
	if (name === undefined) return undefined
	if (name === 'org.apache.spark.util.SystemClock') return systemClock
	if (name === 'org.apache.spark.util.ManualClock') return new ManualClock()
	throw new StreamError('config/value', `Illegal value for config key spark.streaming.clock: ${name}`, {
		where: 'SparkConf',
		remedy: 'use org.apache.spark.util.SystemClock or ManualClock, or give { clock } to the StreamingContext',
	})
}

/** @throws argument/illegal */
export function triggerOf(trigger: unknown = 'time'): 'time' | 'data' {
	if (trigger === 'time' || trigger === 'data') return trigger
	throw new StreamError('argument/illegal', `${String(trigger)} is no trigger`, { remedy: "use 'time' or 'data'" })
}
