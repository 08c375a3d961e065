/**
 * The daemon that an executor starts in place of PySpark's: gives each connection a worker process of its own.
 *
 *   stdout ▶ port, once      stdin ◀ pid: kill that worker; its end: kill all and exit
 *
 * One worker is always started ahead. Source: PySpark's `daemon.py`.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { listen, type Socket } from '../tcp.js'

const workers = new Map<number, ChildProcess>()
const main = fileURLToPath(new URL('main.js', import.meta.url))

function start(): ChildProcess {
	// Everything that a worker writes goes to the executor's log.
	const child = fork(main, [], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: process.execArgv })
	const { pid } = child
	if (pid !== undefined) workers.set(pid, child)
	child.once('exit', () => void (pid !== undefined && workers.delete(pid)))
	return child
}

let ready = start()

function give(socket: Socket): void {
	const worker = ready.connected ? ready : start()
	worker.send('connection', socket, { keepOpen: false })
	ready = start()
}

function kill(pid: number): void {
	workers.get(pid)?.kill('SIGKILL')
}

function end(): never {
	for (const pid of workers.keys()) kill(pid)
	process.exit(0)
}

let commands = Buffer.alloc(0)
process.stdin.on('data', (bytes: Buffer) => {
	commands = Buffer.concat([commands, bytes])
	for (; commands.length >= 4; commands = commands.subarray(4)) kill(commands.readInt32BE(0))
})
process.stdin.on('end', end)
process.on('SIGTERM', end)

const { port } = await listen(give, { isPaused: true })
const answer = Buffer.alloc(4)
answer.writeInt32BE(port)
writeSync(1, answer)
