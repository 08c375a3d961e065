/**
 * The kernel's hold on its session process: one execution at a time, and a fresh process when the old one has died.
 *
 * Contract: `execute` always ends, with the session's `done` or with the reason of its death. A process that dies before
 * it can run anything is not started again at once but by the next execution, which hears of a second failure.
 */

import { StreamError } from '../../engine/index.js'
import type { SessionExit, SessionHandle, SessionOptions } from '../session/client.js'
import type { FromSession, ToSession } from '../session/messages.js'

/** How an execution ended. */
export type Outcome =
	| Extract<FromSession, { kind: 'done' }>
	/** The process ended; `reason` says how. */
	| { readonly kind: 'died'; readonly reason: string }

/** Who hears of what is no answer. */
export interface BackendListener {
	onMessage(message: FromSession): void
	/** The process ended unasked; its names are gone. `wasRunning`: an execution ends with it. */
	onDeath(reason: string, wasRunning: boolean): void
}

type Start = (options: SessionOptions) => Promise<SessionHandle>

/** One session at a time. */
export class Backend {
	readonly #start: Start
	readonly #directory: string
	readonly #listener: BackendListener
	#handle: Promise<SessionHandle> | undefined
	#live: SessionHandle | undefined
	#pending: { readonly id: string; readonly settle: (outcome: Outcome) => void } | undefined
	#isStopping = false

	constructor(start: Start, directory: string, listener: BackendListener) {
		this.#start = start
		this.#directory = directory
		this.#listener = listener
		this.#launch()
	}

	get isRunning(): boolean {
		return this.#pending !== undefined
	}

	/**
	 * Runs a cell; to be called when the one before has ended.
	 * @throws session/lost when no session process can be started
	 */
	async execute(message: Extract<ToSession, { kind: 'execute' }>): Promise<Outcome> {
		if (this.#isStopping) return { kind: 'died', reason: 'the kernel is shutting down' }
		const handle = await (this.#handle ?? this.#launch())
		return new Promise((settle) => {
			this.#pending = { id: message.id, settle }
			handle.send(message)
		})
	}

	/** Sends to the session that lives; lost when none does, as all that such messages are about. */
	send(message: ToSession): void {
		this.#live?.send(message)
	}

	/** Ends what runs, names kept; with `all` the child processes of the session hear of it too. */
	interrupt(whom: 'session' | 'all' = 'session'): void {
		this.#live?.interrupt(whom)
	}

	/** Ends the session process; the running execution ends with it, and a fresh one starts. */
	kill(): void {
		this.#live?.kill()
	}

	/** Puts a fresh process in the place of this one, whose contexts are stopped within so many milliseconds. */
	async restart(withinMs: number): Promise<void> {
		// One that is still starting is waited for: nobody else would end it. One that cannot start is gone.
		const live = this.#live ?? (await this.#handle?.catch(() => undefined))
		this.#live = undefined
		this.#handle = undefined
		await live?.stop(withinMs)
		if (!this.#isStopping) await this.#launch()
	}

	/** Stops contexts and ends the process, within so many milliseconds. */
	async stop(withinMs: number): Promise<void> {
		this.#isStopping = true
		await this.#live?.stop(withinMs)
		this.#settle({ kind: 'died', reason: 'the kernel is shutting down' })
	}

	#launch(): Promise<SessionHandle> {
		const handle = this.#start({
			directory: this.#directory,
			onMessage: (message) => this.#onMessage(message),
			onExit: (exit) => this.#onExit(reasonOf(exit)),
		})
		this.#handle = handle
		handle.then(
			(started) => {
				// Ended between its first word and now.
				if (this.#handle !== handle) return
				this.#live = started
				if (this.#isStopping) void started.stop(0)
			},
			() => {
				// The execution that waits for it hears why; the next one tries again.
				if (this.#handle === handle) this.#handle = undefined
			},
		)
		return handle
	}

	#onMessage(message: FromSession): void {
		if (message.kind === 'done') {
			if (message.id === this.#pending?.id) this.#settle(message)
		} else this.#listener.onMessage(message)
	}

	#onExit(reason: string): void {
		if (this.#isStopping) return
		const hadStarted = this.#live !== undefined
		this.#live = undefined
		this.#handle = undefined
		this.#listener.onDeath(reason, this.#pending !== undefined)
		if (hadStarted) this.#launch()
		this.#settle({ kind: 'died', reason })
	}

	#settle(outcome: Outcome): void {
		const pending = this.#pending
		this.#pending = undefined
		pending?.settle(outcome)
	}
}

function reasonOf({ code, signal, isOutOfMemory }: SessionExit): string {
	if (isOutOfMemory) return 'out of memory: NODE_OPTIONS=--max-old-space-size=8192 allows 8 GB'
	return signal === null ? `exit code ${code}` : `signal ${signal}`
}

/** What a cell says whose session has ended under it. */
export const lostSession = (reason: string): StreamError =>
	new StreamError('session/lost', `the session process ended (${reason})`, {
		remedy: 'a fresh session has been started: names and streams are gone, run the cells that made them again',
	})
