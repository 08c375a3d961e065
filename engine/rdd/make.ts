/** RDDs from nothing: collections, empty, unions. SparkContext's methods and the streams share these. */

import { requireThat, StreamError } from '../base/errors.js'
import { estimateBytes } from '../storage/sizes.js'
import type { RDDContext } from './backend.js'
import { PairColumns, plainPairs } from './columns.js'
import type { Partitioner } from './partitioner.js'
import { RDD } from './rdd.js'
import { TextPairs } from './textpairs.js'

/** `data` cut into `slices` runs of equal length ([i·len/n, (i+1)·len/n)), order kept. */
export function parallelize<T>(context: RDDContext, data: Iterable<T>, slices = context.defaultParallelism): RDD<T> {
	let rows: readonly T[] | PairColumns | TextPairs = Array.isArray(data) ? (data as readonly T[]) : [...data]
	if (!(slices >= 1)) throw new StreamError('argument/illegal', 'Positive number of partitions required')
	const read = (i: number): Iterable<T> => {
		const held = rows instanceof TextPairs ? rows.columns : rows
		const cut = (at: number): number => Math.floor((at * held.length) / slices)
		return (slices === 1 ? held : held.slice(cut(i), cut(i + 1))) as Iterable<T>
	}
	const heldBytes = (): number => (rows instanceof TextPairs ? rows.estimateBytes() : estimateBytes(rows))
	const pack = (): void => {
		if (Array.isArray(rows)) rows = plainPairs(rows) ?? rows
		else if (rows instanceof PairColumns) rows = TextPairs.of(rows) ?? rows
	}
	const plan = { kind: 'source', numPartitions: slices, read, heldBytes, pack } as const
	return new RDD<T>(context, { kind: 'ParallelCollectionRDD', plan })
}

/** Numbers from `start` to `end`, without `end`; a partition makes its own, so a thousand million cost nothing to define. */
export function rangeOf(
	context: RDDContext,
	start: number,
	end: number,
	step: number,
	slices = context.defaultParallelism,
): RDD<number> {
	requireThat(step !== 0, 'step cannot be 0')
	if (![start, end, step].every(Number.isFinite)) {
		const given = [start, end, step].map(String).join(', ')
		throw new StreamError('argument/illegal', `range needs a start, an end and a step that are numbers, not ${given}`, {
			remedy: 'write both ends, e.g. range(0, 10)',
		})
	}
	const length = Math.max(0, Math.ceil((end - start) / step))
	const numbers = function* (_: unknown, i: number): Iterable<number> {
		const until = Math.floor(((i + 1) * length) / slices)
		for (let at = Math.floor((i * length) / slices); at < until; at++) yield start + at * step
	}
	const empty = parallelize<number>(context, [], slices)
	const plan = { kind: 'narrow', parent: empty, step: { op: 'partition', fn: numbers } } as const
	return new RDD<number>(context, { kind: 'MapPartitionsRDD', plan })
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
