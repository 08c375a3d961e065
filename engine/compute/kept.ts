/**
 * What this machine keeps of RDDs between jobs: persisted partitions, and the output of shuffles.
 *
 * Both hang on the RDD by weak reference, so they go with it; `forget` frees them before.
 */

import type { AnyRDD } from '../rdd/plan.js'
import { StorageLevel } from '../storage/level.js'

/** Partitions of persisted RDDs, as arrays. Levels with a disk are kept in memory, too. */
export class KeptPartitions {
	readonly #kept = new WeakMap<AnyRDD, Map<number, readonly unknown[]>>()

	/** True when the RDD is to be kept. */
	static wants(rdd: AnyRDD): boolean {
		return rdd.getStorageLevel() !== StorageLevel.NONE
	}
	get(rdd: AnyRDD, partition: number): readonly unknown[] | undefined {
		return this.#kept.get(rdd)?.get(partition)
	}
	set(rdd: AnyRDD, partition: number, records: readonly unknown[]): void {
		const partitions = this.#kept.get(rdd)
		if (partitions === undefined) this.#kept.set(rdd, new Map([[partition, records]]))
		else partitions.set(partition, records)
	}
	/** True when all of these partitions are there, so nothing behind the RDD will be asked. */
	hasAll(rdd: AnyRDD): boolean {
		return KeptPartitions.wants(rdd) && this.#kept.get(rdd)?.size === rdd.getNumPartitions()
	}
	forget(rdd: AnyRDD): void {
		this.#kept.delete(rdd)
	}
}

/** What the map side of a shuffle left for one partition, and its final records once somebody has read them. */
export interface ShuffledPartition {
	readonly buckets: (readonly (readonly [unknown, unknown])[])[]
	records: readonly unknown[] | undefined
}

/** Outputs of shuffles by the RDD that reads them. */
export class ShuffleOutputs {
	readonly #outputs = new WeakMap<AnyRDD, ShuffledPartition[]>()

	get(rdd: AnyRDD): ShuffledPartition[] | undefined {
		return this.#outputs.get(rdd)
	}
	set(rdd: AnyRDD, output: ShuffledPartition[]): void {
		this.#outputs.set(rdd, output)
	}
	forget(rdd: AnyRDD): void {
		this.#outputs.delete(rdd)
	}
}
