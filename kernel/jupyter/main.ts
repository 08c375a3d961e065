/** The kernel's process: reads the connection file, binds the sockets, and ends when told to or when its parent is gone. */

import { randomUUID } from 'node:crypto'
import { systemClock } from '../../engine/index.js'
import { createRenderer } from '../display/render.js'
import { startLanguage } from '../language/client.js'
import { startSession } from '../session/client.js'
import { readConnection } from './connection.js'
import { History, historyFile } from './history.js'
import { Kernel } from './kernel.js'
import { logLine, openPort } from './port.js'

/** Together less than the two seconds in which an orphan should be gone. */
const parentCheckMs = 300
const orphanStopMs = 300

/**
 * Runs a kernel until a client shuts it down, SIGTERM arrives, or the process that started it has ended.
 * @throws jupyter/connection when the connection file is missing or wrong
 */
export async function runKernel(connectionFile: string): Promise<void> {
	const connection = readConnection(connectionFile)
	// What nobody has caught is a fault of the kernel: it is logged, and the notebook keeps its session.
	process.on('uncaughtException', (error) => logLine(error.stack ?? String(error)))
	process.on('unhandledRejection', (reason) => logLine(reason instanceof Error ? (reason.stack ?? '') : String(reason)))

	let end = (): void => undefined
	const ended = new Promise<void>((resolve) => {
		end = resolve
	})
	const port = await openPort(connection)
	const kernel = new Kernel({
		port,
		startSession,
		startLanguage,
		renderer: createRenderer(),
		history: new History(historyFile()),
		directory: process.cwd(),
		name: randomUUID().slice(0, 8),
		onShutdown: end,
	})
	port.listen((channel, message) => kernel.handle(channel, message))
	// jupyter_client's "signal" mode, `jupyter console` and terminals send SIGINT whatever the kernelspec says.
	process.on('SIGINT', () => kernel.interrupt())
	process.on('SIGTERM', end)
	process.on('SIGHUP', end)
	let stopWithinMs: number | undefined
	watchParent(() => {
		stopWithinMs = orphanStopMs
		end()
	})

	await ended
	await kernel.stop(stopWithinMs)
	await port.close()
	process.exit(0)
}

/** Calls `gone` when the process that started this one has ended; only launchers that say so are watched. */
function watchParent(gone: () => void): void {
	const named = process.env.JPY_PARENT_PID
	if (named === undefined || named === '' || named === '0') return
	const parent = process.ppid
	const check = (): void => {
		if (process.ppid !== parent) gone()
		else systemClock.at(systemClock.now() + parentCheckMs, check)
	}
	check()
}
