/**
 * Worker thread: echoes the heartbeat, so that a busy main thread never looks dead.
 *
 * The thread owns its socket and closes it itself when told to stop: zeromq aborts the process otherwise.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { bindEcho } from './socket.js'

const echo = await bindEcho((workerData as { readonly endpoint: string }).endpoint)
parentPort?.once('message', () => {
	echo.close()
	parentPort?.close()
})
parentPort?.postMessage('bound')
await echo.ended
