/**
 * The lines of a split of a text file.
 *
 * A line ends with `\n`, `\r` or `\r\n`; a last one without an end counts. A line belongs to the split in which it
 * begins, and one that begins exactly where a split ends to the split before:
 *
 *   bytes     a a \n b b \n c c \n       splits [0, 5) and [5, 9)
 *   first     a a \n b b \n              its last line ends in the second split
 *   second                 c c \n        drops what is before its first line end
 *
 * Packed files are read whole. Invalid UTF-8 is replaced, a byte order mark at the start of a file dropped.
 * Source: Hadoop's `LineRecordReader`.
 */

import { codecOf, unpacked } from './codecs.js'
import type { Reading } from './reading.js'
import type { FileSplit } from './splits.js'

const lf = 10
const cr = 13

/** How much is read beyond a split for the end of its last line, and how much is decoded at a time. */
const pieceBytes = 64 * 1024

/** The whole lines of a split, and where they begin in the file (in its unpacked content). */
interface Lines {
	readonly bytes: Buffer
	readonly offset: number
}

/** The lines of a split as texts. */
export function* splitLines(split: FileSplit): Reading<Iterable<string>> {
	const { bytes } = yield* linesOf(split)
	return bytes.length <= pieceBytes ? textLines(bytes, 0, bytes.length) : pieces(bytes)
}

/** The lines of a split, each with the position of its first byte in the file. */
export function* numberedLines(split: FileSplit): Reading<Iterable<[number, string]>> {
	const { bytes, offset } = yield* linesOf(split)
	return numbered(bytes, offset)
}

function* linesOf(split: FileSplit): Reading<Lines> {
	const { file, from, to } = split
	const { files, status, shown } = file
	const codec = codecOf(shown)
	if (codec !== undefined) return withoutMark(unpacked(codec, yield files.read(status.path), shown))
	const size = status.sizeBytes
	let end = Math.min(size, to + pieceBytes)
	for (;;) {
		const bytes = yield files.read(status.path, from, end)
		// A file that has become shorter since it was listed ends where it ends now.
		const isAll = end >= size || bytes.length < end - from
		const first = from === 0 ? 0 : lineEnd(bytes, 0, isAll)
		const last = to >= size ? bytes.length : lineEnd(bytes, to - from, isAll)
		if (first !== undefined && last !== undefined) {
			const own = bytes.subarray(first, Math.max(first, last))
			return from === 0 ? withoutMark(own) : { bytes: own, offset: from + first }
		}
		end = Math.min(size, end + (end - from))
	}
}

function withoutMark(bytes: Buffer): Lines {
	const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
	return hasMark ? { bytes: bytes.subarray(3), offset: 3 } : { bytes, offset: 0 }
}

/** Where the line that goes on at `at` has ended, its end included; undefined when more bytes must be seen. */
function lineEnd(bytes: Buffer, at: number, isAll: boolean): number | undefined {
	for (let i = at; i < bytes.length; i += 1) {
		if (bytes[i] === lf) return i + 1
		if (bytes[i] !== cr) continue
		if (i + 1 < bytes.length) return bytes[i + 1] === lf ? i + 2 : i + 1
		break
	}
	return isAll ? bytes.length : undefined
}

/** Decodes piece by piece, so that the first lines are there before all are. */
function* pieces(bytes: Buffer): Iterable<string> {
	for (let from = 0; from < bytes.length; ) {
		const at = bytes.indexOf(lf, from + pieceBytes)
		const end = at === -1 ? bytes.length : at + 1
		yield* textLines(bytes, from, end)
		from = end
	}
}

function textLines(bytes: Buffer, from: number, to: number): string[] {
	const text = bytes.toString('utf8', from, to)
	const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
	if (lines.at(-1) === '') lines.pop()
	return lines
}

function* numbered(bytes: Buffer, offset: number): Iterable<[number, string]> {
	for (let from = 0; from < bytes.length; ) {
		const end = lineEnd(bytes, from, true) as number
		const [line = ''] = textLines(bytes, from, end)
		yield [offset + from, line]
		from = end
	}
}
