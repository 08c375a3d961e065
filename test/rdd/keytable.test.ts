/** Keys by value with dense ids, against a KeyMap that does the same. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyMap } from '../../engine/rdd/keys.js'
import { KeyTable } from '../../engine/rdd/keytable.js'

const rows: readonly (readonly [title: string, keys: readonly unknown[], ids: readonly number[]])[] = [
	['texts are equal by their characters', ['a', 'b', ['a', ''].join(''), ''], [0, 1, 0, 2]],
	['texts of one hash code are told apart', ['Aa', 'BB', 'Aa'], [0, 1, 0]],
	['numbers are no texts', ['1', 1, 1n, true], [0, 1, 2, 3]],
	[
		'arrays are equal by their members',
		[
			['a', 1],
			['a', 2],
			['a', 1],
		],
		[0, 1, 0],
	],
	['nothing is a key too', [undefined, null, undefined, Number.NaN, Number.NaN], [0, 1, 0, 2, 2]],
	['zero has no sign', [-0, 0], [0, 0]],
	['dates are equal by their time', [new Date(5), new Date(5), new Date(6)], [0, 0, 1]],
]

describe('a key table', () => {
	it.each(rows)('%s', (_, keys, ids) => {
		const table = new KeyTable()
		expect(keys.map((key) => table.add(key))).toEqual(ids)
		expect(keys.map((key) => table.find(key))).toEqual(ids)
		expect(Object.is(table.keys[0], -0)).toBe(false)
	})
	it('refuses what has no equality by value, and stays as it was', () => {
		const table = new KeyTable()
		expect(() => table.add(() => 1)).toThrow('has no equality by value')
		expect([table.length, table.find('a')]).toEqual([0, -1])
	})
	it('grows', () => {
		const table = new KeyTable(1)
		const keys = Array.from({ length: 20_000 }, (_, i) => `key${i}`)
		expect(keys.every((key, i) => table.add(key) === i)).toBe(true)
		expect(keys.every((key, i) => table.find(key) === i && table.keys[i] === key)).toBe(true)
		expect(table.find('key20000')).toBe(-1)
	})
	it('gives no id again before it is compacted, and then keeps the order', () => {
		const table = new KeyTable()
		const column: number[] = []
		for (let i = 0; i < 3_000; i++) column[table.add(i % 2 === 0 ? `${i}` : i)] = i
		for (let i = 0; i < 3_000; i++) if (i % 3 !== 0) table.delete(i)
		expect([table.size, table.length, table.holds(0), table.holds(1), table.find('2')]).toEqual([
			1_000,
			3_000,
			true,
			false,
			-1,
		])
		const move = (from: number, to: number): void => {
			column[to] = column[from] as number
		}
		expect(table.compact(move)).toBe(true)
		column.length = table.length
		expect(column).toEqual(Array.from({ length: 1_000 }, (_, i) => 3 * i))
		expect(column.every((n, id) => table.find(n % 2 === 0 ? `${n}` : n) === id)).toBe(true)
		expect(table.add('2')).toBe(1_000)
	})
	it('holds what a KeyMap holds, whatever is added and deleted', () => {
		const key = fc.oneof(fc.string({ maxLength: 2 }), fc.integer({ max: 5 }), fc.tuple(fc.constantFrom('a', 'b')))
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 200 }), (edits) => {
				const table = new KeyTable(1)
				const map = new KeyMap<number>()
				for (const [isAdded, k] of edits) {
					if (isAdded && !map.has(k)) map.set(k, table.length)
					if (isAdded) expect(table.add(k)).toBe(map.get(k))
					else if (map.delete(k)) table.delete(table.find(k))
					expect([table.size, table.find(k)]).toEqual([map.size, map.get(k) ?? -1])
				}
				const held = [...table.keys.keys()].filter((id) => table.holds(id)).map((id) => [table.keys[id], id])
				expect(held).toEqual([...map])
			}),
		)
	})
	it('gives many keys the ids that they would get one by one', () => {
		const one = new KeyTable()
		const many = new KeyTable()
		const ids = new Int32Array(2_000)
		for (let round = 0; round < 3; round++) {
			const keys = Array.from({ length: 2_000 }, (_, i) => (i % 7 === 0 ? i : i % 5 === 0 ? [i % 11] : `k${i * round}`))
			many.addAll(keys, ids)
			expect([...ids]).toEqual(keys.map((key) => one.add(key)))
		}
	})
})
