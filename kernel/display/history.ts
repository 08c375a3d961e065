/**
 * What a view remembers of the batches it has seen, and the rows it shows of them.
 *
 *   latest    the rows of the last batch; bars: the greatest first, at most `maxRows`
 *   append    the rows of the batches of the last `windowMs`, each with the `time` of its batch
 *   single    one number a batch, the same window; the last row has `last: true`
 *
 * An empty batch is a gap (`value: null`) in append and single, and no rows in latest.
 */

import { numberIn, type Row, type RowShape, rowsOf, shapeOf } from './rows.js'
import type { Look } from './spec.js'
import type { ViewDefinition } from './view.js'

/** How rows are kept and chosen. */
export interface Keeping {
	readonly look: Look
	readonly mode: ViewDefinition['mode']
	readonly maxRows: number
	/** Milliseconds; batches that are older than the last one by as much are dropped. */
	readonly windowMs: number
}

interface Seen {
	readonly timeMs: number
	readonly rows: readonly Row[]
}

/** Series that one chart can tell apart. */
const maxSeries = 8

/** The batches of one view. */
export class History {
	#seen: Seen[] = []
	/** Records of the last batch, before any cut. */
	#count = 0

	get count(): number {
		return this.#count
	}
	get batches(): number {
		return this.#seen.length
	}

	/** Takes a batch in; gives the shape of its records. */
	add(timeMs: number, records: readonly unknown[], keeping: Keeping): RowShape {
		const shape = shapeOf(records)
		this.#count = records.length
		const isKept = keeping.mode !== 'latest' || keeping.look === 'text'
		if (!isKept) this.#seen = []
		this.#seen.push({ timeMs, rows: keeping.look === 'stat' ? [numberOf(records)] : rowsOf(records, shape) })
		const from = timeMs - keeping.windowMs
		while (this.#seen.length > 1 && (this.#seen[0]?.timeMs ?? 0) <= from) this.#seen.shift()
		return shape
	}

	/** What is to be drawn now. */
	rows({ look, mode, maxRows }: Keeping): Row[] {
		if (look === 'text') return this.#seen.flatMap((batch) => batch.rows).slice(-maxRows)
		if (mode === 'latest') {
			const rows = [...(this.#seen.at(-1)?.rows ?? [])]
			if (look === 'bars') rows.sort((a, b) => (numberIn(b) ?? 0) - (numberIn(a) ?? 0))
			return rows.slice(0, maxRows)
		}
		const timed = this.#seen.flatMap(({ timeMs, rows }) =>
			(rows.length === 0 && look === 'line' ? [{ value: null }] : rows).map((row): Row => ({ time: timeMs, ...row })),
		)
		if (look === 'lines') return topSeries(timed).slice(-maxRows)
		const shown = timed.slice(-maxRows)
		return mode === 'single' ? shown.map((row, i) => (i === shown.length - 1 ? { ...row, last: true } : row)) : shown
	}
}

/** The one number of a batch: the number it holds, otherwise how many records it has. */
function numberOf(records: readonly unknown[]): Row {
	const [only] = records
	if (records.length === 1 && (typeof only === 'number' || typeof only === 'bigint')) return rowsOf([only])[0] as Row
	return { value: records.length }
}

/** The rows of the keys with the greatest sums, greatest first within a batch. */
function topSeries(rows: readonly Row[]): Row[] {
	const sums = new Map<unknown, number>()
	for (const row of rows) sums.set(row.key, (sums.get(row.key) ?? 0) + (numberIn(row) ?? 0))
	const top = [...sums].sort((a, b) => b[1] - a[1]).slice(0, maxSeries)
	const rank = new Map(top.map(([key], i) => [key, i]))
	return rows
		.filter((row) => rank.has(row.key))
		.sort((a, b) => Number(a.time) - Number(b.time) || (rank.get(a.key) ?? 0) - (rank.get(b.key) ?? 0))
}
