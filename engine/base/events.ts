/**
 * Facts about batches, the first of the two windows out of the engine: plain JSON data, never records.
 *
 * Field names are Spark's (`StreamingListener`, `BatchInfo`, `OutputOperationInfo`, `ReceiverInfo`); times are
 * milliseconds since the epoch, delays milliseconds. Events are delivered in the order they were posted, one at a time,
 * after the code that posted them; one listener's failure is reported and disturbs nobody.
 */

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { asError } from './errors.js'

/** What one input stream brought to a batch. */
export interface StreamInputInfo {
	readonly inputStreamId: number
	readonly numRecords: number
	readonly metadata: Readonly<Record<string, unknown>>
}

/** One output operation of one batch. `id` counts the jobs generated in that batch. */
export interface OutputOperationInfo {
	readonly batchTime: number
	readonly id: number
	/** `print at cell 3:1`. */
	readonly name: string
	readonly description: string
	readonly startTime?: number
	readonly endTime?: number
	readonly duration?: number
	/** The text of the error and its stack. */
	readonly failureReason?: string
}

export interface BatchInfo {
	readonly batchTime: number
	readonly streamIdToInputInfo: Readonly<Record<number, StreamInputInfo>>
	readonly submissionTime: number
	readonly processingStartTime?: number
	readonly processingEndTime?: number
	readonly schedulingDelay?: number
	readonly processingDelay?: number
	readonly totalDelay?: number
	readonly numRecords: number
	readonly outputOperationInfos: Readonly<Record<number, OutputOperationInfo>>
}

export interface ReceiverInfo {
	readonly streamId: number
	/** `<class>-<streamId>`. */
	readonly name: string
	readonly active: boolean
	readonly location: string
	readonly executorId: string
	readonly lastErrorMessage: string
	readonly lastError: string
	readonly lastErrorTime: number
}

/** Everything the engine says about itself. The last kinds are ours. */
export type EngineEvent =
	| { readonly kind: 'streamingStarted'; readonly time: number }
	| { readonly kind: 'receiverStarted'; readonly receiverInfo: ReceiverInfo }
	| { readonly kind: 'receiverError'; readonly receiverInfo: ReceiverInfo }
	| { readonly kind: 'receiverStopped'; readonly receiverInfo: ReceiverInfo }
	| { readonly kind: 'batchSubmitted'; readonly batchInfo: BatchInfo }
	| { readonly kind: 'batchStarted'; readonly batchInfo: BatchInfo }
	| { readonly kind: 'outputOperationStarted'; readonly outputOperationInfo: OutputOperationInfo }
	| { readonly kind: 'outputOperationCompleted'; readonly outputOperationInfo: OutputOperationInfo }
	| { readonly kind: 'batchCompleted'; readonly batchInfo: BatchInfo }
	/** A batch time at which no output was due. */
	| { readonly kind: 'batchSkipped'; readonly time: number }
	/** Back-pressure gave a receiver another limit, in records per second. */
	| { readonly kind: 'rateUpdated'; readonly streamId: number; readonly ratePerSecond: number; readonly time: number }
	/** Streams or outputs were added or removed at a batch boundary. */
	| { readonly kind: 'graphChanged'; readonly time: number }
	| { readonly kind: 'streamingStopped'; readonly time: number }

export type EventKind = EngineEvent['kind']
export type EventOf<K extends EventKind> = Extract<EngineEvent, { readonly kind: K }>

/** Methods of a listener by kind of event; any of them. */
export type ListenerMethods = {
	[K in EventKind as `on${Capitalize<K>}`]?: (event: EventOf<K>) => void | Promise<void>
}

type Delivery = (event: EngineEvent) => unknown

/** An event that a listener has been given, and the one inside whose listener it came. */
interface Listening {
	readonly bus: EventBus
	isOver: boolean
	readonly outer: Listening | undefined
}

/** One storage a process: each makes every promise of the process slower, for good. */
const listening = new AsyncLocalStorage<Listening>()

/** The innermost of these listeners that still run. */
const alive = (each: Listening | undefined): Listening | undefined => (each?.isOver ? alive(each.outer) : each)

/** Delivers events one by one to listeners, in the async context each listener was registered in. */
export class EventBus {
	readonly #deliveries = new Map<unknown, Delivery>()
	readonly #onListenerError: (error: Error) => void
	#queue: Promise<void> = Promise.resolve()
	#stopped = false

	/** @param onListenerError told of what a listener throws */
	constructor(onListenerError: (error: Error) => void) {
		this.#onListenerError = onListenerError
	}

	/** True in code that a listener runs and waits for: stopping from inside one is an error. */
	get isDelivering(): boolean {
		let each = alive(listening.getStore())
		while (each !== undefined && each.bus !== this) each = alive(each.outer)
		return each !== undefined
	}

	on<K extends EventKind>(kind: K, listener: (event: EventOf<K>) => void | Promise<void>): () => void {
		const key = {}
		this.#add(key, (event) => (event.kind === kind ? listener(event as EventOf<K>) : undefined))
		return () => this.#deliveries.delete(key)
	}

	/** Every event, whatever its kind. */
	onAny(listener: (event: EngineEvent) => void | Promise<void>): () => void {
		const key = {}
		this.#add(key, listener)
		return () => this.#deliveries.delete(key)
	}

	addListener(listener: ListenerMethods): void {
		this.#add(listener, (event) => {
			const name = `on${event.kind[0]?.toUpperCase()}${event.kind.slice(1)}` as keyof ListenerMethods
			const method = listener[name] as Delivery | undefined
			return typeof method === 'function' ? method.call(listener, event) : undefined
		})
	}

	removeListener(listener: ListenerMethods): void {
		this.#deliveries.delete(listener)
	}

	#add(key: unknown, delivery: Delivery): void {
		this.#deliveries.set(
			key,
			AsyncResource.bind((event: EngineEvent) => this.#listen(delivery, event)),
		)
	}

	#listen(delivery: Delivery, event: EngineEvent): unknown {
		const mark: Listening = { bus: this, isOver: false, outer: alive(listening.getStore()) }
		const over = (): void => {
			mark.isOver = true
		}
		try {
			const pending = listening.run(mark, () => delivery(event))
			if (pending instanceof Promise) return pending.finally(over)
			over()
		} catch (thrown) {
			over()
			throw thrown
		}
		return undefined
	}

	/** Queues the event; lost after `stop`. */
	post(event: EngineEvent): void {
		if (this.#stopped || this.#deliveries.size === 0) return
		this.#queue = this.#queue.then(() => this.#deliver(event))
	}

	/** Resolves when everything posted before has been delivered. */
	drained(): Promise<void> {
		return this.#queue
	}

	stop(): void {
		this.#stopped = true
	}

	async #deliver(event: EngineEvent): Promise<void> {
		for (const delivery of [...this.#deliveries.values()]) {
			try {
				const pending = delivery(event)
				if (pending instanceof Promise) await pending
			} catch (thrown) {
				this.#onListenerError(asError(thrown))
			}
		}
	}
}
