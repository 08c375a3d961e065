/** Transformations of pairs by their key. Source: Spark's `PairRDDFunctions`. */

import { cogroupAll } from './cogroup.js'
import { copyOf } from './copies.js'
import { family } from './family.js'
import { GroupIterator } from './groups.js'
import { KeyMap } from './keys.js'
import { Partitioner } from './partitioner.js'
import type { AnyRDD, Combiner, Step } from './plan.js'
import { RDD } from './rdd.js'
import { requireMany, requireValue } from './result.js'
import type { KeyOf, Shape, ValueOf } from './shape.js'
import {
	combined,
	gathering,
	narrow,
	ownPlacement,
	type Placement,
	partitioned,
	placement,
	reducing,
} from './shuffle.js'

/** An RDD of pairs. */
export type PairRDD = RDD<readonly [unknown, unknown]>
type Pair = readonly [unknown, unknown]

declare module './rdd.js' {
	interface RDD<T> {
		/** One pair per key: its values combined from `createCombiner` on. */
		combineByKey<C extends Shape>(
			this: PairRDD,
			createCombiner: (value: ValueOf<T>) => C,
			mergeValue: (combined: C, value: ValueOf<T>) => C,
			mergeCombiners: (a: C, b: C) => C,
			to?: Placement,
			mapSideCombine?: boolean,
		): RDD<[KeyOf<T>, C]>
		/** As combineByKey, from a copy of `zero` once a partition. */
		aggregateByKey<C extends Shape>(
			this: PairRDD,
			zero: C,
			seqOp: (combined: C, value: ValueOf<T>) => C,
			combOp: (a: C, b: C) => C,
			to?: Placement,
		): RDD<[KeyOf<T>, C]>
		/** As reduceByKey, from a copy of `zero` once a partition. */
		foldByKey(
			this: PairRDD,
			zero: ValueOf<T>,
			f: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
			to?: Placement,
		): RDD<[KeyOf<T>, ValueOf<T>]>
		/** One pair per key: its values reduced by `f`. */
		reduceByKey(
			this: PairRDD,
			f: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
			to?: Placement,
		): RDD<[KeyOf<T>, ValueOf<T>]>
		/** Pairs of each key and all of its values. */
		groupByKey(this: PairRDD, to?: Placement): RDD<[KeyOf<T>, ValueOf<T>[]]>
		/** The same pairs where `partitioner` puts their keys; the RDD itself when they are there already. */
		partitionBy(partitioner: Partitioner): RDD<T>
		/** Each value becomes `f(value)`; keys and partitioner stay. */
		mapValues<U extends Shape>(this: PairRDD, f: (value: ValueOf<T>) => U): RDD<[KeyOf<T>, U]>
		/** Each value becomes several; keys and partitioner stay. */
		flatMapValues<U extends Shape>(this: PairRDD, f: (value: ValueOf<T>) => Iterable<U>): RDD<[KeyOf<T>, U]>
		keys(this: PairRDD): RDD<KeyOf<T>>
		values(this: PairRDD): RDD<ValueOf<T>>
		/** Pairs of each key and its values here and in each of the others. */
		cogroup<W>(this: PairRDD, other: RDD<readonly [KeyOf<T>, W]>, to?: Placement): RDD<[KeyOf<T>, [ValueOf<T>[], W[]]]>
		cogroup<W1, W2>(
			this: PairRDD,
			other1: RDD<readonly [KeyOf<T>, W1]>,
			other2: RDD<readonly [KeyOf<T>, W2]>,
			to?: Placement,
		): RDD<[KeyOf<T>, [ValueOf<T>[], W1[], W2[]]]>
		cogroup<W1, W2, W3>(
			this: PairRDD,
			other1: RDD<readonly [KeyOf<T>, W1]>,
			other2: RDD<readonly [KeyOf<T>, W2]>,
			other3: RDD<readonly [KeyOf<T>, W3]>,
			to?: Placement,
		): RDD<[KeyOf<T>, [ValueOf<T>[], W1[], W2[], W3[]]]>
		/** The same as cogroup. */
		groupWith<W>(this: PairRDD, other: RDD<readonly [KeyOf<T>, W]>): RDD<[KeyOf<T>, [ValueOf<T>[], W[]]]>
		groupWith<W1, W2>(
			this: PairRDD,
			other1: RDD<readonly [KeyOf<T>, W1]>,
			other2: RDD<readonly [KeyOf<T>, W2]>,
		): RDD<[KeyOf<T>, [ValueOf<T>[], W1[], W2[]]]>
		groupWith<W1, W2, W3>(
			this: PairRDD,
			other1: RDD<readonly [KeyOf<T>, W1]>,
			other2: RDD<readonly [KeyOf<T>, W2]>,
			other3: RDD<readonly [KeyOf<T>, W3]>,
		): RDD<[KeyOf<T>, [ValueOf<T>[], W1[], W2[], W3[]]]>
		/** All pairs of values of keys that are on both sides. */
		join<W>(this: PairRDD, other: RDD<readonly [KeyOf<T>, W]>, to?: Placement): RDD<[KeyOf<T>, [ValueOf<T>, W]]>
		/** As join, with undefined for keys that the other side lacks. */
		leftOuterJoin<W>(
			this: PairRDD,
			other: RDD<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): RDD<[KeyOf<T>, [ValueOf<T>, W | undefined]]>
		/** As join, with undefined for keys that this side lacks. */
		rightOuterJoin<W>(
			this: PairRDD,
			other: RDD<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): RDD<[KeyOf<T>, [ValueOf<T> | undefined, W]]>
		/** As join, with undefined for what either side lacks. */
		fullOuterJoin<W>(
			this: PairRDD,
			other: RDD<readonly [KeyOf<T>, W]>,
			to?: Placement,
		): RDD<[KeyOf<T>, [ValueOf<T> | undefined, W | undefined]]>
		/** The pairs whose key the other side lacks. */
		subtractByKey(this: PairRDD, other: RDD<readonly [KeyOf<T>, unknown]>, to?: Placement): RDD<T>
	}
}

