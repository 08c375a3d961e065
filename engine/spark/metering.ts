/**
 * Counts the records of metered RDDs where they are computed, for pictures of a running graph: tasks send what they have
 * counted with what they add to accumulators.
 *
 *   step ──▶ counting ──▶ step …      [rdd, partition, count] ──accumulator──▶ the meter of that RDD
 */

import { AccumulatorV2 } from '../rdd/accumulator.js'
import { type Meter, meterOf } from '../rdd/meter.js'
import type { AnyRDD, Step } from '../rdd/plan.js'

/** The records of one partition. */
type Count = readonly [rddId: number, partition: number, numRecords: number]

/** So many RDDs are counted at a time; older ones are over. */
const mostMeters = 10_000

/** Hands counts on to the meters. */
class Counts extends AccumulatorV2<Count, number> {
	readonly meters = new Map<number, WeakRef<Meter>>()

	/** Below those of the program's own. */
	override get id(): number {
		return -1
	}
	override get isRegistered(): boolean {
		return true
	}

	/** How many RDDs are counted. */
	get value(): number {
		return this.meters.size
	}
	override isZero(): boolean {
		return this.meters.size === 0
	}
	override copy(): Counts {
		return this
	}
	override reset(): void {
		this.meters.clear()
	}
	override add([rddId, partition, numRecords]: Count): void {
		this.meters.get(rddId)?.deref()?.saw(partition, numRecords)
	}
	override merge(other: AccumulatorV2<Count, number>): void {
		this.refuseMerge(other)
	}
}

export class Metering {
	readonly #counts = new Counts()

	/** A step that passes on the records of an RDD and counts them; undefined when nobody wants to know. */
	step(rdd: AnyRDD): Step | undefined {
		const meter = meterOf(rdd)
		if (meter === undefined) return undefined
		const { meters } = this.#counts
		meters.delete(rdd.id)
		meters.set(rdd.id, new WeakRef(meter))
		const [oldest] = meters.keys()
		if (meters.size > mostMeters && oldest !== undefined) meters.delete(oldest)
		return { op: 'partition', fn: counting(this.#counts, rdd.id) }
	}
}

/** Travels to workers, where `counts` only takes notes. */
function counting(counts: AccumulatorV2<Count, unknown>, rddId: number): (Step & { op: 'partition' })['fn'] {
	return function* counted(records, partition) {
		let numRecords = 0
		try {
			for (const record of records) {
				numRecords++
				yield record
			}
		} finally {
			counts.add([rddId, partition, numRecords])
		}
	}
}
