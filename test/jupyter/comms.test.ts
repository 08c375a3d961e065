import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, type Seen } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.ready('1')
})
afterAll(() => client.stop())

const comm = (type: string, id: string) => client.until((seen) => seen.type === type && seen.content.comm_id === id)
const textOf = (messages: readonly Seen[]): string =>
	messages.map(({ content }) => content.text ?? content.evalue ?? content.data?.['text/plain'] ?? '').join('')
const saying = (text: string) => client.until(({ type, content }) => type === 'stream' && content.text.includes(text))

describe('comms', () => {
	it('reach the target of a cell, whose output they are, and answer with bytes', async () => {
		const code = `comms.register('echo', (comm, open) => {
			console.log('opened with', open.data.greeting)
			comm.onMessage(({ data, buffers }) => comm.send({ twice: Number(data.n) * 2 }, { buffers: buffers.map((b) => b.map((x) => x + 1)) }))
			comm.onClose(() => console.log('closed'))
		})`
		const registered = client.execute(code)
		await client.idle(registered)
		await client.run('1')
		client.send('shell', 'comm_open', { comm_id: 'e1', target_name: 'echo', data: { greeting: 'hello' } })
		client.send('shell', 'comm_msg', { comm_id: 'e1', data: { n: 21 } }, {}, [Buffer.from([1, 2])])
		const answer = await comm('comm_msg', 'e1')
		expect([answer.content.data, answer.buffers, answer.parent]).toEqual([
			{ twice: 42 },
			[Buffer.from([2, 3])],
			registered,
		])
		client.send('control', 'comm_close', { comm_id: 'e1', data: {} })
		await saying('closed\n')
		expect(textOf(client.published(registered))).toBe('opened with hello\nclosed\n')
	})

	it('are known, and unknown targets refused, while a cell spins; messages arrive after it', async () => {
		const spins = client.execute("console.log('spins'); while (true) {}")
		await saying('spins')
		client.send('shell', 'comm_open', { comm_id: 'e2', target_name: 'echo', data: { greeting: 'late' } })
		const refused = client.send('shell', 'comm_open', { comm_id: 'n1', target_name: 'nobody', data: {} })
		await client.idle(refused)
		expect((await comm('comm_close', 'n1')).parent).toBe(refused)
		const asked = async (content: object) =>
			(await client.reply(client.send('control', 'comm_info_request', content))).comms
		expect(await asked({ target_name: 'echo' })).toEqual({ e2: { target_name: 'echo' } })
		expect(await asked({ target_name: 'nobody' })).toEqual({})
		client.send('control', 'interrupt_request', {})
		await client.idle(spins)
		await saying('opened with late\n')
	})

	it('show an error of a handler under its cell', async () => {
		const id = client.execute("comms.register('bad', () => { throw new TypeError('no comm') })")
		await client.idle(id)
		client.send('shell', 'comm_open', { comm_id: 'b1', target_name: 'bad', data: {} })
		await comm('comm_close', 'b1')
		expect(textOf(client.published(id))).toContain('no comm')
	})

	it('of a cell are closed when it runs again', async () => {
		const open = "const mine = new Comm('some.target', { a: 1 }); mine.id"
		const id = client.execute(open, {}, 'cell-c')
		await client.idle(id)
		const opened = client.published(id).find(({ type }) => type === 'comm_open')
		expect(opened?.content).toMatchObject({ target_name: 'some.target', data: { a: 1 } })
		await client.run(open, {}, 'cell-c')
		await comm('comm_close', opened?.content.comm_id)
	})
})

describe('an input box', () => {
	it('is a text field by the anywidget protocol whose lines are batches, also after the cell ran again', async () => {
		await client.run('%types off')
		const cell = "const box = ssc2.inputBox({ label: 'words' })"
		await client.run("const ssc2 = new StreamingContext(sc, '1s', { clock: new ManualClock() })")
		const id = client.execute(cell, {}, 'cell-b')
		await client.idle(id)
		const [opened, shown] = client.published(id)
		expect(opened?.content.data.state).toMatchObject({ _model_module: 'anywidget', label: 'words', sent: 0 })
		const model = opened?.content.comm_id
		expect(shown?.content.data['application/vnd.jupyter.widget-view+json']).toEqual({
			...{ version_major: 2, version_minor: 1, model_id: model },
		})
		expect(shown?.content.data['text/plain']).toContain('box.push')
		await client.run(
			'const seen = []; box.foreachRDD(async (rdd) => { seen.push(await rdd.collect()) }); await ssc2.step()',
		)
		client.send('shell', 'comm_msg', { comm_id: model, data: { method: 'custom', content: { line: 'alice' } } })
		await comm('comm_msg', model)
		await client.run("box.push('rabbit'); await ssc2.step()")
		await client.run("box.push('queen')")
		await client.run(cell, {}, 'cell-b')
		await client.run("box.push('hatter'); await ssc2.step()")
		expect(textOf(await client.run('JSON.stringify(seen)'))).toBe(`'[[],["alice","rabbit"],["queen","hatter"]]'`)
	})
})

describe('the buttons of a live view', () => {
	it('step a ManualClock, hold the picture and stop the batches', async () => {
		await client.run(
			"await ssc2.stop(false); const ssc3 = new StreamingContext(sc, '1s', { clock: new ManualClock() })",
		)
		const id = client.execute("const view = ssc3.script([['a'], ['b']]).table({ controls: true })")
		await client.idle(id)
		const model = client.published(id).find(({ type }) => type === 'comm_open')?.content.comm_id
		const press = async (action: string): Promise<unknown> => {
			const before = client.seen.length
			client.send('shell', 'comm_msg', { comm_id: model, data: { method: 'custom', content: { action } } })
			const changed = await client.until(
				(seen) => seen.type === 'comm_msg' && seen.content.comm_id === model && client.seen.indexOf(seen) >= before,
			)
			return changed.content.data.state
		}
		expect(await press('step')).toEqual({ isFrozen: false, isManual: true, isStopped: false })
		expect(await press('pause')).toMatchObject({ isFrozen: true })
		expect(await press('pause')).toMatchObject({ isFrozen: false })
		expect(textOf(await client.run('display(ssc3.clock.now()); undefined'))).toContain('1000')
		expect(await press('stop')).toMatchObject({ isStopped: true })
		const asked = client.execute('ssc3.getState()')
		await client.idle(asked)
		const result = client.published(asked).find(({ type }) => type === 'execute_result')
		expect(result?.content.data['text/plain']).toBe("'STOPPED'")
	})
})
