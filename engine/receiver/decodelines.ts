/**
 * Bytes of whole lines as strings: UTF-8, malformed bytes replaced by U+FFFD as Java's decoder does.
 *
 * Both decoders replace the longest beginning of a character at once; only a surrogate written as a character (`ED A0`
 * to `ED BF`) is one malformed sequence in Java and one per byte in the Encoding Standard, so it is replaced here
 * first. A byte order mark stays, as in Java.
 */

import { isUtf8 } from 'node:buffer'

const replacement = Buffer.from('\ufffd')
const firstOfSurrogate = 0xed

/** The lines of `bytes`, which end with `\n`, `\r` or `\r\n`; a last one without an end counts. */
export function decodeLines(bytes: Uint8Array): string[] {
	const text = decode(bytes)
	const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
	if (lines.at(-1) === '') lines.pop()
	return lines
}

/** How many malformed sequences are replaced in `bytes`; usually none, which is found out fast. */
export function countMalformed(bytes: Uint8Array): number {
	if (isUtf8(bytes)) return 0
	const buffer = view(bytes)
	return count(view(Buffer.from(decode(bytes))), replacement) - count(buffer, replacement)
}

function decode(bytes: Uint8Array): string {
	const buffer = view(bytes)
	const text = isUtf8(buffer) || !buffer.includes(firstOfSurrogate) ? buffer : withoutSurrogates(buffer)
	return text.toString('utf8')
}

/** Each surrogate is a replacement character: three bytes, or two that nothing continues. */
function withoutSurrogates(bytes: Buffer): Buffer {
	const parts: Uint8Array[] = []
	let from = 0
	for (let i = bytes.indexOf(firstOfSurrogate); i !== -1; i = bytes.indexOf(firstOfSurrogate, i + 1)) {
		const second = bytes[i + 1] ?? 0
		if (second < 0xa0 || second > 0xbf) continue
		parts.push(bytes.subarray(from, i), replacement)
		from = i + (isContinuation(bytes[i + 2]) ? 3 : 2)
	}
	parts.push(bytes.subarray(from))
	return Buffer.concat(parts)
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

function count(bytes: Buffer, what: Buffer): number {
	let n = 0
	for (let i = bytes.indexOf(what); i !== -1; i = bytes.indexOf(what, i + what.length)) n += 1
	return n
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
