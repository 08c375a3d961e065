/**
 * The shell in line mode: reads lines, puts them together to inputs, and has them run one by one.
 *
 *     line(s) -> complete? -> dot command, or an input for the Runner -> next
 *
 * With a pipe on stdin there is no prompt, everything else is the same; at its end the context is stopped and the exit
 * code tells whether an input failed.
 */

import { StreamError } from '../../engine/index.js'
import type { Completeness, Completions, Diagnostic, Inspection, TypesMode } from '../../kernel/language/contract.js'
import type { FromSession } from '../../kernel/session/messages.js'
import type { BlockSource } from './contract.js'
import { describedName, unknownName } from './describing.js'
import { dotCommands, findDotCommand } from './dotcommands.js'
import { exported, testOf } from './exporting.js'
import type { History } from './history.js'
import { Runner, type RunnerParts } from './runner.js'
import type { PastInput, ShellActions, TerminalActions } from './shellactions.js'
import { wrapped } from './wrap.js'

/** What a shell is made of. */
export interface ShellParts extends RunnerParts {
	/** Absent when there is nobody to read from: a demonstration that ends by itself. */
	readonly editor: BlockSource | undefined
	readonly history: History
	/** The text of a file that was named by the user. */
	readonly readFile: (path: string) => string
	readonly writeFile: (path: string, text: string) => void
	readonly terminal?: TerminalActions
	/** Hears of everything the session says, e.g. a dashboard. */
	readonly watch?: (message: FromSession) => void
}

/** What was asked on the command line. */
export interface ShellOptions {
	/** Lines shown first, to a person. */
	readonly banner: readonly string[]
	/** A person sits at the keys: prompts and hints, and the exit code 0 whatever failed. */
	readonly isInteractive: boolean
	/** Leave after so many batches. */
	readonly batches?: number
	/** JavaScript that prepares each fresh session, e.g. another batch interval. */
	readonly setUp?: string
	/** TypeScript shown and run as the first input. */
	readonly firstInput?: string
	/** Said once the first input has run. */
	readonly afterFirst?: readonly string[]
}

const prompt = 'rivulet> '
const continuation = '     ... '
/** A second Ctrl-C within this time asks how to leave. */
const twiceMs = 1_000

/** One run of the shell. */
export class Shell implements ShellActions {
	readonly #parts: ShellParts
	readonly #options: ShellOptions
	readonly #runner: Runner
	#buffer = ''
	#cancelledMs = Number.NEGATIVE_INFINITY
	#batches = 0
	#isStreaming = false
	readonly #leaving: Promise<void>
	#leave: () => void = () => undefined
	#isLeaving = false

