/**
 * Values that mean more than their content: broadcast values are sent to a thread once, accumulators are added up there
 * and merged here, objects of the engine are the ones of the thread.
 */

import { StreamError } from '../base/errors.js'
import { Duration, Time } from '../base/time.js'
import type { Carrier } from '../closure/graph.js'
import { type Shipped, shipFunction } from '../closure/ship.js'
import { AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from '../rdd/accumulator.js'
import { Broadcast } from '../rdd/broadcast.js'
import { TaskContext } from '../rdd/taskcontext.js'
import { localFiles } from '../storage/localfiles.js'
import type { Added } from './threadwire.js'

/** Objects of the engine that hold its own state. */
export const singletons: Readonly<Record<string, object>> = { TaskContext, localFiles }

export type AccumulatorKind = 'long' | 'double' | 'list'

/** What a captured function refers to beside plain values. */
export class Cargoes {
	readonly broadcasts = new Map<number, Broadcast<unknown>>()
	readonly accumulators = new Map<number, AccumulatorV2<never, unknown>>()

	readonly carriers: readonly Carrier[] = [
		{
			name: 'broadcast',
			takes: (value) => (value instanceof Broadcast ? ['value', 'id', 'toString'] : undefined),
			take: (value) => {
				const broadcast = value as Broadcast<unknown>
				// Says that it was destroyed, if it was.
				void broadcast.value
				this.broadcasts.set(broadcast.id, broadcast)
				return broadcast.id
			},
		},
		{
			name: 'accumulator',
			takes: (value) => (value instanceof AccumulatorV2 ? ['add'] : undefined),
			take: (value) => {
				const accumulator = value as AccumulatorV2<never, unknown>
				this.accumulators.set(accumulator.id, accumulator)
				return { id: accumulator.id, kind: kindOf(accumulator) }
			},
		},
		{
			name: 'time',
			takes: (value) => (value instanceof Time || value instanceof Duration ? everyMember : undefined),
			take: (value) => ({ isTime: value instanceof Time, ms: (value as Time | Duration).milliseconds }),
		},
		{
			name: 'engine',
			takes: (value) => (Object.values(singletons).includes(value) ? everyMember : undefined),
			take: (value) => Object.entries(singletons).find(([, one]) => one === value)?.[0],
		},
	]

	/** Adds what tasks have added. */
	merge(added: readonly Added[]): void {
		for (const one of added) {
			const accumulator = this.accumulators.get(one.id)
			if (one.kind === 'list') for (const value of one.values) accumulator?.add(value as never)
			else if (accumulator instanceof LongAccumulator || accumulator instanceof DoubleAccumulator) {
				accumulator.addCounted(one.sum, one.count)
			}
		}
	}
}

/** Any member may be read; nothing of it can be changed. */
const everyMember = { includes: () => true } as unknown as readonly string[]

function kindOf(accumulator: object): AccumulatorKind {
	const type = accumulator.constructor
	if (type === LongAccumulator) return 'long'
	if (type === DoubleAccumulator) return 'double'
	if (type === CollectionAccumulator) return 'list'
	throw new StreamError('rdd/unsupported', `${type.name} is an accumulator of the program's own`, {
		remedy: 'use sc.longAccumulator(), sc.doubleAccumulator() or sc.collectionAccumulator()',
	})
}

const shippedValues = new WeakMap<object, Shipped>()

/** A broadcast value as bytes, captured once. @throws task/closure */
export function broadcastBytes(broadcast: Broadcast<unknown>): Uint8Array {
	let shipped = shippedValues.get(broadcast)
	if (shipped === undefined) {
		shipped = shipFunction(
			broadcast.value,
			{ name: `broadcast ${broadcast.id}`, site: undefined },
			new Cargoes().carriers,
		)
		shippedValues.set(broadcast, shipped)
	}
	return shipped.bytes
}
