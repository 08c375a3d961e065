// W7: from the start of the process to the first result of a program of ten lines.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const numStarts = 10

const program = `import { Milliseconds, SparkConf, StreamingContext } from '${root}dist/engine/index.js'

const conf = new SparkConf().setMaster('local').setAppName('start')
const ssc = new StreamingContext(conf, Milliseconds(20))
const lines = ssc.queueStream([['to be or not to be']])
const counts = lines.flatMap((line) => line.split(' ')).map((word) => [word, 1]).reduceByKey((a, b) => a + b)
counts.foreachRDD(async (rdd) => console.log(JSON.stringify(await rdd.collect())))
ssc.start()
await ssc.awaitTermination()
`

function firstOutput(file) {
	return new Promise((resolve, reject) => {
		const began = performance.now()
		const child = spawn(process.execPath, [`${root}dist/front/rivulet.js`, 'run', file], {
			stdio: ['ignore', 'pipe', 'inherit'],
		})
		child.once('error', reject)
		child.once('exit', (code) => reject(new Error(`rivulet run ended with ${code} before it had a result`)))
		child.stdout.on('data', (text) => {
			if (!String(text).includes('"be"')) return
			resolve((performance.now() - began) / 1_000)
			child.removeAllListeners('exit')
			child.kill()
		})
	})
}

export const start = {
	title: 'start to first result',
	async alone() {
		const folder = mkdtempSync(join(tmpdir(), 'bench-'))
		const file = join(folder, 'start.mjs')
		writeFileSync(file, program)
		const seconds = []
		for (let i = 0; i < numStarts; i++) seconds.push(await firstOutput(file))
		rmSync(folder, { recursive: true })
		const found = seconds.sort((a, b) => a - b)[numStarts >> 1]
		return [{ what: 'start of rivulet run to its first result', aim: '≤ 0.3 s', limit: 0.5, found, unit: 's' }]
	},
}
