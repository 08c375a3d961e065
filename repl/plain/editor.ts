/**
 * The line being typed, on node:readline: prompt, history, completion, pasted blocks, questions of a program.
 *
 * `read` gives one line after the other; what is typed while nobody reads waits its turn. The editor never writes but
 * on its own line, and the Screen hides and shows that line around everything else (TypedLine).
 */

import { createInterface, type Interface, type Key } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { BlockSource, Read } from './contract.js'
import type { TypedLine } from './screen.js'

/** What an editor asks of the shell. */
export interface EditorEvents {
	/** Ctrl-C while nobody reads. */
	onInterrupt(): void
	/** The editor has left lines on the screen: an input, a list of candidates. */
	onLeft(): void
	/** Candidates for the text before the cursor, and the part of it that they replace. */
	complete(text: string): Promise<readonly [readonly string[], string]>
}

/** Where keys come from and the line is drawn. */
export interface EditorPort {
	readonly input: Readable
	readonly output: Writable
	/** True for line editing; false for pipes and dumb terminals. */
	readonly isTerminal: boolean
	/** True when a person sees the prompt: always on terminals, never on pipes. */
	readonly showsPrompt: boolean
}

/** Members of readline's Interface that its types leave out; Node's own REPL stands on them too. */
interface Inner {
	history: string[]
	line: string
	cursor: number
	prevRows: number
	isCompletionEnabled: boolean
	_ttyWrite(text: string | undefined, key: Key): void
	_writeToOutput(text: string): void
}

/** One line editor. */
export class Editor implements BlockSource, TypedLine {
	readonly #port: EditorPort
	readonly #events: EditorEvents
	readonly #lines: string[] = []
	#waiting: ((read: Read) => void) | undefined
	#readline: Interface & Inner
	#isEnded = false
	#isHidden = false
	#prompt = ''

