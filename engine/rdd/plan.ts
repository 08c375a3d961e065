/**
 * What an RDD is: an immutable plan node. A Backend computes it; nothing here computes anything.
 *
 * Eight kinds carry every transformation. A node refers to its parents as RDDs, because persistence, checkpoints and
 * names belong to the RDD and cut the plan there.
 *
 *   source     partitions that come from outside: a collection, a file, nothing
 *   blocks     received blocks in the block store, one partition each
 *   narrow     one step over each partition of one parent; chains of them are fused by the backend
 *   union      the partitions of the parents one after another, or side by side when all share a partitioner
 *   shuffled   records [k, v] sent to the partition of their key, combined or not
 *   coalesced  groups of the parent's partitions
 *   zipped     partition i of every parent given to one function
 *   cartesian  every pair of partitions, every pair of records; partition i·n2 + j
 */

import type { Dictionary } from './dictionary.js'
import type { Partitioner } from './partitioner.js'
import type { RDD } from './rdd.js'
import type { Shape } from './shape.js'
import type { RunningTask } from './taskcontext.js'

// biome-ignore lint/suspicious/noExplicitAny: a plan is untyped inside, the methods of RDD are typed
export type AnyRDD = RDD<any>

/** One step over the records of a partition. Steps of the first three kinds see one record at a time. */
export type Step =
	| { readonly op: 'map'; readonly fn: (x: unknown) => unknown }
	| { readonly op: 'flatMap'; readonly fn: (x: unknown) => Iterable<unknown> }
	| { readonly op: 'filter'; readonly fn: (x: unknown) => unknown }
	| {
			readonly op: 'partition'
			readonly fn: (records: IterableIterator<unknown>, index: number, task: RunningTask) => Iterable<unknown>
	  }
	| {
			readonly op: 'partitionAsync'
			readonly fn: (
				records: IterableIterator<unknown>,
				index: number,
				task: RunningTask,
			) => Promise<Iterable<unknown>> | Iterable<unknown>
	  }

/** How the values of one key become one. Without `mapSide` the raw values travel and are combined where they arrive. */
export interface Combiner {
	readonly create: (value: unknown) => unknown
	readonly mergeValue: (combined: unknown, value: unknown) => unknown
	readonly mergeCombiners: (a: unknown, b: unknown) => unknown
	readonly mapSide: boolean
}

export interface SourcePlan {
	readonly kind: 'source'
	readonly numPartitions: number
	/** The records of a partition; called anew for each computation. A promise is awaited before the task runs. */
	readonly read: (partition: number, task: RunningTask) => Iterable<unknown> | Promise<Iterable<unknown>>
	/** How another thread reads a partition itself: a function that can be captured, and what it gets. */
	readonly part?: (partition: number) => SourcePart | undefined
	/** The directory that the backend itself has written the records to: it reads them, `read` refuses. */
	readonly stored?: string
	/** About how much memory the records take that the plan itself holds; none when they lie outside. */
	readonly heldBytes?: () => number
	/** From now on the records take less memory, a second time still less, but are no more the objects that they were. */
	readonly pack?: () => void
}

/** A partition of a source that any thread can read. */
export interface SourcePart {
	readonly read: (part: never) => Iterable<unknown> | Promise<Iterable<unknown>>
	readonly part: unknown
	readonly sizeBytes: number
}

export interface BlocksPlan {
	readonly kind: 'blocks'
	/** Names such as `input-0-1700000000000`. */
	readonly blockIds: readonly string[]
	/** The records of a block; undefined when the block is gone. */
	readonly read: (blockId: string) => Iterable<unknown> | undefined | Promise<Iterable<unknown> | undefined>
	/** A block that holds bytes, as another thread can read it: `part` is a `Uint8Array`. Undefined for any other block. */
	readonly part?: (blockId: string) => SourcePart | undefined
	/** About how much memory the blocks take. */
	readonly heldBytes?: () => number
}

