/**
 * Runs one input after the other: prepared by the language worker, executed by the session, its names told back.
 *
 *     code -> prepare (types) -> execute -> done
 *               refused: the report, nothing runs    died: a fresh session, names gone
 */

import { type Clock, StreamError } from '../../engine/index.js'
import type { Diagnostic, Language, Late, TypesMode } from '../../kernel/language/contract.js'
import type { Alive } from '../../kernel/session/magics/alive.js'
import type { Recording } from '../../kernel/session/magics/recording.js'
import type { FromSession, PreparedCell } from '../../kernel/session/messages.js'
import type { Display, SessionView } from './contract.js'
import { Link, type Outcome, type StartSession } from './link.js'
import type { PastInput } from './shellactions.js'
import type { Style } from './style.js'
import { wrapped } from './wrap.js'

/** What inputs are run with. */
export interface RunnerParts {
	readonly screen: Display
	readonly transcript: SessionView
	readonly style: Style
	readonly language: Language
	readonly startSession: StartSession
	readonly clock: Clock
	/** Columns of the window; absent where there is none. */
	readonly columns?: () => number
	/** The folder relative imports start from. */
	readonly directory: string
}

/** What a runner needs to know of its shell. */
export interface RunnerEvents {
	/** Somebody can answer a program's questions. */
	readonly allowsInput: boolean
	/** JavaScript that prepares each fresh session. */
	readonly setUp?: string
	/** Every message, before it is shown. */
	onMessage(message: FromSession): void
	/** No session can be started any more. */
	onLost(): void
}

/** The owner of what the shell itself runs in the session. */
const shellOwner = '0'
/** A graceful stop may take this long before the session is ended anyway. */
const gracefulMs = 10_000
const stopCode = 'await StreamingContext.getActive()?.stop(true, true)'

/** The inputs of one shell. */
export class Runner {
	readonly #parts: RunnerParts
	readonly #events: RunnerEvents
	readonly #link: Link
	readonly #past: PastInput[] = []
	#inputs = 0
	#isProbing = false
	/** Those who interrupted the running input. */
	#interrupts: ((isOver: boolean) => void)[] = []
	#isStopped = false
	/** Whether type errors stop an input. */
	types: TypesMode = 'check'
	/** True once an input was refused, has thrown, or lost its session. */
	hasFailed = false

