/** Checkpoint directories that were copied or moved, and folders of earlier lives that are still needed. */

import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext, setHost } from '../../engine/index.js'

let folder: string
let notices: string[]
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-copies-'))
	notices = []
	setHost({ notice: ({ text }) => void notices.push(text) })
})
afterEach(async () => {
	await StreamingContext.getActive()?.stop(true)
	await SparkContext.getActive()?.stop()
	setHost({})
	rmSync(folder, { recursive: true })
})

/**
 * A life of a program that adds `step` to a count in each batch; states are written every `interval` seconds.
 * @returns the counts that its output saw
 */
async function life(
	name: string,
	numBatches: number,
	{ step = 1, interval = 2, version = '', isWindow = false } = {},
): Promise<number[]> {
	const directory = join(folder, name)
	const seen: number[] = []
	const create = (): StreamingContext => {
		const conf = new SparkConf().setMaster('local').setAppName('copies')
		const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
		ssc.checkpoint(directory)
		const pairs = ssc.rateStream(1, (): [string, number] => ['all', step])
		const add = (a: number, b: number): number => a + b
		const counts = isWindow
			? pairs.reduceByKeyAndWindow(add, (a, b) => a - b, Seconds(100), Seconds(1)).named('counts')
			: pairs.updateStateByKey((values: number[], sum = 0) => values.reduce(add, sum)).named('counts')
		counts.checkpoint(Seconds(interval)).foreachRDD(async (rdd) => {
			for (const [, sum] of await rdd.collect()) seen.push(sum)
		})
		if (version === 'new') counts.mapValues((n) => -n).foreachRDD(async (rdd) => void (await rdd.count()))
		return ssc
	}
	const ssc = StreamingContext.getOrCreate(directory, create)
	await ssc.step(numBatches)
	await ssc.stop(true)
	return seen
}

const statesIn = (name: string): string[] =>
	readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
		.filter((path) => /rdd-|state/.test(path))
		.sort()

it('an old and a new version of a program go on side by side, each on its own copy', async () => {
	expect(await life('old', 4)).toEqual([1, 2, 3, 4])
	cpSync(join(folder, 'old'), join(folder, 'new'), { recursive: true })
	const before = statesIn('old')
	// So many batches that nothing of the first life is needed in the copy any more.
	const counts = await life('new', 30, { step: 10, version: 'new' })
	expect(counts.slice(0, 3)).toEqual([4, 14, 24])
	expect(statesIn('old')).toEqual(before)
	expect(await life('old', 2)).toEqual([4, 5, 6])
	expect(await life('new', 1, { step: 10, version: 'new' })).toEqual([304, 314])
	expect(notices).toEqual([])
})

it('a directory that was moved is gone on from where it is now', async () => {
	await life('here', 4)
	renameSync(join(folder, 'here'), join(folder, 'there'))
	expect(await life('there', 2)).toEqual([4, 5, 6])
	expect(notices).toEqual([])
})

for (const isWindow of [false, true]) {
	it(`${isWindow ? 'windows' : 'states'} of an earlier life stay as long as the newest checkpoint names them`, async () => {
		await life('one', 30, { interval: 30, isWindow })
		// Ten newer checkpoints are there, and the next states are not due yet.
		await life('one', 25, { interval: 30, isWindow })
		expect((await life('one', 1, { interval: 30, isWindow })).at(-1)).toBe(56)
		expect(notices).toEqual([])
	})
}