export interface NarrowPlan {
	readonly kind: 'narrow'
	readonly parent: AnyRDD
	readonly step: Step
	/** Called and awaited before a job goes through it: gets from other jobs what the step needs of them. */
	readonly prepare?: () => Promise<void> | undefined
}

export interface UnionPlan {
	readonly kind: 'union'
	readonly parents: readonly AnyRDD[]
	/** True when partition i is the concatenation of the parents' partitions i (all have the same partitioner). */
	readonly aligned: boolean
}

export interface ShuffledPlan {
	readonly kind: 'shuffled'
	readonly parent: AnyRDD
	readonly partitioner: Partitioner
	readonly combiner: Combiner | undefined
	/** Sorts the records of each partition by key when given. */
	readonly keyOrder: ((a: unknown, b: unknown) => number) | undefined
	/** Numbers that keys have already, for a backend on the same thread. */
	readonly dictionary?: Dictionary | undefined
}

export interface CoalescedPlan {
	readonly kind: 'coalesced'
	readonly parent: AnyRDD
	/** The parent's partitions that make up each partition. */
	readonly groups: readonly (readonly number[])[]
}

export interface ZippedPlan {
	readonly kind: 'zipped'
	readonly parents: readonly AnyRDD[]
	readonly fn: (parts: IterableIterator<unknown>[], index: number, task: RunningTask) => Iterable<unknown>
	/** The same function of whole partitions, for a backend that has them at hand: arrays, or records that stand in columns. */
	readonly whole?: (parts: readonly Iterable<unknown>[], index: number) => Iterable<unknown>
}

export interface CartesianPlan {
	readonly kind: 'cartesian'
	readonly left: AnyRDD
	readonly right: AnyRDD
}

export type Plan =
	| SourcePlan
	| BlocksPlan
	| NarrowPlan
	| UnionPlan
	| ShuffledPlan
	| CoalescedPlan
	| ZippedPlan
	| CartesianPlan

/** The RDDs a plan reads from, in order. */
export function parentsOf(plan: Plan): readonly AnyRDD[] {
	switch (plan.kind) {
		case 'source':
		case 'blocks':
			return []
		case 'narrow':
		case 'shuffled':
		case 'coalesced':
			return [plan.parent]
		case 'union':
		case 'zipped':
			return plan.parents
		case 'cartesian':
			return [plan.left, plan.right]
		default:
			return plan satisfies never
	}
}

/** How many partitions a plan has. */
export function partitionsOf(plan: Plan): number {
	switch (plan.kind) {
		case 'source':
			return plan.numPartitions
		case 'blocks':
			return plan.blockIds.length
		case 'narrow':
			return plan.parent.getNumPartitions()
		case 'union':
			if (plan.aligned) return plan.parents[0]?.getNumPartitions() ?? 0
			return plan.parents.reduce((sum, parent) => sum + parent.getNumPartitions(), 0)
		case 'shuffled':
			return plan.partitioner.numPartitions
		case 'coalesced':
			return plan.groups.length
		case 'zipped':
			return plan.parents[0]?.getNumPartitions() ?? 0
		case 'cartesian':
			return plan.left.getNumPartitions() * plan.right.getNumPartitions()
		default:
			return plan satisfies never
	}
}

/** About how much memory is held by the sources that an RDD is computed from, each counted once. */
export function heldBytes(rdd: AnyRDD): number {
	const seen = new Set<AnyRDD>()
	const stack = [rdd]
	let bytes = 0
	for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
		if (seen.has(node)) continue
		seen.add(node)
		const { plan } = node
		if (plan.kind === 'source' || plan.kind === 'blocks') bytes += plan.heldBytes?.() ?? 0
		else stack.push(...parentsOf(plan))
	}
	return bytes
}

/** Pairs a record with no key, so that all records are reduced. A backend that knows it needs no look-up for each. */
export const withNull = (x: unknown): [null, Shape] => [null, x as Shape]
