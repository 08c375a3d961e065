/** 100 batches with states while processes of the cluster are killed: every record counts once. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext, setHost } from '../../engine/index.js'
import { onCluster } from './application.js'
import { isExecutor, isWorker, markName, processesWith } from './processes.js'

const numBatches = Number(process.env.RIVULET_TEST_BATCHES ?? 100)

let tmp: string
let sc: SparkContext

beforeAll(() => {
	tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	process.env[markName] = tmp
	setHost({ batchError: () => undefined, notice: () => undefined })
	const conf = new SparkConf().setAppName('chaos').setAll(onCluster).set('spark.default.parallelism', '2')
	// A task may be hit again and again.
	sc = new SparkContext(conf.set('spark.task.maxFailures', '20'))
})
afterAll(async () => {
	await sc.stop()
	setHost({})
	delete process.env[markName]
	rmSync(tmp, { recursive: true, force: true })
})

/** Whole numbers that look random, the same every time. */
function* numbers(seed: number): Generator<number> {
	for (let x = seed; ; ) {
		x = (x * 1_103_515_245 + 12_345) % 2 ** 31
		yield x >>> 8
	}
}
const random = numbers(11)
const draw = (below: number): number => (random.next().value as number) % below

function kill(kind: typeof isWorker): boolean {
	const all = processesWith(tmp).filter(kind)
	const one = all[draw(Math.max(1, all.length))]
	if (one === undefined) return false
	process.kill(one.pid, 'SIGKILL')
	return true
}

it('counts every word once though workers and an executor are killed', async () => {
	const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
	ssc.checkpoint(join(tmp, 'checkpoints'))
	const batches = Array.from({ length: numBatches }, () => Array.from({ length: 50 }, () => `w${draw(40)}`))
	const words = ssc.queueStream(batches.map((batch) => sc.parallelize(batch, 2)))
	const pairs = words.map((word): [string, number] => [word, 1])
	const add = (a: number, b: number): number => a + b
	const states = pairs.updateStateByKey(
		(values: number[], state: number | undefined) => values.reduce(add, state ?? 0),
		2,
	)
	const mapped = pairs.mapWithState<number, [string, number]>(
		(key, value, state) => {
			const next = (state.getOption() ?? 0) + (value ?? 0)
			state.update(next)
			return [key, next]
		},
		{ numPartitions: 2 },
	)
	const window = pairs.reduceByKeyAndWindow(add, (a, b) => a - b, Seconds(10), Seconds(1), 2)
	states.checkpoint(Seconds(5))
	const seen = new Map<string, readonly (readonly [string, number])[]>()
	states.foreachRDD(async (rdd) => void seen.set('states', await rdd.collect()))
	mapped.stateSnapshots().foreachRDD(async (rdd) => void seen.set('mapped', await rdd.collect()))
	window.foreachRDD(async (rdd) => void seen.set('window', await rdd.collect()))

	const wanted = new Map<string, number>()
	let numKilled = 0
	for (const [i, batch] of batches.entries()) {
		for (const word of batch) wanted.set(word, (wanted.get(word) ?? 0) + 1)
		const stepping = ssc.step()
		if (i % 4 === 3 && kill(isWorker)) numKilled += 1
		if (i === Math.floor(numBatches / 2)) expect(kill(isExecutor)).toBe(true)
		await stepping
		if (i % 10 !== 9 && i !== numBatches - 1) continue
		const counts = Object.fromEntries(wanted)
		expect(['states', 'mapped'].map((name) => Object.fromEntries(seen.get(name) ?? []))).toEqual([counts, counts])
	}
	const lately = new Map<string, number>()
	for (const word of batches.slice(-10).flat()) lately.set(word, (lately.get(word) ?? 0) + 1)
	expect(Object.fromEntries((seen.get('window') ?? []).filter(([, count]) => count > 0))).toEqual(
		Object.fromEntries(lately),
	)
	expect(numKilled).toBeGreaterThan(numBatches / 10)
	await ssc.stop(false)
}, 1_800_000)
