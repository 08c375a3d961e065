/** What two RDDs have in common, and what only one has. Source: Spark's `RDD.intersection`, `RDD.subtract`. */

import { zipped } from './element.js'
import { family } from './family.js'
import { KeyMap } from './keys.js'
import { Partitioner } from './partitioner.js'
import type { AnyRDD } from './plan.js'
import { RDD } from './rdd.js'
import { narrow, ownPlacement, type Placement, partitioned, placement } from './shuffle.js'

declare module './rdd.js' {
	interface RDD<T> {
		/** Each value that is in both, once. */
		intersection(other: RDD<T>, to?: Placement): RDD<T>
		/** The records whose value is not in `other`, duplicates kept. */
		subtract(other: RDD<T>, to?: Placement): RDD<T>
	}
}

type Pairs = Iterable<readonly [unknown, unknown]>

/** Each record as a key. */
const marked = (rdd: AnyRDD): AnyRDD => narrow(rdd, { op: 'map', fn: (x) => [x, null] })

/** Places pairs that are keys themselves by their first member. */
class FirstOfKey extends Partitioner {
	/** A public member, so that it travels to other processes. */
	readonly pairs: Partitioner

	constructor(pairs: Partitioner) {
		super()
		this.pairs = pairs
	}
	get numPartitions(): number {
		return this.pairs.numPartitions
	}
	override prepare(): Promise<void> | undefined {
		return this.pairs.prepare()
	}
	getPartition(key: unknown): number {
		return this.pairs.getPartition((key as readonly unknown[])[0])
	}
}

function keysOf(records: Pairs): KeyMap<true> {
	const keys = new KeyMap<true>()
	for (const [key] of records) keys.set(key, true)
	return keys
}

family(RDD, {
	intersection(other, to) {
		const marks = [marked(this), marked(other)]
		const both = placement(marks, to)
		return zipped(
			marks.map((rdd) => partitioned(rdd, both)),
			([left, right]) => {
				const there = keysOf(right as Pairs)
				return [...keysOf(left as Pairs).keys()].filter((key) => there.has(key))
			},
		)
	},
	subtract(other, to) {
		const wanted = ownPlacement(this, to)
		const both = this.partitioner?.equals(wanted) === true ? new FirstOfKey(wanted) : wanted
		return zipped(
			[marked(this), marked(other)].map((rdd) => partitioned(rdd, both)),
			([left, right]) => {
				const there = keysOf(right as Pairs)
				return [...(left as Pairs)].flatMap(([x]) => (there.has(x) ? [] : [x]))
			},
		)
	},
})
