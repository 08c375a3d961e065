/**
 * State of every key, updated in every batch from the key's new values.
 *
 *   previous state   batch     result
 *   some             some      update of every key of either side (values may be none)
 *   some             none      update of every key, without values
 *   none             some      update of the batch's keys (and of the initial state's, when there is one)
 *   none             none      none
 *
 * The update gets a copy of the state, which it may change and return: what was kept of the batch before stays as it was,
 * so a batch that fails begins again from there. Source: Spark's `StateDStream`.
 */

import type { Time } from '../base/time.js'
import { cogroupAll } from '../rdd/cogroup.js'
import { copyOf } from '../rdd/copies.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { RDD } from '../rdd/rdd.js'
import { StorageLevel } from '../storage/level.js'
import type { DStream } from './dstream.js'
import { StatefulDStream } from './stateful.js'

type Pair = [unknown, unknown]

/** The new state of each key from [key, new values, copy of the state or undefined]; yields the pairs that stay. */
export type StateUpdate = (entries: IterableIterator<[unknown, unknown[], unknown]>, time: Time) => Iterable<Pair>

export interface UpdateStateParts {
	readonly update: StateUpdate
	readonly partitioner: Partitioner
	/** Keeps the partitioner, so that the next batch does not move the state. */
	readonly rememberPartitioner: boolean
	readonly initial: RDD<Pair> | undefined
}

export class StateDStream extends StatefulDStream<Pair> {
	readonly #parts: UpdateStateParts

	constructor(parent: DStream<Pair>, parts: UpdateStateParts) {
		super(parent, 'updateStateByKey')
		this.#parts = parts
		this.keep(StorageLevel.MEMORY_ONLY_SER)
	}

	protected override numKeys(rdd: RDD<Pair>): Promise<number> {
		return rdd.count()
	}

	override compute(time: Time): RDD<Pair> | undefined {
		const last = time.minus(this.slideDuration)
		if (this.isForgotten(last)) return this.#first(this.parent.getOrCompute(time), undefined, time)
		const before = this.getOrCompute(last)
		const batch = this.parent.getOrCompute(time)
		if (before !== undefined)
			return batch === undefined ? this.#withoutBatch(before, time) : this.#both(batch, before, time)
		return this.#first(batch, this.#parts.initial, time)
	}
	#first(batch: RDD<Pair> | undefined, initial: RDD<Pair> | undefined, time: Time): RDD<Pair> | undefined {
		return batch === undefined ? undefined : this.#both(batch, initial, time)
	}

	#both(batch: RDD<Pair>, before: RDD<Pair> | undefined, time: Time): RDD<Pair> {
		const { partitioner, rememberPartitioner, update } = this.#parts
		const grouped = cogroupAll(before === undefined ? [batch] : [batch, before], partitioner)
		return grouped.mapPartitions(
			(groups: IterableIterator<[unknown, unknown[][]]>) => update(entriesOf(groups), time),
			rememberPartitioner,
		) as RDD<Pair>
	}

	#withoutBatch(before: RDD<Pair>, time: Time): RDD<Pair> {
		const { rememberPartitioner, update } = this.#parts
		return before.mapPartitions(
			(states: IterableIterator<Pair>) => update(unchanged(states), time),
			rememberPartitioner,
		)
	}
}

function* entriesOf(groups: IterableIterator<[unknown, unknown[][]]>): IterableIterator<[unknown, unknown[], unknown]> {
	for (const [key, [values, states]] of groups) yield [key, values ?? [], copyOf(states?.[0])]
}

function* unchanged(states: IterableIterator<Pair>): IterableIterator<[unknown, unknown[], unknown]> {
	for (const [key, state] of states) yield [key, [], copyOf(state)]
}
