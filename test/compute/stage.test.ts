/** Generated loops. */

import { expect, it } from 'vitest'
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
it('is the same loop for the same functions, and another for others', () => {
	expect(pushing([...steps])).toBe(pushing(steps))
	expect(pushing(steps.slice(0, 2))).not.toBe(pushing(steps))
})
