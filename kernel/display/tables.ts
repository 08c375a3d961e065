/**
 * What of a value is a table: names, types and the first rows.
 *
 *   an array of records                                    a row each
 *   a Map, a Set                                           key and value; value
 *   arquero   numRows(), columnNames(), objects()
 *   polars    columns, height, toRecords()                 data frames, by what they can do
 *   danfo     columns, values, shape
 *   Arrow     numRows, schema.fields, slice(), toArray()
 *   { columns: names, rows: arrays or records }            results of queries
 */

import { isProxy } from 'node:util/types'
import { isRecord } from './rows.js'

/** A column: what its values are, all together. */
export interface Column {
	readonly name: string
	readonly type: string
}

export interface Table {
	/** What it was: `Array`, `Map`, `DataFrame`. */
	readonly kind: string
	readonly columns: readonly Column[]
	/** The first rows at most, a value for each column. */
	readonly rows: readonly (readonly unknown[])[]
	/** How many rows there are. */
	readonly total: number
	/** Columns that are left out. */
	readonly hiddenColumns: number
}

/** Rows and columns of a table that are taken. */
export const maxTableRows = 1_000
const maxTableColumns = 60

type Fields = Readonly<Record<string, unknown>>

/** The value as a table; undefined when it is none, or when asking it for its rows fails. */
export function tableOf(value: unknown): Table | undefined {
	if (typeof value !== 'object' || value === null || isProxy(value)) return undefined
	if (Array.isArray(value)) {
		const head = value.slice(0, maxTableRows)
		const isTable = value.length > 0 && head.every((row) => isPlain(row) && Object.keys(row).length > 0)
		return isTable ? ofRecords('Array', head as Fields[], value.length) : undefined
	}
	if (value instanceof Map)
		return value.size === 0 ? undefined : ofArrays('Map', ['key', 'value'], first(value), value.size)
	if (value instanceof Set) {
		const rows = first(value).map((x) => [x])
		return value.size === 0 ? undefined : ofArrays('Set', ['value'], rows, value.size)
	}
	try {
		return ofFrame(value as Fields)
	} catch {
		// It only looks like a data frame; it is shown as what it is.
		return undefined
	}
}

/** An object literal or something like it: its fields are its data, no class says how to show it. */
function isPlain(value: unknown): value is Fields {
	if (!isRecord(value) || isProxy(value)) return false
	const prototype: unknown = Object.getPrototypeOf(value)
	return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

function first<T>(values: Iterable<T>): T[] {
	const taken: T[] = []
	for (const value of values) {
		taken.push(value)
		if (taken.length === maxTableRows) break
	}
	return taken
}

const isNames = (x: unknown): x is string[] =>
	Array.isArray(x) && x.length > 0 && x.every((name) => typeof name === 'string')
const can = (x: Fields, ...names: readonly string[]): boolean => names.every((name) => typeof x[name] === 'function')
const call = (x: Fields, name: string, ...given: readonly unknown[]): unknown =>
	(x[name] as (...values: readonly unknown[]) => unknown).call(x, ...given)

function ofFrame(x: Fields): Table | undefined {
	const kind = (x.constructor as { readonly name?: unknown } | undefined)?.name
	const name = typeof kind === 'string' && kind !== 'Object' ? kind : 'Table'
	if (can(x, 'numRows', 'columnNames', 'objects')) {
		const names = call(x, 'columnNames')
		const records = call(x, 'objects', { limit: maxTableRows })
		if (isNames(names)) return ofArrays(name, names, arraysOf(records, names), Number(call(x, 'numRows')))
	}
	if (isNames(x.columns) && typeof x.height === 'number' && can(x, 'toRecords')) {
		const head = can(x, 'head') ? (call(x, 'head', maxTableRows) as Fields) : x
		return ofArrays(name, x.columns, arraysOf(call(head, 'toRecords'), x.columns), x.height)
	}
	if (isNames(x.columns) && Array.isArray(x.values) && Array.isArray(x.shape)) {
		return ofArrays(name, x.columns, arraysOf(x.values, x.columns), x.values.length)
	}
	const schema = x.schema
	if (
		typeof x.numRows === 'number' &&
		typeof schema === 'object' &&
		schema !== null &&
		'fields' in schema &&
		Array.isArray(schema.fields) &&
		can(x, 'slice', 'toArray')
	) {
		const names = schema.fields.map((field: unknown) => String((field as Fields).name))
		const records = call(call(x, 'slice', 0, maxTableRows) as Fields, 'toArray')
		return ofArrays(name, names, arraysOf(records, names), x.numRows)
	}
	if (isNames(x.columns) && Array.isArray(x.rows)) {
		return ofArrays(name, x.columns, arraysOf(x.rows, x.columns), x.rows.length)
	}
	return undefined
}

/** Rows that are arrays as they are, others by the names of the columns. */
function arraysOf(rows: unknown, names: readonly string[]): unknown[][] {
	return first(rows as Iterable<unknown>).map((row) =>
		Array.isArray(row) ? row : names.map((name) => (row as Fields)[name]),
	)
}

function ofRecords(kind: string, records: readonly Fields[], total: number): Table {
	const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
	const shown = names.slice(0, maxTableColumns)
	return ofArrays(
		kind,
		names,
		records.map((record) => shown.map((name) => record[name])),
		total,
	)
}

function ofArrays(kind: string, names: readonly string[], rows: readonly (readonly unknown[])[], total: number): Table {
	const shown = names.slice(0, maxTableColumns)
	return {
		kind,
		columns: shown.map((name, i) => ({ name, type: typeOf(rows.map((row) => row[i])) })),
		rows,
		total,
		hiddenColumns: names.length - shown.length,
	}
}

/** What values are: one word for all of them, `mixed` when they differ, `empty` when there is none. */
function typeOf(values: readonly unknown[]): string {
	const types = new Set(values.filter((x) => x !== null && x !== undefined).map(nameOf))
	const [only = 'empty'] = types
	return types.size > 1 ? 'mixed' : only
}

function nameOf(value: unknown): string {
	if (typeof value !== 'object') return typeof value
	if (Array.isArray(value)) return 'array'
	return value instanceof Date ? 'date' : 'object'
}
