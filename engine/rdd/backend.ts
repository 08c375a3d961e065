/**
 * The contract between a plan and whatever computes it, and what an RDD may ask of its SparkContext.
 *
 * `Backend.run` is the only way from a plan to values. Implementations: `compute/local` (this thread), `spark/` (a real
 * cluster). The context hands the backend in; `rdd/` imports neither.
 */

import type { Clock } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import type { Time } from '../base/time.js'
import type { Store } from '../storage/store.js'
import type { JobGroups } from './jobgroups.js'
import type { AnyRDD } from './plan.js'
import type { RDD } from './rdd.js'
import type { RunningTask } from './taskcontext.js'

/** What a job does with one partition. The records come as a one-shot iterator that may be left early. */
export type Task<T, R> = (records: IterableIterator<T>, task: RunningTask) => R | Promise<R>

/** What belongs to a job beside its plan. */
export interface JobOptions {
	readonly signal?: AbortSignal
	/** The batch that the job belongs to. */
	readonly batchTime?: Time
	/** Called with each partition's result as soon as it is there, in any order. */
	readonly onResult?: (partition: number, result: unknown) => void
	/** Called with the id of the job when it begins. */
	readonly onJob?: (jobId: number) => void
	/** Called with the id of each of its stages when that begins. */
	readonly onStage?: (stageId: number) => void
}

/** What is kept of a persisted RDD now. */
export interface KeptFacts {
	/** The partitions that are kept, in memory or on the disk, in order. */
	readonly partitions: readonly number[]
	readonly memoryBytes: number
	readonly diskBytes: number
}

/** Computes plans. */
export interface Backend {
	/**
	 * Runs `task` over the given partitions of `rdd` and resolves to the results in the order of `partitions`.
	 * Rejects with the first error; a user's error is wrapped once (`task/user`, cause kept). Stops early on `signal`.
	 */
	run<T, R>(rdd: RDD<T>, partitions: readonly number[], task: Task<T, R>, options?: JobOptions): Promise<R[]>
	/** Frees the persisted partitions of an RDD. */
	forget(rdd: AnyRDD): void
	/** What is kept of an RDD now. */
	kept(rdd: AnyRDD): KeptFacts
	/**
	 * Writes an RDD in a form of the backend's own below the checkpoint directory, and gives the directory, which a source
	 * names as `stored`. Undefined, or left out: the process of the program writes it, because it has the partitions.
	 */
	store?(rdd: AnyRDD): Promise<string | undefined>
	/** True when what computes has ended by itself: no job can run any more. */
	readonly isLost?: boolean
	stop(): Promise<void>
}

/** What an RDD needs of the SparkContext that made it. */
export interface RDDContext {
	readonly backend: Backend
	readonly clock: Clock
	readonly conf: SparkConf
	/** Where persisted partitions and received blocks are, under one memory limit. */
	readonly storage: Store
	readonly defaultParallelism: number
	readonly isStopped: boolean
	nextRddId(): number
	/** Where `RDD.checkpoint()` writes; undefined until `setCheckpointDir`. */
	getCheckpointDir(): string | undefined
	/** Runs a job; adds the batch time, local properties and job group of the caller to `options`. */
	runJob<T, R>(rdd: RDD<T>, task: Task<T, R>, partitions?: readonly number[], options?: JobOptions): Promise<R[]>
	/** The local properties of the calling code, and running code with others. */
	readonly jobGroups: Pick<JobGroups, 'all' | 'runWith'>
	/** Remembers persisted RDDs so that `getPersistentRDDs` can list them. */
	persisted(rdd: AnyRDD, isPersisted: boolean): void
}
