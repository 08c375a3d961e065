/** How a record reads as a line of text: as Spark's `toString` of the same value. */

/** Tuples as `(a,1)`, null as `null`, numbers in their shortest form, plain objects as JSON. */
export function textOf(value: unknown): string {
	if (Array.isArray(value)) return `(${value.map(textOf).join(',')})`
	if (value === null || value === undefined) return 'null'
	if (typeof value === 'object') {
		if (value.toString !== Object.prototype.toString && typeof value.toString === 'function') return String(value)
		return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? String(value)
	}
	return Object.is(value, -0) ? '-0' : String(value)
}
