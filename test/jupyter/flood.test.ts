/** Output that must not get lost, overtake or flood. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, type Seen } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.ready('%types off')
})
afterAll(() => client.stop())

const streamed = (messages: readonly Seen[], name = 'stdout'): string =>
	messages
		.filter(({ type, content }) => type === 'stream' && content.name === name)
		.map(({ content }) => content.text)
		.join('')

describe('the output of a cell', () => {
	it('of 100,000 lines arrives whole and in order, in few messages, before idle', async () => {
		const startMs = Date.now()
		const published = await client.run("for (let i = 0; i < 100_000; i++) console.log('line', i)")
		const seconds = (Date.now() - startMs) / 1_000
		const wanted = Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join('')
		expect(streamed(published) === wanted).toBe(true)
		expect(published.length).toBeLessThanOrEqual(10 + 20 * seconds)
	})

	it('that goes on for a second over both streams has at most 20 messages a second, each stream in order', async () => {
		const code = `let n = 0; const t = Date.now()
		while (Date.now() - t < 1_500) { console.log('o' + n); console.error('e' + n++); await new Promise((r) => setTimeout(r, 1)) }
		n`
		const startMs = Date.now()
		const published = await client.run(code)
		const seconds = (Date.now() - startMs) / 1_000
		const n = Number(published.at(-1)?.content.data['text/plain'])
		const wanted = (letter: string): string => Array.from({ length: n }, (_, i) => `${letter}${i}\n`).join('')
		expect(streamed(published) === wanted('o')).toBe(true)
		expect(streamed(published, 'stderr') === wanted('e')).toBe(true)
		expect(published.length).toBeLessThanOrEqual(10 + 20 * seconds)
	})

	it('has what child processes and native code write', async () => {
		const code = `const { spawnSync } = await import('node:child_process'); const fs = await import('node:fs')
		spawnSync('echo', ['from a child'], { stdio: 'inherit' }); fs.writeSync(1, 'from native code\\n')`
		const published = await client.run(code)
		expect(streamed(published)).toBe('from a child\nfrom native code\n')
	})

	it('that comes late stays its own after other cells ran: timers, batches, rejections, each once', async () => {
		await client.run("const live = new StreamingContext(sc, '200ms')")
		const code = `let [batches, timers] = [0, 0]
		setTimeout(() => { console.log('timer'); timers++ }, 400)
		setTimeout(() => { timers++; Promise.reject(new RangeError('nobody hears')) }, 400)
		live.rateStream(1000).foreachRDD(() => { if (++batches === 2) console.log('batch') }); live.start(); 0`
		const first = client.execute(code, {}, 'late-a')
		await client.idle(first)
		const second = client.execute(
			'while (timers < 2 || batches < 2) await new Promise((r) => setTimeout(r, 10)); await live.stop(false)',
			{},
			'late-b',
		)
		await client.idle(second)
		const errors = () => client.published(first).filter(({ type }) => type === 'error')
		const isTold = (text: string): boolean => text.includes('timer\n') && text.includes('batch\n')
		await client.until(() => isTold(streamed(client.published(first))) && errors().length > 0)
		expect(errors().map(({ content }) => content.evalue)).toEqual(['nobody hears'])
		expect(client.published(second)).toEqual([])
	})
})
