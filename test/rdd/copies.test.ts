import { describe, expect, it } from 'vitest'
import { copyOf, fold } from '../../engine/rdd/copies.js'
import { StatCounter } from '../../engine/rdd/statcounter.js'

class Total {
	sum = 0
	readonly parts: number[] = []
	add(x: number): void {
		this.sum += x
		this.parts.push(x)
	}
}
class Hidden {
	readonly #n: number
	constructor(n: number) {
		this.#n = n
	}
	get n(): number {
		return this.#n
	}
}
class Copying extends Hidden {
	copy(): Copying {
		return new Copying(this.n + 100)
	}
}
class Tally extends Map<string, number> {}

describe('a copy', () => {
	it.each<[string, unknown]>([
		['arrays', [1, [2, 3], 'x']],
		['plain objects', { a: 1, b: { c: [null, undefined, true] } }],
		['objects without a prototype', Object.assign(Object.create(null), { a: 1 })],
		['maps', new Map([['a', { n: 1 }]])],
		['sets', new Set([1, 'x'])],
		['dates', new Date(5)],
		['bytes', new Uint8Array([1, 2])],
		['buffers', Buffer.from('abc')],
		['numbers in typed arrays', new Float64Array([1.5, -2])],
		['views of bytes', new DataView(new Uint8Array([1, 2, 3]).buffer, 1)],
		['views of a few of many bytes', new DataView(new ArrayBuffer(100), 3, 2)],
		['bytes without a view', new Uint8Array([1, 2]).buffer],
		['arrays with holes', Object.assign(Array(4), { 1: 1, 2: undefined })],
		['what a match gives', /(?<letter>b)/.exec('abc')],
		['long arrays with members that have a name', Object.assign([...Array(1_000).keys()], { unit: { name: 'ms' } })],
		['arrays of nothing but holes', Object.assign(Array(1e9), { 5: [1] })],
		['objects with a member called __proto__', JSON.parse('{ "__proto__": { "a": 1 } }')],
		['instances made of fields', Object.assign(new Total(), { sum: 3 })],
	])('of %s is equal and another object', (_, value) => {
		const copy = copyOf(value)
		expect(copy).toEqual(value)
		expect(copy).not.toBe(value)
		expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(value))
	})

	it.each<[string, unknown]>([
		['numbers', 1],
		['texts', 'a'],
		['undefined', undefined],
		['null', null],
		['functions', () => 1],
		['instances with private fields', new Hidden(1)],
		['subclasses of collections', new Tally([['a', 1]])],
		['promises', Promise.resolve(1)],
	])('of %s is the value itself', (_, value) => expect(copyOf(value)).toBe(value))

	it('does not share what lies deep inside', () => {
		const value = { list: [{ n: 1 }], bytes: Buffer.from('a') }
		const copy = copyOf(value)
		;(copy.list[0] as { n: number }).n = 2
		copy.bytes[0] = 0
		expect(value).toEqual({ list: [{ n: 1 }], bytes: Buffer.from('a') })
	})
	it('keeps methods and cycles', () => {
		const total = Object.assign(new Total(), { self: undefined as unknown })
		total.self = total
		const copy = copyOf(total)
		copy.add(1)
		expect(copy.self).toBe(copy)
		expect([total.sum, total.parts, copy.sum]).toEqual([0, [], 1])
	})
	it('keeps what is shared', () => {
		const bytes = Uint8Array.of(1, 2, 3)
		const date = new Date(5)
		const tail = bytes.subarray(1)
		const copying = new Copying(1)
		const { list, views } = copyOf({ list: [date, date, copying, copying], views: [bytes, tail, bytes.buffer, tail] })
		expect([list[0] === list[1], list[2] === list[3], views[1] === views[3]]).toEqual([true, true, true])
		;(views[0] as Uint8Array)[1] = 9
		expect([views[1], views[2], [...bytes]]).toEqual([Uint8Array.of(9, 3), Uint8Array.of(1, 9, 3).buffer, [1, 2, 3]])
	})
	it('of a StatCounter counts on by itself', () => {
		const counter = new StatCounter([1, 2])
		const copy = copyOf(counter).merge(6)
		expect([counter.count(), counter.mean(), copy.count(), copy.mean(), copy.max()]).toEqual([2, 1.5, 3, 3, 6])
	})
	it('is what an object with a copy method gives', () => expect(copyOf([new Copying(1)])[0]?.n).toBe(101))
})

describe('a fold', () => {
	const push = (a: unknown, b: unknown): unknown => {
		;(a as unknown[]).push(...(b as unknown[]))
		return a
	}
	it('leaves the values as they were when the function changes its first argument', () => {
		const values = [[1], [2], [3]]
		expect(fold(push, values)).toEqual([1, 2, 3])
		expect(values).toEqual([[1], [2], [3]])
	})
	it('of one value is that value', () => {
		const only = [1]
		expect(fold(push, [only])).toBe(only)
	})
})