	constructor(parts: RunnerParts, events: RunnerEvents) {
		this.#parts = parts
		this.#events = events
		this.#link = new Link(parts.startSession, {
			onMessage: (message) => this.#onMessage(message),
			onDied: (reason) => this.#onDied(reason),
		})
	}

	/** Inputs so far, oldest first. */
	get inputs(): readonly PastInput[] {
		return this.#past.filter(({ isCommand }) => isCommand !== true)
	}
	/** Inputs and commands, in order. */
	get past(): readonly PastInput[] {
		return this.#past
	}

	/** Whether an input runs now. */
	get isRunning(): boolean {
		return this.#link.isRunning
	}

	/** Makes a fresh session ready. */
	async setUp(): Promise<void> {
		const { setUp } = this.#events
		if (setUp !== undefined) await this.guard(() => this.#execute(shellOwner, plainCell(setUp), true))
	}

	/** Runs TypeScript as the next input. */
	async run(code: string): Promise<void> {
		const { language, screen, directory } = this.#parts
		const owner = String(++this.#inputs)
		const file = `cell-${owner}.ts`
		const prepared = await language.prepare(code, { file, directory, types: this.types })
		const remember = (hasRun: boolean): void => void this.#past.push({ number: Number(owner), code, hasRun })
		if (prepared.status === 'refused') {
			this.hasFailed = true
			remember(false)
			screen.print(this.#report(prepared.lines))
			return
		}
		this.#note(prepared.notes)
		const outcome = await this.#execute(owner, prepared.cell, false)
		remember(outcome.kind === 'done' && outcome.status === 'ok')
		if (outcome.kind === 'done') language.ran(file, outcome.names)
	}

	/**
	 * Runs JavaScript of the shell's own as the next input; only what it prints is seen.
	 * @param cell what a notebook has in its place
	 */
	async runQuietly(js: string, cell?: string): Promise<void> {
		const number = ++this.#inputs
		const outcome = await this.#execute(String(number), plainCell(js), true)
		if (cell === undefined || outcome.kind !== 'done' || outcome.status !== 'ok') return
		this.#past.push({ number, code: cell, hasRun: true, isCommand: true })
	}

	/**
	 * What is alive in the session.
	 * @throws session/lost when it does not say
	 */
	alive(): Promise<Alive> {
		return this.#told('$rv.alive()') as Promise<Alive>
	}

	/**
	 * The last `n` batches of a stream, for a test.
	 * @throws cli/usage when there is no such stream, or its batches cannot be written
	 */
	record(stream: string, n: number): Promise<Recording> {
		return this.#told(`await $rv.record(${JSON.stringify(stream)}, ${n})`) as Promise<Recording>
	}

	async #told(js: string): Promise<unknown> {
		const { directory } = this.#parts
		const outcome = await this.#link.execute({
			...{ owner: shellOwner, cell: plainCell(''), isSilent: true, allowsInput: false, directory },
			expressions: { told: `$rv.last(${js})` },
		})
		const told = outcome.kind === 'done' ? outcome.expressions?.told : undefined
		if (told !== undefined && 'bundle' in told) return told.bundle['application/json']
		if (told !== undefined) {
			const [remedy] = told.error.lines.flatMap((line) => /^what to do: (.*)/.exec(line)?.[1] ?? [])
			throw new StreamError('cli/usage', told.error.message, remedy === undefined ? {} : { remedy })
		}
		throw new StreamError('session/lost', 'the session does not say what is in it')
	}

	/** What is found after the input had run: the checker was cold. */
	late({ file, lines, shapes }: Late): void {
		const { style, screen } = this.#parts
		if (shapes !== undefined) this.#link.tellShapes(file, shapes)
		if (lines.length === 0) return
		const owner = /\d+/.exec(file)?.[0] ?? file
		screen.print([style.dim(`[${owner}] types`), ...this.#report(lines).map((line) => `  ${line}`)])
	}

	/** Findings that stop nothing. */
	#note(diagnostics: readonly Diagnostic[]): void {
		const { style, screen } = this.#parts
		if (diagnostics.length === 0) return
		const lines = diagnostics.map(({ severity, code, message, line, column }) => {
			const kind = style.warning(severity === 'error' ? 'type error' : 'note')
			return `${kind} ${line}:${column} ${message}${code === 0 ? '' : style.dim(` (TS${code})`)}`
		})
		screen.print(lines)
	}

	#report(lines: readonly string[]): string[] {
		return lines.map((line) => (/\berror\b/.test(line) ? this.#parts.style.error(line) : line))
	}

	/** Puts a fresh session in the place of this one. */
	async reset(): Promise<void> {
		this.#parts.transcript.reset()
		this.#parts.language.reset()
		await this.#link.restart()
		await this.setUp()
		this.hint('a fresh session: names and streams are gone')
	}

	/** Asks for the vitals of the streams, or no longer. */
	watchVitals(isOn: boolean): void {
		this.#link.watchVitals(isOn)
	}

	/** Interrupts the running input, if there is one; resolves to whether it ended by that. */
	interrupt(): Promise<boolean> {
		if (!this.#link.isRunning) return Promise.resolve(false)
		this.#link.interrupt()
		return new Promise((resolve) => this.#interrupts.push(resolve))
	}

	/** Answers a question of the running input; nobody's answer interrupts it. */
	answer(id: string, value: string | undefined): void {
		if (value === undefined) this.#link.interrupt()
		else this.#link.answer(id, value)
	}

	/** Whether a context is active in the session. */
	async isStreaming(): Promise<boolean> {
		const cell = plainCell("if (StreamingContext.getActive() === undefined) throw 'idle'")
		const { directory } = this.#parts
		this.#isProbing = true
		const outcome = await this.#link.execute({
			...{ owner: shellOwner, cell, isSilent: true, allowsInput: false, directory },
		})
		this.#isProbing = false
		return outcome.kind === 'done' && outcome.status === 'ok'
	}

	/** Stops the context gracefully, then the session and the language worker. */
	async stop(): Promise<void> {
		const stopped = this.guard(() => this.#execute(shellOwner, plainCell(stopCode), true))
		await within(this.#parts.clock, gracefulMs, stopped)
		await this.#link.stop()
		this.#isStopped = true
		await this.#parts.language.stop()
	}

	/** Does some work of the shell; its error is shown, and the shell goes on. */
	async guard<T>(work: () => Promise<T>): Promise<T | undefined> {
		try {
			return await work()
		} catch (thrown) {
			// What was still asked of a worker that was stopped on purpose.
			if (this.#isStopped) return undefined
			this.hasFailed = true
			const isOurs = thrown instanceof StreamError
			const parts = isOurs ? [thrown.message, thrown.where, thrown.remedy] : [String(thrown)]
			this.#sentence(parts.filter((part) => part !== undefined).join(' – '), this.#parts.style.error)
			if (isOurs && thrown.code === 'session/lost') this.#events.onLost()
			return undefined
		}
	}

	/** A sentence of the shell to the person at the keys. */
	hint(text: string): void {
		this.#sentence(text, this.#parts.style.dim)
	}

	/** Text in lines of the window, broken between words. */
	#sentence(text: string, paint: (line: string) => string): void {
		const columns = this.#parts.columns?.() ?? Number.POSITIVE_INFINITY
		this.#parts.screen.print(text.split('\n').flatMap((line) => wrapped(line, columns - 1).map(paint)))
	}

	async #execute(owner: string, cell: PreparedCell, isSilent: boolean): Promise<Outcome> {
		const { transcript, directory } = this.#parts
		transcript.running(owner)
		try {
			const { allowsInput } = this.#events
			const outcome = await this.#link.execute({ owner, cell, isSilent, allowsInput, directory })
			if (outcome.kind === 'died' || outcome.status !== 'ok') this.hasFailed = true
			const isInterrupted = outcome.kind === 'done' && outcome.status === 'interrupted'
			for (const tell of this.#interrupts.splice(0)) tell(outcome.kind !== 'done' || outcome.status !== 'ok')
			if (isInterrupted && outcome.error === undefined) this.hint('interrupted')
			return outcome
		} finally {
			transcript.running(undefined)
		}
	}

	#onMessage(message: FromSession): void {
		this.#events.onMessage(message)
		if (message.kind === 'compile') {
			void this.#parts.language.compile(message).then((answer) => this.#link.tell(answer))
		}
		if (!this.#isProbing || message.kind !== 'done') this.#parts.transcript.show(message)
	}

	#onDied(reason: string): void {
		const { transcript, language, style, screen } = this.#parts
		this.hasFailed = true
		transcript.reset()
		language.reset()
		screen.print([style.error(`the session ended: ${reason}`)])
		this.hint('names and streams are gone; a fresh session is starting')
		void this.setUp()
	}
}

/** JavaScript of the shell's own, as a cell that shows no value. */
function plainCell(js: string): PreparedCell {
	return { js, file: 'rivulet:shell', linesBefore: 0, source: js, names: [], hasValue: false }
}

/** Resolves with `work`, or when it has taken `ms`. */
async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const limit = clock.at(clock.now() + ms, resolve)
		work.then(() => resolve(), reject).finally(() => limit.dispose())
	})
}
