/**
 * The session: one mailbox of messages from the front, cells evaluated one after another, everything that they cause
 * sent back with its owner.
 */

import { type Printing, StreamError, setHost, systemClock } from '../../engine/index.js'
import { bundleOf, setDisplaySink, showValue, takeComm } from '../display/index.js'
import { BatchErrors } from './batcherrors.js'
import { CellTimes } from './celltimes.js'
import type { Channel } from './channel.js'
import { connectComms } from './comms.js'
import { Contexts } from './contexts.js'
import { Evaluator, type Outcome } from './evaluator.js'
import { type CellResults, installGlobals } from './globals.js'
import { Imports } from './imports.js'
import { guarded, isInterrupt } from './interrupts.js'
import { aliveNow } from './magics/alive.js'
import { showLast } from './magics/last.js'
import { record } from './magics/recording.js'
import { type MagicRunner, magicRunner } from './magics/rows.js'
import type { MagicWorld } from './magics/world.js'
import { Mailing } from './mailing.js'
import type { ErrorData, FromSession, PreparedCell, ToSession } from './messages.js'
import { asExecution, currentExecution, type Execution } from './owner.js'
import { errorData, makeErrorsReadable, placeOf, rememberCell, syntaxErrorData } from './traces.js'

type Execute = Extract<ToSession, { readonly kind: 'execute' }>
type Done = Extract<FromSession, { readonly kind: 'done' }>

export class RunningSession {
	readonly #channel: Channel
	readonly #evaluator = new Evaluator()
	readonly #contexts: Contexts
	readonly #results: CellResults
	readonly #imports: Imports
	readonly #errors: BatchErrors
	readonly #answers = new Map<string, (value: string | undefined) => void>()
	/** Who made a group. */
	readonly #ownerOf = new Map<string, string>()
	/** The newest group of each owner. */
	readonly #lastGroup = new Map<string, string>()
	readonly #labelOf = new Map<string, string>()
	readonly #world: MagicWorld
	readonly #magic: MagicRunner
	/** The owner that has made the value of a name. */
	readonly #makers = new Map<string, string>()
	/** The group of each cell file. */
	readonly #groupOf = new Map<string, string>()
	readonly #viewOwners = new Map<string, string>()
	readonly #mailing: Mailing
	/** What the running cell prints from the next batch on. */
	#printings: Printing[] = []
	readonly #times = new CellTimes()
	#runs = 0
	#isRunning = false
	#asks = 0
	#queue: Promise<void> = Promise.resolve()

