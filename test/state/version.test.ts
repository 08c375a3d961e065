import { describe, expect, it } from 'vitest'
import { Time } from '../../engine/index.js'
import { updated } from '../../engine/state/updating.js'
import { StateIterator, StateVersion } from '../../engine/state/version.js'

type Pairs = [unknown, unknown][]

const add = (values: unknown[], state: unknown): unknown =>
	values.includes('gone') ? undefined : values.reduce((a, b) => (a as number) + (b as number), state ?? 0)
const batch = (before: StateVersion, records: Pairs, fn = add): StateVersion =>
	updated(before, records, { isTimed: false, fn }, new Time(1_000))
const empty = (): StateVersion => StateVersion.of([])

describe('versions of a state', () => {
	it('stay as they were while later ones are made, read once or again, in any order', () => {
		const one = batch(empty(), [
			['a', 1],
			['b', 2],
		])
		const two = batch(one, [
			['a', 5],
			['c', 3],
			['b', 'gone'],
		])
		const three = batch(two, [
			['b', 7],
			['a', 'gone'],
		])
		expect([...one, ...one]).toEqual([
			['a', 1],
			['b', 2],
			['a', 1],
			['b', 2],
		])
		expect([...three]).toEqual([
			['b', 7],
			['c', 3],
		])
		expect([...two]).toEqual([
			['a', 6],
			['c', 3],
		])
		expect([one.size, two.size, three.size]).toEqual([2, 2, 2])
	})
	it('may be followed by two versions, which know nothing of each other', () => {
		const one = batch(empty(), [['a', 1]])
		const left = batch(one, [['a', 1]])
		const right = batch(one, [
			['b', 1],
			['a', 5],
		])
		expect([[...left], [...right], [...batch(left, [['c', 1]])]]).toEqual([
			[['a', 2]],
			[
				['a', 6],
				['b', 1],
			],
			[
				['a', 2],
				['c', 1],
			],
		])
	})
	it('are gone through to the end while the next one is made', () => {
		const one = batch(empty(), [
			['a', 1],
			['b', 2],
			['c', 3],
		])
		const records = one[Symbol.iterator]()
		const first = records.next().value
		batch(one, [
			['b', 'gone'],
			['c', 5],
		])
		expect([first, ...records]).toEqual([
			['a', 1],
			['b', 2],
			['c', 3],
		])
	})
	it('end without a value, called by hand or by a loop, and stay at their end', () => {
		const one = batch(empty(), [
			['a', 1],
			['b', 2],
			['c', 'gone'],
		])
		const records = one[Symbol.iterator]()
		const end = { value: undefined, done: true }
		expect([records.next(), records.next(), records.next(), records.next()]).toEqual([
			{ value: ['a', 1], done: false },
			{ value: ['b', 2], done: false },
			end,
			end,
		])
		expect([...records]).toEqual([])
		const looped = one[Symbol.iterator]()
		for (const _ of looped);
		expect([looped.next(), empty()[Symbol.iterator]().next()]).toEqual([end, end])
	})
	it('are as before after a function has failed in the middle', () => {
		const one = batch(empty(), [
			['a', 1],
			['b', 2],
		])
		const fails = (values: unknown[], state: unknown): unknown => {
			if (state === 2) throw new RangeError('no')
			return add(values, state)
		}
		const news: Pairs = [
			['a', 1],
			['c', 1],
		]
		expect(() => batch(one, news, fails)).toThrow('no')
		expect([...one]).toEqual([
			['a', 1],
			['b', 2],
		])
		expect([...batch(one, news)]).toEqual([
			['a', 2],
			['b', 2],
			['c', 1],
		])
	})
	it('forget keys that are gone when these are most', () => {
		const many = Array.from({ length: 3_000 }, (_, i): [unknown, unknown] => [`k${i}`, i])
		const full = batch(empty(), many)
		const few = batch(
			full,
			many.slice(0, 2_000).map(([key]) => [key, 'gone']),
		)
		const next = batch(few, [['new', 1]])
		expect([full.size, few.size, next.size, next.columns.length]).toEqual([3_000, 1_000, 1_001, 1_001])
		expect([...next][0]).toEqual(['k2000', 2_000])
		expect([...full].length).toBe(3_000)
	})
	it('say which ids have changed, or that they cannot', () => {
		const one = batch(empty(), [
			['a', 1],
			['b', 2],
			['c', 3],
		])
		const two = batch(one, [['b', 1]])
		const three = batch(two, [
			['d', 1],
			['b', 1],
		])
		expect(one.changesUntil(three)).toEqual(Uint32Array.of(1, 3))
		expect(three.changesUntil(three)).toEqual(new Uint32Array())
		expect(one.changesUntil(batch(one, [['a', 1]]))).toBeUndefined()
	})
	it('say so of ids at both ends of a word of bits, and of new ones behind them', () => {
		const many = StateVersion.of(Array.from({ length: 100 }, (_, id) => [id, 0]))
		const changed = [101, 99, 64, 63, 32, 31, 0, 100, 31]
		const later = batch(
			many,
			changed.map((id) => [id, 1]),
		)
		expect(many.changesUntil(later)).toEqual(Uint32Array.of(0, 31, 32, 63, 64, 99, 100, 101))
	})
	it('count an object that comes back as it was as no change', () => {
		const touch = (values: unknown[], state: unknown): unknown => {
			const held = (state ?? { n: 0 }) as { n: number }
			for (const _ of values) held.n += 1
			return held
		}
		const one = batch(
			empty(),
			[
				['a', 1],
				['b', 1],
			],
			touch,
		)
		const two = batch(one, [['b', 1]], touch)
		expect(one.changesUntil(two)).toEqual(Uint32Array.of(1))
		expect([[...one], [...two]]).toEqual([
			[
				['a', { n: 1 }],
				['b', { n: 1 }],
			],
			[
				['a', { n: 1 }],
				['b', { n: 2 }],
			],
		])
	})
	it('keep the sign of zero, and states that are no number', () => {
		const put = (values: unknown[], state: unknown): unknown => (values.length === 0 ? state : values[0])
		const one = batch(
			empty(),
			[
				['a', 0],
				['b', 'text'],
			],
			put,
		)
		const two = batch(one, [['a', -0]], put)
		expect([...one].concat([...two])).toEqual([
			['a', 0],
			['b', 'text'],
			['a', -0],
			['b', 'text'],
		])
	})
	it('are recognised by an iterator that has not begun', () => {
		const one = batch(empty(), [['a', 1]])
		const begun = one[Symbol.iterator]()
		begun.next()
		expect(StateIterator.versionOf(one[Symbol.iterator]())).toBe(one)
		expect(StateIterator.versionOf(begun)).toBeUndefined()
		expect(StateIterator.versionOf([])).toBeUndefined()
	})
})
