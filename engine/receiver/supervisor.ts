/**
 * The life of one receiver: started, restarted after a delay, stopped; held back while more must not come.
 *
 *   initialized ──start──▶ started ──restart──▶ stopped ··delay··▶ started
 *                             └──stop──▶ stopped ··▶ started, unless its context ends
 *
 * Every onStart has exactly one onStop. Everything the receiver does runs in the async context of the stream it belongs
 * to. Its block generators live on through restarts. Source: Spark's `ReceiverSupervisor`.
 */

import { type Clock, type Disposable, systemClock } from '../base/clock.js'
import { asError, StreamError } from '../base/errors.js'
import type { StoredBlock } from '../storage/blocks.js'
import { BlockGenerator, type BlockGeneratorListener } from './blockgenerator.js'
import type { BlockTiming } from './blockqueue.js'
import { countMalformed, decodeLines } from './decodelines.js'
import { LineGenerator } from './linegenerator.js'
import { type RateBounds, RateLimiter } from './ratelimiter.js'
import type { Receiver, ReceiverSupport } from './receiver.js'

/** A block on its way to the tracker. */
export interface ArrivedBlock {
	/** Undefined: it gets the next one. */
	readonly id?: string
	readonly content: StoredBlock
	readonly numRecords: number | undefined
	/** The receiver ends: what does not fit into memory goes to the disk, whatever the level. */
	readonly isLast?: boolean
	/** Malformed UTF-8 sequences that were replaced. */
	readonly malformed?: number
}

/** What the supervisor tells its tracker. */
export interface SupervisorReports {
	started(): void
	stopped(message: string, error: Error | undefined): void
	failed(message: string, error: Error | undefined): void
	/** The receiver starts again in `delayMs`. */
	restarting(message: string, error: Error | undefined, delayMs: number): void
	/** A promise resolves when it counts. @throws receiver/store when there is no room for it */
	block(block: ArrivedBlock): void | Promise<void>
}

export interface SupervisorParts extends BlockTiming {
	readonly restartDelayMs: number
	readonly bounds: RateBounds
	/** Estimated bytes of single records that may wait before more are refused. */
	readonly maxBytes: number
	readonly maxLineBytes: number
	/** True while too much of what was received is not processed. */
	readonly isFull: () => boolean
	/** Runs a body in the async context of the stream. */
	readonly inContext: <R>(body: () => R) => R
	readonly reports: SupervisorReports
}

/** What the supervisor does to each generator. */
interface Generator {
	readonly isHeld: boolean
	readonly currentLimit: number
	stop(): Promise<void>
	updateRate(perSecond: number): void
}

/** A receiver that has lived so long did start; what ends sooner and again is not started at once. */
const settledMs = 1_000
/** After so many stores in a row the event loop has its turn, or a receiver that only stores would stop the world. */
const storesPerTurn = 256
const go = Promise.resolve()

export class ReceiverSupervisor<T> implements ReceiverSupport<T> {
	readonly #receiver: Receiver<T>
	readonly #parts: SupervisorParts
	readonly #blocks: BlockGenerator<T>
	readonly #generators: Generator[] = []
	#lines: LineGenerator | undefined
	#state: 'initialized' | 'started' | 'stopped' = 'initialized'
	#isOver = false
	#waiting: Disposable | undefined
	#stopping: Promise<void> = Promise.resolve()
	/** Which start this is: what an earlier one still throws concerns nobody. */
	#incarnation = 0
	#startedMs = 0
	#quickEnds = 0
	#storesSinceTurn = 0
	#turn: Promise<void> | undefined
	#held: { readonly promise: Promise<void>; readonly open: () => void } | undefined
	/** Resolves when the last onStart has ended. */
	starting: Promise<void> = Promise.resolve()

