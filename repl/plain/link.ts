/**
 * The shell's hold on its session process: one input at a time, and a fresh process when the old one has died.
 *
 *     starting --ready--> idle --execute--> running --done--> idle
 *         ^                 |                  |
 *         +---- started again, names gone <--- process ended unasked
 */

import { StreamError } from '../../engine/index.js'
import type { FromSession, PreparedCell, StreamShapes, ToSession } from '../../kernel/session/messages.js'

/** A running session process. */
export interface SessionProcess {
	send(message: ToSession): void
	interrupt(): void
	stop(withinMs: number): Promise<void>
}

/** Starts a session process; resolves when messages can be sent. */
export type StartSession = (handlers: {
	readonly onMessage: (message: FromSession) => void
	/** Called once, when the process ends without having been asked to; says how it ended. */
	readonly onExit: (reason: string) => void
}) => Promise<SessionProcess>

/** How an input ended. */
export type Outcome = Extract<FromSession, { kind: 'done' }> | { readonly kind: 'died' }

/** What the link reports. */
export interface LinkEvents {
	onMessage(message: FromSession): void
	/** The process has died; a fresh one is starting. */
	onDied(reason: string): void
}

/** One input, ready to run. */
export interface Input {
	readonly owner: string
	readonly cell: PreparedCell
	readonly isSilent: boolean
	readonly allowsInput: boolean
	readonly directory: string
	/** Name -> JavaScript, evaluated after the input. */
	readonly expressions?: Readonly<Record<string, string>>
}

/** So many processes may die one after the other before one has said `ready`. */
const mostFalseStarts = 2

/** One session at a time, replaced when it dies. */
export class Link {
	readonly #start: StartSession
	readonly #events: LinkEvents
	#process: Promise<SessionProcess>
	#live: SessionProcess | undefined
	#pending: { readonly id: string; readonly settle: (outcome: Outcome) => void } | undefined
	/** Ends when the input before has ended, however it did. */
	#last: Promise<void> = Promise.resolve()
	#generation = 0
	#falseStarts = 0
	#executions = 0
	#isStopping = false
	#isWatching = false

	constructor(start: StartSession, events: LinkEvents) {
		this.#start = start
		this.#events = events
		this.#process = this.#launch()
	}

	get isRunning(): boolean {
		return this.#pending !== undefined
	}

	/**
	 * Runs an input after those before it; resolves when it has ended, one way or another.
	 * @throws session/lost when no session process can be started
	 */
	execute(input: Input): Promise<Outcome> {
		const outcome = this.#last.then(() => this.#execute(input))
		this.#last = outcome.then(
			() => undefined,
			() => undefined,
		)
		return outcome
	}

	async #execute(input: Input): Promise<Outcome> {
		const process = await this.#process
		const id = String(++this.#executions)
		const outcome = new Promise<Outcome>((settle) => {
			this.#pending = { id, settle }
		})
		process.send({
			kind: 'execute',
			id,
			owner: input.owner,
			label: `[${input.owner}]`,
			cell: input.cell,
			silent: input.isSilent,
			allowInput: input.allowsInput,
			directory: input.directory,
			...(input.expressions === undefined ? {} : { expressions: input.expressions }),
		})
		return outcome
	}

	/** Answers a question of the running input. */
	answer(id: string, value: string): void {
		this.#live?.send({ kind: 'answer', id, value })
	}

	/** Answers something that the session has asked the front itself. */
	tell(answer: Extract<ToSession, { readonly kind: 'compiled' }>): void {
		this.#live?.send(answer)
	}

	/** What the streams of an input hold that has run. */
	tellShapes(file: string, shapes: StreamShapes): void {
		this.#live?.send({ kind: 'shapes', file, shapes })
	}

	/** Asks for the vitals of the streams from now on, in fresh sessions too, or no longer. */
	watchVitals(isOn: boolean): void {
		this.#isWatching = isOn
		this.#live?.send({ kind: 'watch', isOn })
	}

	/** Interrupts what runs; the names stay. */
	interrupt(): void {
		this.#live?.interrupt()
	}

	/** Puts a fresh session in the place of this one. */
	async restart(): Promise<void> {
		const old = this.#live
		this.#generation++
		this.#live = undefined
		this.#settle({ kind: 'died' })
		await old?.stop(stopMs)
		this.#process = this.#launch()
		await this.#process
	}

	/** Stops the context and ends the process. */
	async stop(withinMs = stopMs): Promise<void> {
		this.#isStopping = true
		const live = this.#live ?? (await this.#process.catch(() => undefined))
		await live?.stop(withinMs)
		this.#settle({ kind: 'died' })
	}

	#launch(): Promise<SessionProcess> {
		const generation = ++this.#generation
		const process = this.#start({
			onMessage: (message) => {
				// What a process says while it is ended on purpose is about itself, and for nobody.
				if (generation === this.#generation && !this.#isStopping) this.#onMessage(message)
			},
			onExit: (reason) => {
				if (generation === this.#generation && !this.#isStopping) this.#onExit(reason)
			},
		}).then((started) => {
			if (generation !== this.#generation) return started
			this.#live = started
			if (this.#isWatching) started.send({ kind: 'watch', isOn: true })
			return started
		})
		// Whoever runs an input next hears of a failed start; until then it is no unhandled rejection.
		process.catch(() => undefined)
		return process
	}

	#onMessage(message: FromSession): void {
		if (message.kind === 'ready') this.#falseStarts = 0
		this.#events.onMessage(message)
		if (message.kind === 'done' && message.id === this.#pending?.id) this.#settle(message)
	}

	#onExit(reason: string): void {
		this.#live = undefined
		this.#falseStarts++
		this.#events.onDied(reason)
		this.#process =
			this.#falseStarts < mostFalseStarts
				? this.#launch()
				: Promise.reject(new StreamError('session/lost', `the session process ended: ${reason}`))
		this.#process.catch(() => undefined)
		this.#settle({ kind: 'died' })
	}

	#settle(outcome: Outcome): void {
		const pending = this.#pending
		this.#pending = undefined
		pending?.settle(outcome)
	}
}

/** How long a context may take to stop before its process is ended. */
const stopMs = 5_000
