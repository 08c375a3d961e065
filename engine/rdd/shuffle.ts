/** The nodes that send records to the partition of their key, and the partitioner that operators take by default. */

import { requireThat } from '../base/errors.js'
import { combineInto, KeyedColumn, type PairColumns } from './columns.js'
import type { Dictionary } from './dictionary.js'
import { HashPartitioner, Partitioner } from './partitioner.js'
import type { AnyRDD, Combiner, Step } from './plan.js'
import { RDD } from './rdd.js'
import { requireValue } from './result.js'

/** Where a keyed operator puts its result: a number of partitions, a partitioner, or (left out) Spark's default. */
export type Placement = number | Partitioner

/** One more step over the partitions of `parent`. */
export function narrow(parent: AnyRDD, step: Step, keepsPartitioner = false): AnyRDD {
	return new RDD<unknown>(parent.sparkContext, {
		kind: 'MapPartitionsRDD',
		plan: { kind: 'narrow', parent, step },
		partitioner: keepsPartitioner ? parent.partitioner : undefined,
	})
}

/**
 * Spark's `Partitioner.defaultPartitioner`: the largest partitioner among the inputs when it is large enough, otherwise a
 * HashPartitioner of `spark.default.parallelism`, or of the largest number of partitions.
 */
export function defaultPartitioner(rdds: readonly AnyRDD[]): Partitioner {
	const largest = Math.max(...rdds.map((rdd) => rdd.getNumPartitions()))
	const { conf, defaultParallelism } = (rdds[0] as AnyRDD).sparkContext
	const wanted = conf.contains('spark.default.parallelism') ? defaultParallelism : largest
	const existing = rdds
		.map((rdd) => rdd.partitioner)
		.filter((partitioner) => partitioner !== undefined && partitioner.numPartitions > 0)
		.reduce(
			(best, next) => (best !== undefined && best.numPartitions >= (next?.numPartitions ?? 0) ? best : next),
			undefined,
		)
	if (existing === undefined) return new HashPartitioner(wanted)
	const isLargeEnough = Math.log10(largest) - Math.log10(existing.numPartitions) < 1
	return isLargeEnough || wanted <= existing.numPartitions ? existing : new HashPartitioner(wanted)
}

/** The partitioner that `to` means for an operator over `rdds`. */
export function placement(rdds: readonly AnyRDD[], to?: Placement): Partitioner {
	if (to instanceof Partitioner) return to
	return to === undefined ? defaultPartitioner(rdds) : new HashPartitioner(to)
}

/** As `placement`, but left out: where the records of `rdd` are, or as many partitions as it has. */
export function ownPlacement(rdd: AnyRDD, to?: Placement): Partitioner {
	if (to !== undefined) return placement([rdd], to)
	return rdd.partitioner ?? new HashPartitioner(rdd.getNumPartitions())
}

/** Records sent to the partition of their key, uncombined; the RDD itself when they are there already. */
export function partitioned(parent: AnyRDD, partitioner: Partitioner): AnyRDD {
	if (parent.partitioner?.equals(partitioner) === true) return parent
	return new RDD<unknown>(parent.sparkContext, {
		kind: 'ShuffledRDD',
		partitioner,
		plan: { kind: 'shuffled', parent, partitioner, combiner: undefined, keyOrder: undefined },
	})
}

/**
 * One record a key; inside the partitions when the keys are there already, otherwise through a shuffle.
 * @param dictionary numbers that the keys of the only partition have already
 */
export function combined(
	parent: AnyRDD,
	combiner: Combiner,
	partitioner: Partitioner,
	dictionary?: Dictionary,
): AnyRDD {
	requireThat(typeof combiner.mergeCombiners === 'function', 'mergeCombiners must be defined')
	if (parent.partitioner?.equals(partitioner) === true) {
		const step: Step = {
			op: 'partition',
			fn: (records) => requireCombined(combiner, combineAll(records as Iterable<[unknown, unknown]>, combiner)),
		}
		return narrow(parent, step, true)
	}
	return new RDD<unknown>(parent.sparkContext, {
		kind: 'ShuffledRDD',
		partitioner,
		plan: { kind: 'shuffled', parent, partitioner, combiner, keyOrder: undefined, dictionary },
	})
}

/** The values of each key combined; keys in the order in which they are first met. */
export function combineAll(
	records: Iterable<readonly [unknown, unknown]>,
	{ create, mergeValue }: Pick<Combiner, 'create' | 'mergeValue'>,
): PairColumns {
	const all = new KeyedColumn()
	for (const [key, value] of records) combineInto(all, key, value, create, mergeValue)
	return all.columns
}

/** All values of a key in an array. */
export const gathering: Combiner = {
	create: (value) => [value],
	mergeValue: (all, value) => {
		;(all as unknown[]).push(value)
		return all
	},
	mergeCombiners: (a, b) => {
		for (const value of b as unknown[]) (a as unknown[]).push(value)
		return a
	},
	mapSide: false,
}

/** One function for all, so that backends know the same combination again, in other processes too. @internal */
export const itself = (value: unknown): unknown => value

/** The combined pairs, none of whose values is a promise. @throws task/promise */
export function requireCombined(combiner: Combiner, combined: PairColumns): PairColumns {
	if (combiner === gathering) return combined
	const operator = combiner.create === itself ? 'reduceByKey' : 'combineByKey'
	for (const value of combined.values) requireValue(operator, value)
	return combined
}

/** The values of a key reduced by `f`. */
export const reducing = (f: (a: unknown, b: unknown) => unknown): Combiner => ({
	create: itself,
	mergeValue: f,
	mergeCombiners: f,
	mapSide: true,
})
