/** Functions and what they capture, as bytes and back. */

import { createHash } from 'node:crypto'
import * as path from 'node:path'
import { basename, join } from 'node:path'
import { runInThisContext } from 'node:vm'
import { parse as parseTree } from 'acorn'
import { describe, expect, it } from 'vitest'
import { closure } from '../../engine/closure/explicit.js'
import { receiveFunction, shipFunction } from '../../engine/closure/ship.js'
import { hashKey, KeyMap } from '../../engine/rdd/keys.js'
import { HashPartitioner } from '../../engine/rdd/partitioner.js'

type Any = (...values: never[]) => unknown

const travelled = async <F>(fn: F): Promise<F> => (await receiveFunction(shipFunction(fn).bytes)) as F

const topNumber = 7
const topTable = new Map([['a', 1]])
const helper = (x: number): number => x * topNumber
function recursive(n: number): number {
	return n <= 1 ? 1 : n * recursive(n - 1)
}
function isEven(n: number): boolean {
	return n === 0 || isOdd(n - 1)
}
function isOdd(n: number): boolean {
	return n !== 0 && isEven(n - 1)
}
class Point {
	static readonly origin = 'o'
	readonly x: number
	constructor(x: number) {
		this.x = x
	}
	get double(): number {
		return this.x * 2
	}
	plus(other: Point): Point {
		return new Point(this.x + other.x)
	}
	static of(x: number): Point {
		return new Point(x)
	}
}
class Named extends Point {
	readonly name: string
	constructor(x: number, name: string) {
		super(x)
		this.name = name
	}
	override plus(other: Point): Named {
		return new Named(super.plus(other).x, this.name)
	}
}
/** A class whose base is a variable that no function sees. */
function localKind(): new (x: number) => Point {
	const Base = class extends Point {
		get triple(): number {
			return this.x * 3
		}
	}
	return class Local extends Base {}
}
class Counter {
	#n = 0
	next(): number {
		this.#n += 1
		return this.#n
	}
}
class Failure extends Error {
	readonly code = 42
}

const given = <V>(value: V): (() => V) => {
	return () => value
}
const cyclic: { self?: unknown; n: number } = { n: 1 }
cyclic.self = cyclic
const shared = { n: 3 }
const mark = Symbol.for('rivulet.test.mark')

/** What a captured value is after the journey. */
const values: readonly (readonly [title: string, value: unknown])[] = [
	['a number', 1.5],
	['NaN', Number.NaN],
	['minus zero', -0],
	['infinity', Number.NEGATIVE_INFINITY],
	['a text', 'grün 🌍'],
	['a lone surrogate', '\ud800'],
	['true', true],
	['null', null],
	['undefined', undefined],
	['a bigint', 2n ** 70n],
	['a date', new Date(5)],
	['an invalid date', new Date(Number.NaN)],
	['a regular expression', /a+/giu],
	['an array', [1, 'a', [2n]]],
	['an array with holes', Object.assign(new Array(3), { 1: 'x' })],
	['an object', { a: 1, b: { c: [1] } }],
	['an object with symbols', { [mark]: 1 }],
	['a map', new Map<unknown, unknown>([['a', { b: 1 }]])],
	['a map with object keys', new Map([[{ a: 1 }, 2]])],
	['a set', new Set([1, 'a', { b: 1 }])],
	['bytes', new Uint8Array([1, 2, 255])],
	['a part of a larger buffer', new Uint8Array(new ArrayBuffer(16), 4, 3)],
	['doubles', new Float64Array([1.5, Number.NaN])],
	['big integers', new BigInt64Array([1n, -1n])],
	['a buffer of Node', Buffer.from('abc')],
	['an array buffer', new ArrayBuffer(3)],
	['a data view', new DataView(new ArrayBuffer(8), 2)],
	['an error', new RangeError('too far')],
	['an error of a class of the program', new Failure('bad')],
	['an instance of a class', new Point(3)],
	['an instance of a derived class', new Named(3, 'n')],
	['an instance of a class derived from a local one', new (localKind())(5)],
	['a frozen object', Object.freeze({ a: 1 })],
	['a symbol from the registry', mark],
	['a well-known symbol', Symbol.iterator],
	['a boxed number', Object(4)],
	['a global function', Math.max],
	['a global object', Math],
	['a global class', Map],
	['a prototype', Array.prototype],
	['a method of a prototype', Array.prototype.slice],
	['a function of Node', basename],
	['the partitioner of the engine', new HashPartitioner(4)],
	['a table of plain rows', Array.from({ length: 50 }, (_, i) => ({ i, name: `n${i}` }))],
]

