/** A language worker and a session for tests of the shell: they understand a handful of inputs. */

import type { Language, Prepared } from '../../../kernel/language/contract.js'
import type { FromSession, ToSession } from '../../../kernel/session/messages.js'
import type { StartSession } from '../../../repl/plain/link.js'

/** Inputs that end with `{` are incomplete; those with `type error` are refused. */
export class FakeLanguage implements Language {
	readonly log: string[] = []
	readonly warm = Promise.resolve()

	async prepare(code: string, options: { readonly file: string; readonly types: string }): Promise<Prepared> {
		this.log.push(`prepare ${options.file} ${options.types}`)
		if (code.includes('type error') && options.types === 'check') {
			return { status: 'refused', syntax: false, diagnostics: [], lines: ['1:1 - error TS2322: no'] }
		}
		const cell = { js: code, file: options.file, linesBefore: 0, source: code, names: [], hasValue: true }
		return { status: 'ready', cell, notes: [], late: false }
	}

	ran(file: string, names: readonly string[]): void {
		this.log.push(`ran ${file} ${names.join()}`)
	}

	async complete(code: string, offset: number) {
		const start = code.lastIndexOf('.') + 1
		return { items: [{ text: 'count', kind: 'method', signature: '' }], start, end: offset }
	}

	async inspect(code: string) {
		if (/RDD.*reduceByKey$/.test(code)) return { signature: `reduceByKey of ${code}`, documentation: '' }
		return code === 'ssc' ? { signature: 'const ssc: StreamingContext', documentation: 'The context.' } : undefined
	}

	async explain(): Promise<undefined> {
		return undefined
	}

	async diagnose(): Promise<[]> {
		return []
	}

	async isComplete(code: string) {
		return code.endsWith('{') ? ({ status: 'incomplete', indent: '\t' } as const) : ({ status: 'complete' } as const)
	}

	async compile({ id }: Parameters<Language['compile']>[0]) {
		return { kind: 'compiled', id, report: ['compiles nothing'] } as const
	}

	async program() {
		return { text: '', notes: [] }
	}

	async test() {
		return { text: '', notes: [] }
	}

	reset(): void {
		this.log.push('reset')
	}

	async stop(): Promise<void> {
		this.log.push('stop')
	}
}

type Execute = Extract<ToSession, { kind: 'execute' }>

/** Answers inputs by what they contain: `throw`, `die`, `wait` (until interrupted), `ask`; others give their own text. */
export class FakeSession {
	readonly log: string[] = []
	starts = 0
	say: (message: FromSession) => void = () => undefined
	#waiting: Execute | undefined
	#end: (reason: string) => void = () => undefined

	readonly start: StartSession = async ({ onMessage, onExit }) => {
		this.starts++
		this.say = onMessage
		this.#end = onExit
		onMessage({ kind: 'ready', pid: this.starts })
		return {
			send: (message) => this.#receive(message),
			interrupt: () => this.#interrupt(),
			stop: async () => void this.log.push('stop'),
		}
	}

	#receive(message: ToSession): void {
		if (message.kind === 'answer') this.#done(`answered ${message.value}`)
		if (message.kind !== 'execute') return
		const code = message.cell.source
		this.log.push(code)
		this.#waiting = message
		if (code === 'wait') return
		if (code === 'die') this.#end('exit code 1')
		else if (code === 'throw 1') this.#fail()
		else if (code === 'ask')
			this.say({ ...{ kind: 'ask', id: message.id, owner: message.owner }, prompt: 'name? ', password: false })
		else this.#done(code)
	}

	#done(text: string): void {
		const { id, owner, silent } = this.#waiting as Execute
		const bundle = { 'text/plain': `=> ${text}` }
		if (!silent) this.say({ kind: 'result', id, owner, bundle, metadata: {} })
		this.say({ kind: 'done', id, status: 'ok', names: ['x'] })
	}

	#fail(): void {
		const error = { name: 'Error', message: 'no', lines: ['Error: no'], frames: [] }
		this.say({ kind: 'done', id: (this.#waiting as Execute).id, status: 'error', error, names: [] })
	}

	#interrupt(): void {
		this.log.push('interrupt')
		const { id } = this.#waiting as Execute
		this.say({ kind: 'done', id, status: 'interrupted', names: [] })
	}
}
