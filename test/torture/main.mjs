/**
 * Kills a streaming program with SIGKILL at random moments, every other time in the middle of an operation on the files
 * of its checkpoints and logs, starts it again, and compares what it wrote with an uninterrupted run over the same files:
 * every batch of every output must be the same, record for record; rows of the database are there once; of what a
 * reliable receiver was told is safe nothing is missing and nothing counts twice.
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
import { openDatabase } from './sink.mjs'

const { values: options } = given()
const rounds = Number(options.rounds)
if (options.help || !Number.isInteger(rounds) || rounds < 1) {
	console.error('npm run test:torture -- [--rounds 20] [--seed 1] [--keep]; rounds is a positive whole number')
	process.exit(options.help ? 0 : 2)
}
const program = new URL('./program.mjs', import.meta.url).pathname
const directory = mkdtempSync(join(tmpdir(), 'rivulet-torture-'))
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The options; ends the process when there is one that nobody knows. */
function given() {
	try {
		return parseArgs({
			options: {
				rounds: { type: 'string', default: '20' },
				seed: { type: 'string', default: String(Date.now() % 100_000) },
				keep: { type: 'boolean', default: false },
				help: { type: 'boolean', default: false },
			},
		})
	} catch (thrown) {
		console.error(`${thrown.message}: npm run test:torture -- --help`)
		process.exit(2)
	}
}

let seed = Number(options.seed)
/** Numbers from 0 to 1 (mulberry32). */
function random() {
	seed = (seed + 0x6d2b79f5) | 0
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
	return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const words = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu']
let numFiles = 0
let inputMs = Date.now() + 3_000
/** Files are there well before their time, which says to which batch they belong. */
function writeInput() {
	// After a long wait there is a gap: a file that comes after its batch would belong to another one.
	inputMs = Math.max(inputMs, Date.now() + 3_000)
	for (const untilMs = Date.now() + 20_000; inputMs < untilMs; inputMs += Math.ceil(random() * 6 * batchMs)) {
		const line = Array.from({ length: Math.floor(random() * 6) }, () => words[Math.floor(random() * words.length)])
		const path = join(directory, 'in', `f${String(numFiles++).padStart(5, '0')}`)
		writeFileSync(path, line.length === 0 ? '' : `${line.join(' ')}\n`)
		utimesSync(path, inputMs / 1_000, inputMs / 1_000)
	}
}

/** Starts a life, which may be told where to kill itself. */
function start(killAt = '') {
	const env = { ...process.env, RIVULET_TORTURE_KILL_AT: killAt }
	const child = spawn(process.execPath, [program, 'live', directory], { env, stdio: ['ignore', 'pipe', 'pipe'] })
	let said = ''
	child.stderr.on('data', (chunk) => {
		said += chunk
	})
	const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)))
	const isReady = new Promise((resolve) => child.stdout.once('data', () => resolve(true)))
	return {
		isOver: () => child.exitCode !== null || child.signalCode !== null,
		said: () => said,
		/** Resolves when it says that it runs, or has been killed. */
		async ready() {
			const how = await Promise.race([isReady, ended])
			if (how !== true && how !== 'SIGKILL') throw new Error(`the program ended with ${how}: ${said}`)
		},
		async kill() {
			child.kill('SIGKILL')
			const how = await ended
			if (how !== 'SIGKILL') throw new Error(`the program ended with ${how}: ${said}`)
		},
	}
}

const outputs = (folder) => readdirSync(join(directory, folder)).filter((name) => name.endsWith('.json'))
const hasBatch = (ms) => existsSync(join(directory, 'out', `snapshots-${ms}.json`))

/** How far the outputs are behind the clock. */
function lagMs() {
	const newest = outputs('out').reduce((ms, name) => Math.max(ms, Number(/^snapshots-(\d+)/.exec(name)?.[1] ?? 0)), 0)
	return Date.now() - newest
}

