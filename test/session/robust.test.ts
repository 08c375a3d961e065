/** What must not cost a session its names: interrupts at any instant, values that cannot be shown, cells that throw. */

import { describe, expect, it } from 'vitest'
import { scene } from './client.js'

const said = (text: string) => (message: { readonly kind: string; readonly text?: unknown }) =>
	message.kind === 'stream' && String(message.text).includes(text)

describe('an interrupt', () => {
	it('never ends the process, however often timers wake the cell', async () => {
		const { run } = await scene()
		for (let i = 0; i < 20; i += 1) {
			const js = `let t${i} = 0; for (;;) { await new Promise((r) => setImmediate(r)); if (++t${i} === 50) console.log('spins ${i} ') }`
			const done = await run(js, { interruptWhen: said(`spins ${i} `) })
			expect(done.status).toBe('interrupted')
		}
		expect((await run('1')).status).toBe('ok')
	})

	it('ends an await that nothing will ever wake, though its promise is garbage', async () => {
		const { run, session } = await scene()
		const js =
			"(await $rv.import('node:v8')).setFlagsFromString('--expose-gc'); let gc = (await $rv.import('node:vm')).runInNewContext('gc')"
		await run(js, { names: ['gc'] })
		for (let i = 0; i < 3; i += 1) {
			const waits = run("setTimeout(() => { gc(); console.log('waits ') }, 5); await new Promise(() => undefined)", {
				interruptWhen: said('waits '),
			})
			expect((await waits).status).toBe('interrupted')
			await run('gc(); gc()')
		}
		expect(session.pid).toBeGreaterThan(0)
	})

	it.each([
		['a file', "await (await $rv.import('node:fs/promises')).stat('.')"],
		[
			'a child process',
			"let c = await $rv.import('node:child_process'); await new Promise((r) => c.exec('exit 0', r))",
		],
		['a digest', "await crypto.subtle.digest('SHA-256', new Uint8Array(1))"],
	])('ends a loop after an await of %s', async (_, wait) => {
		const { run } = await scene()
		const done = await run(`${wait}; console.log('spins'); while (true);`, { interruptWhen: said('spins') })
		expect(done.status).toBe('interrupted')
		expect((await run('1')).status).toBe('ok')
	})

	it('of an idle session does not end the next cell', async () => {
		const { session, run } = await scene()
		for (let i = 0; i < 10; i += 1) {
			await run('1')
			session.interrupt()
			await run('await new Promise((r) => setTimeout(r, 20))')
			expect((await run('2')).status).toBe('ok')
		}
	})
})

describe('a cell', () => {
	it.each([
		['an object without a text', 'throw Object.create(null)', 'thrown: [Object: null prototype] {}'],
		['an error of another realm', "(await $rv.import('node:vm')).runInNewContext('throw new TypeError(\"x\")')", 'x'],
		[
			'an error whose message throws',
			"throw Object.defineProperty(new Error(), 'message', { get() { throw 1 } })",
			'(cannot be shown)',
		],
	])('that throws %s is over', async (_, js, message) => {
		const { run } = await scene()
		expect((await run(js)).error?.message).toBe(message)
	})

	it('whose last value is a rejected promise says so once', async () => {
		const { run, said: all } = await scene()
		const done = await run("$rv.last(Promise.reject(new Error('no')))", { hasValue: true })
		await run('1')
		expect([done.error?.message, all.filter(({ kind }) => kind === 'error' || kind === 'stream')]).toEqual(['no', []])
	})

	it('that V8 refuses tells the place', async () => {
		const { run } = await scene()
		expect((await run('let a = 1\nlet x = = 2')).error?.frames).toEqual([{ file: 'cell-1.ts', line: 2, column: 9 }])
	})
})

describe('a stream', () => {
	const live = async () => {
		const { run, heard } = await scene()
		await run(
			"let clock = new ManualClock(); let s = new StreamingContext(sc, '1s', { clock }); let input = s.script([[1], [2], [3]]); let c = input.map((x) => x); c.foreachRDD(() => undefined); s.start()",
			{ owner: 'a', names: ['clock', 's', 'input', 'c'] },
		)
		const outputs = async () => {
			await run('await s.step()')
			await run('$rv.last(s.outputs.length)', { hasValue: true })
			return (await heard('result')).bundle
		}
		return { run, outputs }
	}

	it('stays when a cell that declares its name again throws', async () => {
		const { run, outputs } = await live()
		await run('let c = input.map((x) => -x); c.foreachRDD(() => undefined); throw new Error()', { names: ['c'] })
		expect(await outputs()).toEqual({ 'text/plain': '1' })
	})

	it('stays while another name holds it', async () => {
		const { run, outputs } = await live()
		await run('let alias = input', { names: ['alias'] })
		await run('let alias = 1', { names: ['alias'] })
		expect(await outputs()).toEqual({ 'text/plain': '1' })
	})
})

describe('properties', () => {
	it('of a live value are its names', async () => {
		const { session, run, heard } = await scene()
		await run('let o = { alpha: 1, beta() {} }', { names: ['o'] })
		session.send({ kind: 'askProperties', id: 'p', expression: 'o' })
		expect((await heard('properties')).names).toEqual(['alpha', 'beta'])
	})

	const rows: readonly (readonly [string, string, readonly string[], string | undefined])[] = [
		['of a path of names are those at its end', 'o.deep', ['x'], '{ x: 1 }'],
		['of a name that nobody has are none', 'nowhere', [], undefined],
		['of what runs code of the program are none', 'o.getter', [], undefined],
		['of a proxy that throws are none', 'o.proxy', [], undefined],
		['of a list are no numbers', 'o.list', ['length'], '[ 7 ]'],
	]
	for (const [what, expression, names, value] of rows) {
		it(what, async () => {
			const { session, run, heard } = await scene()
			const thrower = 'new Proxy({}, { getPrototypeOf() { throw 1 }, ownKeys() { throw 2 } })'
			const fields = `deep: { x: 1 }, list: [7], get getter() { ran = true; return 1 }, proxy: ${thrower}`
			await run(`let ran = false; let o = { ${fields} }`, { names: ['ran', 'o'] })
			session.send({ kind: 'askProperties', id: 'p', expression })
			const answer = await heard('properties')
			expect([answer.names.slice(0, 1), answer.value]).toEqual([names, value])
		})
	}
})
