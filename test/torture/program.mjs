/**
 * The program that is killed: files in, a window with an inverse, both kinds of state, and a reliable receiver; each batch
 * of each output is one file, put in place whole, and may be written again only with the same content.
 *
 * node program.mjs live <directory>                      runs until it is killed
 * node program.mjs reference <directory> <zero> <end>    the same batches by hand, uninterrupted, without the receiver
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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
import { batchMs } from './settings.mjs'

const [, , mode, directory, zero, end] = process.argv
const isLive = mode === 'live'
const out = join(directory, isLive ? 'out' : 'reference')
mkdirSync(out, { recursive: true })

let nextTemporary = 0
function put(path, text) {
	const temporary = `${path}.${process.pid}-${nextTemporary++}.tmp`
	writeFileSync(temporary, text)
	renameSync(temporary, path)
}

/** The sink: a batch that was there before must be the same again. */
const sink = (name) => async (rdd, time) => {
	const rows = (await rdd.collect()).map((row) => JSON.stringify(row)).sort()
	const text = `[${rows.join(',\n')}]\n`
	const path = join(out, `${name}-${time.milliseconds}.json`)
	if (!existsSync(path)) put(path, text)
	else if (readFileSync(path, 'utf8') !== text) put(`${path}.conflict-${process.pid}`, text)
}

/** Counts on from where it had been told that its numbers are safe. */
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
		const acked = join(directory, 'acked')
		let next = existsSync(acked) ? Number(readFileSync(acked, 'utf8')) : 0
		while (this.#isOn) {
			await this.store([next, next + 1, next + 2])
			next += 3
			put(acked, String(next))
			await new Promise((resolve) => setTimeout(resolve, 7))
		}
	}
}

function create() {
	const conf = new SparkConf().setMaster('local[2]').setAppName('torture')
	conf.set('spark.streaming.receiver.writeAheadLog.enable', isLive)
	conf.set('spark.streaming.receiver.writeAheadLog.rollingIntervalSecs', 2)
	const options = isLive ? {} : { clock: new ManualClock(Number(zero)) }
	const ssc = new StreamingContext(new SparkContext(conf), Milliseconds(batchMs), options)
	ssc.checkpoint(join(directory, isLive ? 'checkpoints' : 'reference-checkpoints'))
	const interval = Milliseconds(5 * batchMs)
	const pairs = ssc
		.textFileStream(join(directory, 'in'))
		.flatMap((line) => line.split(' '))
		.map((word) => [word, 1])
	const add = (a, b) => a + b
	const window = pairs.reduceByKeyAndWindow(add, (a, b) => a - b, Milliseconds(7 * batchMs), Milliseconds(batchMs))
	window.checkpoint(interval).foreachRDD(sink('window'))
	const state = pairs.updateStateByKey((values, before = { sum: 0, batches: 0 }) => {
		before.sum += values.reduce(add, 0)
		before.batches += 1
		return before
	})
	state.checkpoint(interval).foreachRDD(sink('state'))
	const count = (key, value, held) => {
		if (held.isTimingOut()) return [key, 'over', held.get()]
		held.update((held.getOption() ?? 0) + value)
		return [key, 'count', held.get()]
	}
	const mapped = pairs.mapWithState(StateSpec.function(count).timeout(Milliseconds(6 * batchMs)))
	mapped.checkpoint(interval).foreachRDD(sink('mapped'))
	mapped.stateSnapshots().foreachRDD(sink('snapshots'))
	if (isLive) ssc.receiverStream(new Numbers()).foreachRDD(sink('numbers'))
	return ssc
}

if (isLive) {
	const ssc = StreamingContext.getOrCreate(join(directory, 'checkpoints'), create)
	ssc.start()
	put(join(directory, 'zero'), String(ssc.zeroTime.milliseconds))
	process.stdout.write('ready\n')
	await ssc.awaitTermination()
} else {
	const ssc = create()
	await ssc.step((Number(end) - Number(zero)) / batchMs)
	await ssc.stop(true)
}
