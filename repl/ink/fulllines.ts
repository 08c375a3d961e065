/**
 * The dashboard over the whole window: gauges with charts, what the streams do, and live output under them.
 *
 *     ● running · every 1 s · batch 12:00:05 · 42 completed
 *     input          35/s ▁▂▃▅▂▁…
 *     …
 *     ── streams ─────────────────────────── ↑ ↓ choose · + - resize · q back ──
 *     ▸ all
 *       #0 lines   socketTextStream   [1]   35/s ▁▂▃▅▂▁
 *       #3 totals  updateStateByKey   [3]   1,204 keys
 *     ── live ──────────────────────────────────────────────────────────────────
 *     [3] totals · 12:00:05
 */

import type { StreamVitals } from '../../kernel/session/vitals.js'
import { columnsOf } from '../plain/width.js'
import { cutTo } from './cut.js'
import { headLine, lateLine, memoryLines, queueLine, troubleLines } from './dashboardlines.js'
import type { Facts } from './facts.js'
import type { WindowSize } from './frame.js'
import { gaugeLines, gaugesOf, tallGauge } from './gauges.js'
import { liveLines, ofStream } from './livelines.js'
import type { LiveBlock } from './livescreen.js'
import type { Palette } from './palette.js'
import { short, sparkline } from './sparkline.js'

/** What is shown, and how it is divided. */
export interface FullView {
	readonly facts: Facts
	readonly live: readonly LiveBlock[]
	/** The stream that was chosen; undefined: all. */
	readonly picked: number | undefined
	/** Rows that live output has more, or fewer, than its share. */
	readonly shift: number
}

/** All rows of the window, the last one included. */
export function fullLines(view: FullView, palette: Palette, { columns, rows }: WindowSize): readonly string[] {
	const { facts, live, picked, shift } = view
	const streams = facts.vitals?.streams ?? []
	const chosen = streams.find(({ id }) => id === picked)
	const gauges = gaugesOf(facts, palette, chosen?.inputId)
	const fixed = [
		headLine(facts, palette),
		...lateLine(facts, palette),
		...troubleLines(facts, palette),
		queueLine(facts, palette),
		...memoryLines(facts, palette, columns),
	]
	const list = streamRows(streams, facts, picked, palette, columns)
	const blocks = chosen === undefined ? live : live.filter((block) => ofStream(block, chosen.title))
	// Half of what is left is for live output; the list of streams scrolls around the chosen one.
	const left = Math.max(0, rows - fixed.length - 2)
	const liveRoom = Math.max(0, Math.min(left, Math.round(left / 2) + shift))
	const listRoom = Math.min(list.length, Math.max(1, Math.floor((left - liveRoom) / 2)))
	const gaugeRoom = Math.max(0, left - liveRoom - listRoom)
	const rule = (title: string, note: string): string => ruleLine(title, note, palette, columns)
	const lines = [
		...fixed,
		...gaugeRows(gauges, palette, columns, gaugeRoom),
		rule('streams', '↑ ↓ choose · + - resize · q back'),
		...around(list, streams.findIndex(({ id }) => id === picked) + 1, listRoom),
		rule(chosen === undefined ? 'live' : `live of ${chosen.title}`, ''),
	]
	const room = Math.max(0, rows - lines.length)
	const shown = liveLines(blocks, palette, { columns, mostRows: room })
	const none = blocks.length === 0 && room > 0 ? [palette.dim('nothing live: print() or chart() a stream')] : []
	return [...lines, ...shown, ...none].slice(0, rows).map((line) => cutTo(line, columns - 1))
}

function gaugeRows(
	gauges: ReturnType<typeof gaugesOf>,
	palette: Palette,
	columns: number,
	room: number,
): readonly string[] {
	const each = Math.min(6, Math.floor(room / Math.max(1, gauges.length)))
	if (each >= 2) return gauges.flatMap((gauge) => tallGauge(gauge, palette, { columns, rows: each }))
	return gaugeLines(gauges, palette, columns).slice(0, room)
}

function streamRows(
	streams: readonly StreamVitals[],
	facts: Facts,
	picked: number | undefined,
	palette: Palette,
	columns: number,
): readonly string[] {
	const cells = streams.map(({ id, title, operator, label }) => [`#${id}`, title, operator, label])
	const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...cells.map((row) => columnsOf(row[at] ?? ''))))
	const perSecond = 1_000 / (facts.intervalMs ?? 1_000)
	const row = (isPicked: boolean, text: string): string => (isPicked ? palette.chosen(`▸ ${text}`) : `  ${text}`)
	const rows = streams.map((stream, index) => {
		const head = (cells[index] ?? [])
			.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - columnsOf(cell)))
			.join('  ')
		const { inputId, keys } = stream
		const records = inputId === undefined ? [] : facts.batches.map(({ inputs }) => inputs[inputId] ?? 0)
		const room = Math.max(0, Math.min(40, columns - columnsOf(head) - 18))
		const rate =
			inputId === undefined
				? ''
				: `${`${short((records.at(-1) ?? 0) * perSecond)}/s`.padStart(8)} ${palette.accent(sparkline(records, room).trimStart())}`
		const state = keys === undefined ? '' : `${keys.toLocaleString('en').padStart(8)} ${keys === 1 ? 'key' : 'keys'}`
		return row(stream.id === picked, `${head}  ${rate}${state}`.trimEnd())
	})
	return [row(picked === undefined, streams.length === 0 ? 'no streams yet' : 'all'), ...rows]
}

/** `room` of the rows, the one at `index` among them. */
function around(rows: readonly string[], index: number, room: number): readonly string[] {
	const start = Math.max(0, Math.min(rows.length - room, index - Math.floor(room / 2)))
	return rows.slice(start, start + room)
}

function ruleLine(title: string, note: string, palette: Palette, columns: number): string {
	const left = `── ${title} `
	const right = note === '' ? '' : ` ${note} ──`
	const fits = columnsOf(left) + columnsOf(right) + 2 < columns
	const dashes = Math.max(2, columns - 1 - columnsOf(left) - (fits ? columnsOf(right) : 0))
	return palette.dim(`${left}${'─'.repeat(dashes)}${fits ? right : ''}`)
}
