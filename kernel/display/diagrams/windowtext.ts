/**
 * A window over its batches in characters.
 *
 *   batches   1 s     2 s     3 s     4 s
 *             a, b    c       ∅       a
 *   before   ├───────────────────────┤
 *   now              ├───────────────────────┤
 */

import { clipped, columnsOf, oneLine, padded } from '../columns.js'
import { timeText } from './facts.js'
import type { WindowFacts } from './windowfacts.js'

const maxWidth = 110

/** A heading, the batches with the windows under them, and the sentences; without the batches where they do not fit. */
export function windowText(head: string, facts: WindowFacts, sentences: readonly string[]): string {
	const { batches, nowMs, nextMs, slideMs, windowMs, batchMs, isManual } = facts
	const cells = batches.map(({ timeMs, records, hasMore }) => ({
		time: timeText(timeMs, isManual),
		records: records === undefined ? '' : oneLine(records.join(', ')) + (hasMore ? ', …' : '') || '∅',
	}))
	const width =
		Math.max(5, ...cells.flatMap(({ time, records }) => [columnsOf(time), Math.min(14, columnsOf(records))])) + 2
	const isNarrow = 9 + width * cells.length > maxWidth
	const first = (batches[0]?.timeMs ?? 0) - batchMs
	const bracket = (name: string, endMs: number): string => {
		const from = Math.max(0, Math.round((endMs - windowMs - first) / batchMs))
		const to = Math.round((endMs - first) / batchMs)
		return `${padded(name, 9)}${' '.repeat(from * width)}├${'─'.repeat(Math.max(0, (to - from) * width - 2))}┤`
	}
	const picture = isNarrow
		? []
		: [
				`${padded('batches', 9)}${cells.map(({ time }) => padded(` ${time}`, width)).join('')}`.trimEnd(),
				`${' '.repeat(9)}${cells.map(({ records }) => padded(` ${clipped(records, width - 2)}`, width)).join('')}`.trimEnd(),
				...(nowMs === undefined
					? [bracket('first', nextMs)]
					: [...(nowMs - slideMs > first ? [bracket('before', nowMs - slideMs)] : []), bracket('now', nowMs)]),
			]
	return [oneLine(head), ...picture, ...sentences.map(oneLine)].join('\n')
}
