// W2M: the memory of a window of 600 batches of 10,000 pairs beside 1,000,000 keys of state.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lcg, many } from './sources.mjs'

const numBatches = 610
const batchOf = 10_000
const self = fileURLToPath(import.meta.url)

/** Measured in a process of its own, which may collect garbage when it wants to know what is left. */
export const longWindow = {
	alone() {
		const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
		const found = Number(execFileSync(process.execPath, ['--expose-gc', self, 'measure'], options))
		return [{ what: 'memory in use at the end', aim: '≤ 500 MB', isLeast: false, limit: 500, found, unit: 'MB' }]
	},
}

async function measure() {
	const { ManualClock, Seconds, SparkConf, StreamingContext } = await import('../../../dist/engine/index.js')
	const conf = new SparkConf().setMaster('local').setAppName('bench')
	const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
	const folder = mkdtempSync(join(tmpdir(), 'bench-'))
	ssc.checkpoint(folder)
	const [pairs, updates] = [ssc.queue(), ssc.queue()]
	const below = lcg(7)
	const count = async (rdd) => void (await rdd.count())
	ssc
		.queueStream(pairs)
		.reduceByKeyAndWindow(
			(a, b) => a + b,
			(a, b) => a - b,
			Seconds(600),
			Seconds(1),
		)
		.foreachRDD(count)
	ssc
		.queueStream(updates)
		.mapWithState((_key, value, state) => state.update((state.getOption() ?? 0) + (value ?? 0)) ?? 1)
		.foreachRDD(count)
	ssc.start()
	for (let b = 0; b < numBatches; b++) {
		pairs.push(many(batchOf, () => [`key${below(10_000)}`, 1 + below(9)]))
		updates.push(many(batchOf, (_, i) => [`user-${(b * batchOf + i) % 1_000_000}`, 1]))
		await ssc.step()
	}
	globalThis.gc()
	const { heapUsed, external } = process.memoryUsage()
	console.log(Math.round((heapUsed + external) / 2 ** 20))
	await ssc.stop()
	rmSync(folder, { recursive: true })
}

if (process.argv[2] === 'measure' && process.argv[1] === self) await measure()
