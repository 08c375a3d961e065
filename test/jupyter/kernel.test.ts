import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, type Seen } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.ready('1')
})
afterAll(() => client.stop())

const spin = (): Promise<unknown> =>
	client.until(({ type, content }) => type === 'stream' && content.text === 'spinning\n')
// The session sends text when a cell yields, so this one does before it spins.
const spinning = "console.log('spinning'); await new Promise((r) => setImmediate(r)); while (true) {}"
const textOf = (messages: readonly { content: Seen['content'] }[]): string =>
	messages.map(({ content }) => content.text ?? content.data?.['text/plain'] ?? content.ename).join('')

describe('the kernel process', () => {
	it('publishes busy, input, output, result and idle in that order, under the request', async () => {
		const id = client.execute("console.log('a'); console.error('b'); display({ 'text/html': '<i>c</i>' }); 4")
		await client.idle(id)
		const types = client.seen
			.filter(({ channel, parent }) => channel === 'iopub' && parent === id)
			.map(({ type }) => type)
		const output = ['stream', 'stream', 'display_data', 'execute_result']
		expect(types).toEqual(['status', 'execute_input', ...output, 'status'])
	})

	it('gives an error the same words in output and reply, and keeps the names made before', async () => {
		const id = client.execute("const kept = 5; throw new TypeError('bad')")
		const { status, ename, evalue, traceback } = await client.reply(id)
		await client.idle(id)
		expect({ status, ename, evalue }).toEqual({ status: 'error', ename: 'TypeError', evalue: 'bad' })
		expect(client.published(id).map(({ type, content }) => [type, content])).toEqual([
			['error', { ename, evalue, traceback }],
		])
		expect(textOf(await client.run('kept'))).toBe('5')
	})

	it('aborts what was received before an error and runs what comes after', async () => {
		const fails = "await prompt('go? '); throw new Error('no')"
		const ids = [fails, '1', '2'].map((code) => client.execute(code, { stop_on_error: true }))
		await client.until(({ type }) => type === 'input_request')
		// Its answer says that what was sent before it has been received.
		await client.reply(client.send('shell', 'kernel_info_request', {}))
		client.send('stdin', 'input_reply', { value: '' })
		const replies = await Promise.all(ids.map((id) => client.reply(id)))
		expect(replies.map(({ status }) => status)).toEqual(['error', 'aborted', 'aborted'])
		expect(textOf(await client.run('3'))).toBe('3')
		expect(ids.slice(1).flatMap((id) => client.published(id))).toEqual([])
	})

	it('goes on after an error with stop_on_error false', async () => {
		const ids = ["throw new Error('no')", '1'].map((code) => client.execute(code, { stop_on_error: false }))
		const replies = await Promise.all(ids.map((id) => client.reply(id)))
		expect(replies.map(({ status }) => status)).toEqual(['error', 'ok'])
	})

	it('shows late output under the cell that caused it', async () => {
		const first = client.execute("setTimeout(() => console.log('late'), 300)", {}, 'cell-a')
		const second = client.execute('2', {}, 'cell-b')
		await client.until(({ type, content }) => type === 'stream' && content.text === 'late\n')
		await client.idle(second)
		expect(textOf(client.published(first))).toContain('late\n')
		expect(textOf(client.published(second))).toBe('2')
	})

	it('counts and stores nothing for a silent request', async () => {
		const before = (await client.reply(client.execute('1'))).execution_count
		const id = client.execute('console.log(1); 7', { silent: true, store_history: false })
		expect((await client.reply(id)).execution_count).toBe(before)
		await client.idle(id)
		expect(client.seen.filter(({ parent, type }) => parent === id && /input|result/.test(type))).toEqual([])
		expect((await client.reply(client.execute('1'))).execution_count).toBe(before + 1)
	})

	it('evaluates user expressions one by one', async () => {
		const expressions = { two: '1 + 1', bad: 'nowhere', broken: '1 +' }
		const { user_expressions: values } = await client.reply(client.execute('', { user_expressions: expressions }))
		expect(values.two).toEqual({ status: 'ok', data: { 'text/plain': '2' }, metadata: {} })
		expect([values.bad.ename, values.broken.ename]).toEqual(['ReferenceError', 'SyntaxError'])
	})

	it('answers completion, kernel_info and the heartbeat while a cell spins; an interrupt ends the cell', async () => {
		await client.run('const survivor = 1')
		const id = client.execute(spinning)
		await spin()
		const { matches } = await client.reply(client.send('shell', 'complete_request', { code: 'surviv', cursor_pos: 6 }))
		expect(matches).toEqual(['survivor'])
		expect((await client.reply(client.send('control', 'kernel_info_request', {}))).status).toBe('ok')
		client.post('hb', ['beat'])
		await client.until(({ channel }) => channel === 'hb')
		const waiting = client.execute('9')
		const interrupt = client.send('control', 'interrupt_request', {})
		expect(await client.reply(interrupt)).toEqual({ status: 'ok' })
		expect((await client.reply(id)).status).toBe('error')
		expect((await client.reply(waiting)).status).toBe('aborted')
		expect(textOf(await client.run('survivor'))).toBe('1')
	})

	it('takes a raw SIGINT for an interrupt', async () => {
		client.seen.length = 0
		const id = client.execute(spinning)
		await spin()
		client.process.kill('SIGINT')
		expect((await client.reply(id)).status).toBe('error')
		expect(textOf(await client.run('survivor'))).toBe('1')
	})

	it('asks the client that runs the cell for input', async () => {
		const id = client.execute("const answer = await prompt('who? '); answer")
		const { content } = await client.until(({ type, parent }) => type === 'input_request' && parent === id)
		expect(content).toEqual({ prompt: 'who? ', password: false })
		client.send('stdin', 'input_reply', { value: 'alice' })
		await client.idle(id)
		expect(textOf(client.published(id))).toBe("'alice'")
	})

	it('says so when no input is allowed', async () => {
		const { status } = await client.reply(client.execute("await prompt('who? ')", { allow_stdin: false }))
		expect(status).toBe('error')
	})

	it('shows help in the pager', async () => {
		const { payload } = await client.reply(client.execute('?Seconds'))
		expect(payload[0]).toMatchObject({ source: 'page', start: 0 })
		expect(payload[0].data['text/plain']).toContain('Seconds')
	})

	it('refuses a type error with its line, and runs it when types are off', async () => {
		expect(textOf(await client.run('%types off'))).toBe('types: off\n')
		expect(textOf(await client.run("const wrong: number = 'text'; wrong"))).toBe("'text'")
		await client.run('%types check')
		const id = client.execute("const fine = 1\nconst text: number = 'text'")
		const { status, traceback } = await client.reply(id)
		expect(status).toBe('error')
		expect(traceback.join('\n')).toMatch(/:2:7 .*TS2322/)
	})

	it('closes a comm to a target that nobody knows', async () => {
		const id = client.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'none', data: {} })
		await client.idle(id)
		expect(client.published(id).map(({ type, content }) => [type, content.comm_id])).toEqual([['comm_close', 'c1']])
	})

	it('logs what is malformed and goes on', async () => {
		client.post('shell', ['<IDS|MSG>', '', '{', '{}', '{}', '{}'])
		client.post('shell', ['nothing'])
		expect(textOf(await client.run('6'))).toBe('6')
		expect(client.stderr).toContain('a frame that is no JSON object')
	})

	it('turns the death of the session into an error of the running cell and starts a fresh one', async () => {
		const killed = client.execute("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})")
		const { status, evalue } = await client.reply(killed)
		expect({ status, evalue }).toEqual({ status: 'error', evalue: 'the session process ended (signal SIGKILL)' })
		expect(textOf(await client.run('survivor'))).toBe('TypeScriptError')
		expect(textOf(await client.run('const survivor = 2; survivor'))).toBe('2')
	})
})

it('completes a value without a type by what the session holds', async () => {
	await client.run('const loose: any = JSON.parse(\'{"alpha": 1}\')')
	const request = { code: 'loose.al', cursor_pos: 8 }
	// A session that is busy is not waited for.
	const matches = async () => (await client.reply(client.send('shell', 'complete_request', request))).matches
	await expect.poll(matches).toEqual(['alpha'])
})
