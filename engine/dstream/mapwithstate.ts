/**
 * A record for every record, made with the state of its key, which the function may update or remove.
 *
 *   inner stream   one element a partition: the table of states after the batch, and the mapped records
 *   outer stream   the mapped records; stateSnapshots(): every [key, state] after the batch
 *
 * Timeouts are looked for only in batches whose inner RDD is checkpointed (a multiple of its checkpoint interval), as
 * in Spark; keys touched in the same batch do not time out. The function sees one record after another, so a key with
 * two records in a batch is called twice. Source: Spark's `MapWithStateDStream`, `MapWithStateRDD`.
 */

import { Duration, type DurationLike, type Time } from '../base/time.js'
import { emptyRDD } from '../rdd/make.js'
import { HashPartitioner, type Partitioner } from '../rdd/partitioner.js'
import { RDD } from '../rdd/rdd.js'
import type { StateShape } from '../state/form.js'
import { type Held, StateVersion } from '../state/version.js'
import { StorageLevel } from '../storage/level.js'
import { type AnyDStream, DStream } from './dstream.js'
import { derived } from './elements.js'
import { mappedPartition, PartitionState } from './mappartition.js'
import type { AnySpec } from './state.js'
import { StatefulDStream } from './stateful.js'

type Pair = [unknown, unknown]

const shape: StateShape = {
	take: (records) => {
		const { states, mapped } = PartitionState.in(records)
		return { states, others: Array.isArray(mapped) ? mapped : [...mapped] }
	},
	make: ({ states, others }) => new PartitionState(states, others),
}

class InternalMapWithStateDStream extends StatefulDStream<PartitionState> {
	readonly #spec: AnySpec
	readonly #partitioner: Partitioner
	readonly #outer: AnyDStream

	constructor(parent: DStream<Pair>, spec: AnySpec, outer: AnyDStream) {
		super(parent, 'mapWithState', shape)
		this.#spec = spec
		this.#outer = outer
		this.#partitioner = spec.place ?? new HashPartitioner(this.context.sparkContext.defaultParallelism)
		this.keep(StorageLevel.MEMORY_ONLY)
	}

	override get checkpointName(): string | undefined {
		return this.#outer.name
	}
	protected override defaultCheckpointDuration(): Duration {
		return this.slideDuration.times(10)
	}
	protected override numKeys(rdd: RDD<PartitionState>): Promise<number> {
		return rdd.map(({ states }) => states.size).sum()
	}

	override wakes(time: Time): boolean {
		return this.#spec.idleTimeout !== undefined && this.#isFullScan(time)
	}
	#isFullScan(time: Time): boolean {
		const interval = this.checkpointDuration ?? this.slideDuration.times(10)
		return time.minus(this.zeroTime as Time).isMultipleOf(interval)
	}

	override compute(time: Time): RDD<PartitionState> {
		const sc = this.context.sparkContext
		const before = this.#before(time)
		const data = (this.parent.getOrCompute(time) ?? emptyRDD<Pair>(sc)).partitionBy(this.#partitioner)
		const isFullScan = this.#isFullScan(time)
		const thresholdMs = time.milliseconds - (this.#spec.idleTimeout?.milliseconds ?? 0)
		const { mapping, isOptional, idleTimeout } = this.#spec
		const scanBelowMs = isFullScan && idleTimeout !== undefined ? thresholdMs : undefined
		const whole = ([states, records]: readonly Iterable<unknown>[]): PartitionState => {
			const held = PartitionState.in(states as Iterable<unknown>)
			return mappedPartition({ mapping, isOptional, idleTimeout }, held, records as Iterable<Pair>, time, scanBelowMs)
		}
		return this.inColumns(
			new RDD<PartitionState>(sc, {
				kind: 'MapWithStateRDD',
				partitioner: this.#partitioner,
				plan: { kind: 'zipped', parents: [before, data], fn: whole, whole },
			}),
		)
	}

	/** The tables after the batch before, at the places that the partitioner gives. */
	#before(time: Time): RDD<PartitionState> {
		const last = time.minus(this.slideDuration)
		if (this.isForgotten(last)) return this.#tables(emptyRDD<Pair>(this.context.sparkContext), time)
		const before = this.getOrCompute(last)
		if (before === undefined) {
			const brought = this.brought()
			if (brought !== undefined) return this.#held(brought as RDD<[unknown, Held]>)
			return this.#tables(
				(this.#spec.initial as RDD<Pair> | undefined) ?? emptyRDD<Pair>(this.context.sparkContext),
				time,
			)
		}
		this.settleBrought()
		if (before.partitioner?.equals(this.#partitioner) === true) return before
		return this.#held(this.entriesOf(before))
	}

	protected override entriesOf(rdd: RDD<PartitionState>): RDD<[unknown, Held]> {
		return rdd.flatMap(({ states }) => states.held()) as RDD<[unknown, Held]>
	}
	/** Tables of entries, keys touched when they were. */
	#held(entries: RDD<[unknown, Held]>): RDD<PartitionState> {
		return entries
			.partitionBy(this.#partitioner)
			.mapPartitions((records) => [new PartitionState(StateVersion.ofHeld(records), [])], true)
	}

	/** Tables of the pairs, each key touched at `time`. */
	#tables(pairs: RDD<Pair>, { milliseconds }: Time): RDD<PartitionState> {
		return pairs.partitionBy(this.#partitioner).mapPartitions((records: IterableIterator<Pair>) => {
			return [new PartitionState(StateVersion.of(records, milliseconds), [])]
		}, true)
	}
}

/** The mapped records of a partition. No flatMap: for a function of its own each batch would compile a loop. */
function mappedOf(parts: Iterable<PartitionState>): Iterable<never> {
	for (const { mapped } of parts) return mapped as Iterable<never>
	return []
}
function statesOf(parts: Iterable<PartitionState>): Iterable<never> {
	for (const { states } of parts) return states as Iterable<never>
	return []
}

/** A stream of mapped records with the states beside it. */
export class MapWithStateDStream<E, K = unknown, S = unknown> extends DStream<E> {
	readonly #inner: InternalMapWithStateDStream

	constructor(parent: DStream<Pair>, spec: AnySpec) {
		super(parent.context, 'mapWithState')
		this.#inner = new InternalMapWithStateDStream(parent, spec, this)
	}

	override get slideDuration(): Duration {
		return this.#inner.slideDuration
	}
	/** @internal */
	override get dependencies(): readonly AnyDStream[] {
		return [this.#inner]
	}
	/** Sets how often the states are written and timeouts are looked for. */
	override checkpoint(interval: DurationLike): DStream<E> {
		this.#inner.checkpoint(Duration.of(interval))
		return this
	}
	/** @internal */
	override compute(time: Time): RDD<E> | undefined {
		return this.#inner.getOrCompute(time)?.mapPartitions(mappedOf) as RDD<E> | undefined
	}

	/** Every [key, state] after each batch; order not kept. */
	stateSnapshots(): DStream<[K, S]> {
		return derived<[K, S]>(
			this.#inner,
			'stateSnapshots',
			'FlatMappedDStream',
			([rdd]) => (rdd as RDD<PartitionState>).mapPartitions(statesOf) as RDD<[K, S]>,
		)
	}
}
