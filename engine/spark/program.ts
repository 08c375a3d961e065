/**
 * What one stage does with one partition: the contract between the driver, which makes it from plan nodes, and workers.
 *
 *   frames ──input──▶ records ──steps──▶ records ──output──▶ frames
 *
 * It is captured as a whole, with the functions in it, and travels as the command of a PythonRDD.
 */

import type { Task } from '../rdd/backend.js'
import type { Broadcast } from '../rdd/broadcast.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { Combiner, ShuffledPlan, SourcePlan, Step, ZippedPlan } from '../rdd/plan.js'

/** How frames become records. */
export type StageInput =
	/** Frames of records. */
	| { readonly kind: 'records' }
	/** Whatever the frames say, the source reads its partition. */
	| { readonly kind: 'read'; readonly read: SourcePlan['read'] }
	/** Frames of `shuffle`, sorted by where they come from. */
	| { readonly kind: 'shuffled'; readonly combiner: Combiner | undefined; readonly keyOrder: ShuffledPlan['keyOrder'] }
	/** Frames of `regroup`, sorted by their place. */
	| { readonly kind: 'regrouped' }
	/** Two frames, each of a whole partition or of several, given to the function; without one, chained. */
	| { readonly kind: 'zipped'; readonly fn: ZippedPlan['fn'] | undefined }
	/** The frames of co-partitioned inputs, an empty frame after each: given to the function; without one, chained. */
	| { readonly kind: 'united'; readonly parts: readonly PartInput[]; readonly fn: ZippedPlan['fn'] | undefined }
	/** Two frames of whole partitions: every pair of their records. */
	| { readonly kind: 'cartesian' }

/** An input that may be one of several. */
export type PartInput = Extract<StageInput, { readonly kind: 'records' | 'shuffled' }>

/** How records become frames. */
export type StageOutput =
	| { readonly kind: 'records' }
	/** One frame of the whole partition, also of an empty one. */
	| { readonly kind: 'whole' }
	/** The parts of a zipped input in one frame, to be zipped with more; no records are made. */
	| { readonly kind: 'parts' }
	/** For each target a number of 8 bytes and a frame. */
	| { readonly kind: 'shuffle'; readonly partitioner: Partitioner; readonly combiner: Combiner | undefined }
	/** Everything to the groups of this partition, each with the place in it. */
	| { readonly kind: 'regroup'; readonly targets: readonly (readonly (readonly [group: number, place: number])[])[] }
	/** What the task made of the records, in one frame. */
	| { readonly kind: 'result'; readonly task: Task<unknown, unknown> }

/** One stage. */
export interface StageProgram {
	readonly input: StageInput
	readonly steps: readonly Step[]
	readonly output: StageOutput
}

/** Stands for a program that is too large to go with every task. */
export interface CarriedProgram {
	/** The captured program. */
	readonly carried: Broadcast<Uint8Array>
}

/** The local property that carries the batch time, in milliseconds. */
export const batchTimeProperty = 'rivulet.batchTimeMs'
