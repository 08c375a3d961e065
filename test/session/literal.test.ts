import { describe, expect, it } from 'vitest'
import { literalOf } from '../../kernel/session/magics/literal.js'

const holder: unknown[] = []
holder.push(holder)

describe('the literal of a value', () => {
	it.each<readonly [string, unknown, string]>([
		['a text is quoted', 'it\'s "so"\n\u2028', `'it\\'s "so"\\n\\u2028'`],
		['numbers keep their sign', [-0, 1.5, Number.NaN], '[-0, 1.5, NaN]'],
		['nothing is undefined or null', [undefined, null], '[undefined, null]'],
		['a big integer', 12n, '12n'],
		['plain objects', { a: 1, 'b c': { d: [true] }, __proto__: null }, "{ a: 1, 'b c': { d: [true] } }"],
		['maps and sets', [new Map([[1, 'a']]), new Set([1])], "[new Map([[1, 'a']]), new Set([1])]"],
		['dates and bytes', [new Date(5), new Uint8Array([1, 2])], '[new Date(5), new Uint8Array([1, 2])]'],
	])('%s', (_, value, literal) => expect(literalOf(value)).toBe(literal))

	it.each<readonly [string, unknown, RegExp]>([
		['a function', { f: () => 1 }, /a function among the records/],
		['an object of a class', new (class Car {})(), /an object of Car/],
		['what holds itself', holder, /holds itself/],
	])('%s is refused', (_, value, message) => expect(() => literalOf(value)).toThrow(message))
})
