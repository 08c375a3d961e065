/**
 * Each key with its values in each of several RDDs: the base of cogroup, the joins, inverse windows and state.
 *
 * Every parent is placed by one partitioner (no shuffle where it already is); partition i of the result groups the
 * partitions i of the parents. Keys come in the order in which they are first met; values in their parents' order.
 * Source: Spark's `CoGroupedRDD`.
 */

import { KeyMap } from './keys.js'
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
		plan: { kind: 'zipped', parents, fn: (parts) => group(parts as IterableIterator<Pair>[]) },
	})
}

function group(parts: readonly IterableIterator<Pair>[]): Iterable<[unknown, unknown[][]]> {
	const groups = new KeyMap<unknown[][]>()
	parts.forEach((records, index) => {
		for (const [key, value] of records) {
			let values = groups.get(key)
			if (values === undefined) {
				values = parts.map(() => [])
				groups.set(key, values)
			}
			values[index]?.push(value)
		}
	})
	return groups
}
