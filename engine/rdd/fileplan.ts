/** RDDs whose partitions are files or parts of files, listed once, when the partitions are first asked for. */

import type { RDDContext } from './backend.js'
import { RDD } from './rdd.js'
import { type Reading, settle } from './reading.js'

/** What is read where, and how. */
export interface FilePlan<Part, T> {
	/** Spark's class name of the RDD. */
	readonly kind: string
	readonly name?: string
	readonly list: () => readonly Part[]
	readonly read: (part: Part) => Iterable<T> | Promise<Iterable<T>>
	/** The bytes of a part, where other threads may read parts themselves. */
	readonly sizeOf?: (part: Part) => number
}

/** An RDD with one partition for each part that `list` finds. Listing fails where the partitions are asked for. */
export function fileRDD<Part, T>(context: RDDContext, { kind, name, list, read, sizeOf }: FilePlan<Part, T>): RDD<T> {
	let found: readonly Part[] | undefined
	const parts = (): readonly Part[] => {
		found ??= list()
		return found
	}
	const rdd = new RDD<T>(context, {
		kind,
		plan: {
			kind: 'source',
			get numPartitions() {
				return parts().length
			},
			read: (i) => read(parts()[i] as Part),
			part: (i) => {
				const part = parts()[i] as Part
				return sizeOf === undefined ? undefined : { read, part, sizeBytes: sizeOf(part) }
			},
		},
	})
	return name === undefined ? rdd : rdd.setName(name)
}

/** `settle` as a `read` of a plan. */
export const reading =
	<Part, T>(read: (part: Part) => Reading<Iterable<T>>) =>
	(part: Part): Iterable<T> | Promise<Iterable<T>> =>
		settle(read(part))
