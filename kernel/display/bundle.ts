/**
 * Any value as a MIME bundle. Every bundle has `text/plain`, without colours; strings are quoted as in Node's REPL.
 *
 *   a `Symbol.for('Jupyter.display')` method      what it gives
 *   { 'text/html': … }                            itself
 *   an object of the engine                       a picture, a table, or a line that sums it up
 *   a data frame, records, a Map, a Set           a table, as text and HTML
 *   toVegaLite(), toSVG(), toHTML()               what they give
 *   anything else                                 as `util.inspect` prints it
 *
 * Showing a value never fails because of the value, but for a display method that throws.
 */

import { inspect } from 'node:util'
import { isProxy } from 'node:util/types'
import { Check, StreamError, systemClock, Trace } from '../../engine/index.js'
import { batchTable, isBatches } from './batches.js'
import { checkBundle } from './diagrams/check.js'
import { traceDiagram } from './diagrams/trace.js'
import { vegaLiteMime } from './full.js'
import { encoded } from './media.js'
import { cellOf, isRecord, type Row } from './rows.js'
import { summaryOf } from './summary.js'
import { dataTableHtml, tableNote } from './tablehtml.js'
import { type Table, tableOf } from './tables.js'
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

/** How long an asynchronous display method is waited for. */
const patienceMs = 10_000

/** Rows of a table that its text shows. */
const maxTextRows = 100

/** The value as Node's REPL prints it; what cannot be printed says why. */
export function inspected(value: unknown): string {
	try {
		return inspect(value, { depth: 4, breakLength: 80, maxArrayLength: 100, maxStringLength: 10_000, colors: false })
	} catch (thrown) {
		return `[a value that cannot be shown: ${String(thrown)}]`
	}
}

/**
 * The bundle of a value. A display method that is asynchronous is not waited for: its value is shown as text.
 * @throws display/spec when a display method throws or gives no bundle
 */
export function bundleOf(value: unknown): Shown {
	const own = called(value)
	if (own === undefined || own.given instanceof Promise) return shown(otherBundle(value))
	return shown(givenBundle(value, own.given))
}

/**
 * The same, but an asynchronous display method is waited for, ten seconds at most.
 * @throws display/spec, also as a rejection
 */
export function bundleInTime(value: unknown): Shown | Promise<Shown> {
	const own = called(value)
	if (own === undefined) return shown(otherBundle(value))
	if (!(own.given instanceof Promise)) return shown(givenBundle(value, own.given))
	const late = new Promise<Shown>((resolve) => {
		const waiting = systemClock.at(systemClock.now() + patienceMs, () => {
			const note = `its display method has not ended after ${patienceMs / 1_000} s`
			resolve(shown({ 'text/plain': `${inspected(value)}\n(${note})` }))
		})
		const over = (): void => waiting.dispose()
		own.given.then(over, over)
	})
	const given = own.given.then(
		(bundle: unknown) => shown(givenBundle(value, bundle)),
		(cause: unknown) => {
			throw threw(value, cause)
		},
	)
	return Promise.race([given, late])
}

const shown = (bundle: Bundle): Shown => ({ bundle, metadata: {} })

function isBundle(value: unknown): value is Bundle {
	if (!isRecord(value)) return false
	const keys = Object.keys(value)
	return keys.length > 0 && keys.every((key) => mimeKey.test(key))
}

// biome-ignore lint/suspicious/noExplicitAny: what a method of the program gives
type Given = any

/** What the display method of the value gives, if it has one. */
function called(value: unknown): { readonly given: Given } | undefined {
	const method = methodOf(value, displaySymbol)
	if (method === undefined) return undefined
	try {
		return { given: Reflect.apply(method, value, []) }
	} catch (cause) {
		throw threw(value, cause)
	}
}

function threw(value: unknown, cause: unknown): StreamError {
	const where = (value as object).constructor?.name
	return new StreamError('display/spec', `the display method of a value threw: ${String(cause)}`, {
		where,
		remedy: 'mend the method that Symbol.for("Jupyter.display") names; console.log shows the value without it',
		cause,
	})
}

/** A method of an object or function; undefined for everything else, and where looking for it throws. */
function methodOf(value: unknown, name: string | symbol): ((...given: unknown[]) => unknown) | undefined {
	if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
	try {
		const method: unknown = Reflect.get(value, name)
		return typeof method === 'function' ? (method as (...given: unknown[]) => unknown) : undefined
	} catch {
		// A proxy or getter that fails has no display method; the value is shown as what it is.
		return undefined
	}
}

function givenBundle(value: unknown, given: unknown): Bundle {
	if (isBundle(given)) return withText(encoded(given))
	throw new StreamError('display/spec', `the display method of a value gave no MIME bundle but ${inspected(given)}`, {
		where: (value as object).constructor?.name,
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

function otherBundle(value: unknown): Bundle {
	// Whatever is asked of a proxy runs code of the program.
	if (isProxy(value)) return { 'text/plain': inspected(value) }
	if (isBundle(value)) return withText(encoded(value))
	if (value instanceof Check) return checkBundle(value)
	if (value instanceof Trace) return traceDiagram(value).bundle
	if (isBatches(value))
		return { 'text/html': dataTableHtml(batchTable(value)), 'text/plain': summaryOf(value) as string }
	const summary = summaryOf(value)
	if (summary !== undefined) return { 'text/plain': summary }
	const table = tableOf(value)
	if (table !== undefined) return { 'text/html': dataTableHtml(table), 'text/plain': textOfTable(value, table) }
	return drawnBundle(value) ?? { 'text/plain': inspected(value) }
}

/** Collections read best as Node prints them, the rest as a table of characters. */
function textOfTable(value: unknown, table: Table): string {
	if (value instanceof Map || value instanceof Set) return inspected(value)
	const { columns, rows, total } = table
	const texts = rows
		.slice(0, maxTextRows)
		.map((row): Row => Object.fromEntries(columns.map(({ name }, i) => [name, cellOf(row[i])])))
	const note = texts.length < total ? [`first ${texts.length} of ${total.toLocaleString('en-US')} rows`] : []
	const head = Array.isArray(value) ? [] : [tableNote(table)]
	return [...head, ...tableText(texts, 120), ...note].join('\n')
}

/** Objects that can draw themselves, by the names that libraries use for it. */
function drawnBundle(value: unknown): Bundle | undefined {
	const ways = [
		['toVegaLite', vegaLiteMime, isRecord],
		['toSVG', 'image/svg+xml', isSvg],
		['toHTML', 'text/html', isText],
	] as const
	const notes: string[] = []
	for (const [name, type, fits] of ways) {
		const method = methodOf(value, name)
		if (method === undefined || method.length > 0) continue
		try {
			const data = Reflect.apply(method, value, [])
			if (fits(data)) return { ...encoded({ [type]: data }), 'text/plain': inspected(value) }
			notes.push(`(its ${name} gave ${inspected(data).slice(0, 100)}, which is no ${type}: shown as text)`)
		} catch (thrown) {
			// A method of that name that needs something else, or is not ready.
			notes.push(`(its ${name} threw ${String(thrown)}: shown as text)`)
		}
	}
	return notes.length === 0 ? undefined : { 'text/plain': [inspected(value), ...notes].join('\n') }
}

/** Text that begins as the root of an SVG picture does, behind a declaration and comments. */
const isSvg = (x: unknown): x is string =>
	isText(x) && /^(?:\s|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^>]*>)*<svg\b/i.test(x)

const isText = (x: unknown): x is string => typeof x === 'string'
