/** How a kernel takes the end of its session, of its parent and of itself: nothing hangs, nothing is left behind. */

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.start({ env: { NODE_OPTIONS: '--max-old-space-size=160' } })
	await client.run('%types off')
})
afterAll(async () => {
	await client.stop()
})

/** Returns when the process is gone; throws after two minutes. */
const gone = (pid: number): void =>
	void execFileSync('timeout', ['120', 'tail', '-s', '0.05', `--pid=${pid}`, '-f', '/dev/null'])
const textOf = async (code: string): Promise<string> =>
	(await client.run(code)).map(({ content }) => content.text ?? content.data?.['text/plain'] ?? content.evalue).join('')
/** The folder of the session, and a child process that outlives its cell. */
const leave =
	"[process.pid, (await import('node:child_process')).spawn('sleep', ['300']).pid, sc.getCheckpointDir()].join(' ')"
const left = async (): Promise<{ pids: readonly number[]; folder: string }> => {
	const [pid, child, folder = ''] = (await textOf(leave)).replaceAll("'", '').split(' ')
	return { pids: [Number(pid), Number(child)], folder }
}

describe('a session that ends under its cell', () => {
	it.each([
		['a kill', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", 'signal SIGKILL'],
		['process.exit', 'process.exit(3)', 'exit code 3'],
		['process.abort', 'process.abort()', 'signal SIGABRT'],
		['too much data', 'const all = []; for (;;) all.push(new Array(100_000).fill(0.5))', 'out of memory'],
	])(
		'by %s is an error of the cell that says what is gone, and a fresh one runs the next',
		async (_, code, reason) => {
			const { pids, folder } = await left()
			expect(existsSync(folder)).toBe(true)
			const { status, evalue, traceback } = await client.reply(client.execute(code))
			expect([status, evalue]).toEqual(['error', expect.stringContaining(reason)])
			expect(traceback.join('\n')).toContain('names and streams are gone')
			expect(await textOf('1 + 1')).toBe('2')
			for (const pid of pids) gone(pid)
			expect(existsSync(folder)).toBe(false)
		},
		30_000,
	)

	it('is told in the last cell when it ends while idle', async () => {
		const id = client.execute('process.pid')
		await client.idle(id)
		process.kill(Number(client.published(id).at(-1)?.content.data['text/plain']), 'SIGKILL')
		const { content } = await client.until(
			({ type, parent, content: { name } }) => type === 'stream' && name === 'stderr' && parent === id,
		)
		expect(content.text).toContain('names and streams are gone')
		expect(await textOf('2')).toBe('2')
	})

	it('is ended by a third interrupt, after the second has said so', async () => {
		// SIGINT cannot end a call that waits in the operating system and children that ignore it.
		const deaf = `(await import('node:child_process')).execSync('trap "" INT; echo deaf; sleep 300', { stdio: 'inherit' })`
		const id = client.execute(deaf)
		const told = (text: string) =>
			client.until(({ type, parent, content }) => type === 'stream' && parent === id && content.text.includes(text))
		await told('deaf')
		client.send('control', 'interrupt_request', {})
		client.send('control', 'interrupt_request', {})
		await told('interrupt once more')
		const again = setInterval(() => client.send('control', 'interrupt_request', {}), 200)
		const { status, evalue } = await client.reply(id)
		clearInterval(again)
		expect([status, evalue]).toEqual(['error', expect.stringContaining('SIGKILL')])
		expect(await textOf('3')).toBe('3')
	})
})

describe('no process is left', () => {
	it('when the kernel is killed, while a cell spins and has a child', async () => {
		const other = await Client.start()
		await other.run('%types off')
		const id = other.execute(`const facts = (${leave}); console.log(facts); while (true) {}`)
		const { content } = await other.until(({ type, parent }) => type === 'stream' && parent === id)
		const [pid, child, folder = ''] = String(content.text).trim().split(' ')
		other.process.kill('SIGKILL')
		gone(Number(pid))
		gone(Number(child))
		expect(existsSync(folder)).toBe(false)
		await other.stop()
	})

	it('when the program that started the kernel is gone', async () => {
		const kernel = await Client.start({ hasParent: true })
		await kernel.run('%types off')
		const [shown] = await kernel.run('process.ppid')
		const front = Number(shown?.content.data['text/plain'])
		kernel.process.kill('SIGKILL')
		gone(front)
		await kernel.stop()
	})

	it('after a shutdown, with the child processes of cells', async () => {
		const kernel = await Client.start()
		await kernel.run('%types off')
		const [shown] = await kernel.run(leave)
		const [pid, child, folder = ''] = shown?.content.data['text/plain'].replaceAll("'", '').split(' ') ?? []
		expect(await kernel.stop()).toBe(0)
		gone(Number(pid))
		gone(Number(child))
		expect(existsSync(folder)).toBe(false)
	})
})
