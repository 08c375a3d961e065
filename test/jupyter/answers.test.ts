/** A kernel answers, whatever its cells do, and an interrupt ends what they do. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.start()
	await client.run('%types off')
	await client.run(
		"const survivor = 1; const never = new Promise(() => undefined); const wait = (ms) => new Promise((r) => setTimeout(r, ms)); const ticks = (await import('node:timers')).setTimeout",
	)
	await client.reply(client.send('shell', 'complete_request', { code: 'surviv', cursor_pos: 6 }))
})
afterAll(async () => {
	await client.stop()
})
beforeEach(() => {
	client.seen.length = 0
})

const requests: readonly (readonly [channel: string, type: string, content: object])[] = [
	['shell', 'kernel_info_request', {}],
	['control', 'kernel_info_request', {}],
	['shell', 'complete_request', { code: 'surviv', cursor_pos: 6 }],
	['shell', 'inspect_request', { code: 'survivor', cursor_pos: 3, detail_level: 0 }],
	['shell', 'is_complete_request', { code: 'if (survivor) {' }],
	['shell', 'history_request', { hist_access_type: 'tail', n: 3, output: false, raw: true }],
	['shell', 'comm_info_request', {}],
	['control', 'debug_request', { type: 'request', seq: 1, command: 'debugInfo', arguments: {} }],
]
const says = (text: string) =>
	client.until(({ type, content }) => type === 'stream' && content.text.includes(text) && content.name === 'stdout')
const inBatch = `let first = true; const busy = new StreamingContext(sc, '100ms')
busy.rateStream(10).foreachRDD(() => { if (first) { first = false; console.log('spins'); for (;;); } else console.log('goes on') })
busy.start(); 0`

/** What a cell may be busy with; all of them say 'spins' first. */
const pastimes: readonly (readonly [what: string, code: string])[] = [
	['a loop', "console.log('spins'); while (true) {}"],
	['a loop after an await', "await wait(1); console.log('spins'); while (true) {}"],
	['a loop in a timer that it awaits', "setTimeout(() => { console.log('spins'); while (true) {} }, 10); await never"],
	['a pending await', "console.log('spins'); await never"],
	['a wait for a child process', "console.log('spins'); (await import('node:child_process')).execSync('sleep 60')"],
	['a question', "console.log('spins'); await prompt('who? ')"],
]

describe('while a cell is in', () => {
	it.each(pastimes)(
		'%s, everything is answered before it ends, and an interrupt ends it',
		async (_, code) => {
			const id = client.execute(code)
			await says('spins')
			const refused: string[] = []
			for (const [channel, type, content] of requests) {
				const reply = await client.reply(client.send(channel, type, content))
				if (reply.status === 'error') refused.push(`${type}: ${reply.evalue}`)
			}
			client.post('hb', ['beat'])
			await client.until((seen) => seen.channel === 'hb')
			client.send('control', 'interrupt_request', {})
			const { status, ename } = await client.reply(id)
			expect([status, ename]).toEqual(['error', 'Interrupted'])
			await client.idle(id)
			expect(refused).toEqual([])
			const after = client.execute('survivor')
			await client.idle(after)
			expect(client.published(after).map(({ content }) => content.data['text/plain'])).toEqual(['1'])
		},
		20_000,
	)

	it('a loop of a batch function, everything is answered; an interrupt ends it, and the next batches run', async () => {
		const id = client.execute(inBatch, {}, 'batch')
		// The first batch may come before the cell has ended.
		await says('spins')
		for (const [channel, type, content] of requests) await client.reply(client.send(channel, type, content))
		client.send('control', 'interrupt_request', {})
		await client.until(({ type, parent }) => type === 'error' && parent === id)
		await client.idle(id)
		await says('goes on')
	})

	it('awaitTermination, an interrupt ends the cell, leaves the stream running and the next result alone', async () => {
		const id = client.execute("console.log('spins'); await busy.awaitTermination()")
		await says('spins')
		client.send('control', 'interrupt_request', {})
		expect((await client.reply(id)).status).toBe('error')
		const after = client.execute('await busy.nextBatch(); const state = busy.getState(); await busy.stop(false); state')
		await client.idle(after)
		expect(client.published(after).at(-1)?.content.data['text/plain']).toBe("'ACTIVE'")
	})
})
