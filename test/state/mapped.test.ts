import { describe, expect, it } from 'vitest'
import { MappedRecords, PairsById } from '../../engine/state/mapped.js'

type Added = readonly [id: number, result: unknown]

const keys = ['a', 'b', 3]
function mapped(added: readonly Added[]): readonly unknown[] | PairsById {
	const into = new MappedRecords(keys, 1)
	for (const [id, result] of added) into.add(id, keys[id], result)
	return into.records
}
class Row extends Array<unknown> {}

describe('mapped records', () => {
	it('that are pairs of their own keys and plain values stand in columns, in order', () => {
		const records = mapped([
			[1, ['b', 3]],
			[0, ['a', undefined]],
			[1, ['b', 'text']],
		])
		expect(records).toBeInstanceOf(PairsById)
		const all = [
			['b', 3],
			['a', undefined],
			['b', 'text'],
		]
		expect([[...records], (records as PairsById).pairs(), (records as PairsById).size]).toEqual([all, all, 3])
	})
	it.each<[string, unknown]>([
		['another key', ['b', 1]],
		['a value that is an object', ['a', { n: 1 }]],
		['three members', ['a', 1, 2]],
		['an array of a class', Row.from(['a', 1])],
		['no pair', 'text'],
		['nothing', undefined],
	])('stay as they came with %s among them', (_, result) => {
		const records = mapped([
			[0, ['a', 1]],
			[0, result],
			[0, ['a', 2]],
		])
		expect(records).toEqual([['a', 1], result, ['a', 2]])
		expect((records as unknown[])[1]).toBe(result)
	})
	it('stay as they came for keys that are no texts', () => expect(mapped([[2, [3, 1]]])).toEqual([[3, 1]]))
	it('end without a value, called by hand', () => {
		const records = mapped([[0, ['a', 1]]])[Symbol.iterator]()
		expect([records.next(), records.next(), records.next()]).toEqual([
			{ value: ['a', 1], done: false },
			{ value: undefined, done: true },
			{ value: undefined, done: true },
		])
		expect([...mapped([])]).toEqual([])
	})
})
