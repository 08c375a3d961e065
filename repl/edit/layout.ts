/**
 * A block as rows of a terminal: wrapped at its width, prompts in front, the part around the cursor when it is tall.
 *
 *     rivulet> const counts = words          first row: the prompt
 *          ...   .map(w => [w, 1])           a line of the text: the continuation
 *                wrapped rest                a row of the same line: as many spaces
 */

import { columnsOf } from '../plain/width.js'
import { graphemesOf } from './graphemes.js'

/** What stands in front of rows; all of the same width. */
export interface Prompts {
	readonly first: string
	readonly next: string
}

/** One row: the stretch of the text it shows. */
export interface Row {
	readonly prefix: string
	readonly start: number
	readonly end: number
}

/** A laid out block. */
export interface Layout {
	readonly rows: readonly Row[]
	/** The cursor in `rows`: row and column from zero, the prompt counted. */
	readonly cursor: { readonly row: number; readonly column: number }
	/** Rows left out above and below. */
	readonly above: number
	readonly below: number
}

/** A tab is shown as spaces up to the next multiple of this. */
export const tabColumns = 2

/** Lays a block out for `columns` columns and at most `mostRows` rows. */
export function layoutOf(
	text: string,
	cursor: number,
	prompts: Prompts,
	size: { readonly columns: number; readonly mostRows: number },
): Layout {
	const prefixColumns = columnsOf(prompts.first)
	// The last column stays free: terminals differ in what a full row does.
	const room = Math.max(4, size.columns - prefixColumns - 1)
	const rows: Row[] = []
	let place = { row: 0, column: prefixColumns }
	let offset = 0
	for (const [index, line] of text.split('\n').entries()) {
		let start = offset
		let columns = 0
		let prefix = index === 0 ? prompts.first : prompts.next
		for (const character of graphemesOf(line)) {
			const width = widthOf(character)
			if (columns + width > room) {
				rows.push({ prefix, start, end: offset })
				prefix = ' '.repeat(prefixColumns)
				start = offset
				columns = 0
			}
			if (offset === cursor) place = { row: rows.length, column: prefixColumns + columns }
			columns += width
			offset += character.length
		}
		if (offset === cursor) place = { row: rows.length, column: prefixColumns + columns }
		rows.push({ prefix, start, end: offset })
		offset++
	}
	return around(rows, place, size.mostRows)
}

/** The columns of one character of a block. */
export const widthOf = (character: string): number => (character === '\t' ? tabColumns : columnsOf(character))

function around(rows: readonly Row[], cursor: { row: number; column: number }, most: number): Layout {
	if (rows.length <= most) return { rows, cursor, above: 0, below: 0 }
	const above = Math.min(Math.max(0, cursor.row - Math.floor(most / 2)), rows.length - most)
	return {
		rows: rows.slice(above, above + most),
		cursor: { row: cursor.row - above, column: cursor.column },
		above,
		below: rows.length - above - most,
	}
}
