// W8: word count from a text file to text files.

import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { Checksum, lines } from './sources.mjs'

const numLines = 400_000

/** A folder with the text in it, removed at the end. */
async function folderWithText() {
	const folder = mkdtempSync(join(tmpdir(), 'bench-'))
	const next = lines()
	const text = createWriteStream(join(folder, 'text.txt'))
	for (let i = 0; i < numLines; i += 1_000) {
		let block = ''
		for (let j = 0; j < 1_000; j++) block += `${next()}\n`
		if (!text.write(block)) await new Promise((resolve) => text.once('drain', resolve))
	}
	text.end()
	await finished(text)
	return folder
}

/** What was written as `(word,count)`, a line each. */
function checked(found, folder) {
	for (const name of readdirSync(folder)) {
		if (!name.startsWith('part-')) continue
		for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
			if (line !== '') found.add(Number(line.slice(line.lastIndexOf(',') + 1, -1)))
		}
	}
}

function program(count) {
	const found = new Checksum()
	let folder
	return {
		found,
		async before() {
			folder = await folderWithText()
		},
		batch: () => count(join(folder, 'text.txt'), join(folder, 'out')),
		end() {
			checked(found, join(folder, 'out'))
			rmSync(folder, { recursive: true })
		},
	}
}

export const files = {
	title: `word count from a file to files, ${numLines.toLocaleString('en')} lines`,
	aim: 1,
	floor: 0.9,
	numBatches: 1,
	recordsPerBatch: numLines,
	input: () => () => [],
	hand: () =>
		program(async (text, out) => {
			const { mkdirSync, writeFileSync } = await import('node:fs')
			const counts = new Map()
			for await (const line of createInterface({ input: createReadStream(text) })) {
				for (const word of line.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
			}
			mkdirSync(out)
			writeFileSync(join(out, 'part-00000'), [...counts].map(([word, n]) => `(${word},${n})\n`).join(''))
		}),
	ours: ({ SparkConf, SparkContext }) =>
		program(async (text, out) => {
			const sc = new SparkContext(new SparkConf().setMaster('local').setAppName('bench'))
			await sc
				.textFile(text)
				.flatMap((line) => line.split(' '))
				.map((word) => [word, 1])
				.reduceByKey((a, b) => a + b)
				.saveAsTextFile(out)
			await sc.stop()
		}),
}