/** All pairs of the two sides' values, each left one with each right one. */
function joined(
	rdd: AnyRDD,
	other: AnyRDD,
	to: Placement | undefined,
	orNoneThere: boolean,
	orNoneHere: boolean,
): never {
	const step: Step = {
		op: 'partition',
		fn: (records) =>
			records instanceof GroupIterator
				? records.groups.joined(orNoneThere, orNoneHere)
				: joinedByKey(records as Iterable<JoinGroup>, orNoneThere, orNoneHere),
	}
	return narrow(cogroupAll([rdd, other], placement([rdd, other], to)), step, true) as never
}

type JoinGroup = [unknown, [unknown[], unknown[]]]

const none: readonly unknown[] = [undefined]

/** The same for groups that come one by one, as from a backend that knows nothing of `Groups`. */
function* joinedByKey(
	groups: Iterable<JoinGroup>,
	orNoneThere: boolean,
	orNoneHere: boolean,
): IterableIterator<[unknown, [unknown, unknown]]> {
	for (const [key, [here, there]] of groups) {
		for (const v of orNoneHere && here.length === 0 ? none : here) {
			for (const w of orNoneThere && there.length === 0 ? none : there) yield [key, [v, w]]
		}
	}
}

function* withKey(key: unknown, values: Iterable<unknown>): IterableIterator<[unknown, unknown]> {
	for (const value of values) yield [key, value]
}

function subtracted(parts: readonly IterableIterator<unknown>[]): Iterable<unknown> {
	const [left, right] = parts as unknown as [Iterable<Pair>, Iterable<Pair>]
	const there = new KeyMap<true>()
	for (const [key] of right) there.set(key, true)
	return [...left].filter(([key]) => !there.has(key))
}

type AnyFunction = (value: unknown) => unknown

const keyOfPair = (pair: unknown): unknown => (pair as Pair)[0]
const valueOfPair = (pair: unknown): unknown => (pair as Pair)[1]

/** The same function of pairs for the same function of values, so that backends know the step again in the next batch. */
function once<F extends AnyFunction>(wrap: (f: AnyFunction) => F): (f: AnyFunction) => F {
	const made = new WeakMap<AnyFunction, F>()
	return (f) => {
		const before = made.get(f)
		if (before !== undefined) return before
		const wrapped = wrap(f)
		made.set(f, wrapped)
		return wrapped
	}
}

const onValues = once((f) => (pair: unknown): unknown => {
	const [key, value] = pair as Pair
	return [key, requireValue('mapValues', f(value))]
})
const onManyValues = once((f) => (pair: unknown): Iterable<unknown> => {
	const [key, value] = pair as Pair
	return withKey(key, requireMany('flatMapValues', f(value)))
})

family(RDD, {
	combineByKey(createCombiner, mergeValue, mergeCombiners, to, mapSideCombine = true) {
		const combiner = { create: createCombiner, mergeValue, mergeCombiners, mapSide: mapSideCombine } as Combiner
		return combined(this, combiner, placement([this], to)) as never
	},
	aggregateByKey(zero, seqOp, combOp, to) {
		const create = (value: unknown): unknown => seqOp(copyOf(zero), value as never)
		const combiner = { create, mergeValue: seqOp, mergeCombiners: combOp, mapSide: true } as Combiner
		return combined(this, combiner, placement([this], to)) as never
	},
	foldByKey(zero, f, to) {
		return (this as RDD<[unknown, Shape]>).aggregateByKey(zero as Shape, f as never, f as never, to) as never
	},
	reduceByKey(f, to) {
		return combined(this, reducing(f as Combiner['mergeValue']), placement([this], to)) as never
	},
	groupByKey(to) {
		return combined(this, gathering, placement([this], to)) as never
	},
	partitionBy(partitioner) {
		return partitioned(this, partitioner)
	},
	mapValues(f) {
		const fn = onValues(f as AnyFunction)
		return narrow(this, { op: 'map', fn }, true) as never
	},
	flatMapValues(f) {
		const fn = onManyValues(f as AnyFunction)
		return narrow(this, { op: 'flatMap', fn }, true) as never
	},
	keys() {
		return narrow(this, { op: 'map', fn: keyOfPair }) as never
	},
	values() {
		return narrow(this, { op: 'map', fn: valueOfPair }) as never
	},
	cogroup(...others: unknown[]) {
		const last = others.at(-1)
		const to = typeof last === 'number' || last instanceof Partitioner ? last : undefined
		const rdds = [this, ...others.filter((other) => other instanceof RDD)] as AnyRDD[]
		return cogroupAll(rdds, placement(rdds, to)) as never
	},
	groupWith(...others: unknown[]) {
		return (this as RDD<[unknown, unknown]>).cogroup(...(others as [never])) as never
	},
	join(other, to) {
		return joined(this, other, to, false, false)
	},
	leftOuterJoin(other, to) {
		return joined(this, other, to, true, false)
	},
	rightOuterJoin(other, to) {
		return joined(this, other, to, false, true)
	},
	fullOuterJoin(other, to) {
		return joined(this, other, to, true, true)
	},
	subtractByKey(other, to) {
		const partitioner = ownPlacement(this, to)
		const parents = [partitioned(this, partitioner), partitioned(other, partitioner)]
		return new RDD<never>(this.sparkContext, {
			kind: 'SubtractedRDD',
			partitioner,
			plan: { kind: 'zipped', parents, fn: subtracted },
		})
	},
})
