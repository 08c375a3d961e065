/**
 * How a record and a time read in Python: what PySpark's `pprint` shows.
 *
 * A tuple is an array here, so every array reads as a tuple. Source: Python's `str` and `repr`, `datetime.__str__`.
 */

/** As `str(value)`: a text as it is, everything else as Python writes it down. */
export function pythonText(value: unknown): string {
	return typeof value === 'string' ? value : written(value)
}

/** `YYYY-MM-DD HH:MM:SS`, with microseconds when there is a fraction of a second; local time. */
export function pythonTime(ms: number): string {
	const date = new Date(ms)
	const two = (n: number): string => String(n).padStart(2, '0')
	const day = [String(date.getFullYear()).padStart(4, '0'), two(date.getMonth() + 1), two(date.getDate())].join('-')
	const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
	const fraction = date.getMilliseconds()
	return `${day} ${time}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}000`}`
}

/** As `repr(value)`. */
function written(value: unknown): string {
	if (value === undefined || value === null) return 'None'
	switch (typeof value) {
		case 'string':
			return quoted(value)
		case 'boolean':
			return value ? 'True' : 'False'
		case 'number':
			return numeral(value)
		case 'object':
			return writtenObject(value)
		default:
			return String(value)
	}
}

function writtenObject(value: object): string {
	if (Array.isArray(value)) return value.length === 1 ? `(${written(value[0])},)` : `(${value.map(written).join(', ')})`
	if (value instanceof Map) return braces(value)
	if (value instanceof Set) return value.size === 0 ? 'set()' : `{${[...value].map(written).join(', ')}}`
	if (value instanceof Date) return pythonTime(value.getTime())
	if (value.toString !== Object.prototype.toString && typeof value.toString === 'function') return String(value)
	return braces(Object.entries(value))
}

const braces = (entries: Iterable<readonly [unknown, unknown]>): string =>
	`{${[...entries].map(([k, v]) => `${written(k)}: ${written(v)}`).join(', ')}}`

function numeral(n: number): string {
	if (Number.isNaN(n)) return 'nan'
	if (!Number.isFinite(n)) return n > 0 ? 'inf' : '-inf'
	// Python turns to exponents below 1e-4, and writes them with two digits.
	const text = n !== 0 && Math.abs(n) < 1e-4 ? n.toExponential() : String(n)
	return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quoted(text: string): string {
	const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
	const inner = text.replace(/[\\\p{Cc}\u00a0]/gu, (c) => escapes[c] ?? hex(c))
	return `${mark}${mark === "'" ? inner.replaceAll("'", "\\'") : inner}${mark}`
}

const hex = (c: string): string => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
