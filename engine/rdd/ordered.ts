/** Sorting, and the partitioner that keeps ranges of keys together. Source: Spark's `OrderedRDDFunctions`, `RangePartitioner`. */

import { requireThat } from '../base/errors.js'
import { family } from './family.js'
import { defaultOrder } from './order.js'
import type { PairRDD } from './pair.js'
import { Partitioner } from './partitioner.js'
import { boundsOf, candidates } from './ranges.js'
import { RDD } from './rdd.js'
import type { KeyOf, Shape } from './shape.js'

type Order = (a: unknown, b: unknown) => number

/** The greatest key of each partition but the last. @internal */
export interface RangeBounds {
	readonly bounds: readonly unknown[]
	readonly ascending: boolean
}

/** Sorts by key: partition i holds smaller keys than partition i + 1. Bounds come from a sample that a job takes. */
export class RangePartitioner extends Partitioner {
	readonly #wanted: number
	readonly #rdd: PairRDD
	readonly #ascending: boolean
	readonly #pointsHint: number
	#bounds: unknown[] | undefined

	/**
	 * Not sampled yet: the bounds are found by the first job that places keys by it.
	 * @param samplePointsPerPartitionHint how many keys are looked at for each partition
	 * @throws argument/illegal for a negative number of partitions, or no points
	 */
	constructor(partitions: number, rdd: PairRDD, ascending = true, samplePointsPerPartitionHint = 20) {
		super()
		requireThat(partitions >= 0, `Number of partitions cannot be negative but found ${partitions}.`)
		requireThat(
			samplePointsPerPartitionHint > 0,
			`Sample points per partition must be greater than 0 but found ${samplePointsPerPartitionHint}`,
		)
		this.#pointsHint = samplePointsPerPartitionHint
		this.#wanted = partitions
		this.#rdd = rdd
		this.#ascending = ascending
	}

	/** A partitioner whose bounds are known; making it runs a job. */
	static async create(partitions: number, rdd: PairRDD, ascending = true): Promise<RangePartitioner> {
		const partitioner = new RangePartitioner(partitions, rdd, ascending)
		await partitioner.prepare()
		return partitioner
	}

	/** One with these bounds, for another process. @internal */
	static of({ bounds, ascending }: RangeBounds): RangePartitioner {
		const partitioner = new RangePartitioner(bounds.length + 1, undefined as never, ascending)
		partitioner.#bounds = [...bounds]
		return partitioner
	}
	/** What places keys, once it is known. @internal */
	get ranges(): RangeBounds {
		return { bounds: this.#bounds ?? [], ascending: this.#ascending }
	}

	/** May be fewer than asked for, once the sample is there. */
	get numPartitions(): number {
		return this.#bounds === undefined ? Math.max(this.#wanted, 1) : this.#bounds.length + 1
	}

	override prepare(): Promise<void> | undefined {
		if (this.#bounds !== undefined) return undefined
		if (this.#wanted <= 1) {
			this.#bounds = []
			return undefined
		}
		return this.#sample()
	}

	async #sample(): Promise<void> {
		this.#bounds = boundsOf(await candidates(this.#rdd, this.#wanted, this.#pointsHint), this.#wanted, defaultOrder)
	}

	/** The first partition whose bound is not smaller than the key; descending, the same ranges in reverse. */
	getPartition(key: unknown): number {
		const bounds = this.#bounds ?? []
		let low = 0
		let high = bounds.length
		while (low < high) {
			const middle = (low + high) >>> 1
			if (defaultOrder(key, bounds[middle]) > 0) low = middle + 1
			else high = middle
		}
		return this.#ascending ? low : bounds.length - low
	}
}

declare module './rdd.js' {
	interface RDD<T> {
		/** Sorted by `f(record)`; sorting takes a sample first, when the RDD is computed. */
		sortBy<K>(f: (x: T) => K, ascending?: boolean, numPartitions?: number): RDD<T>
		/** Sorted by key. */
		sortByKey(this: PairRDD, ascending?: boolean, numPartitions?: number): RDD<T>
		/** Placed by `partitioner` and sorted by key within each partition. */
		repartitionAndSortWithinPartitions(this: PairRDD, partitioner: Partitioner): RDD<T>
		/** The pairs with a key from `lower` to `upper`, both included. */
		filterByRange(this: PairRDD, lower: KeyOf<T>, upper: KeyOf<T>): RDD<T>
	}
}

function sortedBy(rdd: PairRDD, partitioner: Partitioner, keyOrder: Order): RDD<never> {
	return new RDD<never>(rdd.sparkContext, {
		kind: 'ShuffledRDD',
		partitioner,
		plan: { kind: 'shuffled', parent: rdd, partitioner, combiner: undefined, keyOrder },
	})
}

family(RDD, {
	sortBy(f, ascending = true, n) {
		const numPartitions = n ?? this.getNumPartitions()
		const keyed = this.map((x: unknown): [unknown, Shape] => [f(x as never), x as Shape])
		return keyed.sortByKey(ascending, numPartitions).map(([, x]) => x)
	},
	sortByKey(ascending = true, n) {
		const numPartitions = n ?? this.getNumPartitions()
		const order: Order = ascending ? defaultOrder : (a, b) => defaultOrder(b, a)
		return sortedBy(this, new RangePartitioner(numPartitions, this, ascending), order)
	},
	repartitionAndSortWithinPartitions(partitioner) {
		return sortedBy(this, partitioner, defaultOrder)
	},
	filterByRange(lower, upper) {
		return this.filter(([k]) => defaultOrder(k, lower) >= 0 && defaultOrder(k, upper) <= 0) as never
	},
})
