/** Random plans give the same on one thread, on worker threads, and where the choice is free. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RDD, SparkConf, SparkContext } from '../../engine/index.js'

type Pair = [string, number]
type Pairs = RDD<Pair>

/** Transformations of pairs to pairs; `n` varies them, and is captured. */
const operators: Readonly<Record<string, (rdd: Pairs, n: number, other: Pairs) => Pairs>> = {
	map: (rdd, n) => rdd.map(([k, v]): Pair => [k, v * n]),
	filter: (rdd, n) => rdd.filter(([, v]) => v % (n + 1) !== 0),
	flatMap: (rdd, n) => rdd.flatMap(([k, v]): Pair[] => Array.from({ length: v % (n + 1) }, (_, i) => [`${k}${i}`, i])),
	mapValues: (rdd, n) => rdd.mapValues((v) => v + n),
	flatMapValues: (rdd, n) => rdd.flatMapValues((v) => [v, n]),
	mapPartitions: (rdd, n) =>
		rdd.mapPartitions((all) => {
			let sum = 0
			for (const [, v] of all) sum += v
			return [[`sum${n}`, sum]]
		}),
	mapPartitionsWithIndex: (rdd) =>
		rdd.mapPartitionsWithIndex((i, all): Pair[] => [...all].map(([k, v]): Pair => [k, v + i])),
	reduceByKey: (rdd, n) => rdd.reduceByKey((a, b) => (a + b) % 1_000, (n % 4) + 1),
	groupByKey: (rdd, n) => rdd.groupByKey((n % 3) + 1).mapValues((all) => all.reduce((a, b) => 2 * a + b, 0) % 1_000),
	aggregateByKey: (rdd) =>
		rdd
			.aggregateByKey(
				[0, 0] as [number, number],
				([s, c], v) => [s + v, c + 1],
				(a, b) => [a[0] + b[0], a[1] + b[1]],
			)
			.mapValues(([s, c]) => s * c),
	sortBy: (rdd, n) => rdd.sortBy(([k, v]) => `${v % (n + 2)}${k}`),
	distinct: (rdd) => rdd.distinct(),
	union: (rdd, _, other) => rdd.union(other),
	join: (rdd, n, other) =>
		rdd
			.filter(([, v]) => v % 5 === n % 5)
			.join(other)
			.map(([k, [a, b]]): Pair => [k, a - b]),
	cogroup: (rdd, _, other) => rdd.cogroup(other).map(([k, [a, b]]): Pair => [k as string, a.length * 10 + b.length]),
	coalesce: (rdd, n) => rdd.coalesce((n % 2) + 1),
	repartition: (rdd, n) => rdd.repartition((n % 3) + 1),
	sample: (rdd, n) => rdd.sample(false, 0.7, n),
	cache: (rdd) => rdd.cache(),
	glom: (rdd) => rdd.glom().map((all): Pair => [all.map(([k]) => k).join(), all.length]),
}

interface Program {
	readonly rows: readonly Pair[]
	readonly slices: number
	readonly steps: readonly (readonly [name: string, n: number])[]
}

const program: fc.Arbitrary<Program> = fc.record({
	rows: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'ab', 'ü'), fc.nat(20)), { maxLength: 25 }),
	slices: fc.integer({ min: 1, max: 4 }),
	steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(operators)), fc.nat(6)), { minLength: 1, maxLength: 5 }),
})

async function results(programs: readonly Program[], master: string, mode: string): Promise<unknown[]> {
	const conf = new SparkConf().setMaster(master).setAppName('random').set('rivulet.threads', mode)
	const sc = new SparkContext(conf.set('spark.default.parallelism', '2'))
	const all: unknown[] = []
	try {
		for (const { rows, slices, steps } of programs) {
			const source = sc.parallelize(
				rows.map(([k, v]): Pair => [k, v]),
				slices,
			)
			let rdd: Pairs = source
			for (const [name, n] of steps) rdd = (operators[name] as (typeof operators)[string])(rdd, n, source)
			all.push([await rdd.glom().collect(), await rdd.count(), await rdd.map(([, v]) => v).fold(0, (a, b) => a + b)])
		}
	} finally {
		await sc.stop()
	}
	return all
}

it('random plans give the same on local and on local[2]', async () => {
	const programs = fc.sample(program, { numRuns: 80, seed: 11 })
	const expected = await results(programs, 'local', 'auto')
	for (const mode of ['never', 'auto', 'always']) {
		const found = await results(programs, 'local[2]', mode)
		for (const [i, one] of found.entries()) {
			expect(one, `${mode}: ${JSON.stringify(programs[i])}`).toEqual(expected[i])
		}
	}
})
