/**
 * Counts words in text that arrives from a TCP server, every second.
 *
 * Source: Spark's example NetworkWordCount. Start a server with `nc -lk 9999` or `rivulet serve-text 9999`, then
 * `rivulet run notebooks/programs/network-word-count.ts localhost 9999`.
 */

import { Seconds, SparkConf, StreamingContext } from 'rivulet'

const [host, port] = process.argv.slice(2)
if (host === undefined || !/^\d+$/.test(port ?? '')) {
	console.error('Usage: network-word-count <hostname> <port>')
	process.exit(1)
}

const conf = new SparkConf().setAppName('NetworkWordCount').setMaster('local')
const ssc = new StreamingContext(conf, Seconds(1))

const lines = ssc.socketTextStream(host, Number(port))
const words = lines.flatMap((line) => line.split(' '))
const wordCounts = words.map((word) => [word, 1]).reduceByKey((a, b) => a + b)
wordCounts.print()

ssc.start()
await ssc.awaitTermination()
