/** Many small batches: what Spark's driver holds for the program stays the same. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } from '../../engine/index.js'
import { held, onCluster, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

const numBatches = Number(process.env.RIVULET_TEST_BATCHES ?? 1_000)

const before = process.env.TMPDIR
let tmp: string

beforeAll(() => {
	tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	process.env.TMPDIR = tmp
})
afterAll(async () => {
	await stopSpark()
	if (before === undefined) delete process.env.TMPDIR
	else process.env.TMPDIR = before
	rmSync(tmp, { recursive: true, force: true })
})

it('objects, memory and files stay the same over many batches with states', async () => {
	const conf = new SparkConf().setAppName('leaks').setAll(onCluster).set('spark.default.parallelism', '2')
	const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
	ssc.checkpoint(join(tmp, 'checkpoints'))
	const queue = Array.from({ length: numBatches }, (_, i) => [`w${i % 7}`, `w${i % 11}`])
	const pairs = ssc
		.queueStream(queue.map((batch) => ssc.sparkContext.parallelize(batch, 2)))
		.map((word): [string, number] => [word, 1])
	const add = (a: number, b: number): number => a + b
	const states = pairs.updateStateByKey(
		(values: number[], state: number | undefined) => values.reduce(add, state ?? 0),
		2,
	)
	const window = pairs.reduceByKeyAndWindow(add, Seconds(3), Seconds(1), 2)
	let total = 0
	states.foreachRDD(async (rdd) => {
		total = (await rdd.collect()).map(([, count]) => count).reduce(add, 0)
	})
	window.foreachRDD(async (rdd) => void (await rdd.count()))
	const samples: { objects: number; kept: number; heapMb: number; files: number }[] = []
	for (let i = 0; i < 10; i += 1) {
		await ssc.step(numBatches / 10)
		const { numObjects, numKept, heapBytes } = await held()
		const files = readdirSync(tmp, { recursive: true }).length
		samples.push({ objects: numObjects, kept: numKept, heapMb: heapBytes / 2 ** 20, files })
	}
	await ssc.stop(true)
	expect(total).toBe(2 * numBatches)
	const first = samples[1] as (typeof samples)[0]
	const last = samples[9] as typeof first
	const shown = samples.map((sample) => JSON.stringify(sample)).join('\n')
	expect(last.objects, shown).toBeLessThanOrEqual(first.objects + 20)
	expect(last.kept, shown).toBeLessThanOrEqual(first.kept + 2)
	expect(last.files, shown).toBeLessThanOrEqual(first.files + 20)
	expect(last.heapMb, shown).toBeLessThanOrEqual(first.heapMb + 15)
}, 3_600_000)