	constructor(channel: Channel) {
		this.#channel = channel
		this.#errors = new BatchErrors({
			error: (owner, error) => channel.send({ kind: 'error', owner, error }),
			count: (owner, text, displayId, update) =>
				channel.send({ kind: 'display', owner, bundle: { 'text/plain': text }, metadata: {}, displayId, update }),
		})
		this.#mailing = new Mailing(
			systemClock,
			() => this.#world,
			(message) => channel.send(message),
			(thrown) => this.uncaught(thrown),
		)
		this.#contexts = new Contexts({
			onEvent: (event) => this.#mailing.event(event),
			onStale: (group, name) => this.#notice('warning', `${name} was replaced: stale, run this again`, group),
		})
		makeErrorsReadable()
		this.#imports = new Imports((question) => channel.send(question))
		this.#results = installGlobals({
			contexts: this.#contexts,
			ask: (text, password) => this.#ask(text, password),
			imports: this.#imports,
			magic: (...given) => this.#magic(...given),
			alive: () => aliveNow(this.#world),
			record: (name, n) => record(name, n, this.#world),
			showLast: (word) => showLast(word, this.#world),
		})
		this.#world = {
			contexts: this.#contexts,
			readers: this.#results.readers,
			labelOf: (group) => this.#labelOf.get(group ?? '') ?? '',
			ownerOf: (group) => this.#ownerOf.get(group ?? ''),
			makers: this.#makers,
		}
		this.#magic = magicRunner(this.#world)
		this.#beHost()
		this.#beSink()
		connectComms({
			send: (message) => channel.send(message),
			owner: () => this.#owner(undefined),
			fault: (thrown) => this.uncaught(thrown),
		})
	}

	#beHost(): void {
		setHost({
			liveGraph: true,
			group: () => currentExecution()?.group,
			guard: guarded,
			place: placeOf,
			makeRoom: () => this.#contexts.makeRoom(),
			contextMade: (context) => this.#contexts.made(context),
			holder: (fromMs, toMs) => this.#times.longest(fromMs, toMs),
			waitsForBatch: () => {
				const execution = currentExecution()
				if (execution !== undefined) this.#contexts.release(execution)
			},
			print: ({ group, ...printed }) => {
				this.#channel.send({ kind: 'printed', owner: this.#owner(group), ...printed })
			},
			printRegistered: (printing) => void this.#printings.push(printing),
			notice: ({ level, text, group }) => this.#notice(level, text, group),
			batchError: (error, { group, timeMs }) => this.#errors.report(this.#owner(group), group ?? '', error, timeMs),
		})
	}

	#beSink(): void {
		const owner = (): string => this.#owner(undefined)
		const ownerOfView = (viewId: string): string => this.#viewOwners.get(viewId) ?? owner()
		setDisplaySink({
			display: (bundle, metadata, displayId, update = false) =>
				this.#channel.send({
					kind: 'display',
					owner: owner(),
					bundle,
					metadata,
					update,
					...(displayId === undefined ? {} : { displayId }),
				}),
			clear: (wait) => this.#channel.send({ kind: 'clear', owner: owner(), wait }),
			viewOpened: (view, frame) => {
				if (!this.#viewOwners.has(view.viewId)) this.#viewOwners.set(view.viewId, owner())
				this.#channel.send({ kind: 'viewOpened', owner: ownerOfView(view.viewId), view, frame })
			},
			viewFrame: (frame) => this.#channel.send({ kind: 'viewFrame', owner: ownerOfView(frame.viewId), frame }),
			viewClosed: (viewId) => {
				this.#channel.send({ kind: 'viewClosed', owner: ownerOfView(viewId), viewId })
				this.#viewOwners.delete(viewId)
			},
			viewShown: (view, frame, isOver) =>
				this.#channel.send({ kind: 'viewShown', owner: owner(), view, frame, isOver }),
		})
	}

	#owner(group: string | undefined): string {
		return (group === undefined ? undefined : this.#ownerOf.get(group)) ?? currentExecution()?.owner ?? ''
	}
	#notice(level: 'info' | 'warning' | 'error', text: string, group: string | undefined): void {
		const owner = group === undefined ? undefined : this.#ownerOf.get(group)
		this.#channel.send({ kind: 'notice', owner, level, text })
	}
	#ask(prompt: string, password: boolean): Promise<string> {
		const execution = currentExecution()
		if (execution?.allowInput !== true) throw unanswered()
		this.#asks += 1
		const id = `${execution.id}?${this.#asks}`
		this.#channel.send({ kind: 'ask', id, owner: execution.owner, prompt, password })
		return new Promise((resolve, reject) => {
			this.#answers.set(id, (value) => (value === undefined ? reject(unanswered()) : resolve(value)))
		})
	}

	/** An error outside a running cell: a rejection or exception that nobody caught. */
	uncaught(thrown: unknown): void {
		// The cell that runs says itself that it was interrupted.
		if (isInterrupt(thrown) && this.#isRunning) return
		this.#channel.send({ kind: 'error', owner: this.#owner(undefined), error: errorData(thrown) })
	}

	handle(message: ToSession): void {
		switch (message.kind) {
			case 'execute':
				this.#queue = this.#queue.then(() => this.#execute(message)).catch((thrown) => this.uncaught(thrown))
				break
			case 'answer':
				this.#answers.get(message.id)?.(message.value)
				this.#answers.delete(message.id)
				break
			case 'compiled':
				this.#imports.answered(message)
				break
			case 'forget':
				this.#contexts.forget(message.owners)
				break
			case 'shapes': {
				const group = this.#groupOf.get(message.file)
				if (group !== undefined) this.#contexts.checked(group, message.shapes)
				break
			}
			case 'askProperties': {
				this.#channel.send({ kind: 'properties', id: message.id, ...this.#evaluator.look(message.expression) })
				break
			}
			case 'comm':
				takeComm(message)
				break
			case 'watch':
				this.#mailing.watch(message.isOn)
				break
			case 'shutdown':
				void this.#shutdown(message.withinMs)
				break
			default:
				message satisfies never
		}
	}

	async #shutdown(withinMs: number): Promise<void> {
		systemClock.at(systemClock.now() + withinMs, () => process.exit(0))
		await this.#contexts.stopAll(true)
		this.#channel.flush()
		process.exit(0)
	}

	async #execute(message: Execute): Promise<void> {
		this.#runs += 1
		const { id, owner, label, directory, allowInput } = message
		const run = message.continues === true ? this.#lastGroup.get(owner) : undefined
		const group = run ?? `${owner}#${this.#runs}`
		this.#lastGroup.set(owner, group)
		const execution: Execution = { id, owner, label, group, directory, allowInput }
		this.#ownerOf.set(group, owner)
		this.#labelOf.set(group, label)
		this.#groupOf.set(message.cell.file, group)
		rememberCell(message.cell)
		this.#results.execution = execution
		this.#results.value = undefined
		this.#results.bound.clear()
		this.#isRunning = true
		const ended = this.#times.begin(label)
		const done = await asExecution(execution, () => this.#run(message, execution)).catch(
			// Whatever goes wrong, the front hears that the cell is over.
			(thrown): Done => ({ kind: 'done', id, status: 'error', error: errorData(thrown), names: [] }),
		)
		this.#isRunning = false
		ended()
		this.#channel.send(done)
	}

	async #run({ id, cell, silent, expressions }: Execute, execution: Execution): Promise<Done> {
		let outcome = await this.#evaluator.evaluate(cell.js, cell.file)
		if (outcome.kind === 'value' && cell.hasValue) outcome = await this.#settleValue(outcome)
		await this.#keepNames(cell, execution.owner)
		if (outcome.kind === 'value' && cell.hasValue && !silent) outcome = await this.#show(id, execution)
		if (outcome.kind === 'value') this.#contexts.succeeded(execution, this.#results.bound, cell.shapes)
		else this.#contexts.failed(execution)
		this.#announce(outcome.kind === 'value' ? this.#printings.splice(0) : [])
		this.#printings = []
		const names = cell.names.filter((name) => this.#results.bound.has(name))
		if (outcome.kind !== 'value') {
			const status = outcome.kind === 'interrupted' ? 'interrupted' : 'error'
			return { kind: 'done', id, status, error: this.#errorOf(outcome, cell.file, execution.owner), names }
		}
		const values = expressions === undefined ? undefined : await this.#expressions(expressions)
		return { kind: 'done', id, status: 'ok', names, ...(values === undefined ? {} : { expressions: values }) }
	}

	/** Makes room for what prints later, in the cell that asked for it. */
	#announce(printings: readonly Printing[]): void {
		for (const { title, group, mode, outputId } of printings) {
			if (mode === 'log') continue
			const owner = this.#owner(group)
			const empty = { timeMs: 0, lines: [], hasMore: false, text: '' }
			this.#channel.send({ kind: 'printed', owner, outputId, title: title(), mode, ...empty })
		}
	}

	/** A promise as last value is awaited, as a person expects who reads the result. */
	async #settleValue(outcome: Outcome): Promise<Outcome> {
		if (!(this.#results.value instanceof Promise)) return outcome
		Object.assign(globalThis, { __rivuletPending: this.#results.value })
		const js = '$rv.last(await __rivuletPending)'
		const settled = await this.#evaluator.evaluate(js, 'rivulet:await')
		Reflect.deleteProperty(globalThis, '__rivuletPending')
		return settled
	}

	async #keepNames({ names: own, assigns = [] }: PreparedCell, owner: string): Promise<void> {
		const names = [...own, ...assigns]
		if (names.length === 0) return
		const readers = names.map((name) => `${JSON.stringify(name)}: () => ${name}`).join(', ')
		await this.#evaluator.evaluate(`$rv.keep({ ${readers} })`, 'rivulet:names')
		for (const [name, value] of this.#results.bound) {
			this.#contexts.name(name, value)
			if (own.includes(name)) this.#makers.set(name, owner)
		}
	}

	async #show(id: string, execution: Execution): Promise<Outcome> {
		const { value } = this.#results
		try {
			const shown = await guarded(() => showValue(value))
			if (value !== undefined) {
				Object.assign(globalThis, { _: value })
				const count = Number(/\d+/.exec(execution.label)?.[0])
				if (Number.isInteger(count)) this.#results.Out[count] = value
			}
			if (shown !== undefined) {
				const { bundle, metadata } = shown
				this.#channel.send({ kind: 'result', id, owner: execution.owner, bundle, metadata })
			}
			return { kind: 'value' }
		} catch (error) {
			return isInterrupt(error)
				? { kind: 'interrupted', error: error as Error }
				: { kind: 'thrown', error, place: undefined }
		}
	}

	#errorOf(outcome: Exclude<Outcome, { readonly kind: 'value' }>, file: string, owner?: string): ErrorData {
		if (outcome.kind === 'thrown' && outcome.place !== undefined) {
			const { line, column } = outcome.place
			return syntaxErrorData(outcome.error as Error, file, line, column)
		}
		const data = errorData(outcome.error)
		// The batch that the cell waited for has said it in this cell already.
		const isShown = owner !== undefined && this.#errors.isShown(owner, outcome.error)
		return isShown ? { ...data, lines: [`${data.lines[0]} (shown above)`] } : data
	}

	async #expressions(expressions: Readonly<Record<string, string>>): Promise<NonNullable<Done['expressions']>> {
		const values: Record<string, NonNullable<Done['expressions']>[string]> = {}
		for (const [name, js] of Object.entries(expressions)) {
			this.#results.value = undefined
			const outcome = await this.#evaluator.evaluate(js, 'rivulet:expression')
			values[name] =
				outcome.kind === 'value'
					? { bundle: bundleOf(this.#results.value).bundle }
					: { error: this.#errorOf(outcome, 'rivulet:expression') }
		}
		return values
	}
}

const unanswered = (): StreamError =>
	new StreamError('session/input', 'input was asked for, but nobody can answer here', {
		where: 'prompt',
		remedy: 'await it in a cell, in a front end that allows input; or set the value in the code',
	})
