/** What cannot travel, and what functions are found to do. */

import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { shipFunction } from '../../engine/closure/ship.js'
import { SparkConf, SparkContext, StreamError } from '../../engine/index.js'

type Any = (...values: never[]) => unknown
type Row = readonly [title: string, fn: () => Any, path: RegExp]

class Redis {
	readonly socket = createServer()
}
class Vault {
	#secret = 1
	reveal(): number {
		return this.#secret
	}
}
class Job {
	readonly factor = 2
	scale(): Any {
		return (x: number) => x * this.factor
	}
	#hidden(x: number): number {
		return x
	}
	taking(): Any {
		return this.#hidden as Any
	}
	reading(other: Job): Any {
		return (x: number) => other.#hidden(x)
	}
}
class Derived extends Job {
	override scale(): Any {
		return (x: number) => super.scale()(x as never)
	}
}
class OwnMap extends Map<string, number> {}
class Bus extends EventTarget {}

const capturing = (value: unknown) => (): Any => () => value
const inContext = <R>(body: (sc: SparkContext) => R): R => {
	const sc = new SparkContext(new SparkConf().setMaster('local').setAppName('refusals'))
	try {
		return body(sc)
	} finally {
		void sc.stop()
	}
}

const refused: readonly Row[] = [
	['a server', capturing(createServer()), /captured variable `value`[\s\S]*Server.*only exists in this process/],
	['a stream', capturing(Readable.from([])), /Readable.*only exists/],
	['a server in a field', capturing(new Redis()), /`value`\n.*its member `socket`[\s\S]*Server/],
	[
		'a server deep inside',
		capturing({ a: [{ b: new Redis() }] }),
		/member `a`\n.*item 0\n.*member `b`\n.*member `socket`/,
	],
	['a promise', capturing(Promise.resolve(1)), /is a promise/],
	['a running generator', capturing((function* () {})()), /is a running generator/],
	['an iterator', capturing(new Map().keys()), /is an iterator/],
	['a weak map', capturing(new WeakMap()), /is a WeakMap/],
	['a weak set', capturing(new WeakSet()), /is a WeakSet/],
	['a weak reference', capturing(new WeakRef({})), /is a WeakRef/],
	['a proxy', capturing(new Proxy({}, {})), /is a Proxy/],
	['a proxied function', capturing(new Proxy(() => 1, {})), /is a Proxy/],
	['a symbol of its own', capturing(Symbol('mine')), /Symbol\(mine\), which only exists here/],
	['shared memory', capturing(new SharedArrayBuffer(8)), /shared memory/],
	['an instance with private members', capturing(new Vault()), /instance of Vault, whose private member #secret/],
	['a subclass of Map', capturing(new OwnMap()), /instance of OwnMap, a subclass of Map/],
	['a signal', capturing(new AbortController().signal), /is an AbortSignal, whose state cannot be read/],
	['a formatter', capturing(new Intl.NumberFormat('de')), /is a NumberFormat, whose state cannot be read/],
	['a subclass of such', capturing(new Bus()), /is an instance of Bus, an EventTarget, whose state/],
	['a bound function', () => Math.max.bind(null, 3) as Any, /is a bound function \(max\)/],
	['a bound function of the program', () => ((x: number) => x).bind(null) as Any, /is a bound function/],
	['this in an arrow function', () => new Job().scale(), /an arrow function that uses `this`/],
	['super in an arrow function', () => new Derived().scale(), /`super`|`this`/],
	['a private method', () => new Job().taking(), /stands nowhere/],
	['a private member of another object', () => new Job().reading(new Job()), /private member #hidden/],
	['eval', () => new Function('x', 'return eval("x + 1")') as Any, /eval or with/],
	['with', () => new Function('o', 'with (o) { return a }') as Any, /eval or with/],
	['an RDD', () => inContext((sc) => capturing(sc.parallelize([1]))()), /is an RDD.*SPARK-5063/],
	['a SparkContext', () => inContext((sc) => capturing(sc)()), /is a SparkContext/],
	[
		'a helper that cannot travel',
		() => {
			const server = createServer()
			const helper = (): unknown => server
			return () => helper()
		},
		/captured variable `helper`\n.*refusals\.test\.ts:\d+\n.*captured variable `server`/,
	],
]

const failure = (fn: Any): StreamError => {
	try {
		shipFunction(fn, { name: 'map', site: 'app.ts:3' })
	} catch (error) {
		if (error instanceof StreamError) return error
		throw error
	}
	throw new TypeError('it travelled')
}

describe('what cannot travel is refused with the path to it', () => {
	it.each(refused)('%s', (_, fn, path) => {
		const error = failure(fn())
		expect(error.message).toMatch(/^Task not serializable: the function of map at app\.ts:3 cannot be sent/)
		expect(error.message).toMatch(path)
		expect([error.code, error.where, (error.remedy ?? '').length > 6]).toEqual(['task/closure', 'app.ts:3', true])
	})
	it('what takes more than 64 MB along', () => {
		const large = new Uint8Array(70 * 2 ** 20)
		expect(failure(() => large).message).toMatch(/takes 70 MB along/)
	})
})

let total = 0
let other = { n: 0 }
const seen: number[] = []
const table = new Map<string, number>()
const nested = { deep: { list: [1] } }
const pattern = /a/g
class Tally {
	n = 0
	add(): void {
		this.n += 1
	}
}
const tally = new Tally()
const addTo = (list: number[], x: number): void => void list.push(x)

const effects: readonly (readonly [title: string, fn: Any, reason: RegExp | undefined])[] = [
	['an assignment', (x: number) => (total = x), /assigns the captured variable `total`/],
	['an addition', (x: number) => (total += x), /assigns .*`total`/],
	['an increment', () => total++, /assigns .*`total`/],
	['an assignment by a pattern', (x: number[]) => ([total] = x as [number]), /assigns .*`total`/],
	[
		'an assignment by a nested pattern',
		(x: { a: { b: number } }) =>
			({
				a: { b: total },
			} = x),
		/assigns .*`total`/,
	],
	[
		'an assignment in a loop head',
		(xs: number[]) => {
			for (total of xs);
		},
		/assigns .*`total`/,
	],
	['an assignment of an object', () => (other = { n: 1 }), /assigns .*`other`/],
	[
		'an assignment in a function inside',
		(xs: number[]) =>
			xs.forEach((x) => {
				total += x
			}),
		/assigns .*`total`/,
	],
	['a change of a member', () => (other.n = 1), /changes what .*`other`/],
	['a deleted member', () => delete (other as { n?: number }).n, /changes what .*`other`/],
	['a push', (x: number) => seen.push(x), /changes what .*`seen`/],
	['a sort in place', () => seen.sort(), /changes what .*`seen`/],
	['a map that is set', (x: string) => table.set(x, 1), /changes what .*`table`/],
	['a change deep inside', () => nested.deep.list.push(2), /changes what .*`nested`/],
	[
		'a change behind a call',
		() =>
			table
				.entries()
				.next()
				.value?.push(1 as never),
		/changes what .*`table`/,
	],
	['Object.assign', () => Object.assign(other, { n: 2 }), /changes what .*`other`/],
	[
		'a change through a local',
		() => {
			const t = seen
			t.push(1)
		},
		/may be a captured one/,
	],
	[
		'a change through a loop',
		() => {
			for (const row of [seen]) row.push(1)
		},
		/may be a captured one/,
	],
	['a change by a helper', (x: number) => addTo(seen, x), /may be a captured one/],
	['a stateful pattern', (x: string) => pattern.test(x), /changes what .*`pattern`/],
	['an instance that changes itself', () => tally.add(), /`tally`|instance of Tally/],
	['the console', (x: number) => console.log(x), /uses `console`/],
	['the process', () => process.exit(1), /uses `process`/],
	['a timer', () => setTimeout(() => undefined, 1), /uses `setTimeout`/],
	['console.log itself', console.log as Any, /uses `console`/],
	['no change: a read', (x: string) => (table.get(x) ?? 0) + nested.deep.list.length, undefined],
	[
		'no change: a local counter',
		(xs: number[]) => {
			let n = 0
			for (const x of xs) n += x
			return n
		},
		undefined,
	],
	[
		'no change: an array of its own',
		(xs: number[]) => {
			const out: number[] = []
			for (const x of xs) out.push(x)
			return out
		},
		undefined,
	],
	[
		'no change: a map of its own',
		(xs: string[]) => {
			const m = new Map<string, number>()
			for (const x of xs) m.set(x, 1)
			return m
		},
		undefined,
	],
	['no change: a copy that is sorted', () => [...seen].sort(), undefined],
	[
		'no change: a copy by slice',
		() => {
			const c = seen.slice()
			c.push(1)
			return c
		},
		undefined,
	],
	['no change: a copy by Object.assign', () => Object.assign({}, other, { n: 1 }), undefined],
	[
		'no change: an instance of its own',
		() => {
			const t = new Tally()
			t.add()
			return t.n
		},
		undefined,
	],
	[
		'no change: a shadowing local',
		(x: number) => {
			let total = 0
			total += x
			return total
		},
		undefined,
	],
	[
		'no change: split, map, join',
		(x: string) =>
			x
				.split(' ')
				.map((w) => w.trim())
				.sort()
				.join(),
		undefined,
	],
]

describe('what a function does beside computing is found', () => {
	it.each(effects)('%s', (_, fn, reason) => {
		const found = shipFunction(fn).effects.reason
		if (reason === undefined) expect(found?.text).toBe(undefined)
		else expect(found?.text).toMatch(reason)
	})
	it('a change of a parameter is noted', () => {
		const bump = (row: { n: number }): object => {
			row.n += 1
			return row
		}
		const { effects: found } = shipFunction(bump)
		expect([found.changesParameters, found.reason]).toEqual([true, undefined])
	})
	it('and says where the function is', () => {
		expect(shipFunction((x: number) => seen.push(x)).effects.reason?.place).toMatch(/^refusals\.test\.ts:\d+$/)
	})
})
