/**
 * The two sides of a shuffle on one machine: records to the bucket of their partition, buckets to a partition.
 *
 * With a map-side combiner each map partition sends one record a key; without, the raw pairs travel. Keys of a partition
 * come in the order in which they are first met, map partitions in order.
 */

import { StreamError } from '../base/errors.js'
import { KeyMap } from '../rdd/keys.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { ShuffledPlan } from '../rdd/plan.js'
import { combineAll, requireCombined } from '../rdd/shuffle.js'

type Pair = readonly [unknown, unknown]

/** Pairs by the partition of their key. @throws rdd/partitions when the partitioner names a partition that is not there */
export function toBuckets(records: Iterable<Pair>, partitioner: Partitioner): Pair[][] {
	const { numPartitions } = partitioner
	const buckets: Pair[][] = Array.from({ length: numPartitions }, () => [])
	for (const record of records) {
		const bucket = buckets[numPartitions === 1 ? 0 : partitioner.getPartition(record[0])]
		if (bucket === undefined) {
			const index = partitioner.getPartition(record[0])
			throw new StreamError('rdd/partitions', `the partitioner put a key into partition ${index} of ${numPartitions}`, {
				where: partitioner.constructor.name,
				remedy: 'return a whole number from 0 to numPartitions - 1',
			})
		}
		bucket.push(record)
	}
	return buckets
}

/** The final records of one partition. */
export function mergeBuckets(buckets: readonly (readonly Pair[])[], plan: ShuffledPlan): Pair[] {
	const { combiner, keyOrder } = plan
	const records = combiner === undefined ? buckets.flat() : [...requireCombined(combiner, merged(buckets, combiner))]
	return keyOrder === undefined ? records : records.sort((a, b) => keyOrder(a[0], b[0]))
}

function merged(
	buckets: readonly (readonly Pair[])[],
	combiner: NonNullable<ShuffledPlan['combiner']>,
): Iterable<[unknown, unknown]> {
	const { create, mergeValue, mergeCombiners, mapSide } = combiner
	const first = buckets[0]
	if (mapSide && buckets.length === 1 && first !== undefined) return first as [unknown, unknown][]
	if (mapSide) return combineAll(buckets.flat(), { create: (combined) => combined, mergeValue: mergeCombiners })
	const all = new KeyMap<unknown>()
	for (const bucket of buckets) {
		for (const [key, value] of bucket) {
			const before = all.get(key)
			all.set(key, before === undefined && !all.has(key) ? create(value) : mergeValue(before, value))
		}
	}
	return all
}
