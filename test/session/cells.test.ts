import { describe, expect, it } from 'vitest'
import { scene } from './client.js'

const value = (js: string) => [`$rv.last(${js})`, { hasValue: true }] as const

describe('a cell', () => {
	it('keeps its names for later cells and closures', async () => {
		const { run, heard } = await scene()
		await run('let x = 1; let read = () => x', { names: ['x', 'read'] })
		await run('x = 5')
		await run(...value('read()'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '5' })
	})

	it('that throws half-way keeps the names it had made', async () => {
		const { run } = await scene()
		const done = await run("let half = 1; throw new RangeError('half way'); let other = 2", {
			names: ['half', 'other'],
		})
		expect([done.status, done.names, done.error?.name]).toEqual(['error', ['half'], 'RangeError'])
		expect((await run('half + 1')).status).toBe('ok')
	})

	it('declares a name again and awaits at top level', async () => {
		const { run, heard } = await scene()
		await run('let x = 1', { names: ['x'] })
		await run('let x = await Promise.resolve(7)', { names: ['x'] })
		await run(...value('x'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '7' })
	})

	it('shows what a promise as last value resolves to', async () => {
		const { run, heard } = await scene()
		await run(...value('sc.parallelize([1, 2, 3]).count()'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '3' })
	})

	it('shows an error with its own line, a caret and the position', async () => {
		const { run } = await scene()
		const { error } = await run('let n = null\nlet f = () => n.size\nf()', { names: ['n', 'f'] })
		expect(error?.lines).toEqual([
			"TypeError: Cannot read properties of null (reading 'size')",
			'  2 | let f = () => n.size',
			'                      ^',
			'    at f (cell-1.ts:2:17)',
			'    at cell-1.ts:3:1',
		])
	})

	it('has all its lines sent, in order, before it is done', async () => {
		const { run, text } = await scene()
		await run('for (let i = 0; i < 20000; i++) console.log(i)')
		expect(text('1').split('\n').slice(0, -1)).toEqual(Array.from({ length: 20_000 }, (_, i) => String(i)))
	})

	it('gets the output of its child processes', async () => {
		const { run, heard } = await scene()
		await run("let cp = await $rv.import('node:child_process'); cp.execSync('echo from a child', { stdio: 'inherit' })")
		expect((await heard('stream', ({ text }) => text.includes('child'))).owner).toBe('1')
	})

	it('imports the instance of the session itself, and says what to do for a missing package', async () => {
		const { run, heard } = await scene()
		await run("let rv = await $rv.import('rivulet')", { names: ['rv'] })
		await run(...value('rv.StreamingContext === StreamingContext'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': 'true' })
		const { error } = await run("await $rv.import('not-there')")
		expect(error?.lines).toContain('what to do: install it there: npm install not-there')
	})

	it('has a rejection that nobody caught shown once', async () => {
		const { run, heard } = await scene()
		await run("void Promise.reject(new RangeError('late'))")
		expect(await heard('error')).toMatchObject({ owner: '1', error: { name: 'RangeError', message: 'late' } })
	})
})
