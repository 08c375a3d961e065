/**
 * The dashboard as rows: state and batch time, rates and delays as sparklines against the interval, queue, receivers,
 * memory and state.
 *
 *     ● running · every 1 s · batch 12:00:05 · 42 completed
 *     input          35/s ▁▂▃▅▂▁        processing    12 ms ▁▁▂▁
 *     scheduling     0 ms ▁▁▁▁▁▁        total         12 ms ▁▁▂▁
 *     memory    120 MB · kept 2.1 MB of 512 MB · state totals 1,204 keys
 */

import { timeText } from '../plain/transcript.js'
import { cutTo } from './cut.js'
import type { Facts } from './facts.js'
import { gaugeLines, gaugesOf, isLate, tallGauge } from './gauges.js'
import type { Palette } from './palette.js'
import { short, shortBytes, shortMs } from './sparkline.js'

/** The dashboard of `facts` in at most `mostRows` rows; the rate is that of one input when it is given. */
export function dashboardLines(
	facts: Facts,
	palette: Palette,
	size: { readonly columns: number; readonly mostRows: number; readonly rows?: number },
	inputId?: number,
): readonly string[] {
	const { columns, mostRows } = size
	if (mostRows < 1) return []
	const gauges = gaugesOf(facts, palette, inputId)
	const others = 2 + memoryLines(facts, palette, columns).length + troubleLines(facts, palette).length
	const each = Math.floor(((size.rows ?? 0) - others) / Math.max(1, gauges.length))
	const rows = [
		headLine(facts, palette),
		...(each >= 2
			? gauges.flatMap((gauge) => tallGauge(gauge, palette, { columns, rows: each }))
			: gaugeLines(gauges, palette, columns)),
		...lateLine(facts, palette),
		...troubleLines(facts, palette),
		...(facts.waiting.length > 1 ? [queueLine(facts, palette)] : []),
		...memoryLines(facts, palette, columns),
	]
	return rows.slice(0, Math.min(mostRows, size.rows ?? mostRows)).map((line) => cutTo(line, columns - 1))
}

/** State, interval, batch time, batches. */
export function headLine({ state, intervalMs, lastTimeMs, completed, waiting }: Facts, palette: Palette): string {
	const paint = state === 'running' ? palette.good : state === 'stopped' ? palette.warning : palette.dim
	const parts = [
		paint(`● ${state === 'idle' ? 'not started: ssc.start()' : state}`),
		...(intervalMs === undefined ? [] : [`every ${shortMs(intervalMs)}`]),
		...(lastTimeMs === undefined ? [] : [`batch ${timeText(lastTimeMs)}`]),
		...(completed === 0 ? (state === 'running' ? ['no output operation yet'] : []) : [`${short(completed)} completed`]),
		...(waiting.length > 1 ? [palette.warning(`${waiting.length} waiting`)] : []),
	]
	return parts.join(palette.dim(' · '))
}

/** A warning when batches take longer than the interval. */
export function lateLine(facts: Facts, palette: Palette): readonly string[] {
	if (!isLate(facts)) return []
	const interval = shortMs(facts.intervalMs ?? 0)
	return [palette.warning(`processing takes longer than the interval of ${interval}: batches will queue up`)]
}

/** The batches that wait, the next first. */
export function queueLine({ waiting }: Facts, palette: Palette): string {
	const label = palette.dim('queue'.padEnd(11))
	if (waiting.length === 0) return `${label}no batch waits`
	const times = waiting.slice(0, 20).map(timeText).join(', ')
	return `${label}${waiting.length} ${waiting.length === 1 ? 'batch' : 'batches'}: ${times}${waiting.length > 20 ? ' …' : ''}`
}

/** Memory of the process, what is kept, and the keys of operators with state: one row, or two where it is narrow. */
export function memoryLines({ vitals }: Facts, palette: Palette, columns: number): readonly string[] {
	if (vitals === undefined) return []
	const { processBytes, keptBytes, keptLimitBytes, diskBytes, streams } = vitals
	const dot = palette.dim(' · ')
	const memory = [
		shortBytes(processBytes),
		`kept ${shortBytes(keptBytes)} of ${shortBytes(keptLimitBytes)}`,
		...(diskBytes === 0 ? [] : [`on disk ${shortBytes(diskBytes)}`]),
	].join(dot)
	const states = streams.flatMap(({ title, keys }) => {
		return keys === undefined ? [] : [`${title} ${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}`]
	})
	const first = `${palette.dim('memory'.padEnd(11))}${memory}`
	if (states.length === 0) return [first]
	if (columns >= 100) return [`${first}${palette.dim('   state  ')}${states.join(dot)}`]
	return [first, `${palette.dim('state'.padEnd(11))}${states.join(dot)}`]
}

/** Receivers with their limits and errors, and the last error of a batch. */
export function troubleLines({ receivers, rates, lastError }: Facts, palette: Palette): readonly string[] {
	const rows = receivers.map(({ streamId, name, active, lastErrorMessage }) => {
		const rate = rates[streamId] === undefined ? '' : palette.dim(` limit ${short(rates[streamId])}/s`)
		const state = active ? palette.good('active') : palette.warning('inactive')
		const error = lastErrorMessage === '' ? '' : ` ${palette.error(lastErrorMessage)}`
		return `${palette.dim('receiver'.padEnd(11))}${name} ${state}${rate}${error}`
	})
	return lastError === undefined ? rows : [...rows, palette.error(`last error: ${lastError}`)]
}
