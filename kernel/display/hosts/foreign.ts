/** What is different when the process is the kernel of somebody else: displays go there, and graphs change while they run. */

import { setHost } from '../../../engine/index.js'
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
 * only, and errors of batches are said on stderr, one that repeats once.
 */
export function beAtHome(): void {
	if (tslabHere() === undefined && denoHere() === undefined) return
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
