/**
 * What streams have batch by batch, written down for a lesson: a grid of batches by streams.
 *
 *   time     w     win
 *   1000 ms  a, b  a, b
 *   2000 ms  ∅     a, b        ∅ an empty batch; · no RDD at that time
 */

import type { BatchInfo } from '../base/events.js'
import { Time } from '../base/time.js'
import './looking.js'
import { textOf } from '../rdd/text.js'
import type { AnyDStream } from './dstream.js'
import { windowOf } from './windowof.js'

/** The records of one stream by batch time in milliseconds. */
type Column = ReadonlyMap<number, readonly unknown[]>

/** The longest text of one batch in a grid. */
const maxWidth = 60

/** Batches by streams. `toString()` is the grid. */
export class Trace {
	/** Batch times, oldest first. */
	readonly times: readonly Time[]
	/** By name of the stream: the records of each batch, undefined where it had no RDD. */
	readonly rows: Readonly<Record<string, readonly (readonly unknown[] | undefined)[]>>
	/** By name of the stream: how far each of its batches reaches back in milliseconds, for windows. */
	readonly windowMs: Readonly<Record<string, number>>

	constructor(
		times: readonly Time[],
		columns: Readonly<Record<string, Column>>,
		windowMs: Readonly<Record<string, number>> = {},
	) {
		this.times = times
		this.windowMs = windowMs
		this.rows = Object.fromEntries(
			Object.entries(columns).map(([name, column]) => [name, times.map((time) => column.get(time.milliseconds))]),
		)
	}

	/** The grid as texts, its header first. */
	get grid(): readonly (readonly string[])[] {
		const names = Object.keys(this.rows)
		const lines = this.times.map((time, i) => [String(time), ...names.map((name) => cell(this.rows[name]?.[i]))])
		return [['time', ...names], ...lines]
	}

	toString(): string {
		const { grid } = this
		const widths = (grid[0] ?? []).map((_, i) => Math.max(...grid.map((line) => (line[i] as string).length)))
		return grid
			.map((line) =>
				line
					.map((text, i) => text.padEnd(widths[i] as number))
					.join('  ')
					.trimEnd(),
			)
			.join('\n')
	}
}

function cell(rows: readonly unknown[] | undefined): string {
	if (rows === undefined) return '·'
	if (rows.length === 0) return '∅'
	const text = rows.map(textOf).join(', ')
	return text.length > maxWidth ? `${text.slice(0, maxWidth - 1)}…` : text
}

/** Looks at the streams while `go` moves through batches. */
export async function traceOf(
	streams: Readonly<Record<string, AnyDStream>>,
	go: () => Promise<readonly BatchInfo[]>,
): Promise<Trace> {
	const columns: Record<string, Map<number, readonly unknown[]>> = {}
	const looks = Object.entries(streams).map(([name, stream]) => {
		const column = new Map<number, readonly unknown[]>()
		columns[name] = column
		return stream.observe(({ time, rows }) => void column.set(time.milliseconds, rows))
	})
	try {
		const batches = await go()
		return new Trace(
			batches.map(({ batchTime }) => new Time(batchTime)),
			columns,
			Object.fromEntries(
				Object.entries(streams).flatMap(([name, stream]) => {
					const length = windowOf(stream)
					return length === undefined ? [] : [[name, length.milliseconds]]
				}),
			),
		)
	} finally {
		for (const look of looks) look.dispose()
	}
}
