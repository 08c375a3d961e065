/**
 * Mutated messages: whatever arrives, the kernel logs or answers it, and goes on.
 *
 * RIVULET_FUZZ says how many (default 1,000), RIVULET_SEED which.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'

const count = Number(process.env.RIVULET_FUZZ ?? 1_000)
const seed = Number(process.env.RIVULET_SEED ?? 7)
let client: Client
beforeAll(async () => {
	client = await Client.ready('1')
})
afterAll(() => client.stop())

/** A small generator of repeatable numbers (mulberry32). */
function randomly(start: number): (below: number) => number {
	let state = start
	return (below) => {
		state = (state + 0x6d2b79f5) | 0
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below
	}
}

const below = randomly(seed)
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)])
const odd: readonly (() => unknown)[] = [
	() => null,
	() => true,
	() => -1,
	() => 1e308,
	() => 0.5,
	() => '',
	() => '\u0000\ud800',
	() => 'x'.repeat(10_000),
	() => '__proto__',
	() => [],
	() => [null, {}],
	() => ({}),
	() => ({ constructor: 1, toString: 2 }),
	() => deep(500),
]
/** Messages that do nothing lasting, in every type that there is. */
const whole: readonly (readonly [type: string, content: object])[] = [
	['kernel_info_request', {}],
	[
		'execute_request',
		{ code: '1', silent: false, store_history: true, user_expressions: { a: '1' }, allow_stdin: false },
	],
	['execute_request', { code: 'no such code', silent: true, store_history: false, stop_on_error: false }],
	['complete_request', { code: 'ssc.', cursor_pos: 4 }],
	['inspect_request', { code: 'Seconds', cursor_pos: 3, detail_level: 1 }],
	['is_complete_request', { code: 'if (1) {' }],
	['history_request', { hist_access_type: 'search', pattern: '*1*', n: 3, unique: true, output: true, raw: true }],
	['history_request', { hist_access_type: 'range', session: 0, start: 0, stop: 2, output: false, raw: true }],
	['comm_info_request', { target_name: 'a' }],
	['comm_open', { comm_id: 'c', target_name: 't', data: {} }],
	['comm_msg', { comm_id: 'c', data: {} }],
	['comm_close', { comm_id: 'c', data: {} }],
	['interrupt_request', {}],
	['debug_request', { type: 'request', seq: 1, command: 'debugInfo', arguments: {} }],
	['input_reply', { value: 'v', status: 'ok' }],
	['connect_request', {}],
	['create_subshell_request', {}],
	['usage_request', {}],
	['toString', {}],
	['__proto___request', {}],
]

/** The same with one thing changed, somewhere in it. */
function mutated(value: unknown): unknown {
	if (below(4) === 0 || typeof value !== 'object' || value === null) return pick(odd)()
	const keys = Object.keys(value)
	if (keys.length === 0) return { [pick(['code', 'comm_id', '__proto__', 'status'])]: pick(odd)() }
	const key = pick(keys)
	const copy: Record<string, unknown> = { ...value }
	if (below(4) === 0) delete copy[key]
	else copy[key] = mutated(copy[key])
	return copy
}

const textOf = (part: unknown): string => JSON.stringify(part) ?? ''
const bytes = (): Buffer => Buffer.from(Array.from({ length: below(40) }, () => below(256)))

/** The frames of a message after one change; `isBroken`: no message any more. */
function frames(i: number): { readonly list: (string | Buffer)[]; readonly isBroken: boolean } {
	const [type, content] = pick(whole)
	const header = { msg_id: `f${i}`, msg_type: type, session: 's', username: 'u', date: '', version: '5.4' }
	const metadata = { cellId: 'c', deletedCells: [] }
	const json = [header, {}, metadata, content]
	const list = (parts: readonly unknown[]): (string | Buffer)[] => ['<IDS|MSG>', '', ...parts.map(textOf)]
	switch (below(8)) {
		case 0:
			return { list: list(json).slice(0, below(6)), isBroken: true }
		case 1:
			return { list: [bytes(), bytes()], isBroken: true }
		case 2: {
			const broken = list(json)
			broken[pick([2, 4, 5])] = `{${bytes().toString('hex')}`
			return { list: broken, isBroken: true }
		}
		case 3:
			return { list: list([mutated(header), {}, metadata, content]), isBroken: false }
		case 4:
			return { list: list([header, mutated({}), mutated(metadata), content]), isBroken: false }
		case 5:
			return { list: [...list(json), bytes(), bytes()], isBroken: false }
		default:
			return { list: list([header, {}, metadata, mutated(content)]), isBroken: false }
	}
}

describe('a kernel', () => {
	it(`that gets ${count} mutated messages (seed ${seed}) logs what is broken and answers what follows`, async () => {
		let broken = 0
		for (let i = 0; i < count; i++) {
			const { list, isBroken } = frames(i)
			if (isBroken) broken++
			client.post(pick(['shell', 'control', 'stdin']), list)
			if (i % 50 !== 49) continue
			const { status } = await client.reply(client.send('shell', 'kernel_info_request', {}))
			expect(status).toBe('ok')
			client.seen.length = 0
		}
		const last = client.execute('6 * 7')
		expect((await client.reply(last)).status).toMatch(/ok|aborted/)
		expect((await client.run('6 * 7')).map(({ content }) => content.data['text/plain'])).toEqual(['42'])
		expect(client.process.exitCode).toBe(null)
		const logged = client.stderr.split('\n').filter((line) => line.includes('dropped a message with'))
		expect(logged.length).toBeGreaterThanOrEqual(broken)
		// What nobody has caught is logged with its stack.
		expect(client.stderr.split('\n').filter((line) => /^\s+at /.test(line))).toEqual([])
	}, 300_000)
})
