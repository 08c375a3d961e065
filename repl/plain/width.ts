/** How many columns and rows a text takes on a terminal. */

import { stripVTControlCharacters } from 'node:util'

/** Characters of two columns: East Asian wide and full-width ones, and emoji (Unicode Standard Annex 11). */
const wide =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
/** Characters of no column: combining marks, joiners, variation selectors. */
const none = /\p{Mark}|[\u200b-\u200d]|[\ufe00-\ufe0f]/u

/** The columns of one line. */
export function columnsOf(line: string): number {
	let columns = 0
	for (const character of stripVTControlCharacters(line)) {
		if (character === '\t') columns += 8 - (columns % 8)
		else if (!none.test(character)) columns += wide.test(character) ? 2 : 1
	}
	return columns
}

/** The rows that `lines` take on a terminal of `columns` columns. */
export function rowsOf(lines: readonly string[], columns: number): number {
	let rows = 0
	for (const line of lines) rows += Math.max(1, Math.ceil(columnsOf(line) / columns))
	return rows
}
