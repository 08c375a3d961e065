/** Who waits for which batch: told once the batch is completed, without jobs, or failed. */

import { StreamError } from '../base/errors.js'
import type { BatchInfo } from '../base/events.js'

/** A batch that is over, with its first error. */
export interface Settlement {
	readonly info: BatchInfo
	readonly error: Error | undefined
}

interface Waiter {
	/** Undefined: any next batch that is processed. */
	readonly timeMs: number | undefined
	readonly resolve: (settlement: Settlement) => void
	readonly reject: (error: Error) => void
}

export class Settlements {
	#waiters: Waiter[] = []

	/** The batch at `timeMs` (undefined: the next one that is processed). Rejects when the context stops before. */
	wait(timeMs?: number): Promise<Settlement> {
		return new Promise((resolve, reject) => this.#waiters.push({ timeMs, resolve, reject }))
	}

	settle(settlement: Settlement): void {
		const { batchTime, processingEndTime } = settlement.info
		const isMet = ({ timeMs }: Waiter): boolean =>
			timeMs === undefined ? processingEndTime !== undefined : timeMs === batchTime
		const met = this.#waiters.filter(isMet)
		this.#waiters = this.#waiters.filter((waiter) => !isMet(waiter))
		for (const waiter of met) waiter.resolve(settlement)
	}

	/** The context has stopped: nobody will hear of another batch. */
	abandon(): void {
		for (const waiter of this.#waiters.splice(0)) {
			waiter.reject(new StreamError('context/stopped', 'the context stopped before the batch was over'))
		}
	}
}
