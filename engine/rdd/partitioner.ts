/**
 * Where a key goes. Source: Spark's `Partitioner`, `HashPartitioner`.
 *
 * Two partitioners that are `equals` place every key alike, so a shuffle between them is left out.
 */

import { requireThat } from '../base/errors.js'
import { hashKey } from './keys.js'

/** Places keys in partitions 0 to numPartitions - 1. Subclass it for a placement of your own. */
export abstract class Partitioner {
	abstract readonly numPartitions: number
	abstract getPartition(key: unknown): number
	/** The same object unless overridden. */
	equals(that: unknown): boolean {
		return this === that
	}
	/** Called and awaited before a stage places keys by this partitioner; range partitioners sample here. */
	prepare(): Promise<void> | undefined {
		return undefined
	}
}

/** Places a key by its JVM hash code, as Spark does for strings, integers, booleans, null and tuples of these. */
export class HashPartitioner extends Partitioner {
	readonly numPartitions: number

	/** @throws argument/illegal when `numPartitions` is negative */
	constructor(numPartitions: number) {
		super()
		requireThat(numPartitions >= 0, `Number of partitions (${numPartitions}) cannot be negative.`)
		this.numPartitions = numPartitions
	}

	getPartition(key: unknown): number {
		if (key === null || key === undefined) return 0
		const rest = hashKey(key) % this.numPartitions
		return rest < 0 ? rest + this.numPartitions : rest
	}

	override equals(that: unknown): boolean {
		return that instanceof HashPartitioner && that.numPartitions === this.numPartitions
	}
}
