/**
 * Each key with its values in each of several RDDs: the base of cogroup, the joins, inverse windows and state.
 *
 * Every parent is placed by one partitioner (no shuffle where it already is); partition i of the result groups the
 * partitions i of the parents. Keys come in the order in which they are first met; values in their parents' order.
 * Source: Spark's `CoGroupedRDD`.
 */

import { Groups } from './groups.js'
import { placedBy } from './make.js'
import type { Partitioner } from './partitioner.js'
import { RDD } from './rdd.js'

type Pair = readonly [unknown, unknown]

/** @param rdds at least one */
export function cogroupAll(rdds: readonly RDD<Pair>[], partitioner: Partitioner): RDD<[unknown, unknown[][]]> {
	const first = rdds[0] as RDD<Pair>
	const parents = rdds.map((rdd) => placedBy(rdd, partitioner))
	return new RDD<[unknown, unknown[][]]>(first.sparkContext, {
		kind: 'CoGroupedRDD',
		partitioner,
		plan: { kind: 'zipped', parents, fn: grouped, whole: grouped },
	})
}

const grouped = (parts: readonly Iterable<unknown>[]): Groups => new Groups(parts)
