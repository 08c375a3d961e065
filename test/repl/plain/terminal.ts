/** A terminal for tests: understands what readline and the Screen write, and tells what a person would see. */

import { PassThrough, Writable } from 'node:stream'
import type { Output } from '../../../repl/plain/screen.js'

/** A screen of characters with a cursor, and keys to press. */
export class VirtualTerminal extends Writable implements Output {
	readonly isTerminal = true
	readonly isTTY = true
	readonly columns: number
	readonly rows: number
	readonly keys = new PassThrough()
	#lines: string[] = ['']
	#row = 0
	#column = 0

	constructor(columns = 60, rows = 20) {
		super({ decodeStrings: false })
		this.columns = columns
		this.rows = rows
	}

	override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
		this.#feed(String(chunk))
		done()
	}

	writeError(text: string): void {
		this.#feed(text)
	}

	/** All lines, without spaces at their ends and without empty ones at the end of all. */
	get seen(): string[] {
		const lines = this.#lines.map((line) => line.trimEnd())
		while (lines.at(-1) === '') lines.pop()
		return lines
	}

	/** Where the cursor is: row and column, from zero. */
	get cursor(): readonly [number, number] {
		return [this.#row, this.#column]
	}

	#feed(text: string): void {
		// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what this reads
		for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\s\S]/g)) {
			if (token.length > 1) this.#control(token)
			else if (token === '\n') this.#down()
			else if (token === '\r') this.#column = 0
			else this.#put(token)
		}
	}

	#down(): void {
		this.#row++
		this.#column = 0
		if (this.#lines[this.#row] === undefined) this.#lines.push('')
	}

	#put(character: string): void {
		if (this.#column === this.columns) this.#down()
		const line = (this.#lines[this.#row] ?? '').padEnd(this.#column)
		this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1)
		this.#column++
	}

	#control(sequence: string): void {
		const count = Number(/\d+/.exec(sequence)?.[0] ?? 1)
		switch (sequence.at(-1)) {
			case 'A':
				this.#row = Math.max(0, this.#row - count)
				break
			case 'B':
				this.#row += count
				break
			case 'C':
				this.#column += count
				break
			case 'D':
				this.#column = Math.max(0, this.#column - count)
				break
			case 'G':
				this.#column = count - 1
				break
			case 'J':
				this.#lines = this.#lines.slice(0, this.#row + 1)
				this.#eraseLine()
				break
			case 'K':
				this.#eraseLine()
		}
	}

	#eraseLine(): void {
		this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column)
	}
}

/** A pipe for tests: keeps what was written, in order. */
export class VirtualPipe implements Output {
	readonly isTerminal = false
	readonly columns = 0
	readonly rows = 0
	out = ''
	err = ''

	write(text: string): void {
		this.out += text
	}

	writeError(text: string): void {
		this.err += text
	}
}
