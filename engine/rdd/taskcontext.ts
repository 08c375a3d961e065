/** What a function can ask about the task it runs in. Source: Spark's `TaskContext`. */

import type { Time } from '../base/time.js'

/** A running task, as the engine hands it on. */
export interface RunningTask {
	readonly partitionId: number
	readonly stageId: number
	readonly attemptNumber: number
	/** The batch the task belongs to; undefined outside streaming jobs. */
	readonly batchTime: Time | undefined
	/** Calls `listener` when the task has ended, whether it succeeded or not. */
	addTaskCompletionListener(listener: () => void): void
}

/** The running task as programs see it: Spark's methods. */
export interface TaskContext {
	/** The partition that the task computes, from 0. */
	partitionId(): number
	stageId(): number
	/** How often the task was tried before. */
	attemptNumber(): number
	/** The batch the task belongs to; undefined outside streaming jobs. */
	readonly batchTime: Time | undefined
	/** Calls `listener` when the task has ended, whether it succeeded or not. */
	addTaskCompletionListener(listener: () => void): void
}

let current: RunningTask | undefined

/** The task that is running now; undefined outside tasks. */
export const runningTask = (): RunningTask | undefined => current

/** Access to the running task. */
export const TaskContext = {
	/**
	 * The task that is running now. Outside tasks it is undefined, where Spark gives null; the type leaves that out, so that
	 * `TaskContext.get().partitionId()` is written as in Spark.
	 */
	get(): TaskContext {
		return (current === undefined ? undefined : contextOf(current)) as TaskContext
	},
	/** The partition of the running task; 0 outside tasks. */
	getPartitionId(): number {
		return current?.partitionId ?? 0
	},
} as const

/** A task as programs see it. */
export function contextOf(task: RunningTask): TaskContext {
	return {
		partitionId: () => task.partitionId,
		stageId: () => task.stageId,
		attemptNumber: () => task.attemptNumber,
		batchTime: task.batchTime,
		addTaskCompletionListener: (listener) => task.addTaskCompletionListener(listener),
	}
}

/** Runs `body` as a task. Tasks run synchronously on their thread, so a plain variable holds the running one. */
export function inTask<R>(task: RunningTask, body: () => R): R {
	const before = current
	current = task
	try {
		return body()
	} finally {
		current = before
	}
}
