/**
 * What the batches of a context do, as gauges: a label, the newest value, and a sparkline of the last batches.
 *
 *     input          35/s ▁▂▃▅▂▁        processing    12 ms ▁▁▂▁
 */

import { columnsOf } from '../plain/width.js'
import type { BatchFact, Facts } from './facts.js'
import type { Paint, Palette } from './palette.js'
import { blockChart, short, shortMs, sparkline } from './sparkline.js'

/** One gauge. */
export interface Gauge {
	readonly label: string
	readonly value: string
	readonly values: readonly number[]
	/** The value of a full block: the interval, for times. */
	readonly top?: number
	readonly paint: Paint
}

/** Whether the newest batch took longer than the interval. */
export const isLate = ({ batches, intervalMs }: Facts): boolean =>
	intervalMs !== undefined && (batches.at(-1)?.processingMs ?? 0) > intervalMs

/** Input rate, processing, scheduling and total delay; the rate of one input when it is given. */
export function gaugesOf(facts: Facts, palette: Palette, inputId?: number): readonly Gauge[] {
	const { batches, intervalMs } = facts
	const last = batches.at(-1)
	if (last === undefined) return []
	const recordsOf = ({ records, inputs }: BatchFact): number =>
		inputId === undefined ? records : (inputs[inputId] ?? 0)
	const perSecond = 1_000 / (intervalMs ?? 1_000)
	const top = intervalMs === undefined ? {} : { top: intervalMs }
	const good = (ms: number): Paint => (ms > (intervalMs ?? Number.POSITIVE_INFINITY) ? palette.warning : palette.good)
	const time = (label: string, pick: (batch: BatchFact) => number): Gauge => ({
		...{ label, value: shortMs(pick(last)), values: batches.map(pick), paint: good(pick(last)) },
		...top,
	})
	return [
		{
			label: 'input',
			value: `${short(recordsOf(last) * perSecond)}/s`,
			values: batches.map(recordsOf),
			paint: palette.accent,
		},
		time('processing', ({ processingMs }) => processingMs),
		time('scheduling', ({ schedulingMs }) => schedulingMs),
		time('total', ({ totalMs }) => totalMs),
	]
}

/** Gauges in as many columns as the window holds. */
export function gaugeLines(gauges: readonly Gauge[], palette: Palette, columns: number): readonly string[] {
	const perRow = columns >= 150 ? 4 : columns >= 56 ? 2 : 1
	const width = Math.floor((columns - 1) / perRow)
	const rows: string[] = []
	for (let at = 0; at < gauges.length; at += perRow) {
		const cells = gauges.slice(at, at + perRow).map((gauge) => gaugeCell(gauge, width, palette))
		rows.push(cells.join('').trimEnd())
	}
	return rows
}

function gaugeCell({ label, value, values, top, paint }: Gauge, width: number, palette: Palette): string {
	const head = `${label.padEnd(11)}${value.padStart(8)} `
	const room = Math.max(0, Math.min(40, width - columnsOf(head) - 2))
	const cell = `${palette.dim(label.padEnd(11))}${value.padStart(8)} ${paint(sparkline(values, room, top))}`
	return cell + ' '.repeat(Math.max(0, width - columnsOf(cell)))
}

/** One gauge over the whole width, its chart `rows` rows high. */
export function tallGauge(gauge: Gauge, palette: Palette, size: { columns: number; rows: number }): readonly string[] {
	const { label, value, values, top, paint } = gauge
	const head = `${label.padEnd(11)}${value.padStart(8)} `
	const room = Math.max(0, size.columns - columnsOf(head) - 2)
	const chart = blockChart(values, { columns: Math.min(room, 240), rows: size.rows }, top)
	return chart.map((line, row) => {
		const isLast = row === chart.length - 1
		const left = isLast ? `${palette.dim(label.padEnd(11))}${value.padStart(8)} ` : ' '.repeat(columnsOf(head))
		return left + paint(line)
	})
}
