/** Operators on each record or each batch by itself. Source: Spark's `DStream`. */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import { family } from '../rdd/family.js'
import '../rdd/element.js'
import '../rdd/pair.js'
import { parallelize } from '../rdd/make.js'
import { HashPartitioner } from '../rdd/partitioner.js'
import { withNull } from '../rdd/plan.js'
import { RDD } from '../rdd/rdd.js'
import { isThenable, refusePromise, requireFunction } from '../rdd/result.js'
import type { Shape } from '../rdd/shape.js'
import { textOf } from '../rdd/text.js'
import { type AnyDStream, DStream } from './dstream.js'
import { TransformedStream, type TransformParts } from './transform.js'
import { unionStreams } from './union.js'

declare module './dstream.js' {
	interface DStream<T> {
		/** Each record becomes `f(record)`. Order and partitions are kept. */
		map<U extends Shape>(f: (x: T) => U): DStream<U>
		/** Each record becomes the records of `f(record)`, any iterable. Order and partitions are kept. */
		flatMap<U extends Shape>(f: (x: T) => Iterable<U>): DStream<U>
		/** The records for which `p` holds. */
		filter<U extends T>(p: (x: T) => x is U): DStream<U>
		filter(p: (x: T) => boolean): DStream<T>
		/** One array per partition, empty ones included. */
		glom(): DStream<T[]>
		/** Each partition becomes the records of `f(iterator)`. */
		mapPartitions<U extends Shape>(
			f: (records: IterableIterator<T>) => Iterable<U>,
			preservePartitioning?: boolean,
		): DStream<U>
		/** The same records in `n` partitions. */
		repartition(n: number): DStream<T>
		/** One record a batch: all of its records reduced by `f`; none for an empty batch. */
		reduce(f: (a: T, b: T) => T): DStream<T>
		/** One number a batch: how many records it has; 0 for an empty batch. */
		count(): DStream<number>
		/** How often each value occurs in a batch. */
		countByValue(numPartitions?: number): DStream<[T, number]>
		/** Any function of the batch's RDD; `f` runs once a batch, when the jobs are generated. */
		transform<U extends Shape>(f: (rdd: RDD<T>, time: Time) => RDD<U>): DStream<U>
		/** Any function of two streams' RDDs of the same time; both need the same slide duration. */
		transformWith<W, U extends Shape>(
			other: DStream<W>,
			f: (rdd: RDD<T>, otherRDD: RDD<W>, time: Time) => RDD<U>,
		): DStream<U>
		/** The records of both streams; both need the same slide duration. */
		union(that: DStream<T>): DStream<T>
	}
}

/** A stream whose RDD is `compute(parent's RDD)`, without one when the parent has none. */
export function derived<U>(
	parent: AnyDStream,
	operator: string,
	className: string,
	compute: TransformParts<U>['compute'],
): DStream<U> {
	return new TransformedStream<U>([parent], { operator, className, missing: 'none', compute })
}

/** A stream made by a function of the program, which must give an RDD. */
export function transformed<U>(
	parents: readonly AnyDStream[],
	operator: string,
	// biome-ignore lint/suspicious/noExplicitAny: RDDs of any record types
	f: (rdds: RDD<any>[], time: Time) => RDD<U>,
): DStream<U> {
	return new TransformedStream<U>(parents, {
		operator,
		className: 'TransformedDStream',
		missing: (time) => `Couldn't generate RDD from parent at time ${time}`,
		compute: (rdds, time) => {
			const made: unknown = f(rdds, time)
			if (made === null || made === undefined) {
				throw new StreamError(
					'graph/parent',
					'Transform function must not return null. Return SparkContext.emptyRDD() instead to represent no element as the result of transformation.',
					{ where: operator },
				)
			}
			if (made instanceof RDD) return made
			if (isThenable(made)) refusePromise(operator, made)
			throw new StreamError(
				'argument/illegal',
				`the function of ${operator} returned ${textOf(made)}, which is no RDD`,
				{
					where: operator,
					remedy: 'return an RDD, such as rdd.map(…) or sc.parallelize([…])',
				},
			)
		},
	})
}

// The same functions in every batch, so that the backend finds their loop again.
const plus = (a: number, b: number): number => a + b
const toOne = (): [null, number] => [null, 1]
const counted = (x: unknown): [Shape, number] => [x as Shape, 1]
export const second = <V>([, x]: readonly [unknown, V]): V => x

family(DStream, {
	map(f) {
		requireFunction('map', f)
		return derived(this, 'map', 'MappedDStream', ([rdd]) => rdd?.map(f))
	},
	flatMap(f) {
		requireFunction('flatMap', f)
		return derived(this, 'flatMap', 'FlatMappedDStream', ([rdd]) => rdd?.flatMap(f))
	},
	filter(p: (x: unknown) => boolean) {
		requireFunction('filter', p)
		return derived(this, 'filter', 'FilteredDStream', ([rdd]) => rdd?.filter(p))
	},
	glom() {
		return derived(this, 'glom', 'GlommedDStream', ([rdd]) => rdd?.glom())
	},
	mapPartitions(f, preservePartitioning = false) {
		requireFunction('mapPartitions', f)
		return derived(this, 'mapPartitions', 'MapPartitionedDStream', ([rdd]) =>
			rdd?.mapPartitions(f, preservePartitioning),
		)
	},
	repartition(n) {
		return transformed([this], 'repartition', ([rdd]) => (rdd as RDD<unknown>).repartition(n))
	},
	reduce(f) {
		requireFunction('reduce', f)
		return derived(this, 'reduce', 'MappedDStream', ([rdd]) =>
			(rdd as RDD<unknown>)
				.map(withNull)
				.reduceByKey(f as never, 1)
				.map(second),
		) as never
	},
	count() {
		const { sparkContext } = this.context
		return transformed([this], 'count', ([rdd]) =>
			(rdd as RDD<unknown>)
				.map(toOne)
				.union(parallelize<[null, number]>(sparkContext, [[null, 0]], 1))
				.reduceByKey(plus, sparkContext.defaultParallelism)
				.map(second),
		)
	},
	countByValue(numPartitions) {
		const partitioner = new HashPartitioner(numPartitions ?? this.context.sparkContext.defaultParallelism)
		return derived(this, 'countByValue', 'ShuffledDStream', ([rdd]) =>
			(rdd as RDD<unknown>).map(counted).reduceByKey(plus, partitioner),
		) as never
	},
	transform(f) {
		requireFunction('transform', f)
		return transformed([this], 'transform', ([rdd], time) => f(rdd as RDD<never>, time))
	},
	transformWith(other, f) {
		requireFunction('transformWith', f)
		return transformed([this, other], 'transformWith', ([a, b], time) => f(a as RDD<never>, b as RDD<never>, time))
	},
	union(that) {
		return unionStreams([this, that])
	},
})
