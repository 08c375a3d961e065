// W1: word count of 20 queued batches of 100,000 lines.

import { queued } from './queued.mjs'
import { Checksum, lines, many } from './sources.mjs'

const linesPerBatch = 100_000

export const wordcount = {
	title: 'word count, 100,000 lines a batch',
	aim: 1.3,
	floor: 1.1,
	numBatches: 20,
	recordsPerBatch: linesPerBatch,
	input() {
		const next = lines()
		return () => many(linesPerBatch, next)
	},
	hand() {
		const found = new Checksum()
		return {
			found,
			batch(all) {
				const counts = new Map()
				for (const line of all) for (const word of line.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
				for (const [, n] of [...counts]) found.add(n)
			},
		}
	},
	ours: (rivulet, conf = {}) =>
		queued(rivulet, { conf }, ([stream], found) =>
			stream
				.flatMap((line) => line.split(' '))
				.map((word) => [word, 1])
				.reduceByKey((a, b) => a + b)
				.foreachRDD(async (rdd) => {
					for (const [, n] of await rdd.collect()) found.add(n)
				}),
		),
}
