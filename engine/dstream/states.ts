/** Operators that remember: updateStateByKey and mapWithState. Source: Spark's `PairDStreamFunctions`. */

import type { DurationLike, Time } from '../base/time.js'
import { family } from '../rdd/family.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { RDD } from '../rdd/rdd.js'
import { requireFunction, requireMany } from '../rdd/result.js'
import type { KeyOf, Shape, ValueOf } from '../rdd/shape.js'
import { DStream } from './dstream.js'
import { MapWithStateDStream } from './mapwithstate.js'
import { type PairStream, type Placement, placement } from './pairs.js'
import { type State, StateSpec } from './state.js'
import { StateDStream, type StateUpdate } from './updatestate.js'

/** `undefined` removes the key. */
export type UpdateValues<V, S> = (values: V[], state: S | undefined) => S | undefined
/** The same with the batch time and the key. */
export type UpdateTimed<K, V, S> = (time: Time, key: K, values: V[], state: S | undefined) => S | undefined
/** Any pairs from all entries of a partition. */
export type UpdateEntries<K, V, S> = (entries: Entries<K, V, S>) => Iterable<[K, S]>
type Entries<K, V, S> = IterableIterator<[K, V[], S | undefined]>
/**
 * Either of the two, told apart by the number of parameters. The first parameter is one or the other, never both: as an
 * overload each, the compiler could give types to the parameters of only one of them.
 */
export type UpdateTimedOrEntries<K, V, S> = (
	timeOrEntries: Time & Entries<K, V, S>,
	key: K,
	values: V[],
	state: S | undefined,
) => S | undefined | Iterable<readonly [K, S]>

/** What a StateSpec says beside its function. */
export interface MapWithStateOptions<K, S> {
	/** Keys without records for that long time out. */
	readonly timeout?: DurationLike
	/** The states to begin with. */
	readonly initialState?: RDD<readonly [K, S]>
	readonly numPartitions?: number
	readonly partitioner?: Partitioner
}

declare module './dstream.js' {
	interface DStream<T> {
		/**
		 * The state of every key, updated in every batch by `update(newValues, state)`; undefined removes the key. Called for
		 * every known key, also without new values. Needs a checkpoint directory.
		 */
		updateStateByKey<S = ValueOf<T>>(
			this: PairStream,
			update: UpdateValues<ValueOf<T>, S>,
			to?: Placement,
			initial?: RDD<readonly [KeyOf<T>, S]>,
		): DStream<[KeyOf<T>, S]>
		/**
		 * The same with (time, key, values, state); or, by a function of one parameter, with an iterator of [key, values,
		 * state] that gives the pairs that stay, whose keys may be others.
		 */
		updateStateByKey<S = ValueOf<T>>(
			this: PairStream,
			update: UpdateTimedOrEntries<KeyOf<T>, ValueOf<T>, S>,
			to: Placement,
			rememberPartitioner: boolean,
			initial?: RDD<readonly [KeyOf<T>, S]>,
		): DStream<[KeyOf<T>, S]>
		/** A record for every record, made with the state of its key. Needs a checkpoint directory. */
		mapWithState<S, E>(
			this: PairStream,
			spec: StateSpec<KeyOf<T>, ValueOf<T>, S, E>,
		): MapWithStateDStream<E, KeyOf<T>, S>
		mapWithState<S = ValueOf<T>, E extends Shape = Shape>(
			this: PairStream,
			mapping: (key: KeyOf<T>, value: ValueOf<T> | undefined, state: State<S>) => E,
			options?: MapWithStateOptions<KeyOf<T>, S>,
		): MapWithStateDStream<E, KeyOf<T>, S>
		/** The same with the batch time first; undefined gives no record. */
		mapWithState<S = ValueOf<T>, E extends Shape = Shape>(
			this: PairStream,
			mapping: (time: Time, key: KeyOf<T>, value: ValueOf<T> | undefined, state: State<S>) => E,
			options?: MapWithStateOptions<KeyOf<T>, S>,
		): MapWithStateDStream<Exclude<E, undefined>, KeyOf<T>, S>
	}
}

type AnyUpdate = (...args: never[]) => unknown

/**
 * Tells the three forms of update functions apart: with a flag one of the last two, by their number of parameters. A
 * parameter with a default does not count in `length`, so `(values, state = 0) => …` has one.
 */
function updateOf(fn: AnyUpdate, hasFlag: boolean): StateUpdate {
	if (fn.length >= 4 || (hasFlag && fn.length === 3)) {
		const timed = fn as unknown as UpdateTimed<unknown, unknown, unknown>
		return { kind: 'key', isTimed: true, fn: timed }
	}
	if (hasFlag && fn.length <= 1) {
		const whole = fn as unknown as UpdateEntries<unknown, unknown, unknown>
		return {
			kind: 'entries',
			update: (entries) => requireMany('updateStateByKey', whole(entries)) as Iterable<[unknown, unknown]>,
		}
	}
	const plain = fn as unknown as UpdateValues<unknown, unknown>
	return { kind: 'key', isTimed: false, fn: plain }
}

function specOf(
	mapping: (...args: never[]) => unknown,
	{ timeout, initialState, numPartitions, partitioner }: MapWithStateOptions<unknown, unknown>,
): StateSpec<unknown, unknown, unknown, unknown> {
	const spec = StateSpec.function(mapping as never) as StateSpec<unknown, unknown, unknown, unknown>
	if (timeout !== undefined) spec.timeout(timeout)
	if (initialState !== undefined) spec.initialState(initialState)
	if (numPartitions !== undefined) spec.numPartitions(numPartitions)
	if (partitioner !== undefined) spec.partitioner(partitioner)
	return spec
}

family(DStream, {
	updateStateByKey(fn: AnyUpdate, to?: Placement, third?: unknown, fourth?: unknown) {
		requireFunction('updateStateByKey', fn)
		const hasFlag = typeof third === 'boolean'
		return new StateDStream(this as DStream<[unknown, unknown]>, {
			update: updateOf(fn, hasFlag),
			partitioner: placement(this.context, to),
			rememberPartitioner: hasFlag ? third : true,
			initial: (hasFlag ? fourth : third) as RDD<[unknown, unknown]> | undefined,
		}) as never
	},
	mapWithState(mapping: unknown, options: MapWithStateOptions<unknown, unknown> = {}) {
		const made = mapping instanceof StateSpec ? mapping : specOf(mapping as (...args: never[]) => unknown, options)
		return new MapWithStateDStream(this as DStream<[unknown, unknown]>, made as never) as never
	},
})
