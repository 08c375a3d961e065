/**
 * The front's end of the channel: starts a session process, sends messages, hears answers, notices its death.
 *
 *   const session = await startSession({ onMessage, onExit, directory })
 *   session.send(message)            ordered, never blocks
 *   session.interrupt()              SIGINT to that process only, or to its child processes too
 *   session.kill()                   at once, with its child processes
 *   await session.stop(withinMs)     asks, then kills
 *
 * `onExit` is called once when the process ends without having been asked to; everything it had said before was
 * delivered before. Bytes that user code, child processes or native code write to file descriptors 1 and 2 arrive as
 * `stream` messages of the running cell (of the last one when idle). When the front dies, the
 * session sees another parent process, and ends. Child processes that a session has left behind end with it, and its
 * temporary folder is removed, however it ended.
 */

import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { packageFile, StreamError, systemClock } from '../../engine/index.js'
import { folderVariable, removeFolder } from './folder.js'
import type { FromSession, ToSession } from './messages.js'
import { hasGroups, signalGroup } from './processgroup.js'

export interface SessionOptions {
	/** Where the session works; relative paths of user code start there. */
	readonly directory: string
	readonly env?: NodeJS.ProcessEnv
	readonly onMessage: (message: FromSession) => void
	readonly onExit: (exit: SessionExit) => void
}

/** How a session process has ended. */
export interface SessionExit {
	readonly code: number | null
	readonly signal: string | null
	/** V8 found no memory any more. */
	readonly isOutOfMemory: boolean
}

export interface SessionHandle {
	readonly pid: number
	send(message: ToSession): void
	/** Ends what runs now, names kept; with `all` also child processes that do not ignore SIGINT. */
	interrupt(whom?: 'session' | 'all'): void
	/** Ends it and its child processes at once, unasked for those who hear of its end. */
	kill(): void
	/** Asks the session to stop its contexts and end; kills it after `withinMs`. */
	stop(withinMs: number): Promise<void>
}

/** What pipes still hold is waited for that long after the process has ended. */
const drainMs = 200
/** What V8 prints before it aborts. */
const outOfMemory = 'JavaScript heap out of memory'

export function startSession(options: SessionOptions): Promise<SessionHandle> {
	const folder = join(tmpdir(), `rivulet-${randomUUID()}`)
	const child = fork(packageFile('dist', 'kernel', 'session', 'main.js'), [], {
		cwd: options.directory,
		env: { ...(options.env ?? process.env), [folderVariable]: folder },
		detached: hasGroups,
		serialization: 'advanced',
		execArgv: [],
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	})
	let owner = ''
	let isAsked = false
	let isOutOfMemory = false
	let isOver = false

	for (const name of ['stdout', 'stderr'] as const) {
		const decoder = new StringDecoder('utf8')
		;(child[name] as Readable).on('data', (bytes: Buffer) => {
			const text = decoder.write(bytes)
			if (text.includes(outOfMemory)) isOutOfMemory = true
			if (text !== '') options.onMessage({ kind: 'stream', owner, name, text })
		})
	}

	/** Messages behind a `done`, which waits for what the pipes hold. */
	let held: FromSession[] | undefined
	const deliver = (message: FromSession): void => {
		if (held !== undefined) {
			held.push(message)
			return
		}
		if (message.kind !== 'done') {
			options.onMessage(message)
			return
		}
		held = [message]
		setImmediate(() => setImmediate(release))
	}
	const release = (): void => {
		const [first, ...rest] = held ?? []
		held = undefined
		if (first !== undefined) options.onMessage(first)
		for (const message of rest) deliver(message)
	}

	return new Promise((resolve, reject) => {
		const over = (code: number | null, signal: string | null): void => {
			if (isOver) return
			isOver = true
			while (held !== undefined) release()
			if (!isAsked) options.onExit({ code, signal, isOutOfMemory })
			reject(
				new StreamError('session/lost', 'the session process ended before it was ready', {
					remedy: 'look at the lines above, and run: rivulet doctor',
				}),
			)
		}
		const ended = new Promise<void>((resolveEnded) => {
			child.on('exit', (code, signal) => {
				signalGroup(child.pid as number, 'SIGKILL')
				removeFolder(folder)
				// A child of the session may keep the pipes open: do not wait for ever.
				const limit = systemClock.at(systemClock.now() + drainMs, () => over(code, signal))
				child.on('close', () => {
					limit.dispose()
					over(code, signal)
				})
				resolveEnded()
			})
		})
		const handle: SessionHandle = {
			pid: child.pid as number,
			send(message) {
				if (message.kind === 'execute') owner = message.owner
				if (child.connected) child.send(message, () => undefined)
			},
			interrupt(whom = 'session') {
				if (child.exitCode !== null || child.signalCode !== null) return
				if (whom === 'all') signalGroup(child.pid as number, 'SIGINT')
				else child.kill('SIGINT')
			},
			kill() {
				if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid as number, 'SIGKILL')
			},
			async stop(withinMs) {
				isAsked = true
				if (child.exitCode !== null || child.signalCode !== null) return
				this.send({ kind: 'shutdown', withinMs })
				const kill = systemClock.at(systemClock.now() + withinMs, () => child.kill('SIGKILL'))
				await ended
				kill.dispose()
			},
		}
		child.on('message', (message) => {
			const said = message as FromSession
			if (said.kind === 'ready') resolve(handle)
			deliver(said)
		})
	})
}
