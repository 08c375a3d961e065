/** Rows as an HTML table: every name and value escaped, numbers to the right, at most 100 rows with a note. */

import { type Cell, fieldsOf, type Row } from './rows.js'
import { numberText } from './text.js'

/** Rows an HTML table shows. */
export const maxHtmlRows = 100

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
}

/** The text with everything that HTML gives a meaning escaped. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? found)

function cellHtml(cell: Cell | undefined): string {
	if (cell === undefined || cell === null) return '<td></td>'
	if (typeof cell === 'number') return `<td style="text-align:right">${numberText(cell)}</td>`
	return `<td style="text-align:left">${escaped(String(cell))}</td>`
}

/** The name of a column stands over its values. */
function headHtml(field: string, rows: readonly Row[]): string {
	const isNumber = rows.length > 0 && rows.every((row) => typeof (row[field] ?? 0) === 'number')
	return `<th style="text-align:${isNumber ? 'right' : 'left'}">${escaped(field)}</th>`
}

/** A table of the rows; `caption` stands above it. */
export function tableHtml(rows: readonly Row[], caption?: string): string {
	const fields = fieldsOf(rows)
	const shown = rows.slice(0, maxHtmlRows)
	const head = fields.map((field) => headHtml(field, shown)).join('')
	const body = shown.map((row) => `<tr>${fields.map((field) => cellHtml(row[field])).join('')}</tr>`).join('\n')
	const note = rows.length > shown.length ? `<p>${maxHtmlRows} of ${numberText(rows.length)} rows</p>` : ''
	// Not a caption of the table, which would wrap at the width of its columns.
	const title = caption === undefined ? '' : `<div>${escaped(caption)}</div>`
	return `${title}<table><thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table>${note}`
}
