/** What a search for the batch interval found, as plain data and as a table. */

import type { Verdict } from './verdict.js'

/** What was seen at one step. */
export interface IntervalStep {
	readonly intervalMs: number
	/** Records that came, a second. */
	readonly ratePerSecond: number
	/** Mean time that a batch was processed. */
	readonly processingMs: number
	/** Processing time by interval. */
	readonly load: number
	/** `does not fit a window`: this interval was not tried. */
	readonly verdict: Verdict['kind'] | 'does not fit a window'
}

/** The result of `ssc.findInterval()`. */
export interface FoundInterval {
	readonly steps: readonly IntervalStep[]
	/** The batch interval with the highest load that was kept up with; undefined when none was. */
	readonly intervalMs: number | undefined
	/** The rate that it was kept up with at. */
	readonly ratePerSecond: number | undefined
	/** The steps as a table, and the recommendation. */
	toString(): string
}

/** The hardest step that was kept up with: the highest rate, otherwise the shortest interval. */
export function foundInterval(steps: readonly IntervalStep[], isByRate: boolean): FoundInterval {
	const good = steps.filter(({ verdict }) => verdict === 'keeping up')
	const best = good.sort((a, b) => (isByRate ? b.ratePerSecond - a.ratePerSecond : a.intervalMs - b.intervalMs))[0]
	return {
		steps,
		intervalMs: best?.intervalMs,
		ratePerSecond: best?.ratePerSecond,
		toString: () => `${tableOf(steps)}\n${sentenceOf(best, isByRate)}`,
	}
}

function sentenceOf(best: IntervalStep | undefined, isByRate: boolean): string {
	if (best === undefined) return 'no step kept up: raise the interval or lower the rate'
	const rate = Math.round(best.ratePerSecond)
	if (isByRate) return `recommended: at most ${rate} records/s with an interval of ${best.intervalMs} ms`
	return `recommended: an interval of ${best.intervalMs} ms (seen with ${rate} records/s)`
}

function tableOf(steps: readonly IntervalStep[]): string {
	const rows = steps.map(({ intervalMs, ratePerSecond, processingMs, load, verdict }) => [
		`${intervalMs}`,
		`${Math.round(ratePerSecond)}`,
		processingMs.toFixed(1),
		load.toFixed(2),
		verdict,
	])
	const all = [['interval ms', 'records/s', 'processing ms', 'load', 'verdict'], ...rows]
	const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
	return all.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}
