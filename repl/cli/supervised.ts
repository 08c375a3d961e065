/**
 * What a program under `rivulet run --supervise` and its supervisor tell each other, seen from the program.
 *
 * The program leads a process group of its own. A thread watches a pipe that only the supervisor holds: when it closes,
 * the supervisor is gone, and the whole group ends at once, whatever the program's own thread is doing. So there are
 * never two lives of a program on one checkpoint.
 */

import { Worker } from 'node:worker_threads'

/** Set in the environment of a supervised program, and taken out before its first line runs. */
export const supervisedMark = 'RIVULET_SUPERVISED'

/** The descriptor of the pipe that closes with the supervisor. */
export const lifeline = 4

/** What a program tells its supervisor. */
export type FromProgram =
	/** Its types are wrong or it is no module: starting it again would not help. */
	| { readonly kind: 'refused' }
	/** It stops gracefully and will have ended within this time. */
	| { readonly kind: 'stopping'; readonly withinMs: number }

const watch = `
const { Socket } = require('node:net')
const end = () => process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL')
new Socket({ fd: ${lifeline} }).on('error', end).on('close', end).resume()
`

/** Begins to watch for the end of the supervisor; gives the way to tell it something. Does nothing without one. */
export function joinSupervisor(): (message: FromProgram) => void {
	const isSupervised = process.env[supervisedMark] !== undefined && process.send !== undefined
	delete process.env[supervisedMark]
	if (!isSupervised) return () => undefined
	new Worker(watch, { eval: true, name: 'lifeline' }).unref()
	process.channel?.unref()
	return (message) => {
		// The supervisor may be gone: the thread above ends this process then.
		if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
	}
}
