/**
 * A driver that counts the words of arriving files with two kinds of states, a batch each
 * 4 s, and goes on from its checkpoint. Each batch leaves a file with its counts.
 *
 *   node totals.mjs <folder of files> <checkpoint folder> <folder of counts>
 */

import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Seconds, SparkConf, StateSpec, StreamingContext } from '../../dist/engine/index.js'

const [directory, checkpoints, counts] = process.argv.slice(2)

/** Written at once, so that nobody reads half of it. */
function leave(name, time, rows) {
	const path = join(counts, `${name}-${time.milliseconds}`)
	writeFileSync(`${path}.part`, JSON.stringify(Object.fromEntries(rows)))
	renameSync(`${path}.part`, path)
}

function create() {
	const conf = new SparkConf().setAppName('totals').setAll(JSON.parse(process.env.RIVULET_TEST_SETTINGS))
	const ssc = new StreamingContext(conf, Seconds(4))
	ssc.checkpoint(checkpoints)
	const pairs = ssc
		.textFileStream(directory)
		.flatMap((line) => line.split(' '))
		.map((word) => [word, 1])
	const updated = pairs.updateStateByKey((values, state) => values.reduce((a, b) => a + b, state ?? 0), 2)
	const spec = StateSpec.function((key, value, state) => {
		state.update((state.getOption() ?? 0) + (value ?? 0))
		return [key, state.get()]
	}).numPartitions(2)
	const mapped = pairs.mapWithState(spec)
	updated.checkpoint(Seconds(8))
	mapped.checkpoint(Seconds(8))
	updated.foreachRDD(async (rdd, time) => leave('updated', time, await rdd.collect()))
	mapped.stateSnapshots().foreachRDD(async (rdd, time) => leave('mapped', time, await rdd.collect()))
	return ssc
}

const ssc = StreamingContext.getOrCreate(checkpoints, create)
process.once('SIGTERM', () => void ssc.stop(true).then(() => process.exit(0)))
ssc.start()
await ssc.awaitTermination()
