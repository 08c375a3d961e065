/**
 * Records of a batch as plain rows that are safe in JSON, and their shape.
 *
 *   [key, value]          { key, value }          a value that is no number becomes text: shape `tuples`
 *   number, bigint        { value }
 *   string                { value }
 *   [a, b, c]             { _1, _2, _3 }          the names of Spark's tuples
 *   { a, b }              { a, b }
 *   anything else         { value }               as text
 *
 * JSON knows no bigint, Date, NaN: whole numbers beyond 2^53 become text, dates ISO text, what is not finite null.
 */

import { inspect } from 'node:util'

/** A row: field name -> number, text, boolean or null. */
export type Row = Readonly<Record<string, Cell>>
export type Cell = string | number | boolean | null

/** What all records of a batch have in common. `empty` when there are none, `values` when nothing else fits. */
export type RowShape = 'empty' | 'pairs' | 'numbers' | 'strings' | 'objects' | 'tuples' | 'values'

const isNumber = (x: unknown): x is number | bigint => typeof x === 'number' || typeof x === 'bigint'

/** True for objects whose fields are their data: no array, date, map, error or the like. */
export function isRecord(x: unknown): x is Record<string, unknown> {
	return typeof x === 'object' && x !== null && Object.prototype.toString.call(x) === '[object Object]'
}

/** The shape of the records, decided by all of them. */
export function shapeOf(records: readonly unknown[]): RowShape {
	if (records.length === 0) return 'empty'
	if (records.every(isNumber)) return 'numbers'
	if (records.every((x) => typeof x === 'string')) return 'strings'
	const first = records[0]
	if (Array.isArray(first) && first.length > 0) {
		if (!records.every((x) => Array.isArray(x) && x.length === first.length)) return 'values'
		return first.length === 2 && records.every((x) => isNumber((x as unknown[])[1])) ? 'pairs' : 'tuples'
	}
	return records.every((x) => isRecord(x) && Object.keys(x).length > 0) ? 'objects' : 'values'
}

/** The records as rows of that shape, order kept. */
export function rowsOf(records: readonly unknown[], shape: RowShape = shapeOf(records)): Row[] {
	switch (shape) {
		case 'empty':
			return []
		case 'pairs':
			return (records as [unknown, unknown][]).map(([key, value]) => ({ key: cellOf(key), value: cellOf(value) }))
		case 'tuples':
			return (records as unknown[][]).map((tuple) =>
				Object.fromEntries(
					tuple.map((x, i) => [tuple.length === 2 ? (i === 0 ? 'key' : 'value') : `_${i + 1}`, cellOf(x)]),
				),
			)
		case 'objects':
			return (records as Record<string, unknown>[]).map((record) =>
				Object.fromEntries(Object.entries(record).map(([name, x]) => [name, cellOf(x)])),
			)
		case 'numbers':
		case 'strings':
		case 'values':
			return records.map((x) => ({ value: cellOf(x) }))
		default:
			return shape satisfies never
	}
}

/** A value as a number, text, boolean or null. */
export function cellOf(x: unknown): Cell {
	if (typeof x === 'string' || typeof x === 'boolean') return x
	if (typeof x === 'number') return Number.isFinite(x) ? x : null
	if (typeof x === 'bigint') return Number.isSafeInteger(Number(x)) ? Number(x) : x.toString()
	if (x === null || x === undefined) return null
	if (x instanceof Date) return Number.isNaN(x.getTime()) ? null : x.toISOString()
	try {
		return inspect(x, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20, maxStringLength: 200 })
	} catch (thrown) {
		return `[cannot be shown: ${String(thrown)}]`
	}
}

/** Field names in order of first appearance. */
export function fieldsOf(rows: readonly Row[]): string[] {
	const fields = new Set<string>()
	for (const row of rows) for (const field of Object.keys(row)) fields.add(field)
	return [...fields]
}

/** The row's `value` as a number, or undefined. */
export function numberIn(row: Row): number | undefined {
	return typeof row.value === 'number' ? row.value : undefined
}
