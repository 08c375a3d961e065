/**
 * Values that mean more than their content, on their way to workers: broadcast values go once to each worker, what tasks
 * add to accumulators comes back, objects of the engine are those of the worker.
 */

import { StreamError } from '../base/errors.js'
import { Duration, Time } from '../base/time.js'
import type { Carrier } from '../closure/graph.js'
import { commonCarriers, everyMember, singletons } from '../compute/carriers.js'
import { type AccumulatorV2, DoubleAccumulator, LongAccumulator } from '../rdd/accumulator.js'
import { Broadcast } from '../rdd/broadcast.js'
import { RangePartitioner } from '../rdd/ordered.js'
import { fromBytes, toBytes } from '../rdd/saved.js'

/** What a captured stage refers to beside plain values. */
export class Cargo {
	readonly broadcasts = new Set<Broadcast<unknown>>()
	readonly accumulators = new Map<number, AccumulatorV2<never, unknown>>()

	readonly carriers: readonly Carrier[] = [
		...commonCarriers({
			broadcast: (met) => void this.broadcasts.add(met),
			accumulator: (met) => {
				this.accumulators.set(met.id, met)
				return { counts: isCounting(met) }
			},
		}),
		{
			name: 'ranges',
			takes: (value) => (value instanceof RangePartitioner ? everyMember : undefined),
			take: (value) => {
				const { bounds, ascending } = (value as RangePartitioner).ranges
				return { bounds: toBytes(bounds), ascending }
			},
		},
	]
}

const isCounting = (value: object): boolean =>
	value.constructor === LongAccumulator || value.constructor === DoubleAccumulator

/** What a task has added to one accumulator. */
export type Added =
	| { readonly id: number; readonly sum: number; readonly count: number }
	| { readonly id: number; readonly values: readonly unknown[] }

/** Stands for an accumulator in a worker: remembers what is added. */
class Adding {
	readonly #id: number
	readonly #counts: boolean
	#sum = 0
	#count = 0
	#values: unknown[] = []

	constructor(id: number, counts: boolean) {
		this.#id = id
		this.#counts = counts
	}
	add(value: unknown): void {
		if (this.#counts) {
			this.#sum += value as number
			this.#count++
		} else this.#values.push(value)
	}
	/** What was added since the last time; undefined for nothing. */
	takeAdded(): Added | undefined {
		const added: Added = this.#counts
			? { id: this.#id, sum: this.#sum, count: this.#count }
			: { id: this.#id, values: this.#values }
		const isNothing = this.#counts ? this.#count === 0 : this.#values.length === 0
		this.#sum = 0
		this.#count = 0
		this.#values = []
		return isNothing ? undefined : added
	}
}

const addings = new Map<number, Adding>()
const broadcasts = new Map<number, Broadcast<unknown>>()

/** What the tasks of this worker have added since the last call. */
export function takeAdded(): Added[] {
	return [...addings.values()].map((adding) => adding.takeAdded()).filter((added) => added !== undefined)
}

/** The program's numbers of broadcast values by those of Spark. */
const ownIds = new Map<number, number>()

/** Makes a broadcast value, which Spark knows by `sparkId`, known to the functions of this worker. */
export function setBroadcast(sparkId: number, id: number, value: unknown): void {
	ownIds.set(sparkId, id)
	broadcasts.set(id, new Broadcast(id, value))
}
export function dropBroadcast(sparkId: number): void {
	const id = ownIds.get(sparkId)
	if (id !== undefined) broadcasts.delete(id)
	ownIds.delete(sparkId)
}

/** Puts back, in a worker, what the carriers took. */
export function unloadCargo(carrier: string, data: unknown): unknown {
	switch (carrier) {
		case 'broadcast': {
			const broadcast = broadcasts.get(data as number)
			if (broadcast !== undefined) return broadcast
			throw new StreamError('internal/state', `the worker was not told of broadcast ${String(data)}`)
		}
		case 'accumulator': {
			const { id, counts } = data as { readonly id: number; readonly counts: boolean }
			const adding = addings.get(id) ?? new Adding(id, counts)
			addings.set(id, adding)
			return adding
		}
		case 'time': {
			const { isTime, ms } = data as { readonly isTime: boolean; readonly ms: number }
			return isTime ? new Time(ms) : new Duration(ms)
		}
		case 'ranges': {
			const { bounds, ascending } = data as { readonly bounds: Uint8Array; readonly ascending: boolean }
			return RangePartitioner.of({ bounds: fromBytes(bounds), ascending })
		}
		case 'engine':
			return singletons[data as string]
		default:
			throw new StreamError('internal/state', `nobody here takes over what ${carrier} carried`)
	}
}
