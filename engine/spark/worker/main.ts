/**
 * A worker: takes a connection from the daemon and runs the tasks that come on it, in a process of its own.
 *
 * Inside a task the socket blocks. Between two tasks it does not, so that timers and connections which functions of the
 * program keep open stay alive; the first bytes of the next task come as an event.
 */

import { Console } from 'node:console'
import type { Socket } from '../tcp.js'
import { versionOf } from '../versions.js'
import { isSecret } from './login.js'
import { loading, runTask } from './task.js'
import { drainTo, fillFrom, Gone, WireInput, WireOutput } from './wire.js'

/** What libuv keeps behind a socket. */
interface Handle {
	readonly fd: number
	reading: boolean
	setBlocking(isBlocking: boolean): void
	readStart(): void
	readStop(): void
}

// A word too many on the standard output would break the daemon's protocol.
globalThis.console = new Console(process.stderr, process.stderr)

const handleOf = (socket: Socket): Handle => Reflect.get(socket, '_handle') as Handle

/** The next bytes, by an event; undefined at the end. Afterwards the socket is at rest and blocks. */
function firstBytes(socket: Socket): Promise<Buffer | undefined> {
	return new Promise((resolve) => {
		const end = (): void => resolve(undefined)
		socket.once('end', end).once('error', end).once('close', end)
		socket.once('data', (bytes: Buffer) => {
			const handle = handleOf(socket)
			handle.readStop()
			// The stream must believe that it reads: else it begins to, a tick later, and takes what the task waits for.
			handle.reading = true
			socket.pause()
			socket.off('end', end).off('error', end).off('close', end)
			handle.setBlocking(true)
			resolve(bytes)
		})
		socket.resume()
		const handle = handleOf(socket)
		handle.setBlocking(false)
		handle.readStart()
		handle.reading = true
	})
}

async function serve(socket: Socket): Promise<void> {
	const { fd } = handleOf(socket)
	const input = new WireInput(fillFrom(fd))
	const output = new WireOutput(drainTo(fd))
	handleOf(socket).setBlocking(true)
	output.int(process.pid)
	output.flush()
	let isLetIn = false
	for (;;) {
		const bytes = await firstBytes(socket)
		if (bytes === undefined) return
		input.unread(bytes)
		if (!isLetIn) {
			isLetIn = isSecret(input.text())
			output.text(isLetIn ? 'ok' : 'err')
			output.flush()
			if (!isLetIn) return
		}
		for (;;) {
			const end = await runTask(input, output, { versionOf, ...loading })
			if (end !== 'again') return
			if (!input.hasMore) break
		}
	}
}

process.on('message', (_, socket) => {
	serve(socket as Socket)
		.catch((thrown: unknown) => {
			if (!(thrown instanceof Gone)) console.error(thrown)
		})
		.finally(() => process.exit(0))
})
// Without its daemon nobody would end it.
process.on('disconnect', () => process.exit(0))
