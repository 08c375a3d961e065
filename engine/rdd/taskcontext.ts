/** What a function can ask about the task it runs in. Source: Spark's `TaskContext`. */

import type { Time } from '../base/time.js'

export interface TaskContext {
	readonly partitionId: number
	readonly stageId: number
	readonly attemptNumber: number
	/** The batch the task belongs to; undefined outside streaming jobs. */
	readonly batchTime: Time | undefined
	/** Calls `listener` when the task has ended, whether it succeeded or not. */
	addTaskCompletionListener(listener: () => void): void
}

let current: TaskContext | undefined

/** Access to the running task. */
export const TaskContext = {
	/** The task that is running now; undefined outside tasks. */
	get(): TaskContext | undefined {
		return current
	},
} as const

/** Runs `body` as a task. Tasks run synchronously on their thread, so a plain variable holds the running one. */
export function inTask<R>(task: TaskContext, body: () => R): R {
	const before = current
	current = task
	try {
		return body()
	} finally {
		current = before
	}
}
