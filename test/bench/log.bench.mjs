// What the write-ahead log of receivers costs: records a second through a reliable receiver, and how long it waits to be
// told that a block is safe, with the log and without, in turns.
//
// `npm run build` once, then `npm run bench -- log [--runs 5] [--write]`.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import {
	Milliseconds,
	Receiver,
	SparkConf,
	SparkContext,
	StorageLevel,
	StreamingContext,
} from '../../dist/engine/index.js'
import { machineNote, median, spread, table, writeFigures } from './figures.mjs'

/** So many blocks wait to be safe at a time: they share a write and a sync. */
const inFlight = 8

/** Stores blocks as fast as it is told that they are safe. */
class Firehose extends Receiver {
	#blockLength
	#isOn = false
	#numRecords
	#next = 0
	waitMs = []
	constructor(blockLength, numRecords) {
		super(StorageLevel.MEMORY_ONLY)
		this.#blockLength = blockLength
		this.#numRecords = numRecords
	}
	onStart() {
		this.#isOn = true
		for (let i = 0; i < inFlight; i += 1) void this.#feed()
	}
	onStop() {
		this.#isOn = false
	}
	async #feed() {
		while (this.#isOn && this.#next < this.#numRecords) {
			const block = Array.from({ length: this.#blockLength }, () => `sensor-${this.#next % 1_000} ${this.#next++}`)
			const since = performance.now()
			await this.store(block)
			this.waitMs.push(performance.now() - since)
			// Batches must have their turn.
			await new Promise((resolve) => setImmediate(resolve))
		}
	}
}

/** Until `numRecords` have come out: how many a second, and the median wait for a block. */
async function measure(blockLength, isLogged, numRecords) {
	const directory = mkdtempSync(join(tmpdir(), 'rivulet-bench-'))
	const conf = new SparkConf().setMaster('local').setAppName('log bench')
	conf.set('spark.streaming.receiver.writeAheadLog.enable', isLogged)
	const ssc = new StreamingContext(new SparkContext(conf), Milliseconds(200))
	ssc.checkpoint(directory)
	const receiver = new Firehose(blockLength, numRecords)
	let numOut = 0
	const lines = ssc.receiverStream(receiver)
	const counts = lines.map((line) => [line.slice(0, line.indexOf(' ')), 1]).reduceByKey((a, b) => a + b)
	let done = () => undefined
	const allOut = new Promise((resolve) => {
		done = resolve
	})
	counts.foreachRDD(async (rdd) => {
		for (const [, count] of await rdd.collect()) numOut += count
		if (numOut >= numRecords) done()
	})
	ssc.start()
	const since = performance.now()
	await allOut
	const perSecond = numOut / ((performance.now() - since) / 1_000)
	await ssc.stop(true)
	rmSync(directory, { recursive: true })
	return { perSecond, waitMs: median(receiver.waitMs) }
}

/** Runs the bench and prints its table. */
export async function run(args) {
	const number = (name, otherwise) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise)
	const numRuns = number('--runs', 5)
	const rows = []
	for (const [blockLength, numRecords] of [
		[100, 200_000],
		[1_000, 1_000_000],
		[10_000, 1_000_000],
	]) {
		const found = { off: [], on: [] }
		for (let i = 0; i < numRuns; i += 1) {
			for (const side of ['off', 'on']) found[side].push(await measure(blockLength, side === 'on', numRecords))
		}
		const of = (side, fact) => found[side].map((one) => one[fact])
		const share = (100 * median(of('on', 'perSecond'))) / median(of('off', 'perSecond'))
		rows.push([
			`${blockLength.toLocaleString('en')} records`,
			spread(of('off', 'perSecond')),
			spread(of('on', 'perSecond')),
			`${share.toFixed(0)} %`,
			`${spread(of('off', 'waitMs'))} / ${spread(of('on', 'waitMs'))}`,
		])
	}
	const head = ['block', 'records a second, log off', 'log on', 'share', 'ms until a block is safe, off / on']
	const note = `Median of ${numRuns} runs, lowest and highest in brackets; lines of some 16 characters, counted by sensor, batches of 200 ms; ${inFlight} blocks are on their way at a time. ${machineNote()}.`
	const text = `${table(head, rows)}\n\n${note}`
	console.log(text)
	if (args.includes('--write')) writeFigures('log', text)
}
