/** Generated loops. */

import { describe, expect, it } from 'vitest'
import { combining, pulling, pushing } from '../../engine/compute/stage.js'
import { KeyedColumn } from '../../engine/rdd/columns.js'

const double = (x: unknown): unknown => (x as number) * 2
const isBig = (x: unknown): boolean => (x as number) > 2
const twice = (x: unknown): unknown[] => [x, x]
const steps = [
	{ op: 'map', fn: double },
	{ op: 'filter', fn: isBig },
	{ op: 'flatMap', fn: twice },
] as const

it('pushes each record until the sink has enough', () => {
	const seen: unknown[] = []
	pushing(steps)([1, 2, 3, 4], (x) => seen.push(x) === 3)
	expect(seen).toEqual([4, 4, 6])
})
it('pulls the same records', () => expect([...pulling(steps)([1, 2, 3])]).toEqual([4, 4, 6, 6]))
it('combines pairs by key', () => {
	const add = (a: unknown, b: unknown): unknown => (a as number) + (b as number)
	const table = new KeyedColumn()
	const combiner = { create: (x: unknown) => x, mergeValue: add, mergeCombiners: add, mapSide: true }
	combining([{ op: 'map', fn: (x) => [[x], 1] }], combiner)(['a', 'b', 'a'], table)
	expect([...table.columns]).toEqual([
		[['a'], 2],
		[['b'], 1],
	])
})
describe('with very many keys', () => {
	const combined = (pairs: Iterable<unknown>, merge: (a: unknown, b: unknown) => unknown): [KeyedColumn, Error?] => {
		const table = new KeyedColumn()
		const combiner = { create: (x: unknown) => [x], mergeValue: merge, mergeCombiners: merge, mapSide: true }
		try {
			combining([], combiner)(pairs, table)
			return [table]
		} catch (thrown) {
			return [table, thrown as Error]
		}
	}
	const together = (a: unknown, b: unknown): unknown => [...(a as unknown[]), b]
	/** Texts, numbers and arrays as keys, texts, objects and nothing as values, each key three times. */
	const mixed = Array.from({ length: 120_000 }, (_, i): [unknown, unknown] => {
		const n = i % 40_000
		return [n % 7 === 0 ? n : n % 11 === 0 ? [n] : `key ${n}`, i % 5 === 0 ? { i } : i % 3 === 0 ? null : `${i}`]
	})

	it('combines pairs as a map would, in the order in which they come', () => {
		const expected = new Map<string, [unknown, unknown[]]>()
		for (const [key, value] of mixed) {
			const text = JSON.stringify(key)
			expected.set(text, [key, [...(expected.get(text)?.[1] ?? []), value]])
		}
		expect([...combined(mixed, together)[0].columns]).toEqual([...expected.values()])
	})

	it('fails with the first error, whether a value or a later record made it', () => {
		const failing = (a: unknown, b: unknown): unknown => {
			if (b === 'bad') throw new RangeError('value')
			return together(a, b)
		}
		const broken = {
			get 0(): never {
				throw new TypeError('record')
			},
		}
		const many = mixed.slice(0, 40_000)
		const bad = ['key 1', 'bad']
		const good = ['key 1', 'good']
		const [table, first] = combined([...many, good, broken, bad], failing)
		expect([table.values[table.table.find('key 1')], first?.message]).toEqual([['1', 'good'], 'record'])
		expect(combined([...many, bad, good, broken], failing)[1]?.message).toBe('value')
		expect(combined([...many, bad, [0, 'x'], broken], failing)[1]?.message).toBe('value')
	})
})
it('is the same loop for the same functions, and another for others', () => {
	expect(pushing([...steps])).toBe(pushing(steps))
	expect(pushing(steps.slice(0, 2))).not.toBe(pushing(steps))
})
