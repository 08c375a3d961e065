/**
 * A live view as a chart of characters, from the same definition and rows that a notebook draws.
 *
 *     mark bar            bars, the longest value the full width       line, area, point    a line in braille, axes beside
 *     form stat           one number and its recent line              form table, text     as they are
 *
 * A specification that says neither (facets, maps, …) is shown as its rows, a picture that the session draws by
 * characters of its own. Contract: `ViewDefinition` says what to draw, the rows of a frame have the fields its encoding
 * names.
 */

import { clipped, padded, paddedLeft } from '../../kernel/display/columns.js'
import type { Row } from '../../kernel/display/rows.js'
import { barsText, numberText, sparkline, tableText } from '../../kernel/display/text.js'
import type { ViewDefinition, ViewFrame } from '../../kernel/display/view.js'
import { timeText } from '../plain/transcript.js'
import { brailleLine } from './sparkline.js'

/** The body of a view in characters, without title and caption. */
export function chartLines(view: ViewDefinition, frame: ViewFrame, size: { columns: number; rows: number }): string[] {
	const rows = frame.rows as readonly Row[]
	if (frame.svg !== undefined && view.vegaLite === undefined) return pictureLines(frame, size)
	if (rows.length === 0) return []
	switch (view.form) {
		case 'text':
			return rows.slice(-size.rows).map((row) => clipped(String(row.value ?? ''), size.columns))
		case 'table':
			return tableText(rows, size.columns)
		case 'stat':
			return statLines(rows, size.columns)
		case 'chart':
			return drawn(view, rows, size)
		default:
			return view.form satisfies never
	}
}

/** A picture that the session draws has its own characters, under a line of title and caption. */
function pictureLines({ text }: ViewFrame, { columns, rows }: { columns: number; rows: number }): string[] {
	const lines = text.split('\n').slice(1)
	const shown = lines.length > 2 * rows ? [...lines.slice(0, 2 * rows - 1), '…'] : lines
	return shown.map((line) => clipped(line, columns))
}

/** What a specification maps to what. */
interface Encoded {
	readonly marks: ReadonlySet<string>
	readonly x: string | undefined
	readonly y: string | undefined
	readonly color: string | undefined
	/** The axis that holds numbers. */
	readonly isSideways: boolean
}

function drawn(view: ViewDefinition, rows: readonly Row[], size: { columns: number; rows: number }): string[] {
	const { marks, x, y, color, isSideways } = encodedBy(view.vegaLite ?? {})
	if (x === undefined || y === undefined) return tableText(rows, size.columns)
	if (marks.has('bar') && !marks.has('line')) {
		const [key, value] = isSideways ? [y, x] : [x, y]
		return barsText(
			rows.slice(0, size.rows).map((row) => ({ key: row[key] ?? null, value: row[value] ?? null })),
			size.columns,
		)
	}
	if (!['line', 'area', 'point', 'circle', 'rule'].some((mark) => marks.has(mark))) return tableText(rows, size.columns)
	return color === undefined
		? lineChart(
				rows.map((row) => ({ at: row[x] ?? null, value: row[y] })),
				size,
			)
		: manyLines(rows, { x, y, color }, size)
}

function encodedBy(spec: Readonly<Record<string, unknown>>): Encoded {
	const marks = new Set<string>()
	const fields: Record<string, string> = {}
	const types: Record<string, unknown> = {}
	const visit = (one: unknown): void => {
		if (typeof one !== 'object' || one === null) return
		const { mark, encoding, layer } = one as { mark?: unknown; encoding?: unknown; layer?: unknown }
		const name = typeof mark === 'string' ? mark : (mark as { type?: unknown } | undefined)?.type
		if (typeof name === 'string') marks.add(name)
		for (const [channel, definition] of Object.entries((encoding ?? {}) as Record<string, unknown>)) {
			const { field, type } = (definition ?? {}) as { field?: unknown; type?: unknown }
			if (typeof field === 'string') {
				fields[channel] ??= field
				types[channel] ??= type
			}
		}
		if (Array.isArray(layer)) for (const inner of layer) visit(inner)
	}
	visit(spec)
	return { marks, x: fields.x, y: fields.y, color: fields.color, isSideways: types.x === 'quantitative' }
}

function statLines(rows: readonly Row[], columns: number): string[] {
	const values = rows.map((row) => (typeof row.value === 'number' ? row.value : undefined))
	const last = values.at(-1)
	const number = last === undefined ? String(rows.at(-1)?.value ?? '-') : numberText(last)
	return [clipped(`${number}  ${sparkline(values, Math.max(1, Math.min(40, columns - number.length - 2)))}`, columns)]
}

/** Rows of a line chart without its axis. */
const chartRows = 6

/** One line over its range, the last values at its right: as many as there is room for. */
function lineChart(
	points: readonly { at: unknown; value: unknown }[],
	size: { columns: number; rows: number },
): string[] {
	const known = points.filter((point): point is { at: unknown; value: number } => typeof point.value === 'number')
	if (known.length === 0) return []
	const values = known.map(({ value }) => value)
	const low = Math.min(0, ...values)
	const high = Math.max(...values, low + 1)
	const rows = Math.max(2, Math.min(chartRows, size.rows - 1))
	const labels = [numberText(high), numberText(low)]
	const gutter = Math.max(...labels.map((label) => label.length))
	const columns = Math.max(8, Math.min(100, size.columns - gutter - 2))
	const shown = values.slice(-columns * 2)
	const chart = brailleLine(shown, { columns, rows }, { low, high })
	const lines = chart.map((line, index) => {
		const label = index === 0 ? labels[0] : index === rows - 1 ? labels[1] : ''
		return `${paddedLeft(label ?? '', gutter)} ┤${line}`
	})
	const from = momentText(known[Math.max(0, known.length - shown.length)]?.at)
	const to = `${momentText(known.at(-1)?.at)}  ${numberText(values.at(-1) as number)}`
	const space = Math.max(1, columns - from.length - to.length)
	return [...lines, clipped(`${' '.repeat(gutter)}  ${from}${' '.repeat(space)}${to}`, size.columns)]
}

/** One small line a colour, each with its last value. */
function manyLines(
	rows: readonly Row[],
	{ y, color }: { x: string; y: string; color: string },
	size: { columns: number; rows: number },
): string[] {
	const keys = [...new Set(rows.map((row) => String(row[color] ?? '-')))].slice(0, size.rows)
	const keyColumns = Math.min(Math.floor(size.columns / 3), Math.max(...keys.map((key) => key.length)))
	return keys.map((key) => {
		const values = rows
			.filter((row) => String(row[color] ?? '-') === key)
			.map((row) => (typeof row[y] === 'number' ? (row[y] as number) : undefined))
		const last = values.at(-1)
		const number = last === undefined ? '-' : numberText(last)
		const room = Math.max(1, size.columns - keyColumns - number.length - 4)
		return `${padded(key, keyColumns)}  ${sparkline(values, Math.min(60, room))}  ${number}`
	})
}

/** A batch time as a clock, anything else as it is. */
function momentText(at: unknown): string {
	if (typeof at === 'number') return timeText(at)
	return at === undefined || at === null ? '' : String(at)
}