describe('a captured value arrives', () => {
	it.each(values)('%s', async (_, value) => {
		const back = (await travelled(given(value)))()
		expect(back).toEqual(value)
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			expect((back as object).constructor.name).toBe((value as object).constructor.name)
		}
	})
	it('an object without a prototype', async () => {
		const bare = Object.assign(Object.create(null), { a: 1 })
		expect(Object.getPrototypeOf((await travelled(() => bare))())).toBe(null)
	})
	it('a frozen object is frozen there', async () => {
		const frozen = Object.freeze({ a: 1 })
		const back = await travelled(() => frozen)
		expect(Object.isFrozen(back())).toBe(true)
	})
	it('a module of Node', async () => {
		const back = await travelled(() => [path].map((one) => one.posix.join('a', 'b')))
		expect(back()).toEqual(['a/b'])
	})
	it('a cycle', async () => {
		const back = (await travelled(() => cyclic))()
		expect([back === cyclic, back.self === back]).toEqual([false, true])
	})
	it('a value twice stays one value', async () => {
		const [a, b] = [{ shared }, { shared }]
		const back = (await travelled(() => [a, b]))() as { shared: object }[]
		expect(back[0]?.shared).toBe(back[1]?.shared)
	})
	it('an accessor of an object literal', async () => {
		const box = {
			n: 2,
			get twice() {
				return this.n * 2
			},
		}
		const whole = await travelled(() => [box].map((one) => one.twice))
		expect(whole()).toEqual([4])
	})
	it('a map that holds itself', async () => {
		const map = new Map<string, unknown>()
		map.set('me', map)
		const back = (await travelled(() => map))()
		expect(back.get('me')).toBe(back)
	})
})

const k = 3
const config = { rate: 2, nested: { deep: 5 }, broken: Promise.resolve(1) }
const methods = {
	plain(x: number) {
		return x + k
	},
	async later(x: number) {
		return x + k
	},
	*many(x: number) {
		yield x
		yield x + k
	},
	get(x: number) {
		return x + k
	},
	[`computed${1}`](x: number) {
		return x * k
	},
	'quoted name'(x: number) {
		return x - k
	},
	async(x: number) {
		return x / k
	},
}
const plusEnv = closure({ n: 5 }, (x: number, { n }) => x + n)
const plusTwo = closure({ n: 5 }, (x: number, y: number, { n }: { n: number }) => x + y + n)
const plusMore = closure({ n: 5 }, (x: number, { n }) => x + n + k)
const later = (fn: Any): Promise<unknown> => Promise.resolve((fn as (x: number) => unknown)(6))

