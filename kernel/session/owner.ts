/**
 * Who the running code belongs to: the cell that started it, across awaits, timers and batches.
 *
 * An execution is one run of a cell. Its `group` is what the engine calls whoever registers streams; it is new for each
 * run, so that a run can replace what the run before had made.
 */

import { AsyncLocalStorage } from 'node:async_hooks'

export interface Execution {
	readonly id: string
	readonly owner: string
	/** What headers call the owner: `[3]`. */
	readonly label: string
	readonly group: string
	readonly directory: string
	readonly allowInput: boolean
}

const storage = new AsyncLocalStorage<Execution>()
let last: Execution | undefined

/** Runs `body` as part of an execution. */
export function asExecution<R>(execution: Execution, body: () => R): R {
	last = execution
	return storage.run(execution, body)
}

/** The execution that the running code belongs to; of code without one, the last that ran. */
export const currentExecution = (): Execution | undefined => storage.getStore() ?? last

/** The same, undefined for code that no cell started. */
export const ownExecution = (): Execution | undefined => storage.getStore()
