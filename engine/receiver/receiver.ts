/**
 * A receiver: brings records from outside into a stream. Programs extend it.
 *
 * `onStart` begins receiving and must not wait for the end of it (it may be asynchronous); `onStop` ends it. Single
 * records are gathered into blocks under the rate limit; an array, an iterator or bytes are a block of their own.
 *
 *   for await (const message of client) await this.store(message)
 *
 * JavaScript cannot block inside `store`, so holding a receiver back is a promise: it resolves when more may be stored.
 * A receiver that does not wait loses nothing, but is refused once what it has piled up reaches a bound of memory.
 * Source: Spark's `Receiver`.
 */

import { StreamError } from '../base/errors.js'
import { fromBytes } from '../rdd/saved.js'
import type { StorageLevel } from '../storage/level.js'
import type { BlockGenerator, BlockGeneratorListener } from './blockgenerator.js'
import type { LineGenerator } from './linegenerator.js'

/** What a running receiver talks to. */
export interface ReceiverSupport<T> {
	readonly isStarted: boolean
	readonly isStopped: boolean
	/** True while nothing more should be stored. */
	readonly isHeld: boolean
	/** Resolves when more may be stored. */
	ready(): Promise<void>
	storeOne(record: T): Promise<void>
	storeBlock(records: readonly T[], metadata?: unknown): Promise<void>
	/** A block of raw bytes that `decode` reads; undefined when nobody knows how many records they are. */
	storeBytes(
		bytes: Uint8Array,
		decode: (bytes: Uint8Array) => Iterable<T>,
		numRecords: number | undefined,
	): Promise<void>
	/** A generator of the receiver's own, which it starts; it is stopped with the receiver, and has its rate limit. */
	createBlockGenerator(listener: BlockGeneratorListener<T>): BlockGenerator<T>
	/** Gathers lines of text from bytes; it lives as long as the receiver, restarts included. */
	lines(): LineGenerator
	reportError(message: string, error: Error | undefined): void
	restart(message: string, error: Error | undefined, delayMs: number | undefined): void
	stop(message: string, error: Error | undefined): void
}

export abstract class Receiver<T> {
	readonly storageLevel: StorageLevel
	/** The id of its input stream; -1 until it has one. */
	streamId = -1
	/** The host it would like to run on. On one machine it runs where everything does. */
	preferredLocation: string | undefined = undefined
	#support: ReceiverSupport<T> | undefined

	constructor(storageLevel: StorageLevel) {
		this.storageLevel = storageLevel
	}

	/** Begins receiving. What it throws, now or later, stops the receiver, which is then started again. */
	abstract onStart(): void | Promise<void>
	/** Ends receiving. A graceful stop waits for it, any other at most 10 s; records may be stored until it is over. */
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

	/**
	 * A block of its own, whatever the rate limit. Resolves when it is stored and more may be stored; an iterator is read
	 * to its end first. Bytes are what `v8.serialize` gives for an array of records; how many they are is not known. A
	 * record that itself is an array or bytes is stored as `[record]`.
	 * @param metadata kept for nobody yet
	 * @throws receiver/store when it could not be stored
	 */
	store(
		records: readonly T[] | IterableIterator<T> | AsyncIterableIterator<T> | Uint8Array,
		metadata?: unknown,
	): Promise<void>
	/**
	 * One record, gathered into a block with others. Resolves when more may be stored: at once unless the rate limit,
	 * waiting blocks or memory hold the receiver back.
	 * @throws receiver/state before start and after stop, receiver/store when far too much waits already
	 */
	store(record: T): Promise<void>
	store(what: unknown, metadata?: unknown): Promise<void> {
		const { support } = this
		if (Array.isArray(what)) return support.storeBlock(what as T[], metadata)
		if (what instanceof Uint8Array) return support.storeBytes(new Uint8Array(what), recordsOfBytes<T>, undefined)
		if (isIterator(what)) return storeAll(support, what as Iterators<T>, metadata)
		return support.storeOne(what as T)
	}
	/** Resolves when more may be stored. */
	ready(): Promise<void> {
		return this.support.ready()
	}
	/** Says that something went wrong; receiving goes on. */
	reportError(message: string, error?: Error): void {
		this.support.reportError(message, error)
	}
	/** Stops, waits (default `spark.streaming.receiverRestartDelay`), starts again. While that goes on: nothing. */
	restart(message: string, error?: Error, delayMs?: number): void {
		this.support.restart(message, error, delayMs)
	}
	/** Stops; it is started again unless the context stops, at once the first time, then with the restart delay. */
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

type Iterators<T> = Iterator<T> | AsyncIterator<T>

const isIterator = (what: unknown): boolean =>
	typeof what === 'object' && what !== null && typeof (what as { next?: unknown }).next === 'function'

/** Reads either kind of iterator to its end; a block is stored whole or not at all. */
async function storeAll<T>(support: ReceiverSupport<T>, from: Iterators<T>, metadata: unknown): Promise<void> {
	const records: T[] = []
	for (;;) {
		const pending = from.next()
		const next = pending instanceof Promise ? await pending : pending
		if (next.done === true) break
		records.push(next.value)
	}
	await support.storeBlock(records, metadata)
}

function recordsOfBytes<T>(bytes: Uint8Array): Iterable<T> {
	const remedy = 'store what v8.serialize gives for an array, or [bytes] for one record'
	let records: unknown
	try {
		records = fromBytes(bytes)
	} catch (cause) {
		throw new StreamError('receiver/store', 'stored bytes cannot be read as records', { remedy, cause })
	}
	if (Array.isArray(records)) return records
	throw new StreamError('receiver/store', `stored bytes hold ${typeof records}, no array of records`, { remedy })
}