const functions: readonly (readonly [title: string, fn: Any, args: readonly unknown[], result: unknown])[] = [
	['an arrow function', (x: number) => x + 1, [1], 2],
	[
		'an arrow function with a body',
		(x: number) => {
			const y = x + 1
			return y * 2
		},
		[1],
		4,
	],
	['an arrow function that gives an object', (x: number) => ({ x }), [1], { x: 1 }],
	['a function expression', (x: number) => x + k, [1], 4],
	['a declared function', recursive, [5], 120],
	[
		'a named function expression that calls itself',
		function fact(n: number): number {
			return n <= 1 ? 1 : n * fact(n - 1)
		},
		[4],
		24,
	],
	['two functions that call each other', isEven, [10], true],
	['a function that calls another', (x: number) => helper(x) + 1, [2], 15],
	['a top-level constant', (x: number) => x + topNumber, [1], 8],
	['a top-level map', (key: string) => topTable.get(key), ['a'], 1],
	['a method', methods.plain, [1], 4],
	['a method with a computed name', methods.computed1 as Any, [2], 6],
	['a method with a quoted name', methods['quoted name'], [5], 2],
	['a method that is called get', methods.get, [1], 4],
	['a method that is called async', methods.async, [6], 2],
	['a static method', Point.of, [2], new Point(2)],
	['destructured parameters', ([a, { b }]: [number, { b: number }]) => a + b + k, [[1, { b: 2 }]], 6],
	['default parameters', (x: number, y = k) => x + y, [1], 4],
	['rest parameters', (...xs: number[]) => xs.length + k, [1, 2], 5],
	['a parameter that hides a captured name', (k: number) => k, [9], 9],
	[
		'a local that hides a captured name',
		(x: number) => {
			const k = 10
			return x + k
		},
		[1],
		11,
	],
	[
		'a name captured outside and hidden in a block',
		(x: number) => {
			{
				const k = 10
				void k
			}
			return x + k
		},
		[1],
		4,
	],
	['a function inside a function', (xs: number[]) => xs.map((x) => x + k), [[1, 2]], [4, 5]],
	['a name in a template', (x: number) => `${x}-${k}`, [1], '1-3'],
	['a name in a tagged template', () => String.raw`\a${k}`, [], '\\a3'],
	['a shorthand member', () => ({ k }), [], { k: 3 }],
	['a spread', () => [...topTable.keys()], [], ['a']],
	['a member of an object whose others cannot travel', () => config.rate + config.nested.deep, [], 7],
	['an optional chain', () => (config as { none?: { a: number } }).none?.a, [], undefined],
	['a member by a constant name', () => config.nested.deep, [], 5],
	['typeof of a name that is nowhere', () => typeof (globalThis as { nowhere?: unknown }).nowhere, [], 'undefined'],
	['a class that is made inside', (x: number) => new Point(x).double, [2], 4],
	['a derived class with super', (x: number) => new Named(x, 'n').plus(new Point(1)), [2], new Named(3, 'n')],
	['a class with private members', () => new Counter().next(), [], 1],
	['an instance check', (x: unknown) => x instanceof Point, [1], false],
	['a static field', () => Point.origin, [], 'o'],
	['an error class that is thrown', () => new Failure('x').code, [], 42],
	['a captured instance and its methods', given(new Point(4)), [], new Point(4)],
	['imports by name', (x: string) => join('a', x), ['b'], 'a/b'],
	['imports of a whole module', (x: string) => path.posix.join('a', x), ['b'], 'a/b'],
	['a function of crypto', (x: string) => createHash('md5').update(x).digest('hex').length, ['b'], 32],
	[
		'a function of a package',
		(x: string) => (parseTree(x, { ecmaVersion: 2020 }) as { type: string }).type,
		['1'],
		'Program',
	],
	['a function of the engine', (x: string) => hashKey(x), ['ab'], 3105],
	['a class of the engine', (x: string) => new KeyMap([[[x], 1]]).get([x]), ['a'], 1],
	['an instance of a class of the engine', given(new HashPartitioner(3)), [], new HashPartitioner(3)],
	[
		'a label and a loop',
		(n: number) => {
			let sum = 0
			outer: for (let i = 0; ; i++) {
				for (let j = 0; j < 3; j++) {
					if (i === n) break outer
					sum += k
				}
			}
			return sum
		},
		[2],
		18,
	],
	[
		'a variable of try and catch',
		() => {
			try {
				throw new Failure('x')
			} catch (error) {
				return (error as Failure).code + k
			}
		},
		[],
		45,
	],
	[
		'a switch',
		(x: number) => {
			switch (x) {
				case k:
					return 'k'
				default:
					return 'no'
			}
		},
		[3],
		'k',
	],
	['closure with an environment', plusEnv, [1], 6],
	['closure with two arguments', plusTwo, [1, 2], 8],
	['closure whose function captures more', plusMore, [1], 9],
	['a global function itself', Number as unknown as Any, ['12'], 12],
	['a function of Node itself', basename as Any, ['/a/b'], 'b'],
	['new Function', new Function('x', 'return x + 1') as Any, [1], 2],
	['a function of a script', runInThisContext('(x) => x + 1') as Any, [1], 2],
]

