/** Signed messages, and who is greeted. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.start({ key: 'secret' })
	await client.run('let runs = 0')
})
afterAll(async () => {
	await client.stop()
})

const request = (id: string, code: string): string[] =>
	[
		{ msg_id: id, msg_type: 'execute_request', session: 's', username: 'u', date: '', version: '5.4' },
		{},
		{},
		{ code, silent: false },
	].map((part) => JSON.stringify(part))
const shown = async (code: string): Promise<unknown> =>
	(await client.run(code)).map(({ content }) => content.data['text/plain']).join('')

describe('a kernel with a key', () => {
	it('runs a signed message once, though it comes again', async () => {
		const json = request('again', 'runs += 1')
		for (let i = 0; i < 3; i++) client.post('shell', ['<IDS|MSG>', client.sign(json), ...json])
		await client.idle('again')
		expect(await shown('runs')).toBe('1')
		expect(client.stderr.match(/a repeated signature/g)?.length).toBe(2)
	})

	it.each([
		['no signature', ''],
		['a wrong one', 'ab'.repeat(32)],
		['one that is no hash', 'ü'],
	])('drops a message with %s', async (_, signature) => {
		client.post('shell', ['<IDS|MSG>', signature, ...request('forged', 'runs += 100')])
		expect(await shown('runs')).toBe('1')
		expect(client.stderr).toContain('a wrong signature')
	})

	it('signs what it sends', async () => {
		await client.run('1')
		expect(client.signatures.every(Boolean)).toBe(true)
	})

	it('greets each subscriber', async () => {
		const before = client.seen.filter(({ type }) => type === 'iopub_welcome').length
		const another = client.subscribe()
		await client.until((seen) => seen.type === 'iopub_welcome' && client.seen.indexOf(seen) > before)
		another.close()
	})
})
