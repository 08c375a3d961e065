/**
 * The process group of a session: itself and every child process that its cells have started.
 *
 * A session leads a group of its own, so that a signal to the front's group (Ctrl-C in a terminal) does not reach it
 * twice, and so that nothing it started outlives it. Windows has no groups: there a signal reaches the session alone.
 */

/** Whether sessions lead a group. */
export const hasGroups = process.platform !== 'win32'

/** Sends a signal to the group of a leader, which may have ended; nothing happens when nobody is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
	try {
		process.kill(hasGroups ? -leader : leader, signal)
	} catch (error) {
		// Nobody is left in the group: what was wanted. Others, such as EPERM, are faults.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
	}
}
