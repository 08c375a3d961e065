/**
 * Execute requests, one after another, each with its own parent from first to last message.
 *
 *   busy -> execute_input -> output … -> execute_result -> reply -> idle
 *
 * After an error with `stop_on_error` all requests received before the reply are answered `aborted`, without output; a
 * request that arrives after the reply runs. Jupyter's "Run all" sends every cell at once.
 */

import type { Language, Late, TypesMode } from '../language/contract.js'
import type { ErrorData, FromSession } from '../session/messages.js'
import { type Backend, lostSession, type Outcome } from './backend.js'
import type { History } from './history.js'
import { errorContent, type Outputs } from './outputs.js'
import type { Port } from './port.js'
import { helpAt } from './replies.js'
import type { Content, Incoming } from './wire.js'

/** What executions work with. */
export interface ExecutionParts {
	readonly port: Port
	readonly backend: Backend
	readonly language: Language
	readonly outputs: Outputs
	readonly history: History
	readonly directory: string
}

/** A request that runs now. */
interface Running {
	readonly id: string
	readonly request: Incoming
	readonly owner: string
	readonly isSilent: boolean
	readonly count: number
	/** The text of the result, for the history. */
	resultText: string | null
	isInterrupted: boolean
}

/** How a request ended, before its reply. */
type Ended =
	| { readonly status: 'ok'; readonly expressions?: Content; readonly page?: Content }
	| { readonly status: 'error'; readonly error: ErrorData }

const typesModes: readonly TypesMode[] = ['check', 'warn', 'off']

/** The queue of execute requests. */
export class Executions {
	readonly #parts: ExecutionParts
	readonly #waiting: Incoming[] = []
	readonly #aborted = new Set<Incoming>()
	/** Which owner a cell file belonged to, for findings of the checker that come late. */
	readonly #ownerOfFile = new Map<string, string>()
	#running: Running | undefined
	#isPumping = false
	#count = 0
	#runs = 0
	#types: TypesMode = 'check'
	/** The question of the session that a client has been asked. */
	#asked: string | undefined

	constructor(parts: ExecutionParts) {
		this.#parts = parts
	}

