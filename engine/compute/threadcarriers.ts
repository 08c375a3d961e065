/**
 * Values that mean more than their content: broadcast values are sent to a thread once, accumulators are added up there
 * and merged here, objects of the engine are the ones of the thread.
 */

import { StreamError } from '../base/errors.js'
import type { Carrier } from '../closure/graph.js'
import { type Shipped, shipFunction } from '../closure/ship.js'
import { type AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from '../rdd/accumulator.js'
import type { Broadcast } from '../rdd/broadcast.js'
import { commonCarriers } from './carriers.js'
import type { Added } from './threadwire.js'

export type AccumulatorKind = 'long' | 'double' | 'list'

/** What a captured function refers to beside plain values. */
export class Cargoes {
	readonly broadcasts = new Map<number, Broadcast<unknown>>()
	readonly accumulators = new Map<number, AccumulatorV2<never, unknown>>()

	readonly carriers: readonly Carrier[] = commonCarriers({
		broadcast: (met) => void this.broadcasts.set(met.id, met),
		accumulator: (met) => {
			const kind = kindOf(met)
			this.accumulators.set(met.id, met)
			return { kind }
		},
	})

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
