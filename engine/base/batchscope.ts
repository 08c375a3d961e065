/** Which batch the code that is running now belongs to: known across awaits, undefined outside output operations. */

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Time } from './time.js'

/** The batch and the output operation that run. */
export interface BatchScope {
	readonly time: Time
	/** Index of the job within its batch. */
	readonly outputId: number
	/** What it saves is the whole content of a directory of its own. */
	readonly ownsDirectory?: boolean
}

const scope = new AsyncLocalStorage<BatchScope>()

/** Runs `body` as part of an output operation of a batch. */
export const inBatch = <R>(batch: BatchScope, body: () => R): R => scope.run(batch, body)

/** Runs `body` as if no batch ran: what it starts may wait for the batch that called it. */
export const outsideBatch = <R>(body: () => R): R => scope.exit(body)

/** The batch of the running code. */
export const currentBatch = (): BatchScope | undefined => scope.getStore()
