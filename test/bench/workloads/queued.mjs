// A streaming program over queues, driven batch by batch on a clock that is set by hand.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Checksum } from './sources.mjs'

/** Starts what `build` makes of the input streams; `batch` gives each of them its records and runs one batch. */
export function queued(rivulet, { numInputs = 1, isDurable = false, conf = {} }, build) {
	const { ManualClock, SparkConf, StreamingContext, Seconds } = rivulet
	const settings = new SparkConf().setMaster('local').setAppName('bench')
	for (const [name, value] of Object.entries(conf)) settings.set(name, value)
	const ssc = new StreamingContext(settings, Seconds(1), { clock: new ManualClock() })
	const folder = isDurable ? mkdtempSync(join(tmpdir(), 'bench-')) : undefined
	if (folder !== undefined) ssc.checkpoint(folder)
	const queues = Array.from({ length: numInputs }, () => ssc.queue())
	const found = new Checksum()
	build(
		queues.map((queue) => ssc.queueStream(queue)),
		found,
		ssc,
	)
	ssc.start()
	return {
		found,
		async batch(...inputs) {
			for (const [i, queue] of queues.entries()) queue.push(inputs[i])
			await ssc.step()
		},
		async end() {
			await ssc.stop()
			if (folder !== undefined) rmSync(folder, { recursive: true })
		},
	}
}
