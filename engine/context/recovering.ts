/**
 * Making a context from a checkpoint: the program's set-up function runs again, and what it makes goes on where the
 * newest checkpoint that can be read was taken. Without a checkpoint the context is new.
 *
 * Source: Spark's `StreamingContext.getOrCreate`; there the checkpoint holds the functions, so set-up does not run.
 */

import { asError, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { whileRecovering } from '../base/recovering.js'
import { newestCheckpoint } from '../checkpoint/newest.js'
import type { CheckpointRecord } from '../checkpoint/record.js'
import { SparkContext } from '../sparkcontext.js'

/** What can go on from a checkpoint. */
export interface Recoverable {
	readonly sparkContext: SparkContext
	/** @throws context/state unless it is new, graph/checkpoint for operators that are gone or do not fit */
	recoverFrom(record: CheckpointRecord, directory: string): void
}

/**
 * @param createOnError checkpoints that cannot be read are passed over, with a warning
 * @throws context/recovery when there are checkpoints and none can be read; graph/checkpoint
 */
export function recoverOrCreate<C extends Recoverable>(
	directory: string,
	create: () => C,
	createOnError: boolean,
	isContext: (made: unknown) => made is C,
): C {
	let record: CheckpointRecord | undefined
	try {
		record = newestCheckpoint(directory)
	} catch (thrown) {
		if (!createOnError) throw thrown
		const text = `${asError(thrown).message}: beginning anew`
		host().notice({ level: 'warning', text, group: host().group() })
	}
	if (record === undefined) return contextOf(create(), isContext)
	const before = SparkContext.getActive()
	try {
		const made = contextOf(whileRecovering(record, create), isContext)
		made.recoverFrom(record, directory)
		return made
	} catch (thrown) {
		// Nobody else has a hold of it, and it would stand in the way of the next attempt.
		const left = SparkContext.getActive()
		if (left !== undefined && left !== before) void left.stop()
		throw thrown
	}
}

function contextOf<C>(made: unknown, isContext: (made: unknown) => made is C): C {
	if (isContext(made)) return made
	throw new StreamError('context/recovery', `the set-up function gave ${String(made)}, which is no StreamingContext`, {
		where: 'StreamingContext.getOrCreate',
		remedy: 'return the context that it makes',
	})
}
