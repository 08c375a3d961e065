/**
 * Operators on streams of pairs, batch by batch. Source: Spark's `PairDStreamFunctions`.
 *
 * The default partitioner is always `HashPartitioner(defaultParallelism)`; a number means `HashPartitioner(n)`.
 */

import { family } from '../rdd/family.js'
import '../rdd/pair.js'
import { HashPartitioner, Partitioner } from '../rdd/partitioner.js'
import type { RDD } from '../rdd/rdd.js'
import { requireFunction } from '../rdd/result.js'
import type { KeyOf, Shape, ValueOf } from '../rdd/shape.js'
import { DStream } from './dstream.js'
import { derived, transformed } from './elements.js'
import type { Registry } from './registry.js'

/** Any stream of pairs. */
export type PairStream = DStream<readonly [unknown, unknown]>
/** A number of partitions or a partitioner. */
export type Placement = number | Partitioner

declare module './dstream.js' {
	interface DStream<T> {
		/** Pairs of each key and all of its values in the batch. */
		groupByKey(this: PairStream, to?: Placement): DStream<[KeyOf<T>, ValueOf<T>[]]>
		/** One pair per key: its values reduced by `f`. An empty batch gives none. */
		reduceByKey(
			this: PairStream,
			f: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
			to?: Placement,
		): DStream<[KeyOf<T>, ValueOf<T>]>
		/** One pair per key: its values combined from `createCombiner` on. */
		combineByKey<C extends Shape>(
			this: PairStream,
			createCombiner: (value: ValueOf<T>) => C,
			mergeValue: (combined: C, value: ValueOf<T>) => C,
			mergeCombiners: (a: C, b: C) => C,
			to?: Placement,
			mapSideCombine?: boolean,
		): DStream<[KeyOf<T>, C]>
		/** Each value becomes `f(value)`; keys and partitions stay. */
		mapValues<U extends Shape>(this: PairStream, f: (value: ValueOf<T>) => U): DStream<[KeyOf<T>, U]>
		/** Each value becomes several; keys and partitions stay. */
		flatMapValues<U extends Shape>(this: PairStream, f: (value: ValueOf<T>) => Iterable<U>): DStream<[KeyOf<T>, U]>
		/** Pairs of each key and its values here and there. Both streams need the same slide duration. */
		cogroup<W>(
			this: PairStream,
			other: DStream<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): DStream<[KeyOf<T>, [ValueOf<T>[], W[]]]>
		/** All pairs of values of keys that occur on both sides. */
		join<W>(
			this: PairStream,
			other: DStream<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): DStream<[KeyOf<T>, [ValueOf<T>, W]]>
		/** As join, with undefined for keys that the other side lacks. */
		leftOuterJoin<W>(
			this: PairStream,
			other: DStream<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): DStream<[KeyOf<T>, [ValueOf<T>, W | undefined]]>
		/** As join, with undefined for keys that this side lacks. */
		rightOuterJoin<W>(
			this: PairStream,
			other: DStream<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): DStream<[KeyOf<T>, [ValueOf<T> | undefined, W]]>
		/** As join, with undefined for what either side lacks. */
		fullOuterJoin<W>(
			this: PairStream,
			other: DStream<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): DStream<[KeyOf<T>, [ValueOf<T> | undefined, W | undefined]]>
	}
}

/** The partitioner that `to` means for streams of this context. @throws argument/illegal for a negative number */
export function placement(context: Registry, to?: Placement): Partitioner {
	if (to instanceof Partitioner) return to
	return new HashPartitioner(to ?? context.sparkContext.defaultParallelism)
}

type PairRDD = RDD<[unknown, Shape]>

/** A join of two streams by the RDD method of that name. */
function joined(
	left: DStream<readonly [unknown, unknown]>,
	right: DStream<readonly [unknown, unknown]>,
	operator: 'cogroup' | 'join' | 'leftOuterJoin' | 'rightOuterJoin' | 'fullOuterJoin',
	to: Placement | undefined,
): never {
	const partitioner = placement(left.context, to)
	return transformed([left, right], operator, ([a, b]) => {
		const join = (a as PairRDD)[operator] as (this: PairRDD, other: PairRDD, to: Partitioner) => PairRDD
		return join.call(a as PairRDD, b as PairRDD, partitioner)
	}) as never
}

family(DStream, {
	groupByKey(to) {
		const combined = (this as DStream<[unknown, unknown]>).combineByKey(
			(v): Shape => [v] as unknown[],
			(vs, v) => {
				;(vs as unknown[]).push(v)
				return vs
			},
			(a, b) => {
				const all = a as unknown[]
				for (const v of b as unknown[]) all.push(v)
				return all
			},
			placement(this.context, to),
		)
		combined.operator = 'groupByKey'
		return combined as never
	},
	reduceByKey(f, to) {
		requireFunction('reduceByKey', f)
		const partitioner = placement(this.context, to)
		return derived(this, 'reduceByKey', 'ShuffledDStream', ([rdd]) =>
			(rdd as PairRDD).reduceByKey(f as never, partitioner),
		) as never
	},
	combineByKey(createCombiner, mergeValue, mergeCombiners, to, mapSideCombine = true) {
		for (const f of [createCombiner, mergeValue, mergeCombiners]) requireFunction('combineByKey', f)
		const partitioner = placement(this.context, to)
		return derived(this, 'combineByKey', 'ShuffledDStream', ([rdd]) =>
			(rdd as PairRDD).combineByKey(
				createCombiner as never,
				mergeValue as never,
				mergeCombiners as never,
				partitioner,
				mapSideCombine,
			),
		) as never
	},
	mapValues(f) {
		requireFunction('mapValues', f)
		return derived(this, 'mapValues', 'MapValuedDStream', ([rdd]) => (rdd as PairRDD).mapValues(f as never)) as never
	},
	flatMapValues(f) {
		requireFunction('flatMapValues', f)
		return derived(this, 'flatMapValues', 'FlatMapValuedDStream', ([rdd]) =>
			(rdd as PairRDD).flatMapValues(f as never),
		) as never
	},
	cogroup(other, to) {
		return joined(this, other as PairStream, 'cogroup', to)
	},
	join(other, to) {
		return joined(this, other as PairStream, 'join', to)
	},
	leftOuterJoin(other, to) {
		return joined(this, other as PairStream, 'leftOuterJoin', to)
	},
	rightOuterJoin(other, to) {
		return joined(this, other as PairStream, 'rightOuterJoin', to)
	},
	fullOuterJoin(other, to) {
		return joined(this, other as PairStream, 'fullOuterJoin', to)
	},
})
