/** Batches only for which something comes: `trigger: 'data'`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type DStream, ManualClock, SparkConf, type State, StateSpec, StreamingContext } from '../../engine/index.js'
import { memoryFiles } from '../support/memoryfiles.js'
import { stopAll } from '../support/timeline.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-trigger-'))
afterEach(async () => {
	await stopAll()
	rmSync(folder, { recursive: true, force: true })
})

function context(settings: Record<string, string> = {}) {
	const conf = new SparkConf().setMaster('local').setAppName('t').setAll(Object.entries(settings))
	const ssc = new StreamingContext(conf, '1s', { clock: new ManualClock(), trigger: 'data' })
	ssc.checkpoint(folder)
	return ssc
}

/** The seconds at which an output ran, with its records. */
function runs<T>(stream: DStream<T>): [number, T[]][] {
	const seen: [number, T[]][] = []
	stream.foreachRDD(async (rdd, time) => void seen.push([time.milliseconds / 1_000, await rdd.collect()]))
	return seen
}

const script = [[1], [], [], [2], [], [], [], [3]]

describe('a context with the trigger data', () => {
	test('leaves out batches for which nothing came', async () => {
		const ssc = context()
		const seen = runs(ssc.script(script))
		const skipped: number[] = []
		ssc.on('batchSkipped', ({ time }) => void skipped.push(time / 1_000))
		const infos = await ssc.step(8)
		expect(seen).toEqual([
			[1, [1]],
			[4, [2]],
			[8, [3]],
		])
		expect([skipped, infos.length]).toEqual([[2, 3, 5, 6, 7], 8])
	})

	test('shows a window as long as it holds something, and once when it has become empty', async () => {
		const ssc = context()
		const seen = runs(ssc.script([[1], [], [], [], [2]]).window('2s'))
		await ssc.step(6)
		expect(seen).toEqual([
			[1, [1]],
			[2, [1]],
			[3, []],
			[5, [2]],
			[6, [2]],
		])
	})

	test('takes sums of an inverse window on over what is left out', async () => {
		const ssc = context()
		const pairs = ssc.script([[1], [], [], [], [], [2], [], [5]]).map((x): [string, number] => ['k', x])
		const seen = runs(
			pairs.reduceByKeyAndWindow(
				(a, b) => a + b,
				(a, b) => a - b,
				'2s',
			),
		)
		await ssc.step(9)
		expect(seen.map(([at, rows]) => [at, rows[0]?.[1]])).toEqual([
			[1, 1],
			[2, 1],
			[3, 0],
			[6, 2],
			[7, 2],
			[8, 5],
			[9, 5],
		])
	})

	test('keeps state over thousands of batches that are left out', async () => {
		const ssc = context()
		memoryFiles()
		ssc.checkpoint('memory:/cp')
		const q = ssc.queue<number>()
		const pairs = ssc.queueStream(q).map((x): [string, number] => ['k', x])
		const seen = runs(pairs.updateStateByKey<number>((values, n = 0) => n + values.reduce((a, b) => a + b, 0)))
		q.push([1])
		await ssc.step(3_000)
		q.push([2])
		await ssc.step(1)
		expect(seen).toEqual([
			[1, [['k', 1]]],
			[3_001, [['k', 3]]],
		])
	})

	test('has a batch when a timeout is due', async () => {
		const ssc = context()
		const spec = StateSpec.function((key: string, value: number | undefined, state: State<number>) => {
			if (value !== undefined) state.update(value)
			return `${key} ${value ?? 'timed out'}`
		})
		const pairs = ssc.script([[1]]).map((x): [string, number] => ['k', x])
		const seen = runs(pairs.mapWithState(spec.timeout('5s')).checkpoint('2s'))
		await ssc.step(9)
		expect(seen.filter(([, rows]) => rows.length > 0)).toEqual([
			[1, ['k 1']],
			[8, ['k timed out']],
		])
		expect(seen.map(([at]) => at)).toEqual([1, 2, 4, 6, 8])
	})

	test('asks files, queues and rates whether there is anything', async () => {
		const files = memoryFiles()
		files.makeDirectory('/in')
		const ssc = context()
		const lines = runs(ssc.textFileStream('memory:/in'))
		const rate = runs(ssc.rateStream(0.25))
		files.put('/in/a', 'x')
		files.setModified('/in/a', 2_500)
		await ssc.step(8)
		expect(lines.filter(([, rows]) => rows.length > 0)).toEqual([[3, ['x']]])
		expect(rate.map(([at, rows]) => [at, rows.length])).toEqual([
			[3, 0],
			[4, 1],
			[8, 1],
		])
	})

	test('refuses another trigger', () => {
		const conf = new SparkConf().setMaster('local').setAppName('t')
		expect(() => new StreamingContext(conf, '1s', { trigger: 'moon' as 'data' })).toThrow('moon is no trigger')
	})
})
