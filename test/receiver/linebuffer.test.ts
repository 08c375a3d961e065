import { describe, expect, it } from 'vitest'
import { countMalformed, decodeLines } from '../../engine/receiver/decodelines.js'
import { LineBuffer } from '../../engine/receiver/linebuffer.js'

const chunk = (text: string): Buffer => Buffer.from(text, 'latin1')

/** The lines that come out when `chunks` go in, taken `most` at a time after each chunk. */
function cut(chunks: readonly string[], most = Number.POSITIVE_INFINITY, maxLineBytes = 1_000_000) {
	const reports: number[] = []
	const buffer = new LineBuffer(maxLineBytes, () => reports.push(1))
	const lines: string[] = []
	const takeAll = (): void => {
		for (let taken = buffer.take(most); taken !== undefined; taken = buffer.take(most)) {
			const decoded = decodeLines(taken.bytes)
			expect(decoded).toHaveLength(taken.numLines)
			lines.push(...decoded)
		}
	}
	for (const each of chunks) {
		buffer.add(chunk(each))
		if (most !== 3) takeAll()
	}
	buffer.endOfInput()
	takeAll()
	expect([buffer.numLines, buffer.numBytes]).toEqual([0, 0])
	return { lines, reports: reports.length }
}

describe('bytes of text', () => {
	it.each<[string, string[], string[]]>([
		['nothing', [], []],
		['empty chunks', ['', 'a\n', ''], ['a']],
		['\\n', ['a\nb\n'], ['a', 'b']],
		['\\r\\n', ['a\r\nb\r\n'], ['a', 'b']],
		['\\r', ['a\rb\r'], ['a', 'b']],
		['all ends mixed', ['a\nb\r\nc\rd\n\re\r\r\n'], ['a', 'b', 'c', 'd', '', 'e', '']],
		['\\r\\n cut between chunks', ['a\r', '\nb\n'], ['a', 'b']],
		['\\r at the end of a chunk', ['a\r', 'b\n'], ['a', 'b']],
		['\\r\\n cut, alone in its chunk', ['a\r', '\n', 'b\n'], ['a', 'b']],
		['\\r and then an empty line', ['a\r', '\n\nb\n'], ['a', '', 'b']],
		['\\r alone twice', ['\r', '\r', '\n'], ['', '']],
		['a line in many chunks', ['a', 'b', 'c', 'd\ne'], ['abcd', 'e']],
		['a last line without an end', ['a\nb'], ['a', 'b']],
		['empty lines', ['\n\n\n'], ['', '', '']],
		['other control characters', ['a\t\v\f\b\n'], ['a\t\v\f\b']],
	])('with %s are cut into lines', (_, chunks, expected) => {
		for (const most of [Number.POSITIVE_INFINITY, 1, 2, 3]) expect(cut(chunks, most).lines).toEqual(expected)
	})

	it('give the same lines however they are cut', () => {
		let seed = 7
		const random = (n: number): number => {
			seed = (seed * 48_271) % 2_147_483_647
			return seed % n
		}
		for (let round = 0; round < 200; round += 1) {
			const text = Array.from({ length: 60 }, () => 'ab\n\r\r\n'.charAt(random(6))).join('')
			const chunks: string[] = []
			for (let at = 0; at < text.length; ) {
				const length = 1 + random(7)
				chunks.push(text.slice(at, at + length))
				at += length
			}
			const whole = text.split(/\r\n|\n|\r/)
			if (whole.at(-1) === '') whole.pop()
			expect(cut(chunks, 1 + random(4)).lines, JSON.stringify(chunks)).toEqual(whole)
		}
	})

	it('beyond the longest line are skipped to its end, and reported once a line', () => {
		const chunks = ['ok\n', 'xxxxxx', 'xxxxxx', 'xx', 'x\nfine\n', 'yyyyyyyyyyyyyyyy\nlast\n']
		expect(cut(chunks, 1, 10)).toEqual({ lines: ['ok', 'fine', 'last'], reports: 2 })
	})

	it('of a line that is cut off by the end after too many bytes are no line', () => {
		expect(cut(['a\n', 'xxxxxxxxxxxx', 'xx'], 1, 10)).toEqual({ lines: ['a'], reports: 1 })
	})

	it('of a broken connection do not begin the first line of the next', () => {
		const buffer = new LineBuffer(100, () => undefined)
		buffer.add(chunk('a\nhal'))
		buffer.forgetLine()
		buffer.add(chunk('\nb\n'))
		expect(decodeLines(buffer.take(9)?.bytes as Uint8Array)).toEqual(['a', '', 'b'])
	})

	it('of a very long line in small chunks cost no more than they are', () => {
		const buffer = new LineBuffer(1 << 28, () => undefined)
		const part = Buffer.alloc(1_024, 120)
		for (let i = 0; i < 100 * 1_024; i += 1) buffer.add(part)
		buffer.add(chunk('\n'))
		const taken = buffer.take(1)
		expect([taken?.numLines, taken?.bytes.length]).toEqual([1, 100 * 1_024 * 1_024 + 1])
	})
})

describe('malformed UTF-8', () => {
	it.each<[string, number[], string]>([
		['a lone continuation', [0x80], '\ufffd'],
		['bytes that never occur', [0xff, 0xfe], '\ufffd\ufffd'],
		['two bytes, the second missing', [0xc3], '\ufffd'],
		['three bytes, the last missing', [0xe2, 0x82], '\ufffd'],
		['three bytes, the last another character', [0xe2, 0x82, 0x61], '\ufffda'],
		['four bytes, the last missing', [0xf0, 0x9f, 0x98], '\ufffd'],
		['an overlong slash of two', [0xc0, 0xaf], '\ufffd\ufffd'],
		['an overlong slash of three', [0xe0, 0x80, 0xaf], '\ufffd\ufffd\ufffd'],
		['an overlong slash of four', [0xf0, 0x80, 0x80, 0xaf], '\ufffd\ufffd\ufffd\ufffd'],
		['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
		['a surrogate', [0xed, 0xa0, 0x80], '\ufffd'],
		['a pair of surrogates', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80], '\ufffd\ufffd'],
		['half a surrogate', [0xed, 0xa0, 0x61], '\ufffda'],
		['half a surrogate at the end', [0xed, 0xbf], '\ufffd'],
	])('as %s is replaced and counted as Java does', (_, bytes, expected) => {
		const line = Buffer.concat([Buffer.from('x'), Buffer.from(bytes)])
		expect([decodeLines(line), countMalformed(line)]).toEqual([[`x${expected}`], expected.split('\ufffd').length - 1])
	})

	it('is not seen in good text, nor in replacement characters that were sent', () => {
		const bytes = Buffer.from('\ufeffäöü 한글 \ud83d\ude00 \ufffd\n')
		expect([decodeLines(bytes), countMalformed(bytes)]).toEqual([['\ufeffäöü 한글 \ud83d\ude00 \ufffd'], 0])
	})

	it('among good text leaves that alone', () => {
		const bytes = Buffer.concat([Buffer.from('한\ufffd'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('글\n')])
		expect([decodeLines(bytes), countMalformed(bytes)]).toEqual([['한\ufffd\ufffd글'], 1])
	})
})
