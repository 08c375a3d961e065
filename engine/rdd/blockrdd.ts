/** RDDs of received blocks that are gone: removed with their batch, or lost. Source: Spark's `BlockRDD`. */

import { StreamError } from '../base/errors.js'
import type { AnyRDD } from './plan.js'

const removed = new WeakSet<AnyRDD>()

/** Its blocks are not there any more: every later use fails and says so. */
export function markBlocksRemoved(rdd: AnyRDD): void {
	removed.add(rdd)
}

const remedy = 'keep received data longer: ssc.remember(duration)'

/** @throws rdd/lost when its blocks were removed */
export function requireBlocks(rdd: AnyRDD): void {
	if (!removed.has(rdd)) return
	throw new StreamError('rdd/lost', `Attempted to use ${rdd} after its blocks have been removed!`, { remedy })
}

/** True when its blocks were removed. */
export const isRemoved = (rdd: AnyRDD): boolean => removed.has(rdd)

/** What a task says that finds a block gone. */
export function blockNotFound(blockId: string, rdd: AnyRDD): StreamError {
	const text = `Could not compute split, block ${blockId} of RDD ${rdd.id} not found`
	return new StreamError('rdd/lost', text, { where: String(rdd), remedy })
}
