/**
 * Any value as a MIME bundle. Every bundle has `text/plain`, without colours; strings are quoted as in Node's REPL.
 *
 *   a `Symbol.for('Jupyter.display')` method      what it gives
 *   { 'text/html': … }                            itself
 *   an object of the engine                       a line that sums it up
 *   an array of flat records, a Map               a table, as text and HTML
 *   anything else                                 as `util.inspect` prints it
 */

import { inspect } from 'node:util'
import { Check, StreamError, Trace } from '../../engine/index.js'
import { checkBundle } from './diagrams/check.js'
import { traceDiagram } from './diagrams/trace.js'
import { maxHtmlRows, tableHtml } from './html.js'
import { cellOf, isRecord, type Row, rowsOf } from './rows.js'
import { summaryOf } from './summary.js'
import { tableText } from './text.js'
import type { Bundle } from './view.js'

/** What a front end shows: the same content in several MIME types, and how to show it. */
export interface Shown {
	readonly bundle: Bundle
	readonly metadata: Bundle
}

/** The method that other kernels call too; it gives a MIME bundle. */
const displaySymbol = Symbol.for('Jupyter.display')
const mimeKey = /^(text|image|application|audio|video|model)\/[\w.+-]+$/

/** The value as Node's REPL prints it. */
export function inspected(value: unknown): string {
	return inspect(value, { depth: 4, breakLength: 80, maxArrayLength: 100, maxStringLength: 10_000, colors: false })
}

/**
 * The bundle of a value. A display method that is asynchronous is not waited for: its value is shown as text.
 * @throws display/spec when a display method throws or gives no bundle
 */
export function bundleOf(value: unknown): Shown {
	return { bundle: ownBundle(value) ?? (isBundle(value) ? withText(value) : plainBundle(value)), metadata: {} }
}

function isBundle(value: unknown): value is Bundle {
	if (!isRecord(value)) return false
	const keys = Object.keys(value)
	return keys.length > 0 && keys.every((key) => mimeKey.test(key))
}

function ownBundle(value: unknown): Bundle | undefined {
	if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
	const method: unknown = Reflect.get(value, displaySymbol)
	if (typeof method !== 'function') return undefined
	const where = value.constructor?.name
	let given: unknown
	try {
		given = Reflect.apply(method, value, [])
	} catch (cause) {
		throw new StreamError('display/spec', `the display method of a value threw: ${String(cause)}`, { where, cause })
	}
	if (given instanceof Promise) return undefined
	if (isBundle(given)) return withText(given)
	throw new StreamError('display/spec', `the display method of a value gave no MIME bundle but ${inspected(given)}`, {
		where,
		remedy: "return an object such as { 'text/html': '…' }",
	})
}

/** Adds `text/plain` where it is missing: the text of the HTML or Markdown, otherwise the type's name. */
function withText(bundle: Bundle): Bundle {
	if (typeof bundle['text/plain'] === 'string') return bundle
	const { 'text/markdown': markdown, 'text/html': html } = bundle
	if (typeof markdown === 'string') return { ...bundle, 'text/plain': markdown }
	if (typeof html !== 'string') return { ...bundle, 'text/plain': `[${Object.keys(bundle)[0]}]` }
	const text = html.replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '').replace(/<[^>]*>/g, ' ')
	const plain = text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => decoded[name] ?? '')
	return { ...bundle, 'text/plain': plain.replace(/\s+/g, ' ').trim() }
}
const decoded: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }

function plainBundle(value: unknown): Bundle {
	const summary = summaryOf(value)
	if (value instanceof Check) return checkBundle(value)
	if (value instanceof Trace) return traceDiagram(value).bundle
	if (summary !== undefined) return { 'text/plain': summary }
	if (Array.isArray(value) && value.length > 0 && value.every(isFlat)) {
		const rows = rowsOf(value, 'objects')
		const shown = tableText(rows.slice(0, maxHtmlRows), 120)
		const note = rows.length > maxHtmlRows ? [`${maxHtmlRows} of ${rows.length} rows`] : []
		return { 'text/plain': [...shown, ...note].join('\n'), 'text/html': tableHtml(rows) }
	}
	if (value instanceof Map && value.size > 0) {
		const rows = [...value].map(([key, x]): Row => ({ key: cellOf(key), value: cellOf(x) }))
		return { 'text/plain': inspected(value), 'text/html': tableHtml(rows) }
	}
	return { 'text/plain': inspected(value) }
}

/** An object whose fields are numbers, texts, dates and the like. */
function isFlat(value: unknown): value is Record<string, unknown> {
	if (!isRecord(value) || summaryOf(value) !== undefined) return false
	const fields = Object.values(value)
	return (
		fields.length > 0 &&
		fields.every((x) => (typeof x !== 'object' || x === null || x instanceof Date) && typeof x !== 'function')
	)
}
