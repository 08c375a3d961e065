/**
 * A person's interrupt: what it looks like as an error, and how it reaches work of the program that runs on other threads,
 * where no signal can end it.
 *
 * Whoever runs such work listens while it runs; whoever gets the signal (a session) passes it on.
 */

import { StreamError } from './errors.js'

/** True for the error of code that a person has interrupted, also as the cause of another. */
export function isInterruption(thrown: unknown): boolean {
	if (!(thrown instanceof Error)) return false
	return (thrown instanceof StreamError && thrown.code === 'session/interrupted') || isInterruption(thrown.cause)
}

const listeners = new Set<(error: Error) => void>()

/** Calls `listener` with the error of the next interrupts, until the result is called. */
export function whileInterruptible(listener: (error: Error) => void): () => void {
	listeners.add(listener)
	return () => void listeners.delete(listener)
}

/** Ends what the program runs on other threads now; it fails with `error`. */
export function interruptTasks(error: Error): void {
	for (const listener of [...listeners]) listener(error)
}
