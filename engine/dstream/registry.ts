/**
 * What a stream node may ask of the context it belongs to. The StreamingContext implements it; no node knows more.
 *
 *   node ──admit──▶ context      may anything be added now?
 *   node ──add……──▶ graph        at once before the start, at the next batch boundary while live
 */

import type { Clock, Disposable } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import type { StreamInputInfo } from '../base/events.js'
import type { Duration, Time } from '../base/time.js'
import type { RDDContext } from '../rdd/backend.js'
import type { AnyRDD } from '../rdd/plan.js'
import type { DStream } from './dstream.js'
import type { InputDStream } from './input.js'
import type { Observer } from './observer.js'
import type { Output } from './output.js'

export interface Registry {
	readonly sparkContext: RDDContext
	readonly batchDuration: Duration
	readonly clock: Clock
	readonly conf: SparkConf
	/** True when streams may be added and removed while batches run. */
	readonly isLive: boolean
	/** True between start() and stop(). */
	readonly isActive: boolean
	/** First batch time minus one interval; undefined before the first start. */
	readonly zeroTime: Time | undefined
	/** @throws context/state with Spark's text when nothing may be added now */
	admit(): void
	/** The next number; `stream` is who asks, when it is a stream. */
	nextStreamId(stream?: DStream<unknown>): number
	/** Takes part from now on; gives the input stream id (0, 1, 2 … in order of construction). */
	addInput(stream: InputDStream<unknown>): number
	addOutput(output: Output): void
	removeOutput(output: Output): void
	/** Removes the stream, its outputs and views, and an input's receiver. */
	removeStream(stream: DStream<unknown>): void
	/** Looks at a stream after the outputs of each batch; never an output operation. */
	addObserver(observer: Observer): Disposable
	/** Nobody needs any more what was written of an RDD: its files go once no checkpoint names them. */
	removeWritten(rdd: AnyRDD): void
	/** How many records an input stream brought to a batch. */
	reportInput(time: Time, info: StreamInputInfo): void
}
