/** Keys by value. */

import { describe, expect, it } from 'vitest'
import { Time } from '../../engine/base/time.js'
import { hashKey, KeyMap, keyEquals } from '../../engine/rdd/keys.js'

describe('hashKey gives the JVM’s hash codes', () => {
	it.each([
		['', 0],
		['spark', 109638365],
		[7, 7],
		[-1, -1],
		[true, 1231],
		[false, 1237],
		[null, 0],
		[1.5, 1073217536],
		[4294967296n, 1],
		[-1n, 0],
	])('%s -> %i', (key, hash) => expect(hashKey(key)).toBe(hash))
})

describe('keys are equal by value', () => {
	const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all)
	it.each([
		[Number.NaN, Number.NaN, true],
		[0, -0, true],
		[['a', [1, null]], ['a', [1, null]], true],
		[['a', 1], ['a', 2], false],
		[new Date(5), new Date(5), true],
		[bytes(1, 2), bytes(1, 2), true],
		[bytes(1, 2), bytes(1, 3), false],
		[{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
		[{ a: 1 }, { a: 1, b: undefined }, false],
		[new Time(3), new Time(3), true],
		['1', 1, false],
	])('%j and %j: %s', (a, b, same) => {
		expect(keyEquals(a, b)).toBe(same)
		expect(new KeyMap([[a, 'x']]).has(b)).toBe(same)
		if (same) expect(hashKey(a)).toBe(hashKey(b))
	})
})

describe('KeyMap', () => {
	it('holds one entry for equal keys and iterates in order of first setting', () => {
		const map = new KeyMap<number>()
		map.set(['a', 1], 1).set('b', 2).set(['a', 1], 3)
		expect([...map]).toEqual([
			[['a', 1], 3],
			['b', 2],
		])
	})
	it('keeps undefined apart from absent objects', () => {
		const map = new KeyMap<number>().set(undefined, 1)
		expect([map.has([1]), map.get([1]), map.get(undefined)]).toEqual([false, undefined, 1])
	})
	it('forgets a deleted key and takes it again', () => {
		const map = new KeyMap<number>().set([1], 1)
		expect([map.delete([1]), map.delete([1]), map.size]).toEqual([true, false, 0])
		expect(map.set([1], 2).get([1])).toBe(2)
	})
	it('copies without a tie', () => {
		const map = new KeyMap<number>().set([1], 1)
		map.copy().set([1], 2)
		expect(map.get([1])).toBe(1)
	})
	it.each([
		['a function', () => 1],
		['an instance of Box', new (class Box {})()],
	])('refuses %s as a key', (what, key) => {
		expect(() => new KeyMap().set(key, 1)).toThrow(what)
	})
})
