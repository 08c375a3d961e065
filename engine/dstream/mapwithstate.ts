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
import { KeyMap } from '../rdd/keys.js'
import { emptyRDD } from '../rdd/make.js'
import { HashPartitioner, type Partitioner } from '../rdd/partitioner.js'
import { RDD } from '../rdd/rdd.js'
import { requireValue } from '../rdd/result.js'
import { StorageLevel } from '../storage/level.js'
import { type AnyDStream, DStream } from './dstream.js'
import { derived } from './elements.js'
import { State, type StateSpec } from './state.js'
import { StatefulDStream } from './stateful.js'

type Pair = [unknown, unknown]
type AnySpec = StateSpec<unknown, unknown, unknown, unknown>

interface Held {
	readonly value: unknown
	/** The batch time in which it was last touched, milliseconds. */
	readonly touchedMs: number
}

/** What a partition holds after a batch. */
interface PartitionState {
	readonly states: KeyMap<Held>
	readonly mapped: readonly unknown[]
}

class InternalMapWithStateDStream extends StatefulDStream<PartitionState> {
	readonly #spec: AnySpec
	readonly #partitioner: Partitioner
	readonly #outer: AnyDStream

	constructor(parent: DStream<Pair>, spec: AnySpec, outer: AnyDStream) {
		super(parent, 'mapWithState')
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
		const spec = this.#spec
		return new RDD<PartitionState>(sc, {
			kind: 'MapWithStateRDD',
			partitioner: this.#partitioner,
			plan: {
				kind: 'zipped',
				parents: [before, data],
				fn: ([states, records]) => {
					const held = (states?.next().value as PartitionState | undefined)?.states ?? new KeyMap<Held>()
					const scanBelowMs = isFullScan && spec.idleTimeout !== undefined ? thresholdMs : undefined
					return [update(spec, held, records as IterableIterator<Pair>, time, scanBelowMs)]
				},
			},
		})
	}

	/** The tables after the batch before, at the places that the partitioner gives. */
	#before(time: Time): RDD<PartitionState> {
		const last = time.minus(this.slideDuration)
		if (this.isForgotten(last)) return this.#tables(emptyRDD<Pair>(this.context.sparkContext), time)
		const before = this.getOrCompute(last)
		if (before === undefined) {
			return this.#tables(
				(this.#spec.initial as RDD<Pair> | undefined) ?? emptyRDD<Pair>(this.context.sparkContext),
				time,
			)
		}
		if (before.partitioner?.equals(this.#partitioner) === true) return before
		const entries = before.flatMap(({ states }) => states) as RDD<[unknown, Held]>
		return entries
			.partitionBy(this.#partitioner)
			.mapPartitions((records) => [{ states: new KeyMap(records), mapped: [] }], true)
	}

	/** Tables of the pairs, each key touched at `time`. */
	#tables(pairs: RDD<Pair>, time: Time): RDD<PartitionState> {
		return pairs.partitionBy(this.#partitioner).mapPartitions((records: IterableIterator<Pair>) => {
			const states = new KeyMap<Held>()
			for (const [key, value] of records) states.set(key, { value, touchedMs: time.milliseconds })
			return [{ states, mapped: [] }]
		}, true)
	}
}

/** The table and the mapped records of one partition after a batch. */
function update(
	spec: AnySpec,
	before: KeyMap<Held>,
	records: IterableIterator<Pair>,
	time: Time,
	scanBelowMs: number | undefined,
): PartitionState {
	const states = before.copy()
	const mapped: unknown[] = []
	const emit = (result: unknown): void => {
		requireValue('mapWithState', result)
		if (!spec.isOptional || result !== undefined) mapped.push(result)
	}
	for (const [key, value] of records) {
		const held = states.get(key)
		const state = State.of(held)
		emit(spec.mapping(time, key, value, state))
		if (state.outcome === 'removed') states.delete(key)
		else if (state.outcome === 'updated' || (state.exists() && spec.idleTimeout !== undefined)) {
			states.set(key, { value: state.next, touchedMs: time.milliseconds })
		} else if (held !== undefined && state.next !== held.value) states.set(key, { ...held, value: state.next })
	}
	if (scanBelowMs !== undefined) {
		for (const [key, held] of [...states]) {
			if (held.touchedMs >= scanBelowMs) continue
			emit(spec.mapping(time, key, undefined, State.of(held, true)))
			states.delete(key)
		}
	}
	return { states, mapped }
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
		return this.#inner.getOrCompute(time)?.flatMap(({ mapped }) => mapped as Iterable<E & object>) as RDD<E> | undefined
	}

	/** Every [key, state] after each batch; order not kept. */
	stateSnapshots(): DStream<[K, S]> {
		return derived<[K, S]>(this.#inner, 'stateSnapshots', 'FlatMappedDStream', ([rdd]) =>
			(rdd as RDD<PartitionState>).flatMap(({ states }) => snapshot<K, S>(states)),
		)
	}
}

function* snapshot<K, S>(states: KeyMap<Held>): Iterable<[K, S]> {
	for (const [key, held] of states) yield [key as K, held.value as S]
}
