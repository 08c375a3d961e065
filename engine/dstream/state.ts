/** The state of one key while a mapWithState function runs. Source: Spark's `State`, `StateSpec`. */

import { requireThat, StreamError } from '../base/errors.js'
import { Duration, type DurationLike, type Time } from '../base/time.js'
import { copyOf } from '../rdd/copies.js'
import { HashPartitioner, type Partitioner } from '../rdd/partitioner.js'
import type { RDD } from '../rdd/rdd.js'
import { requireFunction } from '../rdd/result.js'
import type { Shape } from '../rdd/shape.js'
import { textOf } from '../rdd/text.js'

/** What a mapping function may do with the state of its key. */
export class State<S> {
	#value: S | undefined
	#isDefined = false
	#isUpdated = false
	#isRemoved = false
	#isTimingOut = false
	/** True while the value is the one that the batch before holds. */
	#isShared = false

	exists(): boolean {
		return this.#isDefined
	}
	/**
	 * The state. An object is this batch's own copy: changes to it go on from here and leave the batch before as it was.
	 * @throws state/illegal when there is none
	 */
	get(): S {
		if (!this.#isDefined) throw new StreamError('state/illegal', 'State is not set', { remedy: 'ask exists() first' })
		return this.#own() as S
	}
	/** The state, or undefined when there is none. */
	getOption(): S | undefined {
		return this.#isDefined ? this.#own() : undefined
	}
	#own(): S | undefined {
		if (this.#isShared) {
			this.#isShared = false
			this.#value = copyOf(this.#value)
		}
		return this.#value
	}
	/** @throws argument/illegal after remove() and while it times out */
	update(next: S): void {
		requireThat(!this.#isRemoved, 'Cannot update the state after it has been removed')
		requireThat(!this.#isTimingOut, 'Cannot update the state that is timing out')
		this.#value = next
		this.#isShared = false
		this.#isDefined = true
		this.#isUpdated = true
	}
	/** @throws argument/illegal when removed before and while it times out */
	remove(): void {
		requireThat(!this.#isTimingOut, 'Cannot remove the state that is timing out')
		requireThat(!this.#isRemoved, 'Cannot remove the state that has already been removed')
		this.#isDefined = false
		this.#isUpdated = false
		this.#isRemoved = true
	}
	isTimingOut(): boolean {
		return this.#isTimingOut
	}
	toString(): string {
		return this.#isDefined ? textOf(this.#value) : '<state not set>'
	}

	/** A state before the function of one record runs. */
	static of<S>(isDefined: boolean, value: S | undefined, isTimingOut: boolean): State<S> {
		const state = new State<S>()
		state.#isDefined = isDefined
		state.#value = value
		state.#isShared = isDefined
		state.#isTimingOut = isTimingOut
		return state
	}
	/** What goes on from here: of a state that was only read, the copy that was given out. */
	get next(): S | undefined {
		return this.#value
	}
	/** What the function did. */
	get outcome(): 'removed' | 'updated' | 'read' {
		return this.#isRemoved ? 'removed' : this.#isUpdated ? 'updated' : 'read'
	}
}

/** The mapping function with the batch time first; undefined gives no record. */
export type TimedMapping = (time: Time, key: unknown, value: unknown, state: State<unknown>) => unknown

/** A spec whose types are known elsewhere. */
export type AnySpec = StateSpec<unknown, unknown, unknown, unknown>

/** How mapWithState maps, places, begins and forgets. Each method changes and returns the same spec. */
export class StateSpec<K, V, S, E> {
	/** The types it works on; never set. */
	declare readonly types: { key: K; value: V; state: S; mapped: E }
	readonly mapping: TimedMapping
	/** True when undefined means no record (the form with the time), false when every result is a record. */
	readonly isOptional: boolean
	initial: RDD<readonly [K, S]> | undefined
	place: Partitioner | undefined
	idleTimeout: Duration | undefined

	private constructor(mapping: TimedMapping, isOptional: boolean) {
		this.mapping = mapping
		this.isOptional = isOptional
	}

	/**
	 * With three parameters (key, value, state) every result is a record; with four (time first) undefined is none. The
	 * value is undefined when the key times out.
	 */
	static function<K, V, S, E extends Shape>(
		mapping: (key: K, value: V | undefined, state: State<S>) => E,
	): StateSpec<K, V, S, E>
	static function<K, V, S, E extends Shape>(
		mapping: (time: Time, key: K, value: V | undefined, state: State<S>) => E,
	): StateSpec<K, V, S, Exclude<E, undefined>>
	static function(mapping: (...args: never[]) => unknown): StateSpec<unknown, unknown, unknown, unknown> {
		requireFunction('mapWithState', mapping)
		if (mapping.length >= 4) return new StateSpec(mapping as unknown as TimedMapping, true)
		const short = mapping as unknown as (key: unknown, value: unknown, state: State<unknown>) => unknown
		return new StateSpec((_, key, value, state) => short(key, value, state), false)
	}

	/** The states to begin with. */
	initialState(rdd: RDD<readonly [K, S]>): this {
		this.initial = rdd
		return this
	}
	numPartitions(n: number): this {
		return this.partitioner(new HashPartitioner(n))
	}
	partitioner(partitioner: Partitioner): this {
		this.place = partitioner
		return this
	}
	/** Keys without records for that long time out at the next full scan. */
	timeout(idle: DurationLike): this {
		this.idleTimeout = Duration.of(idle)
		return this
	}
}
