/**
 * The thread beside the session: ends a loop that no signal handler can reach, and the process when its front is gone.
 *
 * The front writes a byte to file descriptor 4 with every SIGINT. When the main thread has not handled the signal soon
 * after, it is in a loop without a vm call on the stack, and V8 is told to end it. The end of that pipe means that the
 * front has died: this process is killed at once, whatever it does.
 */

import { Session } from 'node:inspector'
import { Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const shared = (workerData as { readonly shared: Int32Array }).shared
/** Long enough for a signal to be handled by a thread that is not stuck. */
const firstMs = 60
const patienceMs = 300

/** True when no interrupt has been handled for so long. */
const isUnheard = (handled: number, ms: number): boolean => Atomics.wait(shared, 0, handled, ms) === 'timed-out'

/** Interrupts that the front has sent. */
let sent = 0
// Not a file stream: a read that waits in the thread pool would hold up the end of the process.
const pipe = new Socket({ fd: 4 })
pipe.on('data', (bytes) => {
	sent += bytes.length
	const handled = Atomics.load(shared, 0)
	if (handled < sent && isUnheard(handled, firstMs)) {
		// A signal that comes while Node exchanges its handlers is lost: an idle main thread hears this instead.
		parentPort?.postMessage('interrupt')
		if (isUnheard(handled, patienceMs)) terminate()
	}
	// Signals that come close together are one: the count starts anew from here.
	Atomics.store(shared, 0, sent)
})
/** Connected only for that moment: a connection that stays would hold up the end of the process. */
function terminate(): void {
	const session = new Session()
	session.connectToMainThread()
	session.post('Runtime.terminateExecution', () => session.disconnect())
}

const gone = (): void => void process.kill(process.pid, 'SIGKILL')
pipe.on('end', gone)
pipe.on('error', gone)
