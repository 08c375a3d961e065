/**
 * Writes finished lines above the line being typed, and keeps the last block of them open for rewriting.
 *
 *     [3] counts · 12:00:05          printed: stays as it is
 *       (the,12)
 *     [3] counts · 4 empty batches   the open block: rewritten in place while nothing else follows it
 *     rivulet> coun_                 the typed line: hidden while something is written, then drawn again
 *
 * On anything but a terminal lines are only appended, and a block that was kept is not written a second time.
 */

import type { Display } from './contract.js'
import { rowsOf } from './width.js'

/** Where text goes: a terminal, or a pipe. */
export interface Output {
	readonly isTerminal: boolean
	/** Of a terminal; meaningless otherwise. */
	readonly columns: number
	readonly rows: number
	write(text: string): void
	/** Text that a program wrote to its stderr; on a terminal the same place. */
	writeError(text: string): void
}

/** The line being typed, at the end of the screen. */
export interface TypedLine {
	/** Removes it: the cursor is where its first column was. */
	hide(): void
	/** Draws it at the cursor, with what was typed and the cursor where it was. */
	show(): void
}

interface Block {
	readonly key: string
	readonly rows: number
}

/** The part of a screen above the prompt. */
export class Screen implements Display {
	readonly keepsMany = false
	readonly mostLines = Number.POSITIVE_INFINITY
	readonly #output: Output
	#typed: TypedLine | undefined
	#open: Block | undefined
	/** What a program has written of a line that it has not ended yet, and the key it belongs to. */
	#partial: { readonly key: string; readonly text: string } | undefined

	constructor(output: Output) {
		this.#output = output
	}

	/** Tells which line is being typed from now on; none before. */
	attach(typed: TypedLine | undefined): void {
		this.#typed = typed
	}

	get isTerminal(): boolean {
		return this.#output.isTerminal
	}

	/** Something else now stands below the open block, such as a line that was typed: it stays as it is. */
	seal(): void {
		this.#open = undefined
		if (this.#output.isTerminal) this.#partial = undefined
	}

	/** True when the block `key` is the last thing above the prompt. */
	isLast(key: string): boolean {
		return this.#open?.key === key || this.#partial?.key === key
	}

	/** Appends lines; each may itself hold line ends. */
	print(lines: readonly string[]): void {
		this.#append(lines)
	}

	/** Writes a block, or rewrites it when it is last and this is a terminal that can show all of it. */
	keep(key: string, lines: readonly string[]): void {
		const flat = lines.flatMap((line) => line.split('\n'))
		const rows = this.#output.isTerminal ? rowsOf(flat, this.#output.columns) : 0
		this.#append(flat, this.#open?.key === key ? this.#open.rows : 0)
		// A block taller than the window has scrolled away in part and cannot be reached any more.
		this.#open = this.#output.isTerminal && rows < this.#output.rows - 1 ? { key, rows } : undefined
	}

	/** A block that is last stays rewritable; it is left as it is by whatever follows. */
	settle(): void {}

	/**
	 * Text as a program writes it, which may end in the middle of a line; the next text of the same `key` goes on there.
	 * A carriage return starts the line again, so progress bars work.
	 */
	stream(key: string, text: string, name: 'stdout' | 'stderr' = 'stdout', indent = ''): void {
		const begun = this.#partial?.key === key ? this.#partial.text : ''
		if (!this.#output.isTerminal) {
			this.#streamToPipe(key, begun, text, name, indent)
			return
		}
		const lines = `${begun}${text}`.replaceAll('\r\n', '\n').split('\n')
		const shown = lines.map((line) => `${indent}${line.slice(line.lastIndexOf('\r') + 1)}`)
		const last = lines.at(-1) ?? ''
		const erase = begun === '' ? 0 : (this.#open?.rows ?? 0)
		this.#append(last === '' ? shown.slice(0, -1) : shown, erase)
		if (last === '') return
		this.#open = { key, rows: rowsOf([shown.at(-1) ?? ''], this.#output.columns) }
		this.#partial = { key, text: last }
	}

	#streamToPipe(key: string, begun: string, text: string, name: 'stdout' | 'stderr', indent: string): void {
		if (this.#partial !== undefined && this.#partial.key !== key) this.#output.write('\n')
		const start = begun === '' ? indent : ''
		const body = indent === '' ? text : text.replaceAll(/\n(?!$)/g, `\n${indent}`)
		if (name === 'stderr') this.#output.writeError(`${start}${body}`)
		else this.#output.write(`${start}${body}`)
		this.#open = undefined
		const partial = text.slice(text.lastIndexOf('\n') + 1)
		this.#partial = partial === '' ? undefined : { key, text: partial }
	}

	/** Appends lines in the place of the last `erase` rows. */
	#append(lines: readonly string[], erase = 0): void {
		this.#typed?.hide()
		let text = erase > 0 ? `\x1b[${erase}A\r\x1b[J` : ''
		if (!this.#output.isTerminal && this.#partial !== undefined) text += '\n'
		this.#open = undefined
		this.#partial = undefined
		for (const line of lines) text += `${line}\n`
		if (text !== '') this.#output.write(text)
		this.#typed?.show()
	}
}
