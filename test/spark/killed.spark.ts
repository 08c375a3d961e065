/** A driver with states that is killed at once: nothing of it is left, and another one goes on exactly where it was. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { onCluster } from './application.js'
import { isExecutor, markName, processesWith } from './processes.js'

let tmp: string
let driver: ChildProcess | undefined

beforeAll(() => {
	tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	for (const name of ['in', 'counts', 'tmp']) mkdirSync(join(tmp, name))
})
afterAll(() => {
	driver?.kill('SIGKILL')
	rmSync(tmp, { recursive: true, force: true })
})

const words = ['to', 'be', 'or', 'not']
const wanted = new Map<string, number>()
let numFiles = 0

/** A new file of words, there as a whole. */
function put(): void {
	const text = words
		.map((word, i) => `${word} `.repeat(1 + ((numFiles + i) % 3)))
		.join('')
		.trimEnd()
	for (const word of text.split(' ')) wanted.set(word, (wanted.get(word) ?? 0) + 1)
	const name = `${numFiles++}.txt`
	writeFileSync(join(tmp, name), `${text}\n`)
	renameSync(join(tmp, name), join(tmp, 'in', name))
}

function startDriver(): ChildProcess {
	const program = new URL('totals.mjs', import.meta.url).pathname
	const child = spawn(process.execPath, [program, ...['in', 'checkpoints', 'counts'].map((name) => join(tmp, name))], {
		env: {
			...process.env,
			RIVULET_TEST_SETTINGS: JSON.stringify(onCluster),
			TMPDIR: join(tmp, 'tmp'),
			[markName]: tmp,
		},
		stdio: ['ignore', 'inherit', 'inherit'],
	})
	return child
}

/** The counts of the last batch. */
function last(name: string): unknown {
	const files = readdirSync(join(tmp, 'counts')).filter((file) => new RegExp(`^${name}-\\d+$`).test(file))
	const newest = files.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).at(-1)
	return newest === undefined ? undefined : JSON.parse(readFileSync(join(tmp, 'counts', newest), 'utf8'))
}
const numResults = (): number => readdirSync(join(tmp, 'counts')).length
const limit = { timeout: 400_000, interval: 200 }

it('goes on after SIGKILL with all words counted once, and leaves no process and no file behind', async () => {
	driver = startDriver()
	for (const round of [1, 2, 3]) {
		// Files that are older than the first batch would not count.
		await expect.poll(numResults, limit).toBeGreaterThan(4 * (round - 1))
		put()
	}
	expect(processesWith(tmp).filter(isExecutor).length).toBeGreaterThan(0)
	driver.kill('SIGKILL')
	await expect.poll(() => processesWith(tmp), { timeout: 200_000 }).toEqual([])
	expect(readdirSync(join(tmp, 'tmp'))).toEqual([])
	put()
	put()
	driver = startDriver()
	const before = numResults()
	await expect.poll(numResults, limit).toBeGreaterThan(before)
	put()
	const counts = Object.fromEntries(wanted)
	await expect.poll(() => last('updated'), limit).toEqual(counts)
	await expect.poll(() => last('mapped'), limit).toEqual(counts)
	const ended = new Promise((resolve) => driver?.once('exit', resolve))
	driver.kill('SIGTERM')
	expect(await ended).toBe(0)
	expect([processesWith(tmp), readdirSync(join(tmp, 'tmp'))]).toEqual([[], []])
})
