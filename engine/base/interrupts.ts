/**
 * A person's interrupt: what it looks like as an error, and how it reaches work of the program that runs on other threads,
 * where no signal can end it.
 *
 * Whoever runs such work listens while it runs; whoever gets the signal (a session) passes it on.
 */

import { currentBatch } from './batchscope.js'
import { StreamError } from './errors.js'
import { host } from './host.js'

/** True for the error of code that a person has interrupted, also as the cause of another. */
export function isInterruption(thrown: unknown): boolean {
	if (!(thrown instanceof Error)) return false
	return (thrown instanceof StreamError && thrown.code === 'session/interrupted') || isInterruption(thrown.cause)
}

/** Work that an interrupt can end. */
interface Work {
	readonly end: (error: Error) => void
	/** Who it is done for. */
	readonly group: string | undefined
	readonly isOfBatch: boolean
}

const works = new Set<Work>()
let numSteps = 0

/** Calls `listener` with the error of the next interrupts, until the result is called. */
export function whileInterruptible(listener: (error: Error) => void): () => void {
	const work = { end: listener, group: host().group(), isOfBatch: currentBatch() !== undefined }
	works.add(work)
	return () => void works.delete(work)
}

/** Runs `body`, which waits for batches that run because of it: whoever interrupts it interrupts them. */
export async function whileStepping<R>(body: () => Promise<R>): Promise<R> {
	numSteps++
	try {
		return await body()
	} finally {
		numSteps--
	}
}

/**
 * Ends what the program runs on other threads and machines now; it fails with `error`.
 * @param group who runs in front and is meant: what batches and views do behind it goes on
 */
export function interruptTasks(error: Error, group?: string): void {
	const isMeant = (work: Work): boolean =>
		group === undefined || numSteps > 0 || (work.group === group && !work.isOfBatch)
	for (const work of [...works]) if (isMeant(work)) work.end(error)
}
