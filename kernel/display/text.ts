/**
 * The same frames in characters: bars of block characters, sparklines, tables, last lines. Everything is cut to a width
 * in columns, so that a terminal never wraps it.
 */

import { clipped, columnsOf, oneLine, padded, paddedLeft } from './columns.js'
import { type Cell, fieldsOf, numberIn, type Row } from './rows.js'
import type { Look } from './spec.js'

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A number as people read it: thousands apart, at most three decimals. */
export const numberText = (x: number): string => x.toLocaleString('en-US', { maximumFractionDigits: 3 })

/** A cell on one line; null is `-`. */
export function cellText(cell: Cell | undefined): string {
	if (cell === undefined || cell === null) return '-'
	return typeof cell === 'number' ? numberText(cell) : oneLine(String(cell))
}

/** A bar of `share` (0 to 1) of `width` columns, in eighths of a column. */
export function bar(share: number, width: number): string {
	const units = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
	return '█'.repeat(units >> 3) + eighths[units & 7]
}

/**
 * One line a row: key, bar, number; in the order of the rows. Negative values have no bar.
 *
 *   the  ████████████ 12
 *   of   ████▏ 4
 */
export function barsText(rows: readonly Row[], width: number): string[] {
	const keys = rows.map((row) => cellText(row.key))
	const numbers = rows.map((row) => cellText(row.value))
	const keyWidth = Math.min(Math.floor(width / 3), Math.max(0, ...keys.map(columnsOf)))
	const barWidth = Math.max(1, width - keyWidth - Math.max(0, ...numbers.map(columnsOf)) - 3)
	const top = Math.max(0, ...rows.map((row) => numberIn(row) ?? 0))
	return rows.map((row, i) => {
		const drawn = top === 0 ? '' : bar((numberIn(row) ?? 0) / top, barWidth)
		return clipped(`${padded(keys[i] ?? '', keyWidth)}  ${drawn}${drawn === '' ? '' : ' '}${numbers[i]}`, width)
	})
}

/** One character a value, from the least to the greatest; the last `width` values; a gap where there is none. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
	const shown = values.slice(-width)
	const known = shown.filter((x) => x !== undefined)
	const low = Math.min(...known)
	const span = Math.max(...known) - low
	return shown
		.map((x) => (x === undefined ? ' ' : levels[span === 0 ? 3 : Math.round(((x - low) / span) * 7)]))
		.join('')
}

/** A sparkline with its range: `▁▃█  3  (1 to 8)`. */
function seriesText(values: readonly (number | undefined)[], width: number): string {
	const known = values.filter((x) => x !== undefined)
	if (known.length === 0) return ''
	const facts = `  ${numberText(known.at(-1) as number)}  (${numberText(Math.min(...known))} to ${numberText(Math.max(...known))})`
	return clipped(sparkline(values, Math.max(1, width - columnsOf(facts))) + facts, width)
}

/** A header, a rule, the rows; numbers to the right. Columns shrink evenly when the table is wider than `width`. */
export function tableText(rows: readonly Row[], width: number): string[] {
	const fields = fieldsOf(rows)
	if (fields.length === 0) return []
	const columns = fields.map((field) => ({
		isNumber: rows.every((row) => typeof row[field] === 'number' || row[field] === null || row[field] === undefined),
		texts: [oneLine(field), ...rows.map((row) => cellText(row[field]))],
	}))
	const widths = fitted(
		columns.map((column) => Math.max(...column.texts.map(columnsOf))),
		width - 2 * (columns.length - 1),
	)
	const line = (at: number): string => {
		const cells = columns.map((column, i) =>
			(column.isNumber ? paddedLeft : padded)(column.texts[at] ?? '', widths[i] ?? 0),
		)
		return clipped(cells.join('  ').trimEnd(), width)
	}
	const rule = clipped(widths.map((n) => '─'.repeat(n)).join('  '), width)
	return [line(0), rule, ...rows.map((_, i) => line(i + 1))]
}

/** Widths cut so that they sum to `space`: the widest give first, none goes below 3. */
function fitted(wanted: readonly number[], space: number): number[] {
	let limit = Math.max(3, ...wanted)
	const sum = (): number => wanted.reduce((total, n) => total + Math.min(n, limit), 0)
	while (limit > 3 && sum() > space) limit--
	return wanted.map((n) => Math.min(n, limit))
}

/** The last values of each key over time, one sparkline each. */
function linesText(rows: readonly Row[], width: number): string[] {
	const keys = [...new Set(rows.map((row) => row.key ?? null))]
	const keyWidth = Math.min(Math.floor(width / 3), Math.max(0, ...keys.map((key) => columnsOf(cellText(key)))))
	return keys.map((key) => {
		const values = rows.filter((row) => (row.key ?? null) === key).map(numberIn)
		return `${padded(cellText(key), keyWidth)}  ${seriesText(values, width - keyWidth - 2)}`
	})
}

/** The body of a frame in characters, at most `maxLines` lines. */
function bodyText(look: Look, rows: readonly Row[], width: number, maxLines: number): string[] {
	switch (look) {
		case 'bars':
			return barsText(rows, width)
		case 'line':
		case 'stat':
			return rows.length === 0 ? [] : [seriesText(rows.map(numberIn), width)]
		case 'lines':
			return linesText(rows, width)
		case 'text':
			return rows.slice(-maxLines).map((row) => clipped(oneLine(String(row.value ?? '')), width))
		case 'table':
		case 'custom':
			return tableText(rows.slice(0, maxLines), width)
		default:
			return look satisfies never
	}
}

/** Title, caption and body: what terminals and `text/plain` show of a frame. */
export function frameText(
	look: Look,
	frame: { readonly title: string; readonly caption: string; readonly rows: readonly Row[] },
	width = 80,
	maxLines = 20,
): string {
	const head = clipped(`${oneLine(frame.title)} · ${frame.caption}`, width)
	return [head, ...bodyText(look, frame.rows, width, maxLines).slice(0, maxLines + 2)].join('\n')
}
