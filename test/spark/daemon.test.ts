/** The processes that executors start, over a real socket, as Spark speaks to them. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { shipFunction } from '../../engine/closure/ship.js'
import { copyOf } from '../../engine/rdd/copies.js'
import { decodeRecords, encodeRecords } from '../../engine/spark/frames.js'
import type { StageProgram } from '../../engine/spark/program.js'
import { versionTag } from '../../engine/spark/versions.js'

const daemonFile = new URL('../../dist/engine/spark/worker/daemon.js', import.meta.url).pathname
const secret = 'a secret'
let daemon: ChildProcess | undefined
afterEach(() => void daemon?.kill('SIGKILL'))

const int = (value: number): Buffer => {
	const four = Buffer.alloc(4)
	four.writeInt32BE(value)
	return four
}
const bytes = (content: Uint8Array): Buffer => Buffer.concat([int(content.length), content])
const text = (value: string): Buffer => bytes(Buffer.from(value))
const no = Buffer.alloc(1)

/** A task as Spark 3.5 begins it. */
const headerOf = (command: Uint8Array): Buffer =>
	Buffer.concat([
		int(0),
		text(versionTag('3.5.9')),
		...[no, int(0), text('')], // no barrier
		...[int(1), int(0), int(0), Buffer.alloc(8), int(1), int(0), int(0)], // stage, partition, attempt, id, cores
		...[text('/'), int(0), no, int(0), int(0)], // files, includes, broadcasts, kind
		bytes(command),
	])

/** Reads from a socket what is asked for. */
async function* reader(socket: Socket): AsyncGenerator<Buffer, void, number> {
	let all = Buffer.alloc(0)
	let wanted = yield all
	for await (const piece of socket) {
		all = Buffer.concat([all, piece as Buffer])
		while (all.length >= wanted) {
			const part = all.subarray(0, wanted)
			all = all.subarray(wanted)
			wanted = yield part
		}
	}
}

describe('a worker', () => {
	it('leaves its input alone while the modules of a function are loaded', async () => {
		daemon = spawn(process.execPath, [daemonFile], {
			env: { ...process.env, PYTHON_WORKER_FACTORY_SECRET: secret },
			stdio: ['pipe', 'pipe', 'inherit'],
		})
		const [port] = (await once(daemon.stdout as NodeJS.EventEmitter, 'data')) as [Buffer]
		const socket = createConnection(port.readInt32BE(0), '127.0.0.1')
		const answers = reader(socket)
		await answers.next(0)
		const take = async (length: number): Promise<Buffer> => (await answers.next(length)).value as Buffer
		const program: StageProgram = {
			input: { kind: 'records' },
			steps: [{ op: 'map', fn: copyOf }],
			output: { kind: 'records' },
		}
		await take(4)
		socket.write(text(secret))
		await take(6)
		socket.write(headerOf(shipFunction(program).bytes))
		// The times: the worker has read the header, and begins to load.
		await take(44)
		socket.write(Buffer.concat([bytes(encodeRecords([1, 'a'])), int(-1), int(-4)]))
		const frame = await take((await take(4)).readInt32BE(0))
		expect(await decodeRecords(frame)).toEqual([1, 'a'])
		socket.destroy()
	})
})
