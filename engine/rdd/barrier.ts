/**
 * Stages whose tasks wait for each other. Source: Spark's `RDD.barrier`, `BarrierTaskContext`.
 *
 * On one machine tasks run one after another: the tasks before are done and none waits, so a barrier opens at once.
 */

import { StreamError } from '../base/errors.js'
import { family } from './family.js'
import { RDD } from './rdd.js'
import type { Shape } from './shape.js'
import { contextOf, runningTask, type TaskContext } from './taskcontext.js'

/** The running task of a barrier stage. */
export interface BarrierTaskContext extends TaskContext {
	/** Resolves when every task of the stage can go on: at once. */
	barrier(): Promise<void>
}

/** Access to the running task of a barrier stage. */
export const BarrierTaskContext = {
	/** The task that is running now. @throws context/state outside tasks */
	get(): BarrierTaskContext {
		const task = runningTask()
		if (task === undefined) {
			throw new StreamError('context/state', 'BarrierTaskContext.get() is called outside of a task', {
				remedy: 'call it first thing in the function of barrier().mapPartitions',
			})
		}
		return { ...contextOf(task), barrier: () => Promise.resolve() }
	},
} as const

/** An RDD whose next step runs as a barrier stage. */
export class RDDBarrier<T> {
	readonly #rdd: RDD<T>

	constructor(rdd: RDD<T>) {
		this.#rdd = rdd
	}

	/** As RDD.mapPartitionsAsync; the function may await `BarrierTaskContext.get().barrier()`. */
	mapPartitions<U extends Shape>(
		f: (records: IterableIterator<T>) => Iterable<U> | Promise<Iterable<U>>,
		preservesPartitioning = false,
	): RDD<U> {
		return this.#rdd.mapPartitionsAsync(f, preservesPartitioning)
	}
}

declare module './rdd.js' {
	interface RDD<T> {
		/** The same RDD; its next mapPartitions may use `BarrierTaskContext`. */
		barrier(): RDDBarrier<T>
		/** @throws rdd/unsupported always */
		withResources(profile: unknown): never
	}
}

family(RDD, {
	barrier() {
		return new RDDBarrier(this)
	},
	withResources() {
		throw new StreamError('rdd/unsupported', 'resource profiles ask for executors, and there are none on one machine', {
			where: 'withResources',
			remedy: 'leave it out',
		})
	},
})
