/**
 * The thread beside the session: takes every SIGINT that no vm call of the main thread takes, and ends the process when
 * its front is gone.
 *
 * Node gives a signal to the vm call with breakOnSigint that was entered last, of all threads. This thread is in three
 * of them, one inside the other, from the start on; a signal comes here only when the main thread is in none: it waits,
 * or it is in a loop that no vm call reaches; then V8 is told to end what runs. A signal ends the innermost call, which
 * is entered again; the outer ones stay, so Node's watcher of SIGINT is never taken away.
 *
 * Handlers by `process.on` are no way: vm calls take them away and put them back, and a signal in between kills the
 * process (measured on Node 20: one interrupt of four in a loop over timers). This thread never turns its event loop.
 */

import { Session } from 'node:inspector'
import { Script } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { removeFolder } from './folder.js'
import { signalGroup } from './processgroup.js'

/** [0] interrupts that the main thread has handled, [1] 1 while a termination is on its way, [2] never changes. */
const shared = (workerData as { readonly shared: Int32Array }).shared
/** Long enough for an interrupt to be handled by a thread that is not stuck. */
const patienceMs = 300
/** How soon the death of the front is noticed. */
const pollMs = 200
const depth = 3
const front = process.ppid
const script = new Script('__rivuletWatch()', { filename: 'rivulet:watchdog' })

function watch(level: number): void {
	if (level === depth) watchFront()
	for (;;) {
		try {
			Object.assign(globalThis, { __rivuletWatch: () => watch(level + 1) })
			script.runInThisContext({ breakOnSigint: true })
		} catch (thrown) {
			if ((thrown as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw thrown
			interrupted()
		}
	}
}

function watchFront(): never {
	parentPort?.postMessage('watching')
	for (;;) {
		if (process.ppid !== front) {
			removeFolder()
			signalGroup(process.pid, 'SIGKILL')
		}
		Atomics.wait(shared, 2, 0, pollMs)
	}
}

function interrupted(): void {
	const handled = Atomics.load(shared, 0)
	parentPort?.postMessage('interrupt')
	if (Atomics.wait(shared, 0, handled, patienceMs) === 'timed-out') terminate()
}

/** Ends what the main thread runs. */
function terminate(): void {
	Atomics.store(shared, 1, 1)
	const session = new Session()
	session.connectToMainThread()
	session.post('Runtime.terminateExecution')
	session.disconnect()
}

watch(0)
