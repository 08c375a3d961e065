/** The loops that are used where code may not be generated, against the generated ones. */

import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combiningThrough, pullingThrough, pushingThrough } from '../../engine/compute/interpreted.js'
import { combining, type ElementStep, pulling, pushing } from '../../engine/compute/stage.js'
import { KeyedColumn } from '../../engine/rdd/columns.js'
import type { Combiner } from '../../engine/rdd/plan.js'

function* upTo(x: unknown): IterableIterator<unknown> {
	for (let i = 0; i < Number(x) % 4; i++) yield i
}

/** Steps that note every call; some fail, some give what is refused. */
function steps(calls: string[]): readonly ElementStep[] {
	const noted =
		(name: string, fn: (x: unknown) => unknown) =>
		(x: unknown): never => {
			calls.push(`${name} ${String(x)}`)
			return fn(x) as never
		}
	return [
		{ op: 'map', fn: noted('next', (x) => Number(x) + 1) },
		{ op: 'map', fn: noted('fails at 7', (x) => (x === 7 ? fail() : x)) },
		{ op: 'map', fn: noted('a promise at 9', (x) => (x === 9 ? Promise.resolve(x) : x)) },
		{ op: 'filter', fn: noted('even', (x) => Number(x) % 2 === 0) },
		{ op: 'filter', fn: noted('a promise at 8', (x) => (x === 8 ? Promise.resolve(true) : true)) },
		{ op: 'flatMap', fn: noted('twice', (x) => [x, x]) },
		{ op: 'flatMap', fn: noted('up to', upTo) },
		{ op: 'flatMap', fn: noted('digits', (x) => String(x)) },
		{ op: 'flatMap', fn: noted('no list at 5', (x) => (x === 5 ? 5 : [])) },
	]
}

function fail(): never {
	throw new RangeError('seven')
}

const add = (a: unknown, b: unknown): unknown => Number(a) + Number(b)
const adding: Combiner = { create: (x) => x, mergeValue: add, mergeCombiners: add, mapSide: true }

const sinks = {
	push: (make: typeof pushing, chain: readonly ElementStep[], input: readonly unknown[], most: number) => {
		const seen: unknown[] = []
		make(chain)(input, (x) => seen.push(x) >= most)
		return seen
	},
	pull: (make: typeof pulling, chain: readonly ElementStep[], input: readonly unknown[], most: number) => {
		const seen: unknown[] = []
		for (const x of make(chain)(input)) if (seen.push(x) >= most) break
		return seen
	},
	combine: (make: typeof combining, chain: readonly ElementStep[], input: readonly unknown[]) => {
		const into = new KeyedColumn()
		make([...chain, { op: 'map', fn: (x) => [Number(x) % 3, x] }], adding)(input, into)
		return into.columns.pairs()
	},
}

const attempt = (run: () => unknown): unknown => {
	try {
		return run()
	} catch (thrown) {
		return String(thrown)
	}
}

describe('loops without generated code', () => {
	it.each([
		['push', pushing, pushingThrough],
		['pull', pulling, pullingThrough],
		['combine', combining, combiningThrough],
	] as const)('%s the same records by the same calls, whatever the steps', (kind, generated, interpreted) => {
		const chains = fc.array(fc.nat({ max: 8 }), { maxLength: 5 })
		const property = fc.property(
			chains,
			fc.array(fc.nat({ max: 10 }), { maxLength: 6 }),
			fc.integer({ min: 1, max: 9 }),
			(chain, input, most) => {
				const [one, other] = [generated, interpreted].map((make) => {
					const calls: string[] = []
					const all = steps(calls)
					const made = chain.map((i) => all[i] as ElementStep)
					return { result: attempt(() => sinks[kind](make as never, made, input, most)), calls }
				})
				expect(other).toEqual(one)
			},
		)
		fc.assert(property)
	})

	it.each(['never', 'always'])('run a whole program where code may not be generated, on threads: %s', (mode) => {
		const index = new URL('../../dist/engine/index.js', import.meta.url)
		const program = `
			import { ManualClock, Seconds, SparkConf, StreamingContext } from ${JSON.stringify(index.href)}
			const conf = new SparkConf().setMaster('local[2]').setAppName('plain').set('rivulet.threads', '${mode}')
			const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
			const words = ssc.queueStream(['a b a', 'b c', 'a'].map((line) => [line])).flatMap((line) => line.split(' '))
			const counts = words.map((word) => [word, 1]).reduceByKey((a, b) => a + b)
			const seen = []
			counts.join(counts.mapValues((n) => -n)).foreachRDD(async (rdd) => seen.push((await rdd.collect()).sort()))
			ssc.start()
			await ssc.step(3)
			await ssc.stop()
			console.log(JSON.stringify(seen))`
		const flags = ['--input-type=module', '-e', program]
		const run = (more: readonly string[]): string =>
			execFileSync(process.execPath, [...more, ...flags], { encoding: 'utf8' })
		const expected = '[[["a",[2,-2]],["b",[1,-1]]],[["b",[1,-1]],["c",[1,-1]]],[["a",[1,-1]]]]\n'
		expect(run(['--disallow-code-generation-from-strings'])).toBe(expected)
	})
})
