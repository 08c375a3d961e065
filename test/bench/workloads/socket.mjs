// W4: word count of lines from a socket at a given rate, batches of a second.

import { fork } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { lines, many } from './sources.mjs'

const linesPerSecond = 300_000
const stepMs = 20
const warmUpBatches = 4
const measuredBatches = 10

/** Sends lines at the rate, and makes up for steps that came late. */
function send() {
	const next = lines()
	const block = Buffer.from(`${many((linesPerSecond * stepMs) / 1_000, next).join('\n')}\n`)
	const server = createServer((socket) => {
		const began = performance.now()
		let sent = 0
		socket.on('error', () => clearInterval(timer))
		const timer = setInterval(() => {
			for (; sent * stepMs < performance.now() - began; sent++) socket.write(block)
		}, stepMs)
	})
	server.listen(0, '127.0.0.1', () => process.send(server.address().port))
	process.once('disconnect', () => process.exit())
}

export const socket = {
	title: 'word count from a socket',
	async alone() {
		const { Seconds, SparkConf, StreamingContext } = await import('../../../dist/engine/index.js')
		const sender = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
		const port = await new Promise((resolve) => sender.once('message', resolve))
		const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('bench'), Seconds(1))
		const batches = []
		const done = new Promise((resolve) => {
			ssc.addStreamingListener({
				onBatchCompleted({ batchInfo }) {
					batches.push(batchInfo)
					if (batches.length === warmUpBatches + measuredBatches) resolve()
				},
			})
		})
		ssc
			.socketTextStream('127.0.0.1', port)
			.flatMap((line) => line.split(' '))
			.map((word) => [word, 1])
			.reduceByKey((a, b) => a + b)
			.foreachRDD(async (rdd) => {
				await rdd.collect()
			})
		ssc.start()
		await done
		await ssc.stop()
		sender.disconnect()
		const measured = batches.slice(warmUpBatches, warmUpBatches + measuredBatches)
		const rate = measured.reduce((sum, { numRecords }) => sum + numRecords, 0) / measuredBatches
		const delays = measured.map(({ totalDelay }) => totalDelay / 1_000).sort((a, b) => a - b)
		return [
			{
				what: `lines a second of ${linesPerSecond.toLocaleString('en')} offered`,
				aim: '≥ 300,000',
				isLeast: true,
				limit: 0.95 * linesPerSecond,
				found: rate,
				unit: '',
			},
			{ what: 'longest delay of a batch', aim: '< 1 s', limit: 1, found: delays.at(-1), unit: 's' },
		]
	},
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) send()
