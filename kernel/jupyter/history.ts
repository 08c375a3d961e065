/**
 * What was run, kept over restarts in one file of the user's Jupyter data folder: a JSON line each entry.
 *
 * Readable at once after an entry was added. At most `mostEntries` are kept; the file is cut when it is read with twice
 * as many. `RIVULET_HISTORY` names another file; empty keeps the history in memory only. Several kernels append to one
 * file; each takes the session number after the greatest it finds.
 */

import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { userDataFolder } from './datafolder.js'
import { logLine } from './port.js'
import type { Content } from './wire.js'

/** One execution: session number, execution count, source, and the text of its result. */
interface Entry {
	readonly session: number
	readonly line: number
	readonly source: string
	readonly output: string | null
}

/** What a history reply holds an entry. */
export type HistoryItem = readonly [number, number, string | readonly [string, string | null]]

const mostEntries = 10_000

/** Where the history is kept: undefined keeps it in memory. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string | undefined {
	const named = env.RIVULET_HISTORY
	if (named !== undefined) return named === '' ? undefined : named
	return join(userDataFolder(env), 'rivulet', 'history.jsonl')
}

/** The history of this and earlier kernels. */
export class History {
	readonly #session: number
	#file: string | undefined
	#entries: Entry[] = []

	constructor(file: string | undefined) {
		this.#file = file
		this.#load()
		this.#session = this.#entries.reduce((greatest, { session }) => Math.max(greatest, session), 0) + 1
	}

	add(line: number, source: string, output: string | null): void {
		const entry: Entry = { session: this.#session, line, source, output }
		this.#entries.push(entry)
		if (this.#entries.length > mostEntries) this.#entries.shift()
		this.#keep((file) => appendFileSync(file, `${JSON.stringify(entry)}\n`))
	}

	/** Answers a `history_request`. Session 0 is this one, -1 the one before; a missing `stop` means to the end. */
	find(request: Content): HistoryItem[] {
		const withOutput = request.output === true
		return this.#matching(request).map(({ session, line, source, output }) => [
			session,
			line,
			withOutput ? [source, output] : source,
		])
	}

	#matching(request: Content): Entry[] {
		const n = typeof request.n === 'number' ? request.n : mostEntries
		switch (request.hist_access_type) {
			case 'tail':
				return lastOf(this.#entries, n)
			case 'range': {
				const asked = typeof request.session === 'number' ? request.session : 0
				const session = asked > 0 ? asked : this.#session + asked
				const start = typeof request.start === 'number' ? request.start : 0
				const stop = typeof request.stop === 'number' ? request.stop : Number.POSITIVE_INFINITY
				return this.#entries.filter((one) => one.session === session && one.line >= start && one.line < stop)
			}
			case 'search': {
				const pattern = globOf(typeof request.pattern === 'string' ? request.pattern : '*')
				const found = this.#entries.filter(({ source }) => pattern.test(source))
				return lastOf(request.unique === true ? newestOfEach(found) : found, n)
			}
			default:
				return []
		}
	}

	#load(): void {
		let lines: string[] = []
		this.#keep((file) => {
			mkdirSync(dirname(file), { recursive: true })
			lines = existingText(file).split('\n')
		})
		const entries = lines.map(entryIn).filter((entry) => entry !== undefined)
		this.#entries = entries.slice(-mostEntries)
		if (entries.length < 2 * mostEntries) return
		this.#keep((file) => {
			writeFileSync(`${file}.new`, `${this.#entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`)
			renameSync(`${file}.new`, file)
		})
	}

	/** Works on the file; a file that cannot be used is said once, and the history goes on in memory. */
	#keep(work: (file: string) => void): void {
		if (this.#file === undefined) return
		try {
			work(this.#file)
		} catch (error) {
			logLine(`the history is not kept: ${String(error)}`)
			this.#file = undefined
		}
	}
}

function existingText(file: string): string {
	try {
		return readFileSync(file, 'utf8')
	} catch (error) {
		if ((error as { code?: unknown }).code === 'ENOENT') return ''
		throw error
	}
}

function entryIn(line: string): Entry | undefined {
	if (line === '') return undefined
	try {
		const value = JSON.parse(line) as Partial<Entry>
		const { session, line: number, source, output } = value
		if (typeof session !== 'number' || typeof number !== 'number' || typeof source !== 'string') return undefined
		return { session, line: number, source, output: typeof output === 'string' ? output : null }
	} catch {
		// Half a line, left by a kernel that was killed while it wrote.
		return undefined
	}
}

/** `slice(-0)` would be everything. */
const lastOf = (entries: Entry[], n: number): Entry[] => (n > 0 ? entries.slice(-n) : [])

function newestOfEach(entries: readonly Entry[]): Entry[] {
	const bySource = new Map<string, Entry>()
	for (const entry of entries) {
		bySource.delete(entry.source)
		bySource.set(entry.source, entry)
	}
	return [...bySource.values()]
}

/** A whole-text pattern in which `*` stands for any characters and `?` for one. */
function globOf(pattern: string): RegExp {
	const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
	return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
}
