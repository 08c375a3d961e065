/**
 * What the map sides of shuffles left on this machine, by the RDD that reads it, until that RDD is garbage.
 *
 * A shuffle whose result was kept elsewhere than in the shuffle's own arrays (as bytes, in a file) is let go, partition by
 * partition; who still needs it makes the shuffle run again.
 */

import type { AnyRDD } from '../rdd/plan.js'
import type { Bucket } from './shuffle.js'

/** What the map side of a shuffle left for one partition, and its final records once somebody has read them. */
export interface ShuffledPartition {
	readonly buckets: Bucket[]
	records: Iterable<unknown> | undefined
	/** True when it is kept elsewhere and nothing is left here. */
	isLetGo: boolean
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

/** Frees one partition of a shuffle whose records are kept elsewhere. */
export function letGo(output: ShuffledPartition | undefined): void {
	if (output === undefined) return
	output.records = undefined
	output.buckets.length = 0
	output.isLetGo = true
}
