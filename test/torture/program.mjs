/**
 * The program that is killed: files and a reliable receiver in, a window with an inverse, both kinds of state; out go a
 * file for each batch, put in place whole and written again only with the same content, and rows of a database, written
 * in the transaction that marks their batch.
 *
 * node program.mjs live <directory>                      runs until it is killed
 * node program.mjs reference <directory> <zero> <end>    the same batches by hand, uninterrupted, without the receiver
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
	ManualClock,
	Milliseconds,
	Receiver,
	SparkConf,
	SparkContext,
	StateSpec,
	StorageLevel,
	StreamingContext,
} from '../../dist/engine/index.js'
import './crashing.mjs'
import { batchMs } from './settings.mjs'
import { openDatabase, put, toDatabase, toFile } from './sink.mjs'

const [, , mode, directory, zero, end] = process.argv
const isLive = mode === 'live'
const out = join(directory, isLive ? 'out' : 'reference')
mkdirSync(out, { recursive: true })
const db = openDatabase(join(out, 'rows.db'))
const checkpoints = isLive ? `crashing:${join(directory, 'checkpoints')}` : join(directory, 'reference-checkpoints')

/**
 * Three messages are on their way at a time. What was not told to be safe is sent again by the next life, so a number
 * may arrive twice; `acked` is what the source remembers.
 */
class Numbers extends Receiver {
	#isOn = false
	constructor() {
		super(StorageLevel.MEMORY_AND_DISK)
	}
	onStart() {
		this.#isOn = true
		void this.#receive()
	}
	onStop() {
		this.#isOn = false
	}
	async #receive() {
		const path = join(directory, 'acked')
		let next = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
		while (this.#isOn) {
			const messages = [0, 2, 4].map((more) => [next + more, next + more + 1])
			await Promise.all(messages.map((message) => this.store(message)))
			next += 6
			put(path, String(next))
			await new Promise((resolve) => setTimeout(resolve, 20))
		}
	}
}

const add = (a, b) => a + b

/** What came for the first time: numbers that were sent again are known by the state. */
function firstTime(values, before = { next: 0, early: [], fresh: [] }) {
	const known = new Set(before.early)
	const fresh = []
	for (const value of values) {
		if (value < before.next || known.has(value)) continue
		known.add(value)
		fresh.push(value)
	}
	let { next } = before
	for (; known.has(next); next += 1) known.delete(next)
	return { next, early: [...known], fresh }
}

function count(key, value, held) {
	if (held.isTimingOut()) return [key, 'over', held.get()]
	held.update((held.getOption() ?? 0) + value)
	return [key, 'count', held.get()]
}

function create() {
	const conf = new SparkConf().setMaster('local[2]').setAppName('torture')
	conf.set('spark.streaming.receiver.writeAheadLog.enable', isLive)
	for (const side of ['receiver', 'driver']) conf.set(`spark.streaming.${side}.writeAheadLog.rollingIntervalSecs`, 2)
	const options = isLive ? {} : { clock: new ManualClock(Number(zero)) }
	const ssc = new StreamingContext(new SparkContext(conf), Milliseconds(batchMs), options)
	ssc.checkpoint(checkpoints)
	const interval = Milliseconds(5 * batchMs)
	const lines = ssc.textFileStream(join(directory, 'in'))
	const pairs = lines.flatMap((line) => line.split(' ')).map((word) => [word, 1])
	const window = pairs.reduceByKeyAndWindow(add, (a, b) => a - b, Milliseconds(7 * batchMs), Milliseconds(batchMs))
	window.checkpoint(interval).foreachRDD(toFile(out, 'window'))
	const state = pairs.updateStateByKey((values, before = { sum: 0, batches: 0 }) => {
		before.sum += values.reduce(add, 0)
		before.batches += 1
		return before
	})
	state.checkpoint(interval).foreachRDD(toFile(out, 'state'))
	// More and more keys, of which a batch changes few: written as what has changed, and whole again when that is much.
	const seen = lines.map((line) => [line, 1]).updateStateByKey((ones, before = 0) => before + ones.length)
	const perLength = seen.checkpoint(Milliseconds(2 * batchMs)).map(([line, times]) => [line.length, times])
	perLength.reduceByKey(add).foreachRDD(toFile(out, 'lines'))
	// An RDD that is neither a state nor a window, in parts.
	pairs.reduceByKey(add).checkpoint(interval).foreachRDD(toFile(out, 'counts'))
	const mapped = pairs.mapWithState(StateSpec.function(count).timeout(Milliseconds(6 * batchMs)))
	mapped.checkpoint(interval).foreachRDD(toDatabase(db, 'mapped'))
	mapped.stateSnapshots().foreachRDD(toFile(out, 'snapshots'))
	if (!isLive) return ssc
	const numbers = ssc.receiverStream(new Numbers()).map((n) => ['source', n])
	const known = numbers.updateStateByKey(firstTime)
	known.checkpoint(interval)
	known.flatMap(([, { fresh }]) => fresh).foreachRDD(toDatabase(db, 'numbers'))
	return ssc
}

if (isLive) {
	const ssc = StreamingContext.getOrCreate(checkpoints, create)
	ssc.start()
	put(join(directory, 'zero'), String(ssc.zeroTime.milliseconds))
	process.stdout.write('ready\n')
	await ssc.awaitTermination()
} else {
	const ssc = create()
	await ssc.step((Number(end) - Number(zero)) / batchMs)
	await ssc.stop(true)
}
