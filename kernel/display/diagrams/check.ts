/**
 * A check as a table: each batch with what it has, what is missing and what was not expected.
 *
 * Colours are tints over whatever the page has, and every record that differs is marked by a sign and a rule too, so
 * that it is legible in light and dark pages and without colours.
 */

import { type Check, type CheckedBatch, textOf } from '../../../engine/index.js'
import { oneLine } from '../columns.js'
import { escaped } from '../html.js'
import type { Bundle } from '../view.js'
import { timeText } from './facts.js'

/** Records of a batch that are shown of each sort. */
const maxRecords = 50

const marks = {
	same: { sign: '', style: '' },
	extra: { sign: '+', style: 'background:rgba(46,160,67,.25);border-radius:3px;padding:0 4px;font-weight:600' },
	missing: {
		sign: '−',
		style: 'background:rgba(248,81,73,.25);border-radius:3px;padding:0 4px;font-style:italic',
	},
} as const

/** The table, and the difference in lines. */
export function checkBundle(check: Check): Bundle {
	return { 'text/html': checkHtml(check), 'text/plain': check.toString() }
}

function checkHtml({ batches, passed }: Check): string {
	const differing = batches.filter(({ missing, extra }) => missing.length + extra.length > 0).length
	const head = passed
		? `<b style="color:#2da44e">✓</b> as expected in ${batches.length} of ${batches.length} batches`
		: `<b style="color:#e5534b">✗</b> different in ${differing} of ${batches.length} batches: ${shown('−', 'missing')} expected and missing, ${shown('+', 'extra')} not expected`
	const rows = batches.map(
		(batch) => `<tr>${timeCell(batch)}<td style="text-align:left">${recordsHtml(batch)}</td></tr>`,
	)
	return `<div><p style="margin:4px 0">${head}</p><table><thead><tr><th style="text-align:right">batch</th><th></th><th style="text-align:left">records</th></tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table></div>`
}

function timeCell({ timeMs, missing, extra }: CheckedBatch): string {
	const isSame = missing.length + extra.length === 0
	return `<td style="text-align:right">${timeText(timeMs, true)}</td><td style="color:${isSame ? '#2da44e' : '#e5534b'}">${isSame ? '✓' : '✗'}</td>`
}

const shown = (text: string, kind: keyof typeof marks): string =>
	`<code style="${marks[kind].style}">${escaped(oneLine(text))}</code>`

function recordsHtml({ rows, missing, extra }: CheckedBatch): string {
	const left = [...extra]
	const there = rows.map((row) => {
		const at = left.indexOf(row)
		if (at === -1) return shown(textOf(row), 'same')
		left.splice(at, 1)
		return shown(`${marks.extra.sign}${textOf(row)}`, 'extra')
	})
	const gone = missing.map((row) => shown(`${marks.missing.sign}${textOf(row)}`, 'missing'))
	const parts = [...cut(there), ...cut(gone)]
	return parts.length === 0 ? '∅' : parts.join(' ')
}

const cut = (parts: readonly string[]): string[] =>
	parts.length > maxRecords ? [...parts.slice(0, maxRecords), `… ${parts.length - maxRecords} more`] : [...parts]
