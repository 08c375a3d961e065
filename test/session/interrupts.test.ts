import { execFileSync, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { packageFile } from '../../engine/index.js'
import { scene } from './client.js'

const said = (what: string) => (message: { readonly kind: string; readonly text?: string }) =>
	message.kind === 'stream' && message.text?.includes(what) === true

describe('an interrupt', () => {
	it.each([
		['a loop', "console.log('spins'); while (true) {}"],
		[
			'a loop after an await of a timer',
			"await new Promise(resolve => setTimeout(resolve, 1)); console.log('spins'); while (true) {}",
		],
		['a pending await', "console.log('spins'); await new Promise(() => undefined)"],
	])('ends %s, names kept, and the next cell runs', async (_, js) => {
		const { run, heard } = await scene()
		await run('let kept = 41', { names: ['kept'] })
		const done = await run(js, { interruptWhen: said('spins') })
		expect([done.status, done.error?.lines[0]]).toEqual(['interrupted', 'Interrupted'])
		await run('$rv.last(kept + 1)', { hasValue: true })
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '42' })
	})

	it('ends a loop in a timer and keeps the process and its names', async () => {
		const { session, run, heard } = await scene()
		await run(
			"let kept = 41; process.once('SIGUSR2', () => setTimeout(() => { console.log('spins'); while (true) {} }, 1))",
			{ names: ['kept'] },
		)
		// Not before the cell is over, however long that takes.
		process.kill(session.pid, 'SIGUSR2')
		await heard('stream', said('spins'))
		session.interrupt()
		expect((await heard('error')).error.name).toBe('Interrupted')
		await run('$rv.last(kept + 1)', { hasValue: true })
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '42' })
	})

	it('ends a loop in a batch function; the next batches go on', async () => {
		const { run, heard } = await scene()
		await run(
			"let clock = new ManualClock(); let s = new StreamingContext(sc, '1s', { clock }); let n = 0; s.script([[1], [2]]).foreachRDD(() => { n += 1; if (n === 1) { console.log('spins'); while (true) {} } console.log('second') }); s.start(); clock.advance(1000)",
			{ names: ['clock', 's', 'n'], interruptWhen: said('spins') },
		)
		await run('clock.advance(1000)')
		await heard('stream', said('second'))
	})
})

describe('the process', () => {
	it.each([
		['process.exit(3)', { code: 3, signal: null }],
		["process.kill(process.pid, 'SIGKILL')", { code: null, signal: 'SIGKILL' }],
	])('that ends by %s is reported', async (js, ended) => {
		const { run, exit } = await scene()
		void run(js)
		expect(await exit).toMatchObject(ended)
	})

	it('ends with its front, also while a cell spins', async () => {
		const script = `
			import { startSession } from ${JSON.stringify(packageFile('dist', 'kernel', 'session', 'client.js'))}
			const cell = { js: "console.log('spins'); while (true) {}", file: 'c.ts', linesBefore: 0, source: '', names: [], hasValue: false }
			const session = await startSession({
				directory: ${JSON.stringify(tmpdir())},
				onExit: () => undefined,
				onMessage: (message) => { if (message.kind === 'stream') console.log(session.pid) },
			})
			session.send({ kind: 'execute', id: '1', owner: '1', label: '[1]', cell, silent: false, allowInput: false, directory: ${JSON.stringify(tmpdir())} })
		`
		const front = spawn(process.execPath, ['--input-type=module', '-e', script], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		const pid = await new Promise<string>((resolve) =>
			front.stdout.once('data', (bytes) => resolve(String(bytes).trim())),
		)
		front.kill('SIGKILL')
		try {
			// `tail --pid` ends when that process is gone; the limit makes the test fail instead of hang.
			execFileSync('timeout', ['120', 'tail', '-s', '0.05', `--pid=${pid}`, '-f', '/dev/null'])
		} catch (stillThere) {
			process.kill(Number(pid), 'SIGKILL')
			throw stillThere
		}
	})
})
