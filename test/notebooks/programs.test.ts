/** The programs beside the notebooks, as a user runs them; those that recover are killed. */

import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packageFile } from '../../engine/index.js'
import { Rivulet } from '../repl/cli/process.js'

let folder: string
const running: Rivulet[] = []
const servers: Server[] = []
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-programs-'))
})
afterEach(async () => {
	for (const one of running.splice(0)) one.process.kill('SIGKILL')
	for (const server of servers.splice(0)) server.close()
	rmSync(folder, { recursive: true })
})

function run(name: string, args: readonly string[], options: readonly string[] = []): Rivulet {
	const started = new Rivulet(['run', ...options, packageFile('notebooks', 'programs', name), ...args], folder)
	running.push(started)
	return started
}

/** A server on a port of the system's choice. */
async function serve(onClient: (socket: Socket) => void): Promise<string> {
	const server = createServer((socket) => onClient(socket.on('error', () => undefined)))
	servers.push(server)
	await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
	return String((server.address() as AddressInfo).port)
}

/**
 * Resolves when there is a checkpoint; looks whenever the program has said `pattern` once more. A program that is killed
 * before begins anew.
 */
async function checkpointed(program: Rivulet, pattern: RegExp): Promise<void> {
	const checkpoints = join(folder, 'checkpoints')
	const isThere = (): boolean =>
		existsSync(checkpoints) && readdirSync(checkpoints).some((name) => name.startsWith('checkpoint-'))
	for (let n = 1; !isThere(); n += 1) await program.saw(new RegExp(`(${pattern.source}(.|\\n)*?){${n}}`))
}

it('the recoverable word count goes on after SIGKILL, with new singletons, on the same checkpoint', async () => {
	const port = await serve((socket) => {
		socket.write('ant bee a b ant\n')
	})
	const args = ['localhost', port, 'checkpoints', 'counts.txt']
	const first = run('recoverable-network-word-count.ts', args)
	await first.saw(/\(ant,2\)(.|\n)*Dropped 2 word/)
	await checkpointed(first, /Dropped/)
	first.process.kill('SIGKILL')
	await first.ended()
	const second = run('recoverable-network-word-count.ts', args)
	await second.saw(/\(ant,2\)(.|\n)*Dropped 2 word/)
	second.process.kill('SIGTERM')
	expect(await second.ended()).toBe(0)
	expect([first.out.includes('Creating new context'), second.out.includes('Creating new context')]).toEqual([
		true,
		false,
	])
	const times = [...readFileSync(join(folder, 'counts.txt'), 'utf8').matchAll(/at time (\d+) ms/g)].map(([, ms]) =>
		Number(ms),
	)
	const distinct = [...new Set(times)]
	// No batch is left out, not even those of the time when the program was down.
	expect(distinct).toEqual(distinct.map((_, i) => (distinct[0] ?? 0) + i * 1_000))
})

it('the four versions of foreachRDD send the same records over fewer and fewer connections', async () => {
	const rows: string[] = []
	const connections: Record<string, number> = {}
	const port = await serve((socket) => {
		let text = ''
		socket.setEncoding('utf8').on('data', (part: string) => {
			text += part
		})
		socket.on('end', () => {
			const lines = text.split('\n').slice(0, -1)
			const version = lines[0]?.[0] ?? 'none'
			connections[version] = (connections[version] ?? 0) + 1
			rows.push(...lines)
		})
	})
	const program = run('foreachrdd-connections.ts', ['localhost', port])
	expect([await program.ended(), program.err]).toEqual([0, ''])
	// The server may hear of the last ends after that of the program.
	await expect.poll(() => Object.values(connections).reduce((a, b) => a + b, 0)).toBe(17)
	const words = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu']
	expect(rows.sort()).toEqual(['1', '2', '3', '4'].flatMap((version) => words.map((word) => `${version} ${word}`)))
	// A connection of version 3 for the empty partition of the last batch says nothing.
	expect(connections).toEqual({ 1: 3, 2: 7, 3: 5, 4: 1, none: 1 })
})

it('the transactional word count writes every word once, however often it is killed', async () => {
	mkdirSync(join(folder, 'in'))
	let numFiles = 0
	const put = (...words: readonly string[]): void => {
		const path = join(folder, `.f${numFiles}`)
		writeFileSync(path, `${words.join(' ')}\n`)
		renameSync(path, join(folder, 'in', `f${numFiles++}`))
	}
	const program = run('transactional-word-count.ts', ['in', 'checkpoints', 'words.db'], ['--supervise'])
	const killed: string[] = []
	await checkpointed(program, /Time: /)
	// After a batch, before the first one of a life, in the middle of one.
	for (const until of [/\(ant,2\)/, /^/, /Time: /]) {
		const [before = ''] = await program.saw(new RegExp(`(started \\d+\\n(.|\\n)*){${killed.length + 1}}`))
		const pid = [...before.matchAll(/started (\d+)/g)].at(-1)?.[1] as string
		put('ant', 'bee', 'ant')
		await program.saw(new RegExp(`started ${pid}\\n(.|\\n)*${until.source.replace('^', '')}`))
		process.kill(Number(pid), 'SIGKILL')
		killed.push(pid)
	}
	await program.saw(/(started \d+\n(.|\n)*){4}/)
	put('cat')
	await program.saw(/\(cat,1\)/)
	program.process.kill('SIGTERM')
	expect(await program.ended()).toBe(0)
	const db = new Database(join(folder, 'words.db'))
	const counts = db.prepare('select word, n from counts order by word').raw().all()
	const byHand = db.prepare('select word, count(*) as n from words group by word order by word').raw().all()
	db.close()
	const expected = [
		['ant', 6],
		['bee', 3],
		['cat', 1],
	]
	expect([new Set(killed).size, counts, byHand]).toEqual([3, expected, expected])
})