	constructor(receiver: Receiver<T>, parts: SupervisorParts) {
		this.#receiver = receiver
		this.#parts = parts
		this.#blocks = this.createBlockGenerator({
			onPushBlock: (id, records, isLast) =>
				this.#push({ id, content: { records }, numRecords: records.length, isLast }),
			onError: (message, error) => this.reportError(message, error),
		})
		receiver.attach(this, parts.streamId)
	}

	get isStarted(): boolean {
		return this.#state === 'started'
	}
	get isStopped(): boolean {
		return this.#state === 'stopped'
	}
	/** Records per second; `Infinity` is no limit. */
	get currentLimit(): number {
		return this.#blocks.currentLimit
	}

	start(): void {
		this.#blocks.start()
		this.#startReceiver()
	}

	#startReceiver(): void {
		if (this.#isOver) return
		this.#state = 'started'
		this.#startedMs = systemClock.now()
		this.#incarnation += 1
		const incarnation = this.#incarnation
		this.#parts.reports.started()
		this.starting = this.#parts.inContext(async () => {
			try {
				await this.#receiver.onStart()
			} catch (thrown) {
				const message = `Error starting receiver ${this.#parts.streamId}`
				if (incarnation === this.#incarnation) this.stop(message, asError(thrown))
				else this.reportError(message, asError(thrown))
			}
		})
	}

	/** Ends it for good: waits for onStop, then stores what was gathered. */
	async end(message: string): Promise<void> {
		this.#isOver = true
		// Nothing holds it any more: onStop may wait for what it stores.
		this.recheck()
		this.#waiting?.dispose()
		if (this.#state === 'started') this.#stopReceiver(message, undefined)
		await this.#stopping
		for (const generator of this.#generators) await generator.stop()
	}

	#stopReceiver(message: string, error: Error | undefined): void {
		this.#state = 'stopped'
		this.#stopping = this.#parts.inContext(async () => {
			try {
				await this.#receiver.onStop()
			} catch (thrown) {
				this.reportError(`Error stopping receiver ${this.#parts.streamId}`, asError(thrown))
			}
			this.#parts.reports.stopped(message, error)
		})
	}

	get isHeld(): boolean {
		if (this.#isOver) return false
		return this.#parts.isFull() || this.#generators.some((generator) => generator.isHeld)
	}
	ready(): Promise<void> {
		if (!this.isHeld) return this.#storesSinceTurn < storesPerTurn ? go : this.#nextTurn()
		if (this.#held === undefined) {
			let open: () => void = () => undefined
			const promise = new Promise<void>((resolve) => {
				open = resolve
			})
			this.#held = { promise, open }
		}
		return this.#held.promise
	}
	#nextTurn(): Promise<void> {
		this.#turn ??= new Promise((resolve) =>
			setImmediate(() => {
				this.#turn = undefined
				this.#storesSinceTurn = 0
				resolve()
			}),
		)
		return this.#turn
	}
	/** Lets those go on who wait, when nothing holds them any more. */
	recheck(): void {
		if (this.#held === undefined || this.isHeld) return
		const { open } = this.#held
		this.#held = undefined
		open()
	}
	updateRate(perSecond: number): void {
		for (const generator of this.#generators) generator.updateRate(perSecond)
	}

	createBlockGenerator(listener: BlockGeneratorListener<T>): BlockGenerator<T> {
		const limiter = this.#limiter()
		const made = new BlockGenerator<T>({ ...this.#parts, limiter, listener, changed: () => this.recheck() })
		this.#generators.push(made)
		return made
	}
	lines(): LineGenerator {
		if (this.#lines !== undefined) return this.#lines
		const made = new LineGenerator({
			...this.#parts,
			limiter: this.#limiter(),
			push: (id, { bytes, numLines }, isLast) => {
				const content = { bytes, decode: decodeLines }
				return this.#push({ id, content, numRecords: numLines, isLast, malformed: countMalformed(bytes) })
			},
			failed: (message, error) => this.reportError(message, error),
			changed: () => this.recheck(),
		})
		made.start()
		this.#generators.push(made)
		this.#lines = made
		return made
	}
	/** Each generator has a limiter of its own, all with the same limit. */
	#limiter(): RateLimiter {
		const limiter = new RateLimiter(this.#parts.clock, this.#parts.bounds)
		const first = this.#generators[0]
		if (first !== undefined) limiter.update(first.currentLimit)
		return limiter
	}

	#push(block: ArrivedBlock): void | Promise<void> {
		return this.#parts.reports.block(block)
	}

	storeOne(record: T): Promise<void> {
		this.#blocks.addData(record)
		this.#storesSinceTurn += 1
		return this.ready()
	}
	async storeBlock(records: readonly T[]): Promise<void> {
		await this.#store({ content: { records }, numRecords: records.length })
	}
	async storeBytes(
		bytes: Uint8Array,
		decode: (bytes: Uint8Array) => Iterable<T>,
		numRecords: number | undefined,
	): Promise<void> {
		await this.#store({ content: { bytes, decode }, numRecords })
	}
	async #store(block: ArrivedBlock): Promise<void> {
		if (this.#isOver && !this.#blocks.isActive) {
			throw new StreamError('receiver/store', 'Failed to add block to receiver tracker.', {
				remedy: 'store nothing after the context has stopped',
			})
		}
		await this.#push(block)
		this.#storesSinceTurn += 1
		await this.ready()
	}

	reportError(message: string, error: Error | undefined): void {
		this.#parts.reports.failed(message, error)
	}

	restart(message: string, error: Error | undefined, delayMs = this.#parts.restartDelayMs): void {
		if (this.#isOver || this.#state !== 'started') return
		this.#parts.reports.restarting(message, error, delayMs)
		this.#stopReceiver(`Restarting receiver with delay ${delayMs}ms: ${message}`, error)
		void this.#stopping.then(() => this.#startAfter(delayMs))
	}

	stop(message: string, error: Error | undefined): void {
		if (this.#isOver || this.#state !== 'started') return
		const isQuick = systemClock.now() - this.#startedMs < settledMs
		this.#quickEnds = isQuick ? this.#quickEnds + 1 : 0
		const delayMs = this.#quickEnds > 1 ? this.#parts.restartDelayMs : 0
		if (delayMs > 0) this.#parts.reports.restarting(message, error, delayMs)
		this.#stopReceiver(message, error)
		void this.#stopping.then(() => (delayMs > 0 ? this.#startAfter(delayMs) : this.#startReceiver()))
	}

	#startAfter(delayMs: number): void {
		if (this.#isOver) return
		// Connections live in real time, whatever drives the batches.
		const clock: Clock = this.#parts.clock.isManual ? systemClock : this.#parts.clock
		this.#waiting = clock.at(clock.now() + delayMs, () => this.#startReceiver())
	}
}