	constructor(parts: ShellParts, options: ShellOptions) {
		this.#parts = parts
		this.#options = options
		this.#leaving = new Promise((resolve) => {
			this.#leave = resolve
		})
		this.#runner = new Runner(parts, {
			allowsInput: options.isInteractive && parts.editor !== undefined,
			...(options.setUp === undefined ? {} : { setUp: options.setUp }),
			onMessage: (message) => this.#onMessage(message),
			onLost: () => this.leave(),
		})
	}

	/** The inputs of this shell. */
	get runner(): Runner {
		return this.#runner
	}

	/** Runs until its end; resolves to the exit code. */
	async run(): Promise<number> {
		const { editor, screen } = this.#parts
		const { isInteractive, banner } = this.#options
		if (isInteractive) for (const line of banner) screen.print(wrapped(line, this.columns - 1))
		await Promise.race([this.#work(editor), this.#leaving])
		this.#isLeaving = true
		editor?.close()
		void this.#runner.interrupt()
		await this.#runner.stop()
		return this.#runner.hasFailed && !isInteractive ? 1 : 0
	}

	/** Leaves soon, wherever the shell is. */
	leave(): void {
		this.#isLeaving = true
		this.#leave()
	}

	/** Ctrl-C on an empty line: stops what runs and what was typed ahead; twice, the streams. */
	interrupt(): void {
		this.#parts.editor?.dropTyped()
		// An input that was over before the key came is no reason to do nothing.
		if (this.#runner.isRunning) void this.#runner.interrupt().then((isOver) => isOver || this.#cancelled(false))
		else this.#cancelled(false)
	}

	async #work(editor: BlockSource | undefined): Promise<void> {
		const { firstInput, isInteractive, batches } = this.#options
		await this.#runner.setUp()
		if (firstInput !== undefined) await this.#demonstrate(firstInput)
		if (editor === undefined) return this.#leaving
		// A person does not wait for the checker: findings may follow. In a script type errors always come first.
		if (!isInteractive) await this.#runner.guard(() => this.#parts.language.warm)
		while (!this.#isLeaving) {
			const read = await editor.read(this.#buffer === '' ? prompt : continuation)
			if (this.#isLeaving) return
			if (read.kind === 'end') break
			if (read.kind === 'cancelled') this.#cancelled(read.hadText)
			else await this.#line(read.text)
		}
		if (this.#buffer.trim() !== '' && !isInteractive) await this.#input(this.#buffer)
		if (!isInteractive && batches !== undefined && (await this.#runner.isStreaming())) await this.#leaving
	}

	/** Shows code as if it had been typed, and runs it. */
	async #demonstrate(code: string): Promise<void> {
		const { screen, style } = this.#parts
		screen.print(code.split('\n').map((line, index) => `${style.dim(index === 0 ? prompt : continuation)}${line}`))
		await this.#input(code)
		for (const line of this.#options.afterFirst ?? []) this.#runner.hint(line)
	}

	async #line(text: string): Promise<void> {
		if (this.#buffer === '') {
			if (text.trim() === '') return
			if (/^\s*([.%][a-z]*(\s|$)|\?)/.test(text)) return this.#command(text.trim())
		}
		this.#buffer += this.#buffer === '' ? text : `\n${text}`
		const completeness = await this.#runner.guard(() => this.#parts.language.isComplete(this.#buffer))
		if (completeness?.status === 'incomplete') return
		const code = this.#buffer
		this.#buffer = ''
		await this.#input(code)
	}

	#cancelled(hadText: boolean): void {
		const isIdle = !hadText && this.#buffer === ''
		this.#buffer = ''
		const now = this.#parts.clock.now()
		const isSecond = isIdle && now - this.#cancelledMs < twiceMs
		this.#cancelledMs = isIdle && !isSecond ? now : Number.NEGATIVE_INFINITY
		if (isSecond && this.#isStreaming) void this.#command('.stop')
		else if (isSecond) this.#runner.hint('to leave: Ctrl-D, or .exit')
		else if (isIdle && this.#isStreaming) this.#runner.hint('Ctrl-C again stops the streams; Ctrl-D leaves')
	}

	async #command(line: string): Promise<void> {
		this.#remember(line)
		await this.#runner.guard(async () => {
			if (line.startsWith('?')) return this.describe(line.slice(1).trim())
			const { command, argument } = findDotCommand(line)
			await command.run(this, argument)
		})
	}

	async #input(code: string): Promise<void> {
		this.#remember(code)
		await this.#runner.guard(() => this.#runner.run(code))
	}

	#remember(input: string): void {
		const { history, editor } = this.#parts
		if (!this.#options.isInteractive) return
		history.add(input)
		editor?.recall(history.inputs)
	}

	say(lines: readonly string[]): void {
		this.#parts.screen.print(lines)
	}

	reset(): Promise<void> {
		return this.#runner.reset()
	}

	runCode(code: string): Promise<void> {
		return this.#runner.run(code)
	}

	runQuietly(js: string, cell?: string): Promise<void> {
		return this.#runner.runQuietly(js, cell)
	}

	setTypes(mode: TypesMode): void {
		this.#runner.types = mode
	}

	readFile(path: string): string {
		return this.#parts.readFile(path)
	}

	writeFile(path: string, text: string): void {
		this.#parts.writeFile(path, text)
	}

	async exportTo(path: string): Promise<readonly string[]> {
		const { text, notes } = await exported(path, {
			inputs: this.#runner.past,
			alive: () => this.#runner.alive(),
			program: (cells, facts) => this.#parts.language.program(cells, facts),
		})
		this.#parts.writeFile(path, text)
		return notes
	}

	async writeTest(stream: string, n: number, path: string): Promise<void> {
		const recording = await this.#runner.record(stream, n)
		const text = await testOf(path, recording, {
			inputs: this.#runner.inputs,
			alive: () => this.#runner.alive(),
			test: (cells, facts) => this.#parts.language.test(cells, facts, recording),
		})
		this.#parts.writeFile(path, text)
	}

	get inputs(): readonly PastInput[] {
		return this.#runner.inputs
	}

	get columns(): number {
		return this.#parts.columns?.() ?? Number.POSITIVE_INFINITY
	}

	nowMs(): number {
		return this.#parts.clock.now()
	}

	get lastText(): string {
		return this.#parts.transcript.lastText
	}

	get terminal(): TerminalActions | undefined {
		return this.#parts.terminal
	}

	async typeOf(code: string): Promise<string> {
		const before = 'const type$ = '
		const found = await this.#parts.language.inspect(before + code, before.length - 3)
		const type = /^const type\$: ([\s\S]*)$/.exec(found?.signature ?? '')?.[1]
		if (type === undefined) throw new StreamError('cli/usage', `the checker knows no type of '${code}'`)
		return type
	}

	async describe(name: string): Promise<void> {
		const found = await describedName(this.#parts.language, name)
		if (found === undefined) throw unknownName(name)
		this.#tell(found)
	}

	/** Says what is known about the name at a place of a block. */
	async describeAt(code: string, cursor: number): Promise<void> {
		const found = code === '' ? undefined : await this.#parts.language.inspect(code, cursor)
		const name = /[\w$]*$/.exec(code.slice(0, cursor))?.[0] ?? ''
		if (found === undefined) throw unknownName(name)
		this.#tell(found)
	}

	#tell(found: Inspection): void {
		this.say([this.#parts.style.strong(found.signature), ...(found.documentation === '' ? [] : [found.documentation])])
	}

	/** What is said under a block about the place of the cursor. */
	explain(code: string, cursor: number): Promise<string | undefined> {
		return this.#parts.language.explain(code, cursor)
	}

	/** Findings about a block that is still being typed. */
	diagnose(code: string): Promise<readonly Diagnostic[]> {
		return this.#parts.language.diagnose(code)
	}

	/** Whether a block can be run as it is. */
	completeness(code: string): Promise<Completeness> {
		return this.#parts.language.isComplete(code)
	}

	/** Candidates for Tab, and the text they replace. */
	async complete(text: string): Promise<readonly [readonly string[], string]> {
		const before = this.#buffer === '' ? '' : `${this.#buffer}\n`
		const code = before + text
		const { items, start } = await this.candidates(code, code.length)
		const replaced = code.slice(Math.max(start, before.length))
		return [items.map((item) => item.text).filter((item) => item.startsWith(replaced)), replaced]
	}

	/** Completions at a place of a block: dot commands, otherwise what the language worker knows. */
	async candidates(code: string, cursor: number): Promise<Completions> {
		const typed = code.slice(0, cursor)
		if (!/^[.%][a-z]*$/.test(typed)) return this.#parts.language.complete(code, cursor)
		const rows = dotCommands.map(({ name, summary }) => {
			return { text: `${typed[0]}${name}`, kind: 'command', signature: summary }
		})
		return { items: rows.filter(({ text }) => text.startsWith(typed)), start: 0, end: cursor }
	}

	#onMessage(message: FromSession): void {
		this.#parts.watch?.(message)
		if (message.kind === 'ask') void this.#runner.guard(() => this.#ask(message))
		if (message.kind !== 'events') return
		for (const { kind } of message.events) {
			if (kind === 'batchCompleted' || kind === 'batchSkipped') this.#batches++
			if (kind === 'streamingStarted') this.#isStreaming = true
			if (kind === 'streamingStopped') this.#isStreaming = false
		}
		if (this.#options.batches !== undefined && this.#batches >= this.#options.batches) this.leave()
	}

	async #ask(message: Extract<FromSession, { kind: 'ask' }>): Promise<void> {
		const answer = await this.#parts.editor?.ask(message.prompt, message.password)
		this.#runner.answer(message.id, answer)
	}
}
