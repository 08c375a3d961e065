/** Questions of cells: asked, hidden, refused, given up. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.ready('%types off')
})
afterAll(() => client.stop())
beforeEach(() => {
	client.seen.length = 0
})

const asked = (prompt: string) =>
	client.until(({ type, content }) => type === 'input_request' && content.prompt === prompt)
const answer = (value: string): string => client.send('stdin', 'input_reply', { value, status: 'ok' })
const shown = (id: string): unknown => client.published(id).at(-1)?.content.data['text/plain']

describe('a question', () => {
	it('by input() comes after what the cell has printed, and its answer is the value', async () => {
		const id = client.execute("console.log('before'); await input('name? ')")
		expect((await asked('name? ')).parent).toBe(id)
		expect(client.published(id).map(({ content }) => content.text)).toEqual(['before\n'])
		answer('älice 🐇')
		await client.idle(id)
		expect(shown(id)).toBe("'älice 🐇'")
	})

	it('for a password says so', async () => {
		const id = client.execute("(await prompt('pass? ', { password: true })).length")
		expect((await asked('pass? ')).content.password).toBe(true)
		answer('1234')
		await client.idle(id)
		expect(shown(id)).toBe('4')
	})

	it('waits for the one before', async () => {
		const id = client.execute("(await Promise.all([prompt('one? '), prompt('two? ')])).join()")
		await asked('one? ')
		expect(client.seen.filter(({ type }) => type === 'input_request').length).toBe(1)
		answer('a')
		await asked('two? ')
		answer('b')
		await client.idle(id)
		expect(shown(id)).toBe("'a,b'")
	})

	it('is refused where input is not allowed, and by code whose cell has ended', async () => {
		const { ename, traceback } = await client.reply(client.execute("await prompt('? ')", { allow_stdin: false }))
		expect([ename, traceback.join()]).toEqual(['StreamError', expect.stringContaining('allows input')])
		const late = client.execute(
			"let go; const told = new Promise((resolve) => { go = resolve }); void told.then(() => prompt('late? ')); 0",
		)
		await client.run('go()')
		const { content } = await client.until(({ type, parent }) => type === 'error' && parent === late)
		expect(content.evalue).toContain('nobody can answer')
	})

	it('is over when its cell is interrupted; an answer that comes then answers nothing', async () => {
		const id = client.execute("await prompt('gone? ')")
		await asked('gone? ')
		client.send('control', 'interrupt_request', {})
		expect((await client.reply(id)).ename).toBe('Interrupted')
		answer('too late')
		const next = client.execute("await prompt('next? ')")
		await asked('next? ')
		answer('now')
		await client.idle(next)
		expect(shown(next)).toBe("'now'")
	})
})
