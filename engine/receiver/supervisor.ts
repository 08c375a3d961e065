/**
 * The life of one receiver: started, restarted after a delay, stopped.
 *
 *   initialized ──start──▶ started ──restart──▶ stopped ··delay··▶ started
 *                             └──stop──▶ stopped
 *
 * Everything the receiver does runs in the async context of the stream it belongs to. Source: Spark's `ReceiverSupervisor`.
 */

import { type Clock, type Disposable, systemClock } from '../base/clock.js'
import { asError, StreamError } from '../base/errors.js'
import { BlockGenerator } from './blockgenerator.js'
import type { Receiver, ReceiverSupport } from './receiver.js'

/** What the supervisor tells its tracker. */
export interface SupervisorReports {
	started(): void
	stopped(message: string, error: Error | undefined): void
	failed(message: string, error: Error | undefined): void
	/** A restart begins; `delayMs` until the next try. */
	restarting(message: string, error: Error | undefined, delayMs: number): void
	block(records: readonly unknown[]): void
	bytes(bytes: Uint8Array, decode: (bytes: Uint8Array) => Iterable<unknown>, numRecords: number): void
}

export interface SupervisorParts {
	readonly clock: Clock
	readonly streamId: number
	readonly blockIntervalMs: number
	readonly restartDelayMs: number
	/** Runs a body in the async context of the stream. */
	readonly inContext: <R>(body: () => R) => R
	readonly reports: SupervisorReports
}

export class ReceiverSupervisor<T> implements ReceiverSupport<T> {
	readonly #receiver: Receiver<T>
	readonly #parts: SupervisorParts
	readonly #blocks: BlockGenerator<T>
	#state: 'initialized' | 'started' | 'stopped' = 'initialized'
	#isOver = false
	#waiting: Disposable | undefined
	/** Resolves when the last onStart has ended. */
	starting: Promise<void> = Promise.resolve()

	constructor(receiver: Receiver<T>, parts: SupervisorParts) {
		this.#receiver = receiver
		this.#parts = parts
		this.#blocks = new BlockGenerator(parts.clock, parts.blockIntervalMs, (records) => parts.reports.block(records))
		receiver.attach(this, parts.streamId)
	}

	get isStarted(): boolean {
		return this.#state === 'started'
	}
	get isStopped(): boolean {
		return this.#state === 'stopped'
	}

	start(): void {
		this.#blocks.start()
		this.#startReceiver()
	}

	#startReceiver(): void {
		this.#state = 'started'
		this.#parts.reports.started()
		this.starting = this.#parts.inContext(async () => {
			try {
				await this.#receiver.onStart()
			} catch (thrown) {
				this.stop(`Error starting receiver ${this.#parts.streamId}`, asError(thrown))
			}
		})
	}

	/** Ends it for good and waits for onStop. */
	async end(message: string): Promise<void> {
		this.#isOver = true
		this.#waiting?.dispose()
		const wasStarted = this.#state === 'started'
		await this.#stopReceiver(message, undefined, wasStarted)
		this.#blocks.stop()
	}

	async #stopReceiver(message: string, error: Error | undefined, tells: boolean): Promise<void> {
		this.#state = 'stopped'
		try {
			await this.#parts.inContext(() => this.#receiver.onStop())
		} catch (thrown) {
			this.#parts.reports.failed('Error in onStop of the receiver', asError(thrown))
		}
		if (tells) this.#parts.reports.stopped(message, error)
	}

	storeOne(record: T): void {
		this.#blocks.add(record)
	}
	async storeBlock(records: readonly T[]): Promise<void> {
		this.#admit()
		this.#parts.reports.block(records)
	}
	async storeBytes(bytes: Uint8Array, decode: (bytes: Uint8Array) => Iterable<T>, numRecords: number): Promise<void> {
		this.#admit()
		this.#parts.reports.bytes(bytes, decode, numRecords)
	}
	#admit(): void {
		if (!this.#isOver) return
		throw new StreamError('receiver/store', 'Failed to add block to receiver tracker.', {
			remedy: 'store nothing after the context has stopped',
		})
	}
	reportError(message: string, error: Error | undefined): void {
		this.#parts.reports.failed(message, error)
	}

	restart(message: string, error: Error | undefined, delayMs = this.#parts.restartDelayMs): void {
		if (this.#isOver || this.#state !== 'started') return
		this.#parts.reports.restarting(message, error, delayMs)
		void this.#stopReceiver(`Restarting receiver with delay ${delayMs}ms: ${message}`, error, true).then(() => {
			if (this.#isOver) return
			this.#waiting = this.#restartClock.at(this.#restartClock.now() + delayMs, () => {
				if (!this.#isOver) this.#startReceiver()
			})
		})
	}
	/** Connections live in real time, whatever drives the batches. */
	get #restartClock(): Clock {
		return this.#parts.clock.isManual ? systemClock : this.#parts.clock
	}

	stop(message: string, error: Error | undefined): void {
		if (this.#isOver || this.#state !== 'started') return
		void this.#stopReceiver(message, error, true).then(() => {
			if (this.#isOver) return
			this.#startReceiver()
		})
	}
}
