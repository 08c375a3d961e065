/**
 * Counts the records of chosen RDDs while they are computed, for pictures of a running graph.
 *
 * Nobody computes anything because of a meter. A metered RDD is no longer fused with what follows it; without meters
 * nothing is looked up and nothing costs.
 */

import { PairColumns } from './columns.js'
import type { AnyRDD } from './plan.js'

/** The records of one RDD, by partition. */
export class Meter {
	readonly #counts = new Map<number, number>()

	/** Records that were computed so far; undefined when none of its partitions was. */
	get records(): number | undefined {
		if (this.#counts.size === 0) return undefined
		return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
	}

	/** The same records, counted while they are taken. A partition that is computed again counts once. */
	counted(partition: number, records: Iterable<unknown>): Iterable<unknown> {
		if (!(Array.isArray(records) || records instanceof PairColumns)) return this.#counting(partition, records)
		this.saw(partition, records.length)
		return records
	}

	*#counting(partition: number, records: Iterable<unknown>): IterableIterator<unknown> {
		let count = 0
		try {
			for (const record of records) {
				count++
				yield record
			}
		} finally {
			this.saw(partition, count)
		}
	}

	/** Counts records that somebody else has seen. */
	saw(partition: number, count: number): void {
		this.#counts.set(partition, Math.max(count, this.#counts.get(partition) ?? 0))
	}
}

const meters = new WeakMap<AnyRDD, Meter>()
let hasMeters = false

/** Counts the records of `rdd` from now on. */
export function meter(rdd: AnyRDD): void {
	hasMeters = true
	if (!meters.has(rdd)) meters.set(rdd, new Meter())
}

/** The meter of an RDD, if it has one. */
export function meterOf(rdd: AnyRDD): Meter | undefined {
	return hasMeters ? meters.get(rdd) : undefined
}
