/** A painted line cut to a number of columns, its colours closed. */

import { columnsOf } from '../plain/width.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what this reads
const pieces = /\x1b\[[\d;:]*m|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)|[\s\S]/gu

/** `line` in at most `columns` columns; a cut one ends with `…`. */
export function cutTo(line: string, columns: number): string {
	if (columnsOf(line) <= columns) return line.replaceAll('\t', '  ')
	let out = ''
	let used = 0
	let isPainted = false
	for (const [piece] of line.replaceAll('\t', '  ').matchAll(pieces)) {
		if (piece.length > 1 && piece.startsWith('\x1b')) {
			out += piece
			isPainted = true
			continue
		}
		const width = columnsOf(piece)
		if (used + width > columns - 1) break
		out += piece
		used += width
	}
	return `${out}…${isPainted ? '\x1b[0m' : ''}`
}

/** Control sequences that do anything else than colour or link: a program must not move the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what this takes out
const moving = /\x1b\[(?![\d;:]*m)[0-?]*[ -/]*[@-~]?|\x1b\](?!8;)[^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b(?![[\]\\])[ -~]?/g
/** Control characters but the escape, and the bell that ends a link. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this takes out
const controls = /[\x00-\x06\x08-\x1a\x1c-\x1f\x7f]/g

/** `line` as it can be drawn in a frame. */
export const shownOf = (line: string): string => line.replace(moving, '').replace(controls, '')
