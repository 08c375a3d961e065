/**
 * The dashboard as rows: state and batch time, rates and delays as sparklines against the interval, queue, receivers.
 *
 *     ▌ running · every 1 s · batch 12:00:05 · 42 completed
 *     input       35/s ▁▂▃▅▂▁        processing  12 ms ▁▁▂▁ of 1 s
 *     delay      0 ms ▁▁▁▁▁▁        total       12 ms ▁▁▂▁        waiting 0
 */

import { timeText } from '../plain/transcript.js'
import { columnsOf } from '../plain/width.js'
import { cutTo } from './cut.js'
import type { BatchFact, Facts } from './facts.js'
import type { Paint, Palette } from './palette.js'
import { short, shortMs, sparkline } from './sparkline.js'

/** The dashboard of `facts` in at most `mostRows` rows. */
export function dashboardLines(
	facts: Facts,
	palette: Palette,
	size: { readonly columns: number; readonly mostRows: number },
): readonly string[] {
	const { columns, mostRows } = size
	if (mostRows < 1) return []
	const rows = [headLine(facts, palette), ...gaugeLines(facts, palette, columns), ...trouble(facts, palette)]
	return rows.slice(0, mostRows).map((line) => cutTo(line, columns - 1))
}

function headLine({ state, intervalMs, lastTimeMs, completed, waiting }: Facts, palette: Palette): string {
	const paint = state === 'running' ? palette.good : state === 'stopped' ? palette.warning : palette.dim
	const parts = [
		paint(`● ${state === 'idle' ? 'not started: ssc.start()' : state}`),
		...(intervalMs === undefined ? [] : [`every ${shortMs(intervalMs)}`]),
		...(lastTimeMs === undefined ? [] : [`batch ${timeText(lastTimeMs)}`]),
		...(completed === 0
			? state === 'running'
				? ['waiting for the first batch']
				: []
			: [`${short(completed)} completed`]),
		...(waiting.length > 1 ? [palette.warning(`${waiting.length} waiting`)] : []),
	]
	return parts.join(palette.dim(' · '))
}

interface Gauge {
	readonly label: string
	readonly value: string
	readonly values: readonly number[]
	readonly top?: number
	readonly paint: Paint
}

function gaugeLines({ batches, intervalMs }: Facts, palette: Palette, columns: number): string[] {
	const last = batches.at(-1)
	if (last === undefined) return []
	const isLate = intervalMs !== undefined && last.processingMs > intervalMs
	const of = (pick: (batch: BatchFact) => number): readonly number[] => batches.map(pick)
	const perSecond = 1_000 / (intervalMs ?? 1_000)
	const top = intervalMs === undefined ? {} : { top: intervalMs }
	const gauges: Gauge[] = [
		{
			label: 'input',
			value: `${short(last.records * perSecond)}/s`,
			values: of(({ records }) => records),
			paint: palette.accent,
		},
		{
			label: 'processing',
			value: shortMs(last.processingMs),
			values: of(({ processingMs }) => processingMs),
			...top,
			paint: isLate ? palette.warning : palette.good,
		},
		{
			label: 'scheduling',
			value: shortMs(last.schedulingMs),
			values: of(({ schedulingMs }) => schedulingMs),
			...top,
			paint: last.schedulingMs > (intervalMs ?? Number.POSITIVE_INFINITY) ? palette.warning : palette.good,
		},
		{ label: 'total', value: shortMs(last.totalMs), values: of(({ totalMs }) => totalMs), ...top, paint: palette.good },
	]
	const perRow = columns >= 150 ? 4 : columns >= 56 ? 2 : 1
	const width = Math.floor((columns - 1) / perRow)
	const cells = gauges.map((gauge) => gaugeCell(gauge, width, palette))
	const rows: string[] = []
	for (let at = 0; at < cells.length; at += perRow)
		rows.push(
			cells
				.slice(at, at + perRow)
				.join('')
				.trimEnd(),
		)
	if (isLate) {
		rows.push(
			palette.warning(`processing takes longer than the interval of ${shortMs(intervalMs)}: batches will queue up`),
		)
	}
	return rows
}

function gaugeCell({ label, value, values, top, paint }: Gauge, width: number, palette: Palette): string {
	const head = `${label.padEnd(11)}${value.padStart(8)} `
	const room = Math.max(0, Math.min(40, width - columnsOf(head) - 2))
	const cell = `${palette.dim(label.padEnd(11))}${value.padStart(8)} ${paint(sparkline(values, room, top))}`
	return cell + ' '.repeat(Math.max(0, width - columnsOf(cell)))
}

function trouble({ receivers, rates, lastError }: Facts, palette: Palette): string[] {
	const rows = receivers.map(({ streamId, name, active, lastErrorMessage }) => {
		const rate = rates[streamId] === undefined ? '' : palette.dim(` limit ${short(rates[streamId])}/s`)
		const state = active ? palette.good('active') : palette.warning('inactive')
		const error = lastErrorMessage === '' ? '' : ` ${palette.error(lastErrorMessage)}`
		return `${palette.dim('receiver')} ${name} ${state}${rate}${error}`
	})
	return lastError === undefined ? rows : [...rows, palette.error(`last error: ${lastError}`)]
}
