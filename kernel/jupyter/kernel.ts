/**
 * The kernel: gives each request its answer, with busy and idle around it.
 *
 * Execute requests stand in a queue; everything else is answered at once, on shell and on control, so completion and
 * kernel_info work while a cell spins. Unknown requests are logged and never answered.
 */

import { type Clock, systemClock } from '../../engine/index.js'
import type { Renderer } from '../display/render.js'
import type { LanguageOptions } from '../language/client.js'
import type { Language } from '../language/contract.js'
import type { SessionHandle, SessionOptions } from '../session/client.js'
import type { FromSession } from '../session/messages.js'
import { Backend, lostSession } from './backend.js'
import { Comms } from './comms.js'
import { Executions } from './execute.js'
import type { History } from './history.js'
import { LiveValues } from './livevalues.js'
import { Outputs } from './outputs.js'
import { logLine, type Port, type RequestChannel } from './port.js'
import { type Answer, complete, inspect, isComplete, kernelInfo } from './replies.js'
import type { Content, Incoming } from './wire.js'

/** What a kernel is made of. */
export interface KernelParts {
	readonly port: Port
	readonly startSession: (options: SessionOptions) => Promise<SessionHandle>
	readonly startLanguage: (options: LanguageOptions) => Language
	readonly renderer: Renderer
	readonly history: History
	/** Where user code starts: the folder that Jupyter started the kernel in. */
	readonly directory: string
	/** Names this kernel process in display ids. */
	readonly name: string
	readonly clock?: Clock
	/** Called when a client asks for the end; `stop` has been called. */
	readonly onShutdown: () => void
}

/** jupyter_client waits 2.5 s before it sends SIGTERM. */
const stopWithinMs = 2_000

/** One kernel, from its first request to its end. */
export class Kernel {
	readonly #parts: KernelParts
	readonly #language: Language
	readonly #outputs: Outputs
	readonly #backend: Backend
	readonly #executions: Executions
	readonly #comms: Comms
	readonly #values: LiveValues
	readonly #answers: Readonly<Record<string, Answer>>
	#stopping: Promise<void> | undefined

	constructor(parts: KernelParts) {
		const { port, directory, history } = parts
		this.#parts = parts
		const clock = parts.clock ?? systemClock
		this.#outputs = new Outputs(port.publish, parts.renderer, clock, parts.name)
		this.#language = parts.startLanguage({
			directory,
			onLate: (late) => this.#executions.late(late),
		})
		this.#backend = new Backend(parts.startSession, directory, {
			onMessage: (message) => this.#fromSession(message),
			onDeath: (reason, wasRunning) => this.#sessionDied(reason, wasRunning),
		})
		const [language, outputs, backend] = [this.#language, this.#outputs, this.#backend]
		this.#executions = new Executions({ port, backend, language, outputs, history, directory, clock })
		this.#comms = new Comms({
			toSession: (message) => backend.send(message),
			publish: (owner, type, content, extras) => outputs.comm(owner, type, content, extras),
			refuse: ({ header }, type, content) => port.publish(type, content, header),
		})
		this.#values = new LiveValues((message) => backend.send(message), clock)
		this.#answers = {
			kernel_info_request: kernelInfo,
			complete_request: complete(language, this.#values),
			inspect_request: inspect(language, this.#values),
			is_complete_request: isComplete(language),
			history_request: (content) => ({ status: 'ok', history: history.find(content) }),
			comm_info_request: (content) => this.#comms.info(content),
			interrupt_request: () => {
				this.interrupt()
				return { status: 'ok' }
			},
			debug_request: ({ seq, command }) => ({
				...{ type: 'response', request_seq: seq ?? 0, command: command ?? '', success: false, body: {}, seq: 0 },
				message: 'this kernel has no debugger',
			}),
		}
	}

	/** Takes a message that came in on a channel. */
	handle(channel: RequestChannel, message: Incoming): void {
		const { msg_type: type } = message.header
		if (channel === 'stdin') {
			if (type === 'input_reply') this.#executions.answer(message.content)
			else logLine(`stdin: dropped a message of type ${type}`)
		} else if (type === 'execute_request' && channel === 'shell') this.#executions.add(message)
		else if (type === 'shutdown_request') void this.#shutdown(channel, message)
		else if (type.startsWith('comm_') && type !== 'comm_info_request') this.#comm(message)
		else void this.#answer(channel, message)
	}

	/** Ends what runs, names kept. */
	interrupt(): void {
		this.#executions.interrupt()
		this.#outputs.rest()
	}

	/** Stops session and language worker, within so many milliseconds; the sockets stay the caller's. */
	stop(withinMs = stopWithinMs): Promise<void> {
		this.#executions.abandon()
		this.#stopping ??= Promise.all([this.#backend.stop(withinMs), this.#language.stop()]).then(() => {
			this.#outputs.reset()
			return this.#outputs.settle()
		})
		return this.#stopping
	}

	async #answer(channel: RequestChannel, message: Incoming): Promise<void> {
		const { msg_type: type } = message.header
		const answer = this.#answers[type]
		if (answer === undefined) {
			logLine(`${channel}: dropped a message of the unknown type ${type}`)
			return
		}
		this.#status(message, 'busy')
		let content: Content
		try {
			content = await answer(message.content)
		} catch (thrown) {
			logLine(`${type}: ${String(thrown)}`)
			const [ename, evalue] = thrown instanceof Error ? [thrown.name, thrown.message] : ['Error', String(thrown)]
			content = { status: 'error', ename, evalue, traceback: [] }
		}
		this.#parts.port.reply(channel, message, type.replace(/_request$/, '_reply'), content)
		this.#status(message, 'idle')
	}

	async #shutdown(channel: RequestChannel, message: Incoming): Promise<void> {
		this.#status(message, 'busy')
		const restart = message.content.restart === true
		this.#parts.port.reply(channel, message, 'shutdown_reply', { status: 'ok', restart })
		await this.stop()
		this.#parts.port.publish('shutdown_reply', { status: 'ok', restart }, message.header)
		this.#status(message, 'idle')
		this.#parts.onShutdown()
	}

	#comm(message: Incoming): void {
		this.#status(message, 'busy')
		this.#comms.take(message)
		this.#status(message, 'idle')
	}

	#status({ header }: Incoming, state: 'busy' | 'idle'): void {
		this.#parts.port.publish('status', { execution_state: state }, header)
	}

	#fromSession(message: FromSession): void {
		switch (message.kind) {
			case 'result':
				this.#executions.result(message)
				break
			case 'ask':
				this.#executions.ask(message)
				break
			case 'comm':
				this.#comms.said(message)
				break
			case 'commTarget':
				this.#comms.accept(message.target, message.isAccepted)
				break
			case 'compile':
				void this.#language.compile(message).then((answer) => this.#backend.send(answer))
				break
			case 'properties':
				this.#values.answered(message)
				break
			case 'ready':
			case 'events':
			case 'done':
				break
			default:
				this.#outputs.take(message)
		}
	}

	#sessionDied(reason: string, wasRunning: boolean): void {
		this.#outputs.reset()
		this.#comms.reset()
		this.#language.reset()
		this.#executions.forgetAll()
		logLine(`the session process ended: ${reason}`)
		// A running cell ends with this as its error.
		if (!wasRunning) this.#outputs.stream(undefined, 'stderr', `${lostSession(reason).toString()}\n`)
	}
}