	/** Queues an execute request. */
	add(request: Incoming): void {
		this.#waiting.push(request)
		if (!this.#isPumping) void this.#pump()
	}

	/** Ends the running request with an error and aborts those that wait. */
	interrupt(): void {
		for (const request of this.#waiting) this.#aborted.add(request)
		if (this.#running === undefined) return
		this.#running.isInterrupted = true
		this.#asked = undefined
		this.#parts.backend.interrupt()
	}

	/** The session's result of the running request. */
	result({ id, bundle, metadata }: Extract<FromSession, { kind: 'result' }>): void {
		const running = this.#running
		if (running === undefined || running.id !== id || running.isSilent) return
		const text = bundle['text/plain']
		running.resultText = typeof text === 'string' ? text : null
		this.#parts.outputs.result(running.owner, running.count, bundle, metadata)
	}

	/** The session asks the client that sent the running request. */
	ask({ id, prompt, password }: Extract<FromSession, { kind: 'ask' }>): void {
		if (this.#running === undefined) return
		this.#parts.outputs.flush(this.#running.owner)
		this.#asked = id
		this.#parts.port.reply('stdin', this.#running.request, 'input_request', { prompt, password })
	}

	/** The client's answer; one that nobody waits for any more is dropped. */
	answer(content: Content): void {
		if (this.#asked === undefined) return
		this.#parts.backend.send({ kind: 'answer', id: this.#asked, value: String(content.value ?? '') })
		this.#asked = undefined
	}

	/** What is found about a cell that ran before the checker was warm. */
	late({ file, lines, shapes }: Late): void {
		const { outputs, backend } = this.#parts
		if (shapes !== undefined) backend.send({ kind: 'shapes', file, shapes })
		if (lines.length > 0) outputs.stream(this.#ownerOfFile.get(file), 'stderr', `${lines.join('\n')}\n`)
	}

	async #pump(): Promise<void> {
		this.#isPumping = true
		for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
			this.#status(request, 'busy')
			if (this.#aborted.delete(request)) {
				this.#reply(request, { status: 'aborted', execution_count: this.#count })
			} else {
				await this.#serve(request)
			}
			this.#status(request, 'idle')
		}
		this.#isPumping = false
	}

	async #serve(request: Incoming): Promise<void> {
		const { content, metadata, header } = request
		const code = typeof content.code === 'string' ? content.code : ''
		const isSilent = content.silent === true
		const isStored = !isSilent && content.store_history !== false
		if (isStored) this.#count++
		const owner = typeof metadata.cellId === 'string' ? metadata.cellId : header.msg_id
		const id = String(++this.#runs)
		const count = this.#count
		const running: Running = { id, request, owner, isSilent, count, resultText: null, isInterrupted: false }
		this.#running = running
		this.#forgetDeleted(metadata)
		const { outputs, port, history } = this.#parts
		outputs.begin(owner, header)
		if (!isSilent) port.publish('execute_input', { code, execution_count: count }, header)

		const ended = await this.#run(code, running).catch((thrown): Ended => ({ status: 'error', error: dataOf(thrown) }))
		await outputs.settle()
		if (ended.status === 'error') outputs.error(owner, ended.error)
		if (isStored && code.trim() !== '') history.add(count, code, running.resultText)
		if (ended.status === 'error' && content.stop_on_error !== false) {
			// What lies in the socket was received too: one turn of the loop reads it.
			await new Promise((resolve) => setImmediate(resolve))
			for (const waiting of this.#waiting) this.#aborted.add(waiting)
		}
		this.#running = undefined
		this.#asked = undefined
		this.#reply(request, { execution_count: count, ...replyOf(ended) })
	}

	async #run(code: string, running: Running): Promise<Ended> {
		const help = /^\s*\?{1,2}\s*([\w$.]+)\s*$/.exec(code)?.[1]
		if (help !== undefined) return this.#help(help)
		const types = /^\s*%types(?:\s+(\S*))?\s*$/.exec(code)
		if (types !== null) return this.#setTypes(types[1], running.owner)

		const { language, outputs, backend, directory } = this.#parts
		const { content } = running.request
		const isCounted = !running.isSilent && content.store_history !== false
		const file = isCounted ? `cell-${running.count}.ts` : `cell-${running.count}-${running.id}.ts`
		this.#ownerOfFile.set(file, running.owner)
		const prepared = await language.prepare(code, { file, directory, types: this.#types })
		if (running.isInterrupted) return { status: 'error', error: interruptedError }
		if (prepared.status === 'refused') {
			const name = prepared.syntax ? 'SyntaxError' : 'TypeScriptError'
			const message = prepared.diagnostics[0]?.message ?? 'the cell cannot be run'
			return { status: 'error', error: { name, message, lines: prepared.lines, frames: [] } }
		}
		for (const { message, line, column } of prepared.notes) {
			outputs.stream(running.owner, 'stderr', `${file}:${line}:${column} - ${message}\n`)
		}
		const outcome = await backend.execute({
			kind: 'execute',
			id: running.id,
			owner: running.owner,
			label: `[${running.count}]`,
			cell: prepared.cell,
			silent: running.isSilent,
			allowInput: content.allow_stdin === true,
			expressions: await this.#expressions(content.user_expressions, running.id),
			directory,
		})
		if (outcome.kind === 'done') language.ran(file, outcome.names)
		return endOf(outcome, running.isInterrupted)
	}

	async #help(name: string): Promise<Ended> {
		const page = await helpAt(this.#parts.language, name, name.length)
		return { status: 'ok', page: page ?? { 'text/plain': `no help for '${name}': there is no such name` } }
	}

	#setTypes(asked: string | undefined, owner: string): Ended {
		const mode = typesModes.find((one) => one === asked)
		if (asked !== undefined && mode === undefined) {
			const message = `'${asked}' is no mode of %types: use check, warn or off`
			return { status: 'error', error: { name: 'UsageError', message, lines: [message], frames: [] } }
		}
		if (mode !== undefined) this.#types = mode
		this.#parts.outputs.stream(owner, 'stdout', `types: ${this.#types}\n`)
		return { status: 'ok' }
	}

	/** User expressions as JavaScript; one that cannot be parsed throws what is wrong when it is evaluated. */
	async #expressions(asked: unknown, id: string): Promise<Record<string, string>> {
		const prepared: Record<string, string> = {}
		if (typeof asked !== 'object' || asked === null) return prepared
		for (const [name, code] of Object.entries(asked)) {
			const file = `expression-${id}-${name}.ts`
			const { language, directory } = this.#parts
			const one = await language.prepare(String(code), { file, directory, types: 'off' })
			const reason = one.status === 'ready' ? '' : (one.diagnostics[0]?.message ?? 'not an expression')
			prepared[name] = one.status === 'ready' ? one.cell.js : `throw new SyntaxError(${JSON.stringify(reason)})`
		}
		return prepared
	}

	#forgetDeleted(metadata: Content): void {
		const deleted = metadata.deletedCells
		if (!Array.isArray(deleted) || deleted.length === 0) return
		const owners = deleted.map(String)
		this.#parts.backend.send({ kind: 'forget', owners })
		this.#parts.outputs.forget(owners)
	}

	#status(request: Incoming, state: 'busy' | 'idle'): void {
		this.#parts.port.publish('status', { execution_state: state }, request.header)
	}

	#reply(request: Incoming, content: Content): void {
		this.#parts.port.reply('shell', request, 'execute_reply', content, { status: content.status })
	}
}

const interruptedError: ErrorData = {
	name: 'Interrupted',
	message: 'the cell was interrupted',
	lines: ['Interrupted: the cell was interrupted'],
	frames: [],
}

function endOf(outcome: Outcome, wasInterrupted: boolean): Ended {
	if (outcome.kind === 'died') return { status: 'error', error: dataOf(lostSession(outcome.reason)) }
	const { status, error, expressions, page } = outcome
	if (status === 'interrupted' || (status === 'error' && error === undefined && wasInterrupted)) {
		return { status: 'error', error: error ?? interruptedError }
	}
	if (status === 'error') return { status, error: error ?? dataOf('the session gave no reason') }
	const values = Object.entries(expressions ?? {}).map(([name, value]) => [
		name,
		'bundle' in value
			? { status: 'ok', data: value.bundle, metadata: {} }
			: { status: 'error', ...errorContent(value.error) },
	])
	return {
		status,
		expressions: Object.fromEntries(values),
		...(page === undefined ? {} : { page: { 'text/plain': page } }),
	}
}

function replyOf(ended: Ended): Content {
	if (ended.status === 'error')
		return { status: 'error', ...errorContent(ended.error), payload: [], user_expressions: {} }
	const payload = ended.page === undefined ? [] : [{ source: 'page', data: ended.page, start: 0 }]
	return { status: 'ok', payload, user_expressions: ended.expressions ?? {} }
}

/** Something the front itself has thrown, as a cell shows it. */
function dataOf(thrown: unknown): ErrorData {
	const error = thrown instanceof Error ? thrown : undefined
	const lines = String(thrown).split('\n')
	return { name: error?.name ?? 'Error', message: error?.message ?? String(thrown), lines, frames: [] }
}
