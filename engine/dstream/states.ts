/** Operators that remember: updateStateByKey and mapWithState. Source: Spark's `PairDStreamFunctions`. */

import type { DurationLike, Time } from '../base/time.js'
import { family } from '../rdd/family.js'
import type { RDD } from '../rdd/rdd.js'
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
export type UpdateEntries<K, V, S> = (entries: IterableIterator<[K, V[], S | undefined]>) => Iterable<[K, S]>

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
		/** The same with (time, key, values, state). */
		updateStateByKey<S = ValueOf<T>>(
			this: PairStream,
			update: UpdateTimed<KeyOf<T>, ValueOf<T>, S>,
			to: Placement,
			rememberPartitioner: boolean,
			initial?: RDD<readonly [KeyOf<T>, S]>,
		): DStream<[KeyOf<T>, S]>
		/** The same with an iterator of [key, values, state] that yields the pairs that stay. */
		updateStateByKey<S = ValueOf<T>>(
			this: PairStream,
			update: UpdateEntries<KeyOf<T>, ValueOf<T>, S>,
			to: Placement,
			rememberPartitioner: boolean,
			initial?: RDD<readonly [KeyOf<T>, S]>,
		): DStream<[KeyOf<T>, S]>
		/** A record for every record, made with the state of its key. Needs a checkpoint directory. */
		mapWithState<S, E>(
			this: PairStream,
			spec: StateSpec<KeyOf<T>, ValueOf<T>, S, E>,
		): MapWithStateDStream<E, KeyOf<T>, S>
		mapWithState<S, E extends Shape>(
			this: PairStream,
			mapping: (key: KeyOf<T>, value: ValueOf<T> | undefined, state: State<S>) => E,
			options?: { readonly timeout?: DurationLike },
		): MapWithStateDStream<E, KeyOf<T>, S>
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
		return (entries, time) => kept(entries, (key, values, state) => timed(time, key, values, state))
	}
	if (hasFlag && fn.length <= 1) return fn as unknown as StateUpdate
	const plain = fn as unknown as UpdateValues<unknown, unknown>
	return (entries) => kept(entries, (_, values, state) => plain(values, state))
}

function* kept(
	entries: IterableIterator<[unknown, unknown[], unknown]>,
	next: (key: unknown, values: unknown[], state: unknown) => unknown,
): Iterable<[unknown, unknown]> {
	for (const [key, values, state] of entries) {
		const updated = next(key, values, state)
		if (updated !== undefined && updated !== null) yield [key, updated]
	}
}

family(DStream, {
	updateStateByKey(fn: AnyUpdate, to?: Placement, third?: unknown, fourth?: unknown) {
		const hasFlag = typeof third === 'boolean'
		return new StateDStream(this as DStream<[unknown, unknown]>, {
			update: updateOf(fn, hasFlag),
			partitioner: placement(this.context, to),
			rememberPartitioner: hasFlag ? third : true,
			initial: (hasFlag ? fourth : third) as RDD<[unknown, unknown]> | undefined,
		}) as never
	},
	mapWithState(spec: unknown, options: { readonly timeout?: DurationLike } = {}) {
		const made = spec instanceof StateSpec ? spec : StateSpec.function(spec as never)
		if (options.timeout !== undefined) made.timeout(options.timeout)
		return new MapWithStateDStream(this as DStream<[unknown, unknown]>, made as never) as never
	},
})