	constructor(port: EditorPort, inputs: readonly string[], events: EditorEvents) {
		this.#port = port
		this.#events = events
		this.#readline = createInterface({
			input: port.input,
			output: port.output,
			terminal: port.isTerminal,
			history: inputs.toReversed(),
			historySize: 1_000,
			removeHistoryDuplicates: true,
			prompt: '',
			completer: (text: string, done: (error: Error | null, result?: [string[], string]) => void) =>
				this.#complete(text, done),
		}) as Interface & Inner
		this.#readline.on('line', (text) => this.#onLine(text))
		this.#readline.on('SIGINT', () => this.cancel())
		this.#readline.on('close', () => this.#onEnd())
		if (port.isTerminal) this.#takePastes()
	}

	/** The next line. One read at a time. */
	read(prompt: string): Promise<Read> {
		const ready = this.#lines.shift()
		if (ready !== undefined) return Promise.resolve({ kind: 'line', text: ready })
		if (this.#isEnded) return Promise.resolve({ kind: 'end' })
		this.#setPrompt(prompt)
		return new Promise((resolve) => {
			this.#waiting = resolve
		})
	}

	/** Asks the person at the keys, for a program; undefined when nobody answers. What is typed may stay unseen. */
	async ask(prompt: string, isSecret: boolean): Promise<string | undefined> {
		const inner = this.#readline
		const write = inner._writeToOutput
		const history = [...(inner.history ?? [])]
		if (isSecret && this.#port.isTerminal) {
			inner._writeToOutput = (text) => {
				const shown = text.startsWith(prompt) ? prompt : /^[\r\n]+$/.test(text) ? text : ''
				if (shown !== '') write.call(inner, shown)
			}
		}
		try {
			const read = await this.read(prompt)
			return read.kind === 'line' ? read.text : undefined
		} finally {
			inner._writeToOutput = write
			if (this.#port.isTerminal) inner.history = history
			this.#setPrompt('')
		}
	}

	/** Makes `inputs` (oldest first) what the arrow keys recall: whole inputs instead of lines. */
	recall(inputs: readonly string[]): void {
		if (this.#port.isTerminal) this.#readline.history = inputs.toReversed()
	}

	/** Drops lines that were typed ahead. */
	dropTyped(): void {
		this.#lines.length = 0
	}

	close(): void {
		this.#readline.close()
	}

	hide(): void {
		if (this.#isHidden || this.#isEnded) return
		if (this.#port.isTerminal) {
			const { rows } = this.#readline.getCursorPos()
			this.#port.output.write(`${rows > 0 ? `\x1b[${rows}A` : ''}\r\x1b[J`)
		} else if (this.#port.showsPrompt && this.#prompt !== '') {
			this.#port.output.write('\n')
		}
		this.#isHidden = true
	}

	show(): void {
		if (!this.#isHidden || this.#isEnded) return
		this.#isHidden = false
		this.#draw()
	}

	#setPrompt(prompt: string): void {
		if (this.#prompt === prompt) return
		this.#prompt = prompt
		this.#readline.setPrompt(prompt)
		if (!this.#isHidden && prompt !== '') this.#draw()
	}

	#draw(): void {
		if (this.#port.isTerminal) {
			this.#readline.prevRows = 0
			if (this.#prompt !== '' || this.#readline.line !== '') this.#readline.prompt(true)
		} else if (this.#port.showsPrompt) {
			this.#port.output.write(this.#prompt)
		}
	}

	#onLine(text: string): void {
		this.#events.onLeft()
		this.#prompt = ''
		this.#readline.setPrompt('')
		const waiting = this.#waiting
		this.#waiting = undefined
		if (waiting === undefined) this.#lines.push(text)
		else waiting({ kind: 'line', text })
	}

	/** Ctrl-C: drops what is typed, or interrupts what runs. */
	cancel(): void {
		// Such a terminal shows ^C itself, and no more.
		if (!this.#port.isTerminal && this.#port.showsPrompt) this.#port.output.write('\n')
		const hadText = this.#readline.line !== ''
		this.#eraseTyped()
		const waiting = this.#waiting
		if (waiting === undefined) {
			this.#events.onInterrupt()
			return
		}
		this.#waiting = undefined
		this.#prompt = ''
		this.#readline.setPrompt('')
		waiting({ kind: 'cancelled', hadText })
	}

	/** Leaves what was typed on the screen, marked as left, and starts a new line. */
	#eraseTyped(): void {
		const inner = this.#readline
		if (this.#port.isTerminal && (inner.line !== '' || this.#prompt !== '')) {
			inner.cursor = inner.line.length
			this.#readline.prompt(true)
			this.#port.output.write('^C\n')
			this.#events.onLeft()
		}
		inner.line = ''
		inner.cursor = 0
		inner.prevRows = 0
	}

	#onEnd(): void {
		this.#isEnded = true
		if (this.#port.isTerminal) this.#port.output.write(`${pasteOff}${this.#prompt === '' ? '' : '\n'}`)
		const waiting = this.#waiting
		this.#waiting = undefined
		waiting?.({ kind: 'end' })
	}

	#complete(text: string, done: (error: Error | null, result?: [string[], string]) => void): void {
		this.#events.complete(text).then(
			([hits, replaced]) => {
				done(null, [[...hits], replaced])
				if (hits.length > 1) this.#events.onLeft()
			},
			(error: Error) => done(error),
		)
	}

	/**
	 * A pasted block goes into the line as it is, line ends included, and waits there for Enter. Terminals mark pastes
	 * when asked to (bracketed paste, xterm control sequences), and readline reports the marks as keys.
	 */
	#takePastes(): void {
		const inner = this.#readline
		const write = inner._ttyWrite.bind(inner)
		// Of several keys that arrive at once readline puts all but the last at the end of the line, wherever the cursor
		// is, unless completion is enabled; it is disabled then so that a pasted tab completes nothing.
		const typed = (text: string | undefined, key: Key): void => {
			const isEnabled = inner.isCompletionEnabled
			inner.isCompletionEnabled = isEnabled || key.name !== 'tab'
			write(text, key)
			inner.isCompletionEnabled = isEnabled
		}
		let pasted: string | undefined
		inner._ttyWrite = (text, key) => {
			if (key.name === 'paste-start') pasted = ''
			else if (pasted === undefined) typed(text, key)
			else if (key.name === 'paste-end') {
				this.#insert(pasted.replace(/\n+$/, ''))
				pasted = undefined
			} else pasted += key.name === 'return' || key.name === 'enter' ? '\n' : (text ?? '')
		}
		this.#port.output.write(pasteOn)
	}

	#insert(text: string): void {
		const inner = this.#readline
		inner.line = inner.line.slice(0, inner.cursor) + text + inner.line.slice(inner.cursor)
		inner.cursor += text.length
		this.#readline.prompt(true)
	}
}

const pasteOn = '\x1b[?2004h'
const pasteOff = '\x1b[?2004l'
