// W1T and W8T: word counts with two worker threads against the hand-written loop on one, by the wall clock: in turns, each in a
// process of its own. On a busy machine these figures say little.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lines, many } from './sources.mjs'

const numTurns = 3
const numLines = 1_000_000
const measure = fileURLToPath(new URL('measure.mjs', import.meta.url))
const engine = fileURLToPath(new URL('../../../dist/engine/index.js', import.meta.url))

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]

/** The median of `hand()` / `ours()`, milliseconds both, in turns. */
function ratio(hand, ours) {
	return median(Array.from({ length: numTurns }, () => hand() / ours()))
}

function batchMs(name, what) {
	const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 24 }
	const all = JSON.parse(execFileSync(process.execPath, [measure, name, what], options)).batchMs
	return median(all.slice(-Math.ceil(all.length / 2)))
}

/** Word count of queued batches on `local[2]`. */
export const threadedWordcount = (wordcount) => ({
	...wordcount,
	ours: (rivulet) => wordcount.ours(rivulet, { 'spark.master': 'local[2]' }),
	async alone() {
		const found = ratio(
			() => batchMs('W1T', 'hand'),
			() => batchMs('W1T', 'ours'),
		)
		const what = 'W1 on local[2] against the loop, time of a batch'
		return [{ what, aim: '≥ 1.8', isLeast: true, limit: 1.2, found, unit: 'times' }]
	},
})

const byHand = `import { createReadStream, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [, , input, output] = process.argv
const began = performance.now()
const counts = new Map()
for await (const line of createInterface({ input: createReadStream(input), crlfDelay: Infinity })) {
	for (const word of line.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
}
writeFileSync(output, [...counts].map(([word, n]) => '(' + word + ',' + n + ')\\n').join(''))
console.log(performance.now() - began)
`

const byUs = `import { SparkConf, SparkContext } from '${engine}'

const [, , input, output] = process.argv
const began = performance.now()
const sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('bench'))
const words = sc.textFile(input).flatMap((line) => line.split(' '))
await words.map((word) => [word, 1]).reduceByKey((a, b) => a + b).saveAsTextFile(output)
console.log(performance.now() - began)
await sc.stop()
`

/** Word count of a text file into text files on `local[2]`. */
export const textfile = {
	title: 'word count of a text file',
	async alone() {
		const folder = mkdtempSync(join(tmpdir(), 'bench-'))
		const input = join(folder, 'input.txt')
		const next = lines()
		for (let i = 0; i < numLines; i += 100_000) {
			writeFileSync(input, `${many(100_000, next).join('\n')}\n`, { flag: 'a' })
		}
		let turn = 0
		const timed = (name, program) => () => {
			const file = join(folder, `${name}.mjs`)
			writeFileSync(file, program)
			const output = join(folder, `${name}-${turn++}`)
			return Number(execFileSync(process.execPath, [file, input, output], { encoding: 'utf8' }))
		}
		const found = ratio(timed('hand', byHand), timed('ours', byUs))
		rmSync(folder, { recursive: true })
		const what = 'text file to text files on local[2] against the loop, time in all'
		return [{ what, aim: '≥ 1.5', isLeast: true, limit: 1, found, unit: 'times' }]
	},
}
