/**
 * What a view remembers of the batches it has seen, and the rows it shows of them.
 *
 *   latest    the rows of the last batch; bars: the greatest first, at most `maxRows`
 *   append    the rows of the batches of the last `windowMs`, each with the `time` of its batch
 *   single    one number a batch, the same window; the last row has `last: true`
 *
 * An empty batch is a gap (`value: null`) in append and single, and no rows in latest. Where a batch covers a window,
 * its rows in append also have `from`, where the window begins. Memory is bounded: of long windows the oldest batches
 * lose their rows first, and only how many they were is kept.
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
	/** Milliseconds that each batch reaches back, where it covers a window. */
	readonly extentMs?: number | undefined
}

interface Seen {
	readonly timeMs: number
	/** Records of the batch, before any cut. */
	readonly count: number
	/** Undefined when they had to go. */
	rows: readonly Row[] | undefined
}

/** Series that one chart can tell apart. */
const maxSeries = 8
/** Rows and batches that a view remembers beside what it can draw. */
const mostRows = 10_000
const mostBatches = 10_000

/** The batches of one view. */
export class History {
	#seen: Seen[] = []
	/** Rows that are remembered, and the first batch that has its rows still. */
	#kept = 0
	#firstKept = 0

	/** Records of the batches that `rows` draws from. */
	get count(): number {
		return this.#seen.reduce((sum, batch) => sum + batch.count, 0)
	}
	get batches(): number {
		return this.#seen.length
	}

	/** Takes a batch in; gives the shape of its records. */
	add(timeMs: number, records: readonly unknown[], keeping: Keeping): RowShape {
		const shape = shapeOf(records)
		const isKept = keeping.mode !== 'latest' || keeping.look === 'text'
		if (!isKept) while (this.#seen.length > 0) this.#dropFirst()
		const all = keeping.look === 'stat' ? [numberOf(records)] : rowsOf(records, shape)
		const rows = isKept ? cut(all, keeping) : all
		this.#seen.push({ timeMs, count: records.length, rows })
		this.#kept += rows.length
		const from = timeMs - keeping.windowMs
		const isOld = (): boolean => (this.#seen[0]?.timeMs ?? 0) <= from || this.#seen.length > mostBatches
		while (this.#seen.length > 1 && isOld()) this.#dropFirst()
		const most = Math.max(mostRows, keeping.maxRows)
		while (this.#kept > most && this.#firstKept < this.#seen.length - 1) {
			const batch = this.#seen[this.#firstKept++]
			if (batch === undefined) break
			this.#kept -= batch.rows?.length ?? 0
			batch.rows = undefined
		}
		return shape
	}

	#dropFirst(): void {
		this.#kept -= this.#seen.shift()?.rows?.length ?? 0
		this.#firstKept = Math.max(0, this.#firstKept - 1)
	}

	/** What is to be drawn now. */
	rows({ look, mode, maxRows, extentMs }: Keeping): Row[] {
		if (look === 'text') return this.#seen.flatMap((batch) => batch.rows ?? []).slice(-maxRows)
		if (mode === 'latest') {
			const rows = [...(this.#seen.at(-1)?.rows ?? [])]
			if (look === 'bars') rows.sort((a, b) => (numberIn(b) ?? 0) - (numberIn(a) ?? 0))
			return rows.slice(0, maxRows)
		}
		const timed = this.#seen.slice(this.#firstKept).flatMap(({ timeMs, rows = [] }) => {
			const extent = extentMs === undefined ? {} : { from: timeMs - extentMs }
			const shown = rows.length === 0 && look === 'line' ? [{ value: null }] : rows
			return shown.map((row): Row => ({ time: timeMs, ...extent, ...row }))
		})
		if (look === 'lines') return topSeries(timed).slice(-maxRows)
		const shown = timed.slice(-maxRows)
		return mode === 'single' ? shown.map((row, i) => (i === shown.length - 1 ? { ...row, last: true } : row)) : shown
	}
}

/** What may be drawn of a batch later: of many keys the greatest, otherwise the last rows. */
function cut(rows: Row[], { look, maxRows }: Keeping): Row[] {
	const most = look === 'lines' ? 2 * maxSeries : maxRows
	if (rows.length <= most) return rows
	if (look !== 'lines') return rows.slice(-most)
	return [...rows].sort((a, b) => (numberIn(b) ?? 0) - (numberIn(a) ?? 0)).slice(0, most)
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
