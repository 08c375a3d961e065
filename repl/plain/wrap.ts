/** Tables of two columns in a window: the right one wrapped at words, below the left one where the window is narrow. */

import { columnsOf } from './width.js'

/** A window of fewer columns has no room for two. */
const narrow = 60

/** Rows of a text and what it means, in `columns` columns (infinite: as they are). */
export function tableLines(rows: readonly (readonly [string, string])[], columns: number): readonly string[] {
	const widest = Math.max(0, ...rows.map(([left]) => columnsOf(left)))
	if (columns < narrow) {
		return rows.flatMap(([left, right]) => [
			...wrapped(left, columns - 1),
			...wrapped(right, columns - 5).map((line) => `    ${line}`),
		])
	}
	const width = Math.min(widest, Math.floor(columns / 2))
	return rows.flatMap(([left, right]) => {
		const lines = wrapped(right, columns - width - 3)
		// What is longer than its column has a line of its own.
		if (columnsOf(left) > width) return [left, ...lines.map((line) => `${' '.repeat(width)}  ${line}`)]
		const head = left + ' '.repeat(width - columnsOf(left))
		return lines.map((line, index) => `${index === 0 ? head : ' '.repeat(width)}  ${line}`)
	})
}

/** A text in lines of at most `columns` columns, broken at spaces where it can be. */
export function wrapped(text: string, columns: number): readonly string[] {
	const lines: string[] = []
	let line = ''
	for (const word of text.split(' ')) {
		const longer = line === '' ? word : `${line} ${word}`
		if (line === '' || columnsOf(longer) <= columns) line = longer
		else {
			lines.push(line)
			line = word
		}
	}
	return [...lines, line]
}
