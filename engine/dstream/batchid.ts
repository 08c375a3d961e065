/**
 * What names one batch of one output operation: the same when the batch runs again, also after a crash, and no other's.
 *
 *   totals.foreachRDD(…)        totals-0@1700000001000      the stream was given a name before
 *   counts.foreachRDD(…)        foreachRDD-0@1700000001000  the first output without one
 *   counts.foreachRDD(…)        foreachRDD-1@1700000001000  the second
 *
 * Ids count in order of registration, so a program that may change names its streams.
 */

import type { Time } from '../base/time.js'
import type { AnyDStream } from './dstream.js'
import type { Registry } from './registry.js'

const counts = new WeakMap<Registry, Map<string, number>>()

/** Counts the output operation; gives the ids of its batches. */
export function batchIds(stream: AnyDStream, operator: string): (time: Time) => string {
	const known = counts.get(stream.context) ?? new Map<string, number>()
	counts.set(stream.context, known)
	const base = stream.checkpointName ?? operator
	const position = known.get(base) ?? 0
	known.set(base, position + 1)
	return (time) => `${base}-${position}@${time.milliseconds}`
}
