/**
 * Values that mean more than their content, as every kind of worker takes them along: broadcast values and accumulators by
 * their ids, times by their milliseconds, objects that hold the engine's own state by name.
 */

import { Duration, Time } from '../base/time.js'
import type { Carrier } from '../closure/graph.js'
import { AccumulatorV2 } from '../rdd/accumulator.js'
import { Broadcast } from '../rdd/broadcast.js'
import { TaskContext } from '../rdd/taskcontext.js'
import { localFiles } from '../storage/localfiles.js'

/** Objects of the engine that hold its own state. */
export const singletons: Readonly<Record<string, object>> = { TaskContext, localFiles }

/** Any member may be read; nothing of it can be changed. */
export const everyMember = { includes: () => true } as unknown as readonly string[]

/** What captured functions refer to. */
export interface Carried {
	readonly broadcast: (value: Broadcast<unknown>) => void
	/** What its stand-in has to know beside its id. */
	readonly accumulator: (value: AccumulatorV2<never, unknown>) => object
}

/** The carriers that tell `carried` of what they meet. */
export const commonCarriers = ({ broadcast, accumulator }: Carried): readonly Carrier[] => [
	{
		name: 'broadcast',
		takes: (value) => (value instanceof Broadcast ? ['value', 'id', 'toString'] : undefined),
		take: (value) => {
			const met = value as Broadcast<unknown>
			// Says that it was destroyed, if it was.
			void met.value
			broadcast(met)
			return met.id
		},
	},
	{
		name: 'accumulator',
		takes: (value) => (value instanceof AccumulatorV2 ? ['add'] : undefined),
		take: (value) => {
			const met = value as AccumulatorV2<never, unknown>
			return { id: met.id, ...accumulator(met) }
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
