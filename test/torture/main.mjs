/**
 * Kills a streaming program with SIGKILL at random moments, starts it again each time, and compares what it wrote with
 * an uninterrupted run over the same files: every batch of every output must be the same, none written twice with
 * different content, and everything that a reliable receiver was told is safe must have come out.
 *
 * npm run test:torture -- [--rounds 20] [--seed 1] [--keep]
 */

import { spawn, spawnSync } from 'node:child_process'
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { batchMs } from './settings.mjs'

const { values: options } = parseArgs({
	options: {
		rounds: { type: 'string', default: '20' },
		seed: { type: 'string', default: String(Date.now() % 100_000) },
		keep: { type: 'boolean', default: false },
	},
})
const rounds = Number(options.rounds)
const program = new URL('./program.mjs', import.meta.url).pathname
const directory = mkdtempSync(join(tmpdir(), 'rivulet-torture-'))
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

let seed = Number(options.seed)
/** Numbers from 0 to 1 (mulberry32). */
function random() {
	seed = (seed + 0x6d2b79f5) | 0
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
	return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** All files are there from the start; their times say to which batch they belong. */
function writeInput(fromMs, untilMs) {
	const words = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu']
	mkdirSync(join(directory, 'in'))
	let i = 0
	for (let ms = fromMs; ms < untilMs; ms += Math.ceil(random() * 3 * batchMs)) {
		const line = Array.from({ length: Math.floor(random() * 6) }, () => words[Math.floor(random() * words.length)])
		const path = join(directory, 'in', `f${String(i++).padStart(5, '0')}`)
		writeFileSync(path, line.length === 0 ? '' : `${line.join(' ')}\n`)
		utimesSync(path, ms / 1_000, ms / 1_000)
	}
}

/** Starts the program; resolves when it says that it runs. */
async function start() {
	const child = spawn(process.execPath, [program, 'live', directory], { stdio: ['ignore', 'pipe', 'pipe'] })
	let said = ''
	child.stderr.on('data', (chunk) => {
		said += chunk
	})
	const ended = new Promise((resolve) => child.on('exit', resolve))
	const ready = new Promise((resolve) => child.stdout.once('data', () => resolve('ready')))
	const first = await Promise.race([ready, ended])
	if (first !== 'ready') throw new Error(`the program ended with ${first}: ${said}`)
	return {
		isOver: () => child.exitCode !== null,
		said: () => said,
		kill: async () => {
			child.kill('SIGKILL')
			await ended
		},
	}
}

const outputs = (folder) => readdirSync(join(directory, folder)).filter((name) => name.endsWith('.json'))
const hasBatch = (ms) => existsSync(join(directory, 'out', `snapshots-${ms}.json`))

async function torture() {
	const fromMs = Date.now() + 3_000
	const untilMs = fromMs + rounds * 1_500 + 2_000
	const endMs = Math.ceil(untilMs / batchMs) * batchMs + 10 * batchMs
	writeInput(fromMs, untilMs)
	let life = await start()
	while (!existsSync(join(directory, 'checkpoints')) || readdirSync(join(directory, 'checkpoints')).length < 3)
		await wait(20)
	for (let round = 1; round <= rounds; round += 1) {
		await wait(Math.floor(random() * 1_500))
		await life.kill()
		life = await start()
		process.stdout.write(`\rkilled ${round} of ${rounds} times`)
	}
	while (!hasBatch(endMs)) {
		if (life.isOver()) throw new Error(`the program ended: ${life.said()}`)
		if (Date.now() > endMs + 120_000) throw new Error(`batch ${endMs} does not come: ${life.said()}`)
		await wait(100)
	}
	await life.kill()
	process.stdout.write('\n')
	return endMs
}

/** What is wrong with what was written. */
function faults(endMs) {
	const zeroMs = Number(readFileSync(join(directory, 'zero'), 'utf8'))
	const reference = spawnSync(process.execPath, [program, 'reference', directory, String(zeroMs), String(endMs)])
	if (reference.status !== 0) return [`the uninterrupted run failed: ${reference.stderr}`]
	const read = (folder, name) => readFileSync(join(directory, folder, name), 'utf8')
	const found = readdirSync(join(directory, 'out')).filter((name) => name.includes('conflict'))
	const wrong = found.map((name) => `written again with another content: ${name}`)
	const all = outputs('reference')
	for (const name of all) {
		if (!existsSync(join(directory, 'out', name))) wrong.push(`missing: ${name}`)
		else if (read('out', name) !== read('reference', name)) wrong.push(`not the same: ${name}`)
	}
	const numbers = new Set(
		outputs('out').flatMap((name) => (name.startsWith('numbers-') ? JSON.parse(read('out', name)) : [])),
	)
	// What was received last may wait for a batch that never came.
	const acked = Number(readFileSync(join(directory, 'acked'), 'utf8')) - 3 * Math.ceil((4 * batchMs) / 7)
	const lost = Array.from({ length: acked }, (_, i) => i).filter((i) => !numbers.has(i))
	if (lost.length > 0) wrong.push(`received and lost: ${lost.length} numbers, the first is ${lost[0]}`)
	process.stdout.write(`${all.length} batches of outputs compared, ${numbers.size} numbers received\n`)
	return wrong
}

process.stdout.write(`seed ${options.seed}, ${directory}\n`)
const wrong = faults(await torture())
for (const fault of wrong.slice(0, 20)) process.stderr.write(`${fault}\n`)
if (wrong.length > 0) process.exitCode = 1
else {
	if (!options.keep) rmSync(directory, { recursive: true })
	process.stdout.write('every batch is what it must be, and nothing was lost\n')
}