/** A program that is killed all the time on a busy machine falls behind: now and then it is let to catch up. */
async function catchUp(life) {
	if (lagMs() < 10_000) return
	const untilMs = Date.now() + 120_000
	while (lagMs() > 2_000 && Date.now() < untilMs && !life.isOver()) await wait(200)
}

const ackedNow = () => Number(readFileSync(join(directory, 'acked'), 'utf8'))

/**
 * Kills it `rounds` times; resolves to the last batch that it had time for afterwards, and how many numbers were safe
 * well before its time: those are in it, or in one before.
 */
async function torture() {
	mkdirSync(join(directory, 'in'))
	writeInput()
	let life = start()
	await life.ready()
	const checkpoints = join(directory, 'checkpoints')
	const hasCheckpoint = () =>
		existsSync(checkpoints) && readdirSync(checkpoints).some((name) => /^checkpoint/.test(name))
	while (!hasCheckpoint()) await wait(20)
	for (let round = 1; round <= rounds; round += 1) {
		await catchUp(life)
		await wait(Math.floor(random() * 900))
		await life.kill()
		writeInput()
		const isInside = round % 2 === 0
		life = start(isInside ? `${1 + Math.floor(random() ** 2 * 200)}:${random()}` : '')
		await life.ready()
		if (process.stdout.isTTY || round === rounds) process.stdout.write(`\rkilled ${round} of ${rounds} times`)
	}
	await life.kill()
	life = start()
	await life.ready()
	await wait(16 * batchMs)
	const acked = ackedNow()
	const endMs = Math.ceil(Date.now() / batchMs) * batchMs + 4 * batchMs
	while (!hasBatch(endMs)) {
		if (life.isOver()) throw new Error(`the program ended: ${life.said()}`)
		if (Date.now() > endMs + 300_000) throw new Error(`batch ${endMs} does not come: ${life.said()}`)
		await wait(100)
	}
	await life.kill()
	process.stdout.write('\n')
	return { endMs, acked }
}

/** The rows of an output in the database of a run: those of each batch in order of their texts. */
function rowsOf(folder, output, endMs) {
	const db = openDatabase(join(directory, folder, 'rows.db'))
	const rows = db
		.prepare('select batch_time, row from rows where output = ? and batch_time <= ? order by batch_time, row')
		.raw()
		.all(output, endMs)
	db.close()
	return rows
}

/** What is wrong with what was written. */
function faults({ endMs, acked }) {
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
	const [mapped, wanted] = ['out', 'reference'].map((folder) => rowsOf(folder, 'mapped', endMs))
	const at = wanted.findIndex((row, i) => String(mapped[i]) !== String(row))
	if (at !== -1) wrong.push(`row ${at} of the database is ${mapped[at]} and must be ${wanted[at]}`)
	if (mapped.length !== wanted.length) wrong.push(`${mapped.length} rows in the database and must be ${wanted.length}`)
	const numbers = rowsOf('out', 'numbers', Number.MAX_SAFE_INTEGER)
		.map(([, row]) => Number(row))
		.sort((a, b) => a - b)
	const gap = numbers.findIndex((n, i) => n !== i)
	if (gap !== -1) wrong.push(`number ${gap} is ${numbers[gap] < gap ? 'there twice' : 'missing'}`)
	if (numbers.length < acked) wrong.push(`${acked} numbers were safe, ${numbers.length} came out`)
	process.stdout.write(
		`${all.length} batches of outputs, ${wanted.length} rows and ${numbers.length} numbers compared\n`,
	)
	return wrong
}

const beganMs = Date.now()
process.stdout.write(`seed ${options.seed}, ${directory}\n`)
const wrong = faults(await torture())
for (const fault of wrong.slice(0, 20)) process.stderr.write(`${fault}\n`)
if (wrong.length > 0) process.exitCode = 1
else {
	if (!options.keep) rmSync(directory, { recursive: true })
	const seconds = Math.round((Date.now() - beganMs) / 1_000)
	process.stdout.write(`every batch is what it must be, nothing was lost, nothing came twice (${seconds} s)\n`)
}
