// Word count of a text file of 5 M words on one master: ours beside PySpark's and Scala's, in turns, and DataFrames for
// what columns save; then the overhead of a batch.
//
// `npm run bench:spark [-- --words 5000000 --runs 5]`; needs what `npm run test:spark` needs. Each program has its own
// executors, is started once, and runs once to warm up; what waits takes no time. Prints, writes nothing: only the ratio
// means something on a machine that others use.

import { execFileSync, spawn } from 'node:child_process'
import { closeSync, createWriteStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } from '../../dist/engine/index.js'

const { values } = parseArgs({
	options: {
		words: { type: 'string', default: '5000000' },
		runs: { type: 'string', default: '5' },
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

/** Seconds that something takes. */
async function timed(body) {
	const start = performance.now()
	await body()
	return (performance.now() - start) / 1_000
}

const conf = () => new SparkConf().setMaster(master).setAppName('bench').set('spark.ui.enabled', false)

/** Our own word count: `run` is one run, in seconds. */
function ours() {
	const sc = new SparkContext(conf())
	const run = () =>
		timed(async () => {
			const counts = sc
				.textFile(text)
				.flatMap((line) => line.split(' '))
				.map((word) => [word, 1])
				.reduceByKey((a, b) => a + b)
			const total = (await counts.collect()).reduce((sum, [, n]) => sum + n, 0)
			if (total !== numWords) throw new Error(`${total} words`)
		})
	return { run, end: () => sc.stop() }
}

/** A program of another language: told by a pipe which count to run, it answers on standard output how long it took. */
async function other(name, command, args) {
	const pipe = join(folder, name)
	execFileSync('mkfifo', [pipe])
	const env = {
		...process.env,
		PYSPARK_PYTHON: python,
		PYSPARK_DRIVER_PYTHON: python,
		BENCH_ASKED: pipe,
		BENCH_MASTER: master,
		BENCH_TEXT: text,
		BENCH_WORDS: String(numWords),
	}
	const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
	const lines = []
	child.stderr.on('data', (data) => lines.push(String(data)))
	const exited = new Promise((resolve) => child.once('exit', resolve))
	const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
	const answer = async () => {
		for (;;) {
			const { value, done } = await answers.next()
			if (done) throw new Error(`${name} ended:\n${lines.join('').split('\n').slice(-20).join('\n')}`)
			const [, said] = /answer (\S+)/.exec(value) ?? []
			if (said !== undefined) return Number(said)
			lines.push(`${value}\n`)
		}
	}
	// Open for reading as well, so that it waits neither for the program nor leaves it without a writer.
	const asked = openSync(pipe, 'r+')
	await answer()
	const run = (count) => {
		writeSync(asked, `${count}\n`)
		return answer()
	}
	const end = async () => {
		closeSync(asked)
		await exited
	}
	return { run, end, kill: () => child.kill() }
}

/** Seconds of batches of a state loop. */
async function stateLoop() {
	const sc = new SparkContext(conf())
	sc.setCheckpointDir(join(folder, 'states'))
	const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
	const numBatches = Number(values.batches)
	const batch = Array.from({ length: 100 }, (_, i) => [`key${i}`, 1])
	ssc
		.script(Array.from({ length: numBatches + 5 }, () => batch))
		.updateStateByKey((news, state) => news.length + (state ?? 0))
		.count()
		.foreachRDD((rdd) => rdd.collect())
	await ssc.step(5)
	const times = []
	for (let i = 0; i < numBatches; i++) times.push(await timed(() => ssc.step()))
	await ssc.stop()
	return times
}

const here = (file) => fileURLToPath(new URL(file, import.meta.url))
const sorted = (all) => [...all].sort((a, b) => a - b)
const middle = (all) => sorted(all)[Math.floor((all.length - 1) / 2)]
const others = []
try {
	await writeWords()
	const mine = ours()
	const pyspark = await other('python', python, [here('wordcount.py')])
	others.push(pyspark)
	const set = ['--conf', 'spark.ui.enabled=false', '--conf', 'spark.driver.host=127.0.0.1']
	const shell = [join(home, 'bin', 'spark-shell'), '--master', master, ...set, '-i', here('wordcount.scala')]
	const scala = await other('scala', shell[0], shell.slice(1))
	others.push(scala)
	const programs = new Map([
		['rivulet', mine.run],
		['PySpark', () => pyspark.run('rdd')],
		['Scala', () => scala.run('rdd')],
		['DataFrame', () => pyspark.run('dataframe')],
	])
	const times = new Map([...programs.keys()].map((name) => [name, []]))
	for (let round = 0; round <= numRuns; round++) {
		for (const [name, run] of programs) {
			const seconds = await run()
			if (round > 0) times.get(name).push(seconds)
		}
	}
	const own = times.get('rivulet')
	for (const [name, all] of times) {
		const shown = `${name.padEnd(10)} median ${middle(all).toFixed(2)} s, best ${Math.min(...all).toFixed(2)} s`
		const ratio = `${(middle(own) / middle(all)).toFixed(2)} (median), ${(Math.min(...own) / Math.min(...all)).toFixed(2)} (best)`
		console.log(name === 'rivulet' ? shown : `${shown}; ours takes of its time ${ratio}`)
	}
	await mine.end()
	await Promise.all(others.splice(0).map((each) => each.end()))
	const batches = sorted(await stateLoop())
	const at = (share) => Math.round(1_000 * batches[Math.floor(share * (batches.length - 1))])
	console.log(`a batch of a state loop, 100 keys: median ${at(0.5)} ms, least ${at(0)} ms, 95 % ${at(0.95)} ms`)
} finally {
	for (const each of others) each.kill()
	rmSync(folder, { recursive: true, force: true })
}
