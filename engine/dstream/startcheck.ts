/** What Spark checks of every stream when a context starts. Source: Spark's `DStream.validateAtStart`. */

import { requireThat, StreamError } from '../base/errors.js'
import type { Duration } from '../base/time.js'
import { StorageLevel } from '../storage/level.js'

/** The facts of a stream that are checked. */
export interface StartFacts {
	readonly className: string
	readonly slide: Duration
	/** Its state needs a checkpoint directory. */
	readonly mustCheckpoint: boolean
	/** The checkpoint interval. */
	readonly interval: Duration | undefined
	readonly remember: Duration | undefined
	readonly level: StorageLevel
}

/** @throws argument/illegal with Spark's text of the first check that fails */
export function checkAtStart(stream: StartFacts, checkpointDirectory: string | undefined): void {
	const { className, slide, mustCheckpoint, interval, remember, level } = stream
	requireThat(remember !== undefined, 'Remember duration is set to null')
	requireThat(
		!mustCheckpoint || interval !== undefined,
		`The checkpoint interval for ${className} has not been set. Please use DStream.checkpoint() to set the interval.`,
	)
	if (interval === undefined) return
	requireThat(
		checkpointDirectory !== undefined,
		'The checkpoint directory has not been set. Please set it by StreamingContext.checkpoint().',
	)
	requireThat(
		interval >= slide,
		`The checkpoint interval for ${className} has been set to ${interval} which is lower than its slide time (${slide}). Please set it to at least ${slide}.`,
	)
	requireThat(
		interval.isMultipleOf(slide),
		`The checkpoint interval for ${className} has been set to  ${interval} which not a multiple of its slide time (${slide}). Please set it to a multiple of ${slide}.`,
	)
	requireThat(
		!level.equals(StorageLevel.NONE),
		`${className} has been marked for checkpointing but the storage level has not been set to enable persisting. Please use DStream.persist() to set the storage level to use memory for better checkpointing performance.`,
	)
	requireThat(
		remember > interval,
		`The remember duration for ${className} has been set to  ${remember} which is not more than the checkpoint interval (${interval}). Please set it to a value higher than ${interval}.`,
	)
}

/** What `compute` of a stream of the program gave in the place of an RDD. @throws argument/illegal */
export function refuseNoRDD(given: unknown, className: string): never {
	const text = given instanceof Promise ? 'a promise' : String(given)
	throw new StreamError('argument/illegal', `compute() of ${className} gave ${text}, which is no RDD`, {
		where: className,
		remedy: 'return an RDD, such as sc.parallelize([…]), or undefined for none; collect before, in start()',
	})
}
