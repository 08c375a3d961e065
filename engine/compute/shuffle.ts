/**
 * The two sides of a shuffle on one machine: records to the bucket of their partition, buckets to a partition.
 *
 * With a map-side combiner each map partition sends one record a key, as columns; without, the raw pairs travel. Keys of
 * a partition come in the order in which they are first met, map partitions in order.
 */

import { StreamError } from '../base/errors.js'
import { combineInto, KeyedColumn, PairColumns } from '../rdd/columns.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { Combiner, ShuffledPlan } from '../rdd/plan.js'
import { requireCombined } from '../rdd/shuffle.js'

type Pair = readonly [unknown, unknown]

/** What one map partition sends to one partition of the shuffle. */
export type Bucket = readonly Pair[] | PairColumns

/** Pairs by the partition of their key. @throws rdd/partitions when the partitioner names a partition that is not there */
export function toBuckets(records: Iterable<Pair>, partitioner: Partitioner): Pair[][] {
	const { numPartitions } = partitioner
	// A copy: the program's own array may change later.
	if (numPartitions === 1 && Array.isArray(records)) return [records.slice()]
	const buckets: Pair[][] = Array.from({ length: numPartitions }, () => [])
	for (const record of records) bucketOf(buckets, record[0], partitioner).push(record)
	return buckets
}

/** The same for what a map partition was combined to. @throws rdd/partitions */
export function toColumnBuckets(combined: PairColumns, partitioner: Partitioner): PairColumns[] {
	const { numPartitions } = partitioner
	if (numPartitions === 1) return [combined]
	const buckets = Array.from({ length: numPartitions }, () => ({ keys: [] as unknown[], values: [] as unknown[] }))
	combined.keys.forEach((key, i) => {
		const bucket = bucketOf(buckets, key, partitioner)
		bucket.keys.push(key)
		bucket.values.push(combined.values[i])
	})
	return buckets.map(({ keys, values }) => new PairColumns(keys, values))
}

function bucketOf<B>(buckets: readonly B[], key: unknown, partitioner: Partitioner): B {
	const index = buckets.length === 1 ? 0 : partitioner.getPartition(key)
	const bucket = buckets[index]
	if (bucket !== undefined) return bucket
	throw new StreamError('rdd/partitions', `the partitioner put a key into partition ${index} of ${buckets.length}`, {
		where: partitioner.constructor.name,
		remedy: 'return a whole number from 0 to numPartitions - 1',
	})
}

/** The final records of one partition: an array, or columns. */
export function mergeBuckets(
	buckets: readonly Bucket[],
	{ combiner, keyOrder }: Pick<ShuffledPlan, 'combiner' | 'keyOrder'>,
): readonly Pair[] | PairColumns {
	if (combiner === undefined) {
		const raw = buckets as readonly Pair[][]
		return ordered(raw.length === 1 ? (raw[0] as Pair[]) : raw.flat(), keyOrder)
	}
	const columns = requireCombined(combiner, merged(buckets, combiner))
	return keyOrder === undefined ? columns : ordered(columns.pairs(), keyOrder)
}

const ordered = (pairs: Pair[], order: ShuffledPlan['keyOrder']): Pair[] =>
	order === undefined ? pairs : pairs.sort((a, b) => order(a[0], b[0]))

function merged(buckets: readonly Bucket[], combiner: Combiner): PairColumns {
	const { create, mergeValue, mergeCombiners } = combiner
	const [first] = buckets
	if (first instanceof PairColumns && buckets.length === 1) return first
	const all = new KeyedColumn()
	for (const bucket of buckets) {
		if (bucket instanceof PairColumns) {
			bucket.keys.forEach((key, i) => void combineInto(all, key, bucket.values[i], itself, mergeCombiners))
		} else for (const [key, value] of bucket) combineInto(all, key, value, create, mergeValue)
	}
	return all.columns
}

const itself = (combined: unknown): unknown => combined
