/**
 * A trace drawn as teachers draw it: time from left to right, a row for each stream, a box for each batch. Over the
 * batches of a window stands how far it reaches back.
 */

import { type Trace, textOf } from '../../../engine/index.js'
import { columnsOf } from '../columns.js'
import { Diagram } from './diagram.js'
import { plural, timeText } from './facts.js'
import { box, card, colours, label, line, num, type Paint, widthOf } from './svg.js'

const lineHeight = 15
/** Records of a batch that are shown. */
const maxRecords = 6
const maxColumns = 24

/** The records of a batch as lines. */
function linesOf(records: readonly unknown[] | undefined): string[] {
	if (records === undefined) return []
	if (records.length === 0) return ['∅']
	const shown = records.slice(0, maxRecords).map(textOf)
	return records.length > maxRecords ? [...shown, `… ${records.length - maxRecords} more`] : shown
}

/** The picture. */
export function traceDiagram(trace: Trace): Diagram {
	const names = Object.keys(trace.rows)
	const cells = names.map((name) => (trace.rows[name] ?? []).map(linesOf))
	// Time counts from 0 where it is moved by hand, as it is for traces.
	const times = trace.times.map(({ milliseconds }) => timeText(milliseconds, milliseconds < 1e11))
	const longest = Math.max(5, ...cells.flat(2).map(columnsOf), ...times.map(columnsOf))
	const width = Math.min(maxColumns, longest) * 7 + 22
	const left = Math.min(180, Math.max(40, ...names.map((name) => widthOf(name, 13) * 1.08))) + 14
	const title = 'What each batch holds'
	const caption = `${plural(trace.times.length, 'batch', 'batches')} of ${plural(names.length, 'stream')} · ∅ an empty batch, a dot: no batch of this stream at that time`
	const total = left + trace.times.length * width
	const body = [
		line(`M${left} 18H${total + 8}`, colours.line, { hasArrow: true }),
		...times.map((time, i) =>
			label(left + (i + 1) * width - 6, 11, time, { size: 11, anchor: 'end', colour: colours.muted }),
		),
		...trace.times.map((_, i) => line(`M${num(left + (i + 1) * width)} 14V22`, colours.line)),
	]
	let y = 32
	for (const [i, name] of names.entries()) {
		const row = cells[i] ?? []
		const reach = reachOf(trace, name, width, left)
		y += reach.length * 6
		const height = 14 + lineHeight * Math.max(1, ...row.map((lines) => lines.length))
		const paint = trace.windowMs[name] === undefined ? colours.plain : colours.window
		body.push(
			...reach.map(({ from, to, lane }) =>
				line(`M${num(from)} ${y - 1 - lane * 6 - 4}V${y - 1 - lane * 6 - 7}H${num(to)}V${y - 3}`, colours.window.edge, {
					stroke: 1.2,
				}),
			),
			label(0, y + 20, name, { size: 13, isBold: true, columns: Math.floor((left - 10) / 7.4) }),
			...row.flatMap((lines, at) => drawCell(lines, left + at * width + 3, y, width - 6, height, paint)),
		)
		y += height + 14
	}
	const svg = card({ title, caption }, { width: total + 12, height: y - 14 }, body)
	return new Diagram({ title, svg, text: String(trace) })
}

/** Lines over a window's row, one for each batch that it has: from the oldest batch it reaches to its own. */
function reachOf(
	{ times, rows, windowMs }: Trace,
	name: string,
	width: number,
	left: number,
): { readonly from: number; readonly to: number; readonly lane: number }[] {
	const length = windowMs[name]
	const [first, second] = times
	if (length === undefined || first === undefined || second === undefined) return []
	const batchMs = second.milliseconds - first.milliseconds
	const fired = times.flatMap((_, i) => (rows[name]?.[i] === undefined ? [] : [i]))
	if (fired.length > 8) return []
	return fired.map((i, lane) => ({
		from: left + Math.max(0, i + 1 - length / batchMs) * width + 4,
		to: left + (i + 1) * width - 6 - lane * 3,
		lane: fired.length - 1 - lane,
	}))
}

function drawCell(
	lines: readonly string[],
	x: number,
	y: number,
	width: number,
	height: number,
	paint: Paint,
): string[] {
	if (lines.length === 0) {
		return [
			label(x + width / 2, y + height / 2 + 4, '·', {
				size: 16,
				anchor: 'middle',
				colour: colours.muted,
				isBold: true,
			}),
		]
	}
	const isEmpty = lines[0] === '∅' && lines.length === 1
	return [
		box(x, y, width, height, isEmpty ? { fill: '#ffffff', edge: colours.frame } : paint, { radius: 4 }),
		...lines.map((text, i) =>
			label(x + width / 2, y + 19 + i * lineHeight, text, {
				size: 12,
				isMono: true,
				anchor: 'middle',
				columns: maxColumns,
				colour: isEmpty ? colours.muted : colours.text,
			}),
		),
	]
}
