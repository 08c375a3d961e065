/** What is different when the process is the kernel of somebody else: displays go there, and graphs change while they run. */

import { DStream, setHost } from '../../../engine/index.js'
import type { DisplaySink } from '../sink.js'
import { denoHere, denoSink } from './deno.js'
import { tslabHere, tslabSink } from './tslab.js'

/** The sink of the kernel that this process is; undefined in plain programs. */
export function foreignSink(): DisplaySink | undefined {
	const tslab = tslabHere()
	if (tslab !== undefined) return tslabSink(tslab)
	const broadcast = denoHere()
	return broadcast === undefined ? undefined : denoSink(broadcast)
}

/**
 * In a foreign kernel: contexts that are made from now on may be changed by cells while they run, may start with views
 * only, and errors of batches are said on stderr, one that repeats once. Where the kernel asks values how they are shown
 * (Deno), a stream as last value of a cell opens its live view.
 * @param open opens the view of a stream
 */
export function beAtHome(open: (stream: DStream<unknown>) => unknown): void {
	const isDeno = denoHere() !== undefined
	if (!isDeno && tslabHere() === undefined) return
	if (isDeno) {
		Object.defineProperty(DStream.prototype, Symbol.for('Jupyter.display'), {
			value(this: DStream<unknown>) {
				return { 'text/plain': String(open(this)) }
			},
			configurable: true,
		})
	}
	let last = ''
	setHost({
		liveGraph: true,
		batchError: (error, { timeMs }) => {
			const text = String(error)
			if (text !== last) process.stderr.write(`in the batch at ${timeMs} ms: ${text}\n`)
			last = text
		},
	})
}
