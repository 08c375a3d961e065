/**
 * A receiver: brings records from outside into a stream. Programs extend it.
 *
 * `onStart` begins receiving and must not wait for the end of it; `onStop` ends it. Single records are gathered into
 * blocks (`store(x)`, fire and forget); an array or an iterator is a block of its own (`await store([…])`).
 * Source: Spark's `Receiver`.
 */

import { StreamError } from '../base/errors.js'
import type { StorageLevel } from '../storage/level.js'

/** What a running receiver talks to. */
export interface ReceiverSupport<T> {
	readonly isStarted: boolean
	readonly isStopped: boolean
	storeOne(record: T): void
	storeBlock(records: readonly T[], metadata?: unknown): Promise<void>
	/** A block of raw bytes that `decode` reads. */
	storeBytes(bytes: Uint8Array, decode: (bytes: Uint8Array) => Iterable<T>, numRecords: number): Promise<void>
	reportError(message: string, error: Error | undefined): void
	restart(message: string, error: Error | undefined, delayMs: number | undefined): void
	stop(message: string, error: Error | undefined): void
}

export abstract class Receiver<T> {
	readonly storageLevel: StorageLevel
	/** The id of its input stream; -1 until it has one. */
	streamId = -1
	/** The host it would like to run on. */
	preferredLocation: string | undefined = undefined
	#support: ReceiverSupport<T> | undefined

	constructor(storageLevel: StorageLevel) {
		this.storageLevel = storageLevel
	}

	/** Begins receiving. What it throws stops the receiver, which is then started again. */
	abstract onStart(): void | Promise<void>
	/** Ends receiving. */
	abstract onStop(): void | Promise<void>

	/** Gives it its place; done by the supervisor. */
	attach(support: ReceiverSupport<T>, streamId: number): void {
		this.#support = support
		this.streamId = streamId
	}
	protected get support(): ReceiverSupport<T> {
		if (this.#support === undefined) {
			throw new StreamError(
				'receiver/state',
				'assertion failed: A ReceiverSupervisor has not been attached to the receiver yet. Maybe you are starting some computation in the receiver before the Receiver.onStart() has been called.',
				{ remedy: 'begin in onStart()' },
			)
		}
		return this.#support
	}

	/** A block of its own: resolves when it is stored. @throws receiver/store when it could not be */
	store(records: readonly T[] | IterableIterator<T>, metadata?: unknown): Promise<void>
	/** One record, gathered into a block with others. */
	store(record: T): void
	store(what: unknown, metadata?: unknown): Promise<void> | undefined {
		if (Array.isArray(what)) return this.support.storeBlock(what as T[], metadata)
		if (isIterator(what)) return this.support.storeBlock([...(what as IterableIterator<T>)], metadata)
		this.support.storeOne(what as T)
		return undefined
	}
	/** Says that something went wrong; receiving goes on. */
	reportError(message: string, error?: Error): void {
		this.support.reportError(message, error)
	}
	/** Stops, waits (default `spark.streaming.receiverRestartDelay`), starts again. */
	restart(message: string, error?: Error, delayMs?: number): void {
		this.support.restart(message, error, delayMs)
	}
	/** Stops; the tracker starts it again unless the context stops. */
	stop(message: string, error?: Error): void {
		this.support.stop(message, error)
	}
	isStarted(): boolean {
		return this.support.isStarted
	}
	isStopped(): boolean {
		return this.support.isStopped
	}
}

const isIterator = (what: unknown): boolean =>
	typeof what === 'object' && what !== null && typeof (what as { next?: unknown }).next === 'function'
