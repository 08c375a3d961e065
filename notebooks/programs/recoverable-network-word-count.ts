/**
 * Counts words in text that arrives from a TCP server and goes on after a crash, with a broadcast and an accumulator.
 *
 * A checkpoint keeps neither broadcasts nor accumulators: each is made once a process, when a batch first needs it.
 * Source: Spark's example RecoverableNetworkWordCount. Start a server with `rivulet serve-text 9999`, then
 * `rivulet run --supervise notebooks/programs/recoverable-network-word-count.ts localhost 9999 checkpoints counts.txt`,
 * kill the program with `kill -9` and look at counts.txt.
 */

import { appendFileSync, existsSync, rmSync } from 'node:fs'
import { type Broadcast, type LongAccumulator, Seconds, SparkConf, type SparkContext, StreamingContext } from 'rivulet'

/** Words that are left out. */
let excluded: Broadcast<readonly string[]> | undefined
function wordExcludeList(sc: SparkContext): Broadcast<readonly string[]> {
	excluded ??= sc.broadcast<readonly string[]>(['a', 'b', 'c'])
	return excluded
}

/** How many words were left out since this process began. */
let dropped: LongAccumulator | undefined
function droppedWordsCounter(sc: SparkContext): LongAccumulator {
	dropped ??= sc.longAccumulator('DroppedWordsCounter')
	return dropped
}

function createContext(host: string, port: number, checkpoints: string, output: string): StreamingContext {
	// This runs in each life, as a checkpoint holds data and no code; what is for the first one only asks for it.
	if (!existsSync(checkpoints)) {
		console.log('Creating new context')
		rmSync(output, { force: true })
	}
	const conf = new SparkConf().setAppName('RecoverableNetworkWordCount').setMaster('local[2]')
	const ssc = new StreamingContext(conf, Seconds(1))
	ssc.checkpoint(checkpoints)

	const words = ssc.socketTextStream(host, port).flatMap((line) => line.split(' '))
	const wordCounts = words.map((word) => [word, 1]).reduceByKey((a, b) => a + b)
	wordCounts.foreachRDD(async (rdd, time) => {
		const excludeList = wordExcludeList(rdd.sparkContext)
		const droppedWords = droppedWordsCounter(rdd.sparkContext)
		const kept = rdd.filter(([word, count]) => {
			if (!excludeList.value.includes(word)) return true
			droppedWords.add(count)
			return false
		})
		const counts = (await kept.collect()).map(([word, count]) => `(${word},${count})`)
		const line = `Counts at time ${time} [${counts.join(', ')}]`
		console.log(line)
		console.log(`Dropped ${droppedWords.value} word(s) totally`)
		appendFileSync(output, `${line}\n`)
	})
	return ssc
}

const [host, port, checkpoints, output] = process.argv.slice(2)
if (host === undefined || !/^\d+$/.test(port ?? '') || checkpoints === undefined || output === undefined) {
	console.error('Usage: recoverable-network-word-count <hostname> <port> <checkpoint-directory> <output-file>')
	process.exit(1)
}
const ssc = StreamingContext.getOrCreate(checkpoints, () => createContext(host, Number(port), checkpoints, output))
ssc.start()
await ssc.awaitTermination()
