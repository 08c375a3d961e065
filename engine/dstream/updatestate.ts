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
import { parallelize, placedBy } from '../rdd/make.js'
import type { Partitioner } from '../rdd/partitioner.js'
import { RDD } from '../rdd/rdd.js'
import { pairShape } from '../state/form.js'
import { type UpdateKey, updated } from '../state/updating.js'
import { StateIterator, StateVersion } from '../state/version.js'
import { StorageLevel } from '../storage/level.js'
import type { DStream } from './dstream.js'
import { StatefulDStream } from './stateful.js'

type Pair = [unknown, unknown]

/** How states go on from batch to batch. */
export type StateUpdate =
	/** Key by key. */
	| ({ readonly kind: 'key' } & UpdateKey)
	/** From all [key, new values, copy of the state or undefined] of a partition; gives the pairs that stay. */
	| {
			readonly kind: 'entries'
			readonly update: (entries: IterableIterator<[unknown, unknown[], unknown]>) => Iterable<Pair>
	  }

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
		super(parent, 'updateStateByKey', pairShape)
		this.#parts = parts
		this.keep(StorageLevel.MEMORY_ONLY_SER)
	}

	protected override numKeys(rdd: RDD<Pair>): Promise<number> {
		return rdd.count()
	}

	protected override entriesOf(rdd: RDD<Pair>): RDD<Pair> {
		return rdd
	}

	override compute(time: Time): RDD<Pair> | undefined {
		const last = time.minus(this.slideDuration)
		if (this.isForgotten(last)) return this.#first(this.parent.getOrCompute(time), undefined, time)
		const before = this.getOrCompute(last)
		const batch = this.parent.getOrCompute(time)
		if (before !== undefined) this.settleBrought()
		if (before !== undefined)
			return batch === undefined ? this.#withoutBatch(before, time) : this.#both(batch, before, time)
		return this.#first(batch, this.brought() ?? this.#parts.initial, time)
	}
	#first(batch: RDD<Pair> | undefined, initial: RDD<Pair> | undefined, time: Time): RDD<Pair> | undefined {
		return batch === undefined ? undefined : this.#both(batch, initial, time)
	}

	#both(batch: RDD<Pair>, before: RDD<Pair> | undefined, time: Time): RDD<Pair> {
		const { partitioner, rememberPartitioner, update } = this.#parts
		if (update.kind === 'key') {
			const parents = before === undefined ? [batch] : [batch, before]
			return this.#versions(
				parents.map((parent) => placedBy(parent, partitioner)),
				update,
				time,
				rememberPartitioner ? partitioner : undefined,
			)
		}
		const grouped = cogroupAll(before === undefined ? [batch] : [batch, before], partitioner)
		return grouped.mapPartitions(
			(groups: IterableIterator<[unknown, unknown[][]]>) => update.update(entriesOf(groups)),
			rememberPartitioner,
		) as RDD<Pair>
	}

	#withoutBatch(before: RDD<Pair>, time: Time): RDD<Pair> {
		const { rememberPartitioner, update } = this.#parts
		if (update.kind === 'key') {
			const none = parallelize<Pair>(this.context.sparkContext, [], Math.max(1, before.getNumPartitions()))
			const partitioner = rememberPartitioner ? before.partitioner : undefined
			return this.#versions([none, before], update, time, partitioner)
		}
		return before.mapPartitions(
			(states: IterableIterator<Pair>) => update.update(unchanged(states)),
			rememberPartitioner,
		)
	}

	/** States of the partitions of a batch and, when there is one, the RDD of states before it. */
	#versions(
		parents: readonly RDD<Pair>[],
		update: UpdateKey,
		time: Time,
		partitioner: Partitioner | undefined,
	): RDD<Pair> {
		const whole = ([records, states = []]: readonly Iterable<unknown>[]): StateVersion => {
			return updated(versionIn(states), records as Iterable<Pair>, update, time)
		}
		return this.inColumns(
			new RDD<Pair>(this.context.sparkContext, {
				kind: 'MapPartitionsRDD',
				partitioner,
				plan: { kind: 'zipped', parents, fn: whole, whole },
			}),
		)
	}
}

const versionIn = (states: Iterable<unknown>): StateVersion =>
	StateIterator.versionOf(states) ?? StateVersion.of(states as Iterable<Pair>)

function* entriesOf(groups: IterableIterator<[unknown, unknown[][]]>): IterableIterator<[unknown, unknown[], unknown]> {
	for (const [key, [values, states]] of groups) yield [key, values ?? [], copyOf(states?.[0])]
}

function* unchanged(states: IterableIterator<Pair>): IterableIterator<[unknown, unknown[], unknown]> {
	for (const [key, state] of states) yield [key, [], copyOf(state)]
}
