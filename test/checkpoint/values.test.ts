import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Duration, type RDD, Seconds, Time } from '../../engine/index.js'
import { KeyMap } from '../../engine/rdd/keys.js'
import { Lives, type Program } from './life.js'

const circle = (): object => {
	const a: Record<string, unknown> = { name: 'a', list: [] }
	const b = { back: a, times: [new Time(5)] }
	;(a.list as unknown[]).push(b, a, b)
	return a
}
const circleOfMaps = (): object => {
	const map = new Map<unknown, unknown>([['set', new Set<unknown>()]])
	;(map.get('set') as Set<unknown>).add(map).add(new Duration(3))
	return map
}
const chain = (length: number): object => {
	let last: object = {}
	for (let i = 0; i < length; i += 1) last = { last }
	return last
}
const failure = (): Error => {
	const error = new RangeError('outer', { cause: { at: new Time(7), why: new TypeError('inner') } })
	error.stack = 'RangeError: outer\n    at somewhere'
	return error
}

/** States of all kinds stand in one column. */
const table: [name: string, value: unknown][] = [
	['a number', 1.5],
	['zero without a sign', 0],
	['zero with a sign', -0],
	['not a number', Number.NaN],
	['infinity', Number.NEGATIVE_INFINITY],
	['a large integer', 2n ** 100n],
	['text beyond Latin', 'ä € 𝄞 \ud800'],
	['a truth', false],
	['nothing', null],
	['an array with undefined', [undefined, 1]],
	['an array with holes', Object.assign(Array(5), { 1: 1, 2: undefined })],
	['an array with holes and a time', Object.assign(Array(4), { 2: new Time(4) })],
	['an array of nothing but holes', Object.assign(Array(2_000_000), { 7: 'seven' })],
	['a plain object', { a: { b: [1, { c: null }] }, d: undefined }],
	['an object with a member called __proto__', JSON.parse('{ "__proto__": { "a": 1 }, "b": 2 }')],
	['a map of maps', new Map([[{ k: 1 }, new Map([['a', new Set([1, 'x'])]])]])],
	['a table by key', new KeyMap([[['a', 1], 2]])],
	['a date', new Date(5)],
	['no date', new Date(Number.NaN)],
	['a pattern', /a+\/b/giu],
	['boxed values', [Object(1), Object('a'), Object(false), Object(5n)]],
	['bytes', Uint8Array.of(1, 2, 255)],
	['a buffer', Buffer.from('abc')],
	['large integers in a column', BigInt64Array.of(-5n, 2n ** 60n)],
	['numbers in a column', Float32Array.of(1.5, -0)],
	['a view of some bytes', new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2)],
	['bytes without a view', Uint8Array.of(1, 2).buffer],
	['an error with a cause', failure()],
	['what looks like a mark', [{ $time: 5 }, { $plain: [['$view', 1]] }, { $view: new Time(1) }]],
	['a time and a duration', [new Time(4), { d: new Duration(5) }]],
	['what contains itself', circle()],
	['maps and sets that contain themselves', circleOfMaps()],
	['what is nested deep', chain(400)],
]

const shared = (): Record<string, unknown> => {
	const one = { n: 1 }
	const bytes = Uint8Array.of(1, 2, 3)
	const error = new Error('twice')
	const time = new Time(5)
	return {
		one: [one, one],
		bytes: [bytes, bytes.subarray(1), bytes.buffer],
		errors: [error, error],
		times: [time, time],
	}
}

const all: [string, unknown][] = [...table, ['what is shared', shared()]]
let seen: [string, unknown][] = []
const look = async (rdd: RDD<[string, unknown]>): Promise<void> => {
	seen = await rdd.collect()
}
const programs: Record<string, Program> = {
	updateStateByKey: (ssc) => {
		const pairs = ssc.rateStream(1, (i): [string, unknown] => all[i] ?? ['tick', i])
		const repeated = pairs.flatMap(([name]) => (name === all[0]?.[0] ? all : []))
		repeated
			.updateStateByKey<unknown>((values, state) => (values.length > 0 ? values[0] : state))
			.checkpoint(Seconds(2))
			.foreachRDD(look)
	},
	mapWithState: (ssc) => {
		const pairs = ssc.rateStream(1, (i): [string, unknown] => ['tick', i])
		pairs
			.flatMap(([, i]) => (i === 0 ? all : all.map(([name]): [string, unknown] => [name, undefined])))
			.mapWithState<unknown, [string, unknown]>((name, value, state) => {
				if (!state.exists()) state.update(value)
				return [name, state.get()]
			})
			.checkpoint(Seconds(2))
			.foreachRDD(look)
	},
}

describe.each(Object.entries(programs))('states of %s, written and read by a later life', (name, program) => {
	let lives: Lives
	let states: Map<string, unknown>
	beforeAll(async () => {
		lives = new Lives()
		const first = lives.begin(program)
		await first.step(3)
		await first.stop(true)
		await lives.begin(program).step(1)
		states = new Map(seen)
	})
	afterAll(() => lives.end())

	it.each(table)('are as they were: %s', (key, value) => {
		// To updateStateByKey it means no state.
		if (value === null && name === 'updateStateByKey') expect(states.has(key)).toBe(false)
		else expect(states.get(key)).toStrictEqual(value)
	})
	it('are as they were: undefined', () => {
		expect([...((states.get('an array with undefined') as unknown[]) ?? []).keys()]).toEqual([0, 1])
		expect(Object.hasOwn(states.get('a plain object') as object, 'd')).toBe(true)
	})
	it('hold one thing where they held one', () => {
		const held = states.get('what is shared') as Record<string, object[]>
		expect(held).toStrictEqual(shared())
		for (const pair of ['one', 'times', 'errors']) expect(held[pair]?.[0]).toBe(held[pair]?.[1])
		const [bytes, tail, buffer] = held.bytes as [Uint8Array, Uint8Array, ArrayBuffer]
		expect([bytes.buffer === buffer, tail.buffer === buffer]).toEqual([true, true])
	})
	it('keep errors as they were', () => {
		const error = states.get('an error with a cause') as Error
		expect([error.constructor.name, error.name, error.stack]).toEqual(['RangeError', 'RangeError', failure().stack])
		expect((error.cause as { why: Error }).why).toBeInstanceOf(TypeError)
	})
	it('raise no error', () => expect([lives.errors, lives.notices]).toEqual([[], []]))
})
