// Word count of a text file of 5 M words on one master, ours beside PySpark's in one run, and the overhead of a batch.
//
// `npm run bench:spark [-- --words 5000000 --runs 3]`; needs what `npm run test:spark` needs. Prints, writes nothing: only
// the ratio means something on a machine that others use.

import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } from '../../dist/engine/index.js'

const { values } = parseArgs({
	options: {
		words: { type: 'string', default: '5000000' },
		runs: { type: 'string', default: '3' },
		master: { type: 'string', default: 'local-cluster[2,1,1024]' },
		batches: { type: 'string', default: '20' },
	},
})
const numWords = Number(values.words)
const numRuns = Number(values.runs)
const { master } = values
const home = process.env.SPARK_HOME
// Of a PyPI install: …/lib/python3.x/site-packages/pyspark.
const python = process.env.PYSPARK_PYTHON ?? join(dirname(dirname(dirname(dirname(home)))), 'bin', 'python3')
const folder = mkdtempSync(join(tmpdir(), 'rivulet-bench-'))
const text = join(folder, 'words.txt')

/** Ten words a line, 10,000 different ones, always the same. */
async function writeWords() {
	const file = createWriteStream(text)
	let seed = 1
	for (let line = 0; line < numWords / 10; line++) {
		const words = []
		for (let i = 0; i < 10; i++) {
			seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
			words.push(`word${(seed >>> 8) % 10_000}`)
		}
		if (!file.write(`${words.join(' ')}\n`)) await new Promise((resolve) => file.once('drain', resolve))
	}
	await new Promise((resolve) => file.end(resolve))
}

async function timed(runs, body) {
	const times = []
	for (let i = 0; i < runs; i++) {
		const start = performance.now()
		await body()
		times.push((performance.now() - start) / 1_000)
	}
	return times
}

async function ours() {
	const conf = new SparkConf().setMaster(master).setAppName('bench').set('spark.ui.enabled', false)
	const sc = new SparkContext(conf)
	const times = await timed(numRuns + 1, async () => {
		const counts = sc
			.textFile(text)
			.flatMap((line) => line.split(' '))
			.map((word) => [word, 1])
			.reduceByKey((a, b) => a + b)
		const all = await counts.collect()
		const total = all.reduce((sum, [, n]) => sum + n, 0)
		if (total !== numWords) throw new Error(`${total} words`)
	})
	sc.setCheckpointDir(join(folder, 'states'))
	const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
	const batch = Array.from({ length: 100 }, (_, i) => [`key${i}`, 1])
	ssc
		.script(Array.from({ length: Number(values.batches) + 5 }, () => batch))
		.updateStateByKey((news, state) => news.length + (state ?? 0))
		.count()
		.foreachRDD((rdd) => rdd.collect())
	await ssc.step(5)
	const batches = await timed(Number(values.batches), () => ssc.step())
	await ssc.stop()
	return { times: times.slice(1), batches }
}

const program = `
import sys, time
from pyspark import SparkConf, SparkContext
master, path, runs, total = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sc = SparkContext(conf=SparkConf().setMaster(master).setAppName('bench').set('spark.ui.enabled', 'false').set('spark.driver.host', '127.0.0.1'))
sc.setLogLevel('ERROR')
for i in range(runs + 1):
    start = time.time()
    counts = sc.textFile(path).flatMap(lambda line: line.split(' ')).map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b)
    assert sum(n for _, n in counts.collect()) == total
    if i > 0: print(time.time() - start)
sc.stop()
`

function pyspark() {
	const env = { ...process.env, PYSPARK_PYTHON: python, PYSPARK_DRIVER_PYTHON: python }
	const args = ['-c', program, master, text, String(numRuns), String(numWords)]
	return execFileSync(python, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] })
		.trim()
		.split('\n')
		.map(Number)
}

const shown = (seconds) => seconds.map((s) => s.toFixed(2)).join(' ')
const sorted = (all) => [...all].sort((a, b) => a - b)
try {
	await writeWords()
	const mine = await ours()
	console.log(`rivulet  ${shown(mine.times)} s`)
	const theirs = pyspark()
	console.log(`pyspark  ${shown(theirs)} s`)
	console.log(`best to best: ${(Math.min(...mine.times) / Math.min(...theirs)).toFixed(2)} of PySpark's time`)
	const batches = sorted(mine.batches)
	const at = (share) => Math.round(1_000 * batches[Math.floor(share * (batches.length - 1))])
	console.log(`a batch of a state loop, 100 keys: median ${at(0.5)} ms, least ${at(0)} ms, 95 % ${at(0.95)} ms`)
} finally {
	rmSync(folder, { recursive: true, force: true })
}
