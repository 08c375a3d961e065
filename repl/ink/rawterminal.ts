/**
 * The terminal in raw mode: keys come one by one, pastes are marked, and everything is put back whatever happens.
 *
 * Put back on close, at the process's exit, and on signals and errors nobody handles (they end in an exit).
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StreamError } from '../../engine/index.js'
import { type Key, KeyReader } from '../edit/keys.js'
import type { WindowSize } from './frame.js'
import { Store, type Watched } from './store.js'

const pasteOn = '\x1b[?2004h'
const pasteOff = '\x1b[?2004l'
const cursorOn = '\x1b[?25h'
const otherScreen = '\x1b[?1049h'
const ownScreen = '\x1b[?1049l'

/** A terminal whose keys are read raw. */
export class RawTerminal {
	readonly #input: NodeJS.ReadStream
	readonly #output: NodeJS.WriteStream
	readonly #reader = new KeyReader()
	readonly #onKeys: (keys: readonly Key[]) => void
	readonly #size: Store<WindowSize>
	readonly #restore = (): void => this.#putBack()
	readonly #read = (piece: Buffer): void => this.#onKeys(this.#reader.read(piece))
	readonly #resized = (): void => this.#size.set(sizeOf(this.#output))
	#isOpen = true
	#isOther = false

	constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream, onKeys: (keys: readonly Key[]) => void) {
		this.#input = input
		this.#output = output
		this.#onKeys = onKeys
		this.#size = new Store(sizeOf(output))
		process.on('exit', this.#restore)
		input.setRawMode(true)
		input.on('data', this.#read)
		output.on('resize', this.#resized)
		output.write(pasteOn)
	}

	/** Of the window, as it changes. */
	get size(): Watched<WindowSize> {
		return this.#size
	}

	/** Shows the other screen, or the own one again as it was. */
	showOther(isShown: boolean): void {
		this.#isOther = isShown
		this.#output.write(isShown ? otherScreen : ownScreen + cursorOn)
	}

	/** Gives the terminal back. */
	close(): void {
		this.#input.off('data', this.#read)
		this.#output.off('resize', this.#resized)
		this.#input.pause()
		this.#putBack()
		process.off('exit', this.#restore)
	}

	/**
	 * Has the person's own editor change a text: $VISUAL, $EDITOR, or vi. Everything else stands still meanwhile.
	 * @throws cli/usage when there is no such editor, or it ends with an error
	 */
	editOutside(text: string): string {
		const command = process.env.VISUAL || process.env.EDITOR || 'vi'
		return this.#outside(command, text, 'set EDITOR to an editor of yours; the block is as it was')
	}

	/**
	 * Shows a text in the person's own pager: $PAGER, or less.
	 * @throws cli/usage when there is no such pager, or it ends with an error
	 */
	page(text: string): void {
		this.#outside(process.env.PAGER || 'less -R', text, 'set PAGER to a pager of yours')
	}

	/** Gives the terminal to another program with `text` in a file; what the file holds in the end. */
	#outside(command: string, text: string, remedy: string): string {
		const folder = mkdtempSync(join(tmpdir(), 'rivulet-edit-'))
		const file = join(folder, 'block.ts')
		try {
			writeFileSync(file, `${text}\n`)
			this.#input.setRawMode(false)
			writeSync(1, pasteOff + otherScreen + cursorOn)
			const { status, error } = spawnSync(`${command} "${file}"`, { stdio: 'inherit', shell: true })
			if (error !== undefined || status !== 0) {
				const how = error?.message ?? `code ${status}`
				throw new StreamError('cli/usage', `the program '${command}' ended with ${how}`, { remedy })
			}
			return readFileSync(file, 'utf8')
		} finally {
			writeSync(1, ownScreen + pasteOn)
			this.#input.setRawMode(true)
			rmSync(folder, { recursive: true, force: true })
		}
	}

	#putBack(): void {
		if (!this.#isOpen) return
		this.#isOpen = false
		try {
			this.#input.setRawMode(false)
			// Written at once: the process may end with this call.
			writeSync(1, `${this.#isOther ? ownScreen : ''}${pasteOff}${cursorOn}`)
		} catch {
			// The terminal is gone (its window was closed): there is nothing to put back.
		}
	}
}

const sizeOf = ({ columns, rows }: NodeJS.WriteStream): WindowSize => ({ columns: columns || 80, rows: rows || 24 })
