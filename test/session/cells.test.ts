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

	it('declares a name again by let', async () => {
		const { run, heard } = await scene()
		await run('let x = 1', { names: ['x'] })
		await run('let x = 7', { names: ['x'] })
		await run(...value('x'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '7' })
	})

	it('is done when its top-level await is', async () => {
		const { run, said } = await scene()
		const done = await run('let x = await new Promise(resolve => setTimeout(resolve, 1, 7)); console.log(x)', {
			names: ['x'],
		})
		expect(done.names).toEqual(['x'])
		expect(said.slice(-2)).toMatchObject([{ kind: 'stream', text: '7\n' }, { kind: 'done' }])
	})

	it('shows what a promise as last value resolves to', async () => {
		const { run, heard } = await scene()
		await run(...value('sc.parallelize([1, 2, 3]).count()'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '3' })
	})

	const behind: readonly (readonly [string, string, readonly string[]])[] = [
		['the cause', "throw new Error('a', { cause: new RangeError('b') })", ['Error: a', 'caused by: RangeError: b']],
		[
			'the errors that it stands for',
			"throw new AggregateError([new Error('b'), 'c'], 'a')",
			['AggregateError: a', '1 of 2: Error: b', "2 of 2: Error: thrown: 'c'"],
		],
		['nothing when it is its own cause', "let e = new Error('a'); e.cause = e; throw e", ['Error: a']],
	]
	for (const [what, js, heads] of behind) {
		it(`that throws tells behind the error ${what}`, async () => {
			const { run } = await scene()
			const lines = (await run(js)).error?.lines ?? []
			expect(lines.filter((line) => !line.startsWith(' '))).toEqual(heads)
		})
	}

	it('tells the place of a syntax error that a call of it threw', async () => {
		const { run } = await scene()
		const { error } = await run("\n\nJSON.parse('{')")
		expect(error?.frames).toMatchObject([{ line: 3, column: 6 }])
	})

	it('has the require and __dirname that the types of Node promise', async () => {
		const { run, said } = await scene()
		await run("console.log(require('node:path').join('a', 'b'), typeof require.resolve, __dirname.length > 0)")
		expect(said).toContainEqual(expect.objectContaining({ kind: 'stream', text: 'a/b function true\n' }))
		const { error } = await run("require('no-such-package')")
		expect(error?.lines.at(-1)).toContain('%npm add no-such-package')
	})

	it('shows an error as a value with the lines of the user alone', async () => {
		const { run, heard } = await scene()
		const js = "\n$rv.last(Object.assign(new Error('a', { cause: new RangeError('b') }), { n: 1 }))"
		await run(js, { hasValue: true, linesBefore: 1 })
		const text = String((await heard('result')).bundle['text/plain'])
		expect(text.replace(/cell\S*?:(\d+):\d+/g, 'cell:$1').split('\n')).toEqual([
			'Error: a',
			'    at cell:1 {',
			'  n: 1,',
			'  [cause]: RangeError: b',
			'      at cell:1',
			'}',
		])
	})

	it('shows promises by their state alone', async () => {
		const { run, heard } = await scene()
		await run(...value('[Promise.resolve(1), new Promise(() => {})]'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': '[ Promise { 1 }, Promise { <pending> } ]' })
	})

	it('waits for an asynchronous display method', async () => {
		const { run, heard } = await scene()
		await run(...value("{ async [Symbol.for('Jupyter.display')]() { return { 'text/markdown': '*x*' } } }"))
		expect((await heard('result')).bundle).toEqual({ 'text/markdown': '*x*', 'text/plain': '*x*' })
	})

	it('prints and shows an error that it caught as it shows one that it did not', async () => {
		const { run, said } = await scene()
		const failing = 'await sc.parallelize([null]).map(x => x.size).collect()'
		const { error } = await run(failing)
		await run(`${failing}.catch(e => { console.log(e); $rv.last(e) })`, { hasValue: true })
		const shown = said.flatMap((m) =>
			m.kind === 'stream' ? [String(m.text)] : m.kind === 'result' ? [String(m.bundle['text/plain'])] : [],
		)
		const lines = error?.lines.slice(0, 1).join()
		expect(lines).toMatch(/^TypeError: /)
		for (const text of shown) expect([text.split('\n')[0], /dist|node:/.test(text)]).toEqual([lines, false])
		expect(shown).toHaveLength(2)
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

	it('has lines that were put before it left out of positions', async () => {
		const { run } = await scene()
		const { error } = await run("let before = 1\nthrow new RangeError('no')", { names: ['before'], linesBefore: 1 })
		expect(error?.lines.slice(1, 2)).toEqual(["  1 | throw new RangeError('no')"])
		expect(error?.frames).toMatchObject([{ file: 'cell-1.ts', line: 1 }])
	})

	it('with a syntax error runs nothing and shows the place', async () => {
		const { run, said } = await scene()
		const { status, error } = await run("console.log('runs')\nlet a = )")
		expect([status, error?.name, error?.frames]).toEqual([
			'error',
			'SyntaxError',
			[{ file: 'cell-1.ts', line: 2, column: 9 }],
		])
		expect(said.filter(({ kind }) => kind === 'stream')).toEqual([])
	})

	it('has all its lines sent, in order, before it is done', async () => {
		const { run, said, text } = await scene()
		const id = (await run('for (let i = 0; i < 20000; i++) console.log(i)')).id
		expect(said.at(-1)).toMatchObject({ kind: 'done', id })
		expect(text('1').split('\n').slice(0, -1)).toEqual(Array.from({ length: 20_000 }, (_, i) => String(i)))
	})

	it('gets the output of its child processes before it is done', async () => {
		const { run, text } = await scene()
		await run("let cp = await $rv.import('node:child_process'); cp.execSync('echo from a child', { stdio: 'inherit' })")
		expect(text('1')).toBe('from a child\n')
	})

	it("imports Node's own modules", async () => {
		const { run, heard } = await scene()
		await run("let path = await $rv.import('node:path')", { names: ['path'] })
		await run(...value("path.posix.join('a', 'b')"))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': "'a/b'" })
	})

	it('imports the instance of Rivulet that the session runs', async () => {
		const { run, heard } = await scene()
		await run("let rv = await $rv.import('rivulet')", { names: ['rv'] })
		await run(...value('rv.StreamingContext === StreamingContext'))
		expect((await heard('result')).bundle).toEqual({ 'text/plain': 'true' })
	})

	it('says which package is missing and how to get it', async () => {
		const { run } = await scene()
		const { error } = await run("await $rv.import('@not/there/sub')")
		expect(error?.message).toBe("cannot find module '@not/there/sub'")
		expect(error?.lines).toContain(
			'what to do: install it there: npm install @not/there, in a notebook %npm add @not/there',
		)
	})

	it('has a rejection that nobody caught shown once, also after other cells ran', async () => {
		const { run, heard, said } = await scene()
		await run("void Promise.reject(new RangeError('late'))")
		await heard('error')
		await run('1')
		expect(said.filter(({ kind }) => kind === 'error')).toMatchObject([
			{ owner: '1', error: { name: 'RangeError', message: 'late' } },
		])
	})
})
