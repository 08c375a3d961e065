import { describe, expect, it } from 'vitest'
import { Wire } from '../../kernel/jupyter/wire.js'

const message = { identities: ['client'], type: 'status', parent: undefined, content: { execution_state: 'idle' } }
const key = 'secret'

describe('the wire', () => {
	it('gives back what was encoded, with identities and a new id each time', () => {
		const wire = new Wire(key, 'sha256')
		const [one, two] = [wire.decode(wire.encode(message)), wire.decode(wire.encode(message))]
		if (typeof one === 'string' || typeof two === 'string') throw new TypeError('not decoded')
		expect([one.identities.map(String), one.content, one.header.version]).toEqual([['client'], message.content, '5.4'])
		expect(one.header.msg_id).not.toBe(two.header.msg_id)
	})

	it.each<readonly [string, (frames: Buffer[]) => Buffer[], string]>([
		['a changed content', (frames) => [...frames.slice(0, -1), Buffer.from('{"x":1}')], 'a wrong signature'],
		['another key', () => new Wire('other', 'sha256').encode(message), 'a wrong signature'],
		['no delimiter', (frames) => frames.slice(2), 'no delimiter'],
		['missing frames', (frames) => frames.slice(0, 4), 'too few frames'],
	])('drops a message with %s', (_, spoil, reason) => {
		const wire = new Wire(key, 'sha256')
		expect(wire.decode(spoil(wire.encode(message)))).toBe(reason)
	})

	it('drops a message that comes a second time', () => {
		const wire = new Wire(key, 'sha256')
		const frames = wire.encode(message)
		expect(typeof wire.decode(frames)).toBe('object')
		expect(wire.decode(frames)).toBe('a repeated signature')
	})

	it('neither signs nor checks with an empty key', () => {
		const wire = new Wire('', 'sha256')
		const frames = wire.encode(message)
		expect(frames[2]?.toString()).toBe('')
		expect(typeof wire.decode(frames)).toBe('object')
	})

	it.each([
		['{', 'a frame that is no JSON object'],
		['[]', 'a frame that is no JSON object'],
		['{"msg_id":1}', 'a header without msg_id or msg_type'],
	])('drops a header like %s', (header, reason) => {
		const frames = ['<IDS|MSG>', '', header, '{}', '{}', '{}'].map((text) => Buffer.from(text))
		expect(new Wire('', 'sha256').decode(frames)).toBe(reason)
	})
})
