/**
 * How an interrupt reaches work of the program that runs on other threads, where no signal can end it.
 *
 * Whoever runs such work listens while it runs; whoever gets the signal (a session) passes it on.
 */

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
