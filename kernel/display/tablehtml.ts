/**
 * A table as HTML: names with types, escaped values, nested values folded; a click on a name sorts.
 *
 * There is no script element. The handler is one attribute of the head: front ends that trust the output run it, the
 * others take it away and the table stays as it is. Colours are those of the page.
 */

import { inspect } from 'node:util'
import { escaped } from './html.js'
import type { Table } from './tables.js'

/** Rows sorted by the column that was clicked: numbers by value, the rest by text; once more turns it round. */
const sorting = [
	"const h=event.target.closest('th'),b=this.parentNode.tBodies[0]",
	'if(!h||!b)return',
	'const i=h.cellIndex,u=this.dataset.by==i?-1:1',
	'this.dataset.by=u>0?i:-1',
	'const k=r=>{const c=r.cells[i],n=c.dataset.n;return n===undefined?c.textContent:+n}',
	'const l=(x,y)=>typeof x==typeof y?x<y?-1:x>y?1:0:typeof x<typeof y?-1:1',
	'b.append(...[...b.rows].sort((x,y)=>u*l(k(x),k(y))))',
].join(';')

/** Characters of a text, and of a nested value, that a cell shows. */
const maxText = 300
const maxNested = 4_000

/** `25,000 rows × 4 columns`, and what is left out. */
export function tableNote({ kind, rows, total, columns, hiddenColumns }: Table): string {
	const count = (n: number, what: string): string => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`
	const size = `${kind} · ${count(total, 'row')} × ${count(columns.length + hiddenColumns, 'column')}`
	const cut = rows.length < total ? [`first ${rows.length.toLocaleString('en-US')} of ${count(total, 'row')}`] : []
	const left = hiddenColumns > 0 ? [`${count(hiddenColumns, 'column')} not shown`] : []
	return [size, ...cut, ...left].join(' · ')
}

/** The table, its note above it. */
export function dataTableHtml(table: Table): string {
	const { columns, rows } = table
	const head = columns.map(
		({ name, type }) =>
			`<th title="sort" style="cursor:pointer;text-align:${isRight(type) ? 'right' : 'left'}">${escaped(name)}<br><small style="font-weight:normal;opacity:.65">${type}</small></th>`,
	)
	const body = rows.map((row) => `<tr>${columns.map((_, i) => cell(row[i])).join('')}</tr>`)
	const scroll = rows.length > 20 ? ' style="max-height:480px;overflow:auto"' : ''
	return [
		`<div${scroll}><table><caption style="text-align:left;white-space:nowrap;opacity:.75;caption-side:top">${escaped(tableNote(table))}</caption>`,
		`<thead onclick="${escaped(sorting)}"><tr>${head.join('')}</tr></thead>`,
		`<tbody>\n${body.join('\n')}\n</tbody></table></div>`,
	].join('\n')
}

const isRight = (type: string): boolean => type === 'number' || type === 'bigint'

function cell(value: unknown): string {
	if (value === undefined) return '<td></td>'
	if (value === null) return '<td style="opacity:.5">null</td>'
	if (typeof value === 'number' || typeof value === 'bigint') {
		return `<td data-n="${Number(value)}" style="text-align:right">${escaped(numberCell(value))}</td>`
	}
	if (value instanceof Date && !Number.isNaN(value.getTime())) {
		return `<td data-n="${value.getTime()}" style="text-align:left;white-space:nowrap">${value.toISOString()}</td>`
	}
	if (typeof value === 'object' || typeof value === 'function')
		return `<td style="text-align:left">${nested(value)}</td>`
	const text = String(value)
	const shown = text.length > maxText ? `${text.slice(0, maxText)}…` : text
	return `<td style="text-align:left;white-space:pre-wrap">${escaped(shown)}</td>`
}

/** As it is, but for digits that nobody reads. */
function numberCell(value: number | bigint): string {
	if (typeof value === 'bigint' || Number.isInteger(value) || !Number.isFinite(value)) return String(value)
	const short = value.toPrecision(7)
	return short.includes('e') ? String(Number(short)) : short.replace(/\.?0+$/, '')
}

/** A short value as it is, a long one folded. */
function nested(value: object): string {
	const line = textOfNested(value, Number.POSITIVE_INFINITY)
	if (line.length <= 60) return escaped(line)
	const full = textOfNested(value, 80)
	const cut = full.length > maxNested ? `${full.slice(0, maxNested)}…` : full
	return `<details><summary>${escaped(line.slice(0, 48))}…</summary><pre style="text-align:left">${escaped(cut)}</pre></details>`
}

function textOfNested(value: object, breakLength: number): string {
	try {
		const compact = breakLength === Number.POSITIVE_INFINITY ? true : 3
		return inspect(value, { depth: 4, breakLength, compact, maxArrayLength: 50, maxStringLength: 1_000 })
	} catch (thrown) {
		return `[cannot be shown: ${String(thrown)}]`
	}
}