describe('a function works there', () => {
	it.each(functions)('%s', async (_, fn, args, result) => {
		const back = (await travelled(fn)) as (...values: unknown[]) => unknown
		expect(back(...args)).toEqual(result)
	})
	it.each([
		['an async arrow function', async (x: number) => x + k],
		['an async function', methods.later],
	])('%s', async (_, fn) => expect(await later(await travelled(fn as Any))).toBe(9))
	it.each([
		['a generator', methods.many],
		[
			'a generator expression',
			function* (x: number) {
				yield x
				yield x + k
			},
		],
	])('%s', async (_, fn) => {
		const back = await travelled(fn as (x: number) => Iterable<number>)
		expect([...back(1)]).toEqual([1, 4])
	})
	it('an async generator', async () => {
		const back = await travelled(async function* (x: number) {
			yield x + k
		})
		expect((await back(1).next()).value).toBe(4)
	})
	it('members of a function go along', async () => {
		const fn = Object.assign((x: number) => x + (fn.step as number), { step: 5 })
		expect((await travelled(fn))(1)).toBe(6)
	})
	it('a constructor function and its prototype', async () => {
		const Old = function Old(this: { n: number }, n: number) {
			this.n = n
		} as unknown as { new (n: number): { n: number; twice(): number }; prototype: object }
		Object.assign(Old.prototype, {
			twice(this: { n: number }) {
				return this.n * 2
			},
		})
		expect((await travelled((n: number) => new Old(n).twice()))(4)).toBe(8)
	})
	it('a class itself', async () => expect(new (await travelled(Named))(1, 'a').plus(new Point(1)).x).toBe(2))
	it('the value of a variable is that of now', async () => {
		let n = 1
		const fn = (): number => n
		const back = await travelled(fn)
		n = 2
		expect([back(), fn()]).toEqual([1, 2])
	})
	it.each([
		['an arrow function', '\n\n  (x) => { throw new RangeError(x) }'],
		['a function', '\n   (function failing (x) { throw new RangeError(x) })'],
		['an async arrow function', '\n ( async   (x) => { throw new RangeError(x) })'],
		['a method', '\n ({ async   failing (x) {\n throw new RangeError(x) } }).failing'],
		['a class', '\n   (class Failing { static at(x) { throw new RangeError(x) } }).at'],
	])('an error keeps the file, line and column of %s', async (_, code) => {
		const place = async (f: (text: string) => unknown): Promise<string> => {
			try {
				return String(await f('x'))
			} catch (error) {
				return /app\.js:\d+:\d+/.exec((error as Error).stack ?? '')?.[0] ?? 'none'
			}
		}
		const fail = runInThisContext(code, { filename: 'app.js' })
		expect(await place(await travelled(fail))).toBe(await place(fail))
	})
	it('equal functions with equal variables have equal ids', () => {
		const make = (n: number) => (x: number) => x + n
		expect(shipFunction(make(1)).id).toBe(shipFunction(make(1)).id)
		expect(shipFunction(make(1)).id).not.toBe(shipFunction(make(2)).id)
	})
})
