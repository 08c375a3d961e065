/**
 * One batch of mapWithState on one partition: the function of the program is called for every record, with the state of
 * its key, and at a full scan for every key that has been idle for too long.
 */

import type { Time } from '../base/time.js'
import { type PortableParts, portable } from '../rdd/portable.js'
import { requireValue } from '../rdd/result.js'
import { MappedRecords, type PairsById } from '../state/mapped.js'
import { copiesOf } from '../state/owncopy.js'
import { type Edit, type Held, StateVersion } from '../state/version.js'
import { estimateBytes, type PackedRecords } from '../storage/sizes.js'
import { type AnySpec, State } from './state.js'

/** What a partition holds after a batch: its states and the mapped records. As records of an RDD it is the only one. */
export class PartitionState implements PackedRecords {
	readonly states: StateVersion
	readonly mapped: readonly unknown[] | PairsById

	constructor(states: StateVersion, mapped: readonly unknown[] | PairsById) {
		this.states = states
		this.mapped = mapped
	}

	/** The one among the records of a partition; an empty one when there is none. */
	static in(records: Iterable<unknown>): PartitionState {
		for (const record of records) return record as PartitionState
		return new PartitionState(StateVersion.of([], 0), [])
	}

	estimateBytes(): number {
		return this.states.estimateBytes() + estimateBytes(this.mapped)
	}
	get onResize(): (() => void) | undefined {
		return this.states.onResize
	}
	set onResize(resized: (() => void) | undefined) {
		this.states.onResize = resized
	}
	/** Keys, states, when each was touched, and the mapped records. */
	get [portable](): PortableParts {
		const keys: unknown[] = []
		const values: unknown[] = []
		const touched: number[] = []
		for (const [key, { value, touchedMs }] of this.states.held()) {
			keys.push(key)
			values.push(value)
			touched.push(touchedMs)
		}
		return { make: partitionState, parts: [keys, values, touched, [...this.mapped]] }
	}
	*[Symbol.iterator](): IterableIterator<PartitionState> {
		yield this
	}
}

/** A partition made again from its parts. */
export function partitionState(parts: readonly unknown[]): PartitionState {
	const [keys, values, touched, mapped] = parts as [unknown[], unknown[], number[], unknown[]]
	const held = keys.map((key, i): [unknown, Held] => [key, { value: values[i], touchedMs: touched[i] as number }])
	return new PartitionState(StateVersion.ofHeld(held), mapped)
}

/** What tasks need of a spec. */
export type Mapping = Pick<AnySpec, 'mapping' | 'isOptional' | 'idleTimeout'>

/**
 * The states and the mapped records after the batch at `time`.
 * @param scanBelowMs keys that were last touched before it time out; undefined: none does
 * @throws task/promise, and what the function throws
 */
export function mappedPartition(
	spec: Mapping,
	before: PartitionState,
	records: Iterable<Pair>,
	time: Time,
	scanBelowMs: number | undefined,
): PartitionState {
	const { mapping, isOptional } = spec
	const touches = spec.idleTimeout !== undefined
	let mapped: MappedRecords | undefined
	const all = Array.isArray(records) ? (records as Pair[]) : [...records]
	const states = before.states.next((edit) => {
		const { live, values, touched, table } = edit.columns
		const into = new MappedRecords(table.keys, all.length)
		mapped = into
		const emit = (id: number, key: unknown, result: unknown): void => {
			if (typeof result === 'object') requireValue('mapWithState', result)
			if (!isOptional || result !== undefined) into.add(id, key, result)
		}
		loopOf(mapping)({ edit, all, mapping, time, nowMs: time.milliseconds, emit, touches, stateOf: State.of })
		if (scanBelowMs === undefined) return
		for (let id = 0; id < values.length; id += 1) {
			if (live[id] === 0 || (touched?.[id] as number) >= scanBelowMs) continue
			emit(id, table.keys[id], mapping(time, table.keys[id], undefined, State.of(true, values[id], true)))
			edit.remove(id)
		}
	})
	return new PartitionState(states, mapped?.records ?? [])
}

type Pair = readonly [unknown, unknown]

/** What a loop needs; all of it, so that it can be copied. */
interface Work {
	readonly edit: Edit
	readonly all: readonly Pair[]
	readonly mapping: AnySpec['mapping']
	readonly time: Time
	readonly nowMs: number
	readonly emit: (id: number, key: unknown, result: unknown) => void
	/** A state that is there counts as touched, whatever the function does with it. */
	readonly touches: boolean
	readonly stateOf: typeof State.of
}

const loopOf = copiesOf(function mapLoop({ edit, all, mapping, time, nowMs, emit, touches, stateOf }: Work): void {
	const { columns } = edit
	const ids = columns.idsOf(all)
	for (let i = 0; i < all.length; i += 1) {
		if (i % 128 === 0) columns.approach(ids, i, Math.min(all.length, i + 128))
		const id = ids[i] as number
		const [key, value] = all[i] as Pair
		const isThere = columns.live[id] === 1
		const before = isThere ? columns.values[id] : undefined
		const state = stateOf(isThere, before, false)
		emit(id, key, mapping(time, key, value, state))
		const { outcome } = state
		if (outcome === 'updated') edit.set(id, state.next, nowMs)
		else if (outcome === 'removed') edit.remove(id)
		else if (isThere && touches) edit.set(id, state.next, nowMs)
		else if (isThere && state.next !== before) edit.set(id, state.next, columns.touched?.[id] ?? nowMs)
	}
})
