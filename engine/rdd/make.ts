/** RDDs from nothing: collections, empty, unions. SparkContext's methods and the streams share these. */

import { StreamError } from '../base/errors.js'
import { estimateBytes } from '../storage/sizes.js'
import type { RDDContext } from './backend.js'
import type { Partitioner } from './partitioner.js'
import { RDD } from './rdd.js'

/** `data` cut into `slices` runs of equal length ([i·len/n, (i+1)·len/n)), order kept. */
export function parallelize<T>(context: RDDContext, data: Iterable<T>, slices = context.defaultParallelism): RDD<T> {
	const rows = Array.isArray(data) ? (data as readonly T[]) : [...data]
	if (!(slices >= 1)) throw new StreamError('argument/illegal', 'Positive number of partitions required')
	const read = (i: number): Iterable<T> =>
		slices === 1
			? rows
			: rows.slice(Math.floor((i * rows.length) / slices), Math.floor(((i + 1) * rows.length) / slices))
	const heldBytes = (): number => estimateBytes(rows)
	const plan = { kind: 'source', numPartitions: slices, read, heldBytes } as const
	return new RDD<T>(context, { kind: 'ParallelCollectionRDD', plan })
}

/** No partitions, no records. */
export function emptyRDD<T>(context: RDDContext): RDD<T> {
	return new RDD<T>(context, { kind: 'EmptyRDD', plan: { kind: 'source', numPartitions: 0, read: () => [] } })
}

/** Partitions one after another; nothing dropped, nothing merged. Source: `new UnionRDD(sc, rdds)`. */
export function concatenated<T>(context: RDDContext, rdds: readonly RDD<T>[]): RDD<T> {
	return new RDD<T>(context, { kind: 'UnionRDD', plan: { kind: 'union', parents: rdds, aligned: false } })
}

/**
 * Spark's `sc.union`: RDDs without partitions are dropped; if the rest share one partitioner, partition i of the result
 * is the concatenation of their partitions i.
 */
export function unionOf<T>(context: RDDContext, rdds: readonly RDD<T>[]): RDD<T> {
	const filled = rdds.filter((rdd) => rdd.getNumPartitions() > 0)
	const partitioner = filled[0]?.partitioner
	if (partitioner !== undefined && filled.every((rdd) => rdd.partitioner?.equals(partitioner) === true)) {
		return new RDD<T>(context, {
			kind: 'PartitionerAwareUnionRDD',
			plan: { kind: 'union', parents: filled, aligned: true },
			partitioner,
		})
	}
	return concatenated(context, filled)
}

/** The same pairs where `partitioner` places them; the RDD itself when they already are there. */
export function placedBy<T>(rdd: RDD<T>, partitioner: Partitioner): RDD<T> {
	if (rdd.partitioner?.equals(partitioner) === true) return rdd
	return new RDD<T>(rdd.sparkContext, {
		kind: 'ShuffledRDD',
		partitioner,
		plan: { kind: 'shuffled', parent: rdd, partitioner, combiner: undefined, keyOrder: undefined },
	})
}
