// W1A: what a pipeline keeps of its speed when others have run in the process before it: shared code that has met many
// shapes of records and functions is slower than code that has met one.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { queued } from './queued.mjs'
import { many } from './sources.mjs'

const numTurns = 3
const numbersPerBatch = 300_000
const measure = fileURLToPath(new URL('measure.mjs', import.meta.url))
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]

/** Pipelines over other records, with other functions and keys. */
const others = [
	(s) => s.map((n) => n * 2).filter((n) => n % 3 === 0),
	(s) => s.map((n) => ({ n, text: `${n}` })).filter(({ text }) => text.length > 2),
	(s) =>
		s
			.flatMap((n) => [n, [n], `${n}`])
			.map((x) => [typeof x, 1])
			.reduceByKey((a, b) => a + b),
	(s) =>
		s
			.map((n) => [n % 7, n])
			.groupByKey()
			.mapValues((all) => all.length),
	(s) => s.map((n) => [[n % 5, n % 3], 1n]).reduceByKey((a, b) => a + b),
	(s) => s.mapPartitions((all) => [...all].map((n) => new Date(n))).map((date) => date.getTime()),
	(s) => s.map((n) => [`k${n % 1000}`, { n }]).reduceByKey((a, b) => ({ n: a.n + b.n })),
	(s) =>
		s
			.map((n) => [n % 2 === 0, [n]])
			.combineByKey(
				(v) => [v],
				(all, v) => [...all.slice(0, 9), v],
				(a, b) => a.concat(b),
			),
]

async function runOthers(rivulet) {
	for (const other of others) {
		const program = queued(rivulet, {}, ([stream]) =>
			other(stream).foreachRDD(async (rdd) => void (await rdd.collect())),
		)
		for (let b = 0; b < 10; b++) await program.batch(many(10_000, (_, i) => b + i))
		await program.end()
	}
}

const numbers = {
	numBatches: 60,
	recordsPerBatch: numbersPerBatch,
	input: () => () => many(numbersPerBatch, (_, i) => i),
	ours: (rivulet) =>
		queued(rivulet, {}, ([stream], found) =>
			stream
				.map((n) => n + 1)
				.filter((n) => n % 3 !== 0)
				.map((n) => n * 2)
				.reduce((a, b) => a + b)
				.foreachRDD(async (rdd) => found.add((await rdd.collect())[0] % 1_000_000)),
		),
}

const cpuMs = (name) => {
	const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 24 }
	const all = JSON.parse(execFileSync(process.execPath, [measure, name, 'ours'], options)).cpuMs
	return median(all.slice(-Math.ceil(all.length / 2)))
}

const after = (workload) => ({
	...workload,
	async ours(rivulet) {
		await runOthers(rivulet)
		return await workload.ours(rivulet)
	},
})

/** Both as they are and after the others; W1A itself is the word count after them. */
export const afterOthers = (wordcount) => ({
	N: numbers,
	NA: after(numbers),
	W1A: {
		...after(wordcount),
		alone() {
			const kept = (name, later) => median(Array.from({ length: numTurns }, () => cpuMs(name) / cpuMs(later)))
			const row = (what, found) => ({ what, aim: '≥ 0.9', isLeast: true, limit: 0.8, found, unit: 'of its speed' })
			return [row('W1 after eight other pipelines', kept('W1', 'W1A')), row('numbers after them', kept('N', 'NA'))]
		},
	},
})
