/** Starts the heartbeat's thread and ends it in the order that zeromq needs: socket first, thread after. */

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { packageFile } from '../../engine/index.js'

/** A beating heart. */
export interface Pulse {
	/** Resolves when the socket is closed and the thread has ended. */
	stop(): Promise<void>
}

/** Binds the heartbeat in a thread of its own; rejects when the address cannot be bound. */
export async function startPulse(endpoint: string): Promise<Pulse> {
	const worker = new Worker(packageFile('dist', 'kernel', 'jupyter', 'heartbeat.js'), { workerData: { endpoint } })
	const ended = new Promise<void>((resolve) => void worker.once('exit', () => resolve()))
	await once(worker, 'message')
	worker.on('error', (error) => void process.stderr.write(`heartbeat: ${error.message}\n`))
	return {
		stop() {
			worker.postMessage('stop')
			return ended
		},
	}
}
