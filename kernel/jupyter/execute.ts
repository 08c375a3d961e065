/**
 * Execute requests, one after another, each with its own parent from first to last message.
 *
 *   busy -> execute_input -> output … -> execute_result -> reply -> idle
 *
 * After an error with `stop_on_error` all requests received before the reply are answered `aborted`, without output; a
 * request that arrives after the reply runs. Jupyter's "Run all" sends every cell at once.
 */

import type { Clock } from '../../engine/index.js'
import type { Language, Late } from '../language/contract.js'
import type { FromSession } from '../session/messages.js'
import { Asking } from './asking.js'
import type { Backend } from './backend.js'
import { Dispatcher } from './dispatch.js'
import { dataOf, type Ended, replyOf } from './ended.js'
import type { History } from './history.js'
import { Interrupting } from './interrupting.js'
import type { Outputs } from './outputs.js'
import type { Port } from './port.js'
import type { Content, Incoming } from './wire.js'

/** What executions work with. */
export interface ExecutionParts {
	readonly port: Port
	readonly backend: Backend
	readonly language: Language
	readonly outputs: Outputs
	readonly history: History
	readonly directory: string
	readonly clock: Clock
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
	/** Aborted by an interrupt. */
	readonly interrupting: Interrupting
}

/** The queue of execute requests. */
export class Executions {
	readonly #parts: ExecutionParts
	readonly #waiting: Incoming[] = []
	readonly #aborted = new Set<Incoming>()
	readonly #dispatcher: Dispatcher
	readonly #asking: Asking
	#running: Running | undefined
	#isPumping = false
	#count = 0
	#runs = 0

	constructor(parts: ExecutionParts) {
		this.#parts = parts
		this.#dispatcher = new Dispatcher(parts)
		this.#asking = new Asking({
			port: parts.port,
			toSession: (message) => parts.backend.send(message),
			flush: (owner) => parts.outputs.flush(owner),
		})
	}

	/** Queues an execute request. */
	add(request: Incoming): void {
		this.#waiting.push(request)
		if (!this.#isPumping) void this.#pump()
	}

	/** Ends the running request, or the function of a batch that hangs, with an error; aborts the requests that wait. */
	interrupt(): void {
		for (const request of this.#waiting) this.#aborted.add(request)
		if (this.#running === undefined) {
			// The function of a batch, or a timer, may be in a loop.
			this.#parts.backend.interrupt()
			return
		}
		this.#asking.drop()
		this.#running.interrupting.interrupt()
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
	ask(question: Extract<FromSession, { kind: 'ask' }>): void {
		this.#asking.ask(question)
	}

	/** The client's answer. */
	answer(content: Content): void {
		this.#asking.answer(content)
	}

	/** The kernel ends, and with it whatever the running request has started beside the session. */
	abandon(): void {
		this.#running?.interrupting.abandon()
	}

	/** The session has died, and with it all names. */
	forgetAll(): void {
		this.#dispatcher.forgetAll()
	}

	/** What is found about a cell that ran before the checker was warm. */
	late({ file, lines, shapes }: Late): void {
		const { outputs, backend } = this.#parts
		if (shapes !== undefined) backend.send({ kind: 'shapes', file, shapes })
		if (lines.length > 0) outputs.stream(this.#dispatcher.ownerOf(file), 'stderr', `${lines.join('\n')}\n`)
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
		const { outputs, port, history, backend, clock } = this.#parts
		const say = (text: string): void => outputs.stream(owner, 'stderr', text)
		const interrupting = new Interrupting({ backend, clock, say })
		const running: Running = { id, request, owner, isSilent, count, resultText: null, interrupting }
		this.#running = running
		this.#asking.begin(owner, request)
		this.#forgetDeleted(metadata)
		outputs.begin(owner, header)
		if (!isSilent) port.publish('execute_input', { code, execution_count: count }, header)

		const ended = await this.#dispatcher
			.run(code, {
				...{ id, owner, count, isSilent, isCounted: isStored, signal: interrupting.signal },
				allowInput: content.allow_stdin === true,
				expressions: content.user_expressions,
			})
			.catch((thrown): Ended => ({ status: 'error', error: dataOf(thrown) }))
		interrupting.ended()
		this.#asking.end()
		await outputs.settle()
		if (ended.status === 'error') outputs.error(owner, ended.error)
		if (isStored && code.trim() !== '') history.add(count, code, running.resultText)
		if (ended.status === 'error' && content.stop_on_error !== false) {
			// What lies in the socket was received too: one turn of the loop reads it.
			await new Promise((resolve) => setImmediate(resolve))
			for (const waiting of this.#waiting) this.#aborted.add(waiting)
		}
		this.#running = undefined
		this.#reply(request, { execution_count: count, ...replyOf(ended) })
	}

	#forgetDeleted(metadata: Content): void {
		const deleted = metadata.deletedCells
		if (!Array.isArray(deleted) || deleted.length === 0) return
		const owners = deleted.map(String)
		this.#parts.backend.send({ kind: 'forget', owners })
		this.#parts.outputs.forget(owners)
		this.#dispatcher.deleted(owners)
	}

	#status(request: Incoming, state: 'busy' | 'idle'): void {
		this.#parts.port.publish('status', { execution_state: state }, request.header)
	}

	#reply(request: Incoming, content: Content): void {
		this.#parts.port.reply('shell', request, 'execute_reply', content, { status: content.status })
	}
}
