import { describe, expect, it } from 'vitest'
import { cellOf, rowsOf, shapeOf } from '../../kernel/display/rows.js'

describe('records of a batch', () => {
	it.each([
		['none', [], 'empty', []],
		['pairs of a key and a number', [['a', 1]], 'pairs', [{ key: 'a', value: 1 }]],
		['pairs with a bigint', [['a', 2n]], 'pairs', [{ key: 'a', value: 2 }]],
		['pairs with a compound key', [[['a', 1], 2]], 'pairs', [{ key: "[ 'a', 1 ]", value: 2 }]],
		['pairs of anything else', [['a', 'b']], 'tuples', [{ key: 'a', value: 'b' }]],
		['longer tuples', [['a', 1, true]], 'tuples', [{ _1: 'a', _2: 1, _3: true }]],
		['numbers', [1, Number.NaN, Number.POSITIVE_INFINITY], 'numbers', [{ value: 1 }, { value: null }, { value: null }]],
		['strings', ['x'], 'strings', [{ value: 'x' }]],
		['objects', [{ a: 1, b: { c: 2 } }], 'objects', [{ a: 1, b: '{ c: 2 }' }]],
		['a mixture', [1, 'x'], 'values', [{ value: 1 }, { value: 'x' }]],
		['tuples of several lengths', [[1], [1, 2]], 'values', [{ value: '[ 1 ]' }, { value: '[ 1, 2 ]' }]],
	] as const)('become rows by their shape: %s', (_, records, shape, rows) => {
		expect([shapeOf(records), rowsOf(records)]).toEqual([shape, rows])
	})

	it.each([
		[2n ** 60n, '1152921504606846976'],
		[new Date(0), '1970-01-01T00:00:00.000Z'],
		[new Date(Number.NaN), null],
		[undefined, null],
		[new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
	])('become safe in JSON: %s', (value, cell) => expect(cellOf(value)).toEqual(cell))
})
