import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = new URL('../../../dist/repl/cli/main.js', import.meta.url).pathname
let folder: string
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function checked(...lines: readonly string[]) {
	const file = join(folder, 'app.ts')
	const start = ["import { Seconds, SparkConf, SparkContext, StreamingContext } from 'rivulet'"]
	writeFileSync(file, [...start, 'const sc = new SparkContext(new SparkConf())', ...lines].join('\n'))
	const { status, stderr } = spawnSync(process.execPath, [main, 'check', '--for', 'cluster', file], {
		encoding: 'utf8',
	})
	return { status, stderr }
}

describe('check', () => {
	it('says how many operators were tried when all travel', () =>
		expect(
			checked(
				'const stop = sc.broadcast(new Set([2]))',
				'const odd = sc.parallelize([1, 2, 3], 2).filter((x) => !stop.value.has(x))',
				'await odd.map((x) => [x, 1]).reduceByKey((a, b) => a + b).collect()',
			),
		).toEqual({ status: 0, stderr: '\n3 operators tried: all of their functions travel\n' }))

	it('names what would be refused, and what would fail elsewhere, after the first batch of a stream', () => {
		const { status, stderr } = checked(
			"import { existsSync } from 'node:fs'",
			"import { basename } from 'node:path'",
			'const ssc = new StreamingContext(sc, Seconds(1))',
			'const cache = new WeakMap<object, number>()',
			'const numbers = ssc.rateStream(10)',
			'numbers.map(() => cache.get({})).print()',
			"numbers.map((x) => { if (!existsSync('app.ts')) throw new Error(basename('no/file')); return x }).print()",
			'process.chdir(import.meta.dirname)',
			'ssc.start()',
			'await ssc.awaitTermination()',
		)
		expect(status).toBe(1)
		expect(stderr).toMatch(
			/function of map at app\.ts:8[\s\S]*captured variable `cache`[\s\S]*is a WeakMap\n\s+use a Map/,
		)
		expect(stderr).toContain('map at app.ts:9: Error: file\n')
		expect(stderr).toContain('2 operators tried: 2 would not run on a cluster\n')
	})

	it('tries functions of windows, states, zipped partitions and actions', () => {
		const { status, stderr } = checked(
			'const ssc = new StreamingContext(sc, Seconds(1))',
			`ssc.checkpoint(${JSON.stringify(join(folder, 'checkpoints'))})`,
			'const cache = new WeakMap<object, number>()',
			'const known = (): number => cache.get({}) ?? 0',
			'const pairs = ssc.rateStream(10).map((x) => [x % 2, x] as [number, number])',
			"pairs.reduceByKeyAndWindow((a, b) => a + b, (a, b) => a - b - known(), '2s', '1s').print()",
			'pairs.updateStateByKey((values: number[], sum?: number) => (sum ?? known()) + values.length).print()',
			'pairs.transform((rdd) => rdd.zipPartitions(rdd, (a) => [known(), ...a].map(String))).print()',
			'pairs.foreachRDD(async (rdd) => void (await rdd.foreach(() => void known())))',
			"pairs.reduceByKeyAndWindow((a, b) => a + b, (a, b) => a - b, '2s', '1s').print()",
			'ssc.start()',
			'await ssc.awaitTermination()',
		)
		expect(status).toBe(1)
		for (const place of ['app.ts:8', 'app.ts:9', 'app.ts:10', 'an action on the records of map at app.ts:7']) {
			expect(stderr).toContain(place)
		}
		expect(stderr).not.toContain('app.ts:12')
	})
})
