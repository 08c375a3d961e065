/**
 * The inputs of earlier sessions, kept in a file: one JSON string a line, oldest first, a multi-line input as one entry.
 *
 * Appending keeps two shells from losing each other's entries. A history that cannot be kept is said once, and is no
 * reason not to start.
 */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** So many inputs are offered for recall; the file is cut when it has grown to twice that. */
const mostInputs = 1_000

/** The file the history is kept in: RIVULET_HISTORY, else `.rivulet_history` at home; an empty name keeps none. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string | undefined {
	const named = env.RIVULET_HISTORY
	if (named === '') return undefined
	return named ?? join(homedir(), '.rivulet_history')
}

/** Inputs, newest last. */
export class History {
	readonly #file: string | undefined
	readonly #onTrouble: (text: string) => void
	#inputs: string[] = []
	#isBroken = false

	/** @param onTrouble told once, when the file cannot be read or written */
	constructor(file: string | undefined, onTrouble: (text: string) => void) {
		this.#file = file
		this.#onTrouble = onTrouble
		if (file === undefined) return
		this.#try(() => {
			const read = readInputs(file)
			this.#inputs = read.slice(-mostInputs)
			if (read.length > 2 * mostInputs) writeFileSync(file, this.#inputs.map(entry).join(''), { mode: 0o600 })
		})
	}

	get inputs(): readonly string[] {
		return this.#inputs
	}

	/** Keeps an input, unless it repeats the one before. */
	add(input: string): void {
		if (input.trim() === '' || this.#inputs.at(-1) === input) return
		this.#inputs.push(input)
		if (this.#inputs.length > mostInputs) this.#inputs.shift()
		const file = this.#file
		if (file !== undefined && !this.#isBroken) this.#try(() => appendFileSync(file, entry(input), { mode: 0o600 }))
	}

	#try(work: () => void): void {
		try {
			work()
		} catch (thrown) {
			this.#isBroken = true
			const reason = thrown instanceof Error ? thrown.message : String(thrown)
			this.#onTrouble(`the history is not kept: ${reason}`)
		}
	}
}

const entry = (input: string): string => `${JSON.stringify(input)}\n`

function readInputs(file: string): string[] {
	let text: string
	try {
		text = readFileSync(file, 'utf8')
	} catch (thrown) {
		// No history yet is where everybody starts.
		if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
		throw thrown
	}
	return text.split('\n').flatMap((line) => {
		// A line that is no JSON string was not written by us whole (a disk that was full); the others still count.
		if (!/^"(?:[^"\\]|\\.)*"$/.test(line)) return []
		return [JSON.parse(line) as string]
	})
}
