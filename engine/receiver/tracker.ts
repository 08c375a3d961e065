/**
 * All receivers of a context, and which block belongs to which batch.
 *
 *   block added ──▶ waiting (per stream, in order) ──allocate(t)──▶ batch t ──cleanup──▶ forgotten
 *
 * A receiver that stops itself is started again as long as the context runs. Source: Spark's `ReceiverTracker`,
 * `ReceivedBlockTracker`.
 */

import type { Clock } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import type { EventBus, ReceiverInfo } from '../base/events.js'
import type { Duration, Time } from '../base/time.js'
import type { BlockStore, StoredBlock } from '../storage/blocks.js'
import type { StorageLevel } from '../storage/level.js'
import type { Receiver } from './receiver.js'
import { RetryNotice } from './retrynotice.js'
import { ReceiverSupervisor } from './supervisor.js'

/** A block that waits or belongs to a batch. */
export interface ReceivedBlock {
	readonly id: string
	/** Undefined when the receiver could not count them. */
	readonly numRecords: number | undefined
}

/** What the tracker needs of a receiver stream. */
export interface TrackedStream {
	readonly id: number
	/** `socket stream [0]`. */
	readonly displayName: string
	/** Who made it: an opaque name given by the host. */
	readonly group: string | undefined
	getReceiver(): Receiver<unknown>
	/** Runs a body in the async context in which the stream was made. */
	inContext<R>(body: () => R): R
	/** Gives the stream its source of blocks. */
	attach(blocks: BlocksOfBatch): void
}

/** Where a stream finds the blocks of a batch. */
export interface BlocksOfBatch {
	blocksOfBatch(time: Time, streamId: number): readonly ReceivedBlock[]
	/** The records of a block; undefined when it is gone. */
	read(blockId: string): Iterable<unknown> | undefined
	/** The batch needs them no more. */
	removeBlocks(blockIds: readonly string[]): void
}

export interface TrackerOptions {
	readonly clock: Clock
	readonly conf: SparkConf
	readonly bus: EventBus
	readonly batchDuration: Duration
	readonly blocks: BlockStore
}

interface Tracked {
	readonly stream: TrackedStream
	readonly supervisor: ReceiverSupervisor<unknown>
}

export class ReceiverTracker implements BlocksOfBatch {
	readonly #options: TrackerOptions
	readonly #tracked = new Map<number, Tracked>()
	#waiting = new Map<number, ReceivedBlock[]>()
	readonly #allocated = new Map<number, Map<number, ReceivedBlock[]>>()
	#nextBlock: number
	#isStopping = false

	constructor(options: TrackerOptions) {
		this.#options = options
		this.#nextBlock = options.clock.now()
	}

	start(streams: readonly TrackedStream[]): void {
		for (const stream of streams) this.add(stream)
	}

	/** Starts the receiver of a stream; also while batches run. */
	add(stream: TrackedStream): void {
		const { clock, conf } = this.#options
		stream.attach(this)
		const receiver = stream.getReceiver()
		const info: ReceiverInfo = {
			streamId: stream.id,
			name: `${receiver.constructor.name}-${stream.id}`,
			active: true,
			location: 'localhost',
			executorId: 'driver',
			lastErrorMessage: '',
			lastError: '',
			lastErrorTime: -1,
		}
		const failure = (message: string, error: Error | undefined, time: number): Partial<ReceiverInfo> => ({
			lastErrorMessage: message,
			lastError: error?.stack ?? (error === undefined ? '' : String(error)),
			lastErrorTime: time,
		})
		const notice = new RetryNotice(stream)
		const supervisor = new ReceiverSupervisor(receiver, {
			clock,
			streamId: stream.id,
			blockIntervalMs: conf.getTimeAsMs('spark.streaming.blockInterval', '200ms'),
			restartDelayMs: conf.getInt('spark.streaming.receiverRestartDelay', 2_000),
			inContext: (body) => stream.inContext(body),
			reports: {
				started: () => this.#post('receiverStarted', info),
				stopped: (message, error) => {
					const at = error === undefined ? -1 : clock.now()
					this.#post('receiverStopped', { ...info, active: false, ...failure(message, error, at) })
				},
				failed: (message, error) => this.#post('receiverError', { ...info, ...failure(message, error, -1) }),
				restarting: (message, error, delayMs) => notice.restarting(message, error, delayMs),
				block: (records) => {
					notice.received()
					this.#addBlock(stream.id, records.length, { records }, receiver.storageLevel)
				},
				bytes: (bytes, decode, numRecords) => {
					notice.received()
					this.#addBlock(stream.id, numRecords, { bytes, decode }, receiver.storageLevel)
				},
			},
		})
		this.#tracked.set(stream.id, { stream, supervisor })
		supervisor.start()
	}

	/** Stops the receiver of a stream that leaves the graph. */
	async remove(stream: { readonly id: number }): Promise<void> {
		const tracked = this.#tracked.get(stream.id)
		this.#tracked.delete(stream.id)
		await tracked?.supervisor.end('Stopped by driver')
	}

	#post(kind: 'receiverStarted' | 'receiverStopped' | 'receiverError', receiverInfo: ReceiverInfo): void {
		this.#options.bus.post({ kind, receiverInfo })
	}

	/** @throws receiver/store when the block store has no room for it */
	#addBlock(streamId: number, numRecords: number, block: StoredBlock, level: StorageLevel): void {
		const id = `input-${streamId}-${this.#nextBlock++}`
		this.#options.blocks.put(id, block, level)
		const waiting = this.#waiting.get(streamId) ?? []
		waiting.push({ id, numRecords })
		this.#waiting.set(streamId, waiting)
	}

	/** Resolves when every receiver's last onStart has ended. */
	async started(): Promise<void> {
		for (const { supervisor } of this.#tracked.values()) await supervisor.starting
	}

	get hasUnallocatedBlocks(): boolean {
		return [...this.#waiting.values()].some((blocks) => blocks.length > 0)
	}

	/** Everything that waits belongs to the batch at `time`. */
	allocateBlocksToBatch(time: Time): void {
		if (this.#allocated.has(time.milliseconds)) return
		this.#allocated.set(time.milliseconds, this.#waiting)
		this.#waiting = new Map()
	}

	blocksOfBatch(time: Time, streamId: number): readonly ReceivedBlock[] {
		return this.#allocated.get(time.milliseconds)?.get(streamId) ?? []
	}
	read(blockId: string): Iterable<unknown> | undefined {
		return this.#options.blocks.read(blockId)
	}
	removeBlocks(blockIds: readonly string[]): void {
		for (const id of blockIds) this.#options.blocks.remove(id)
	}

	/** Forgets batches older than `thresholdMs`. */
	cleanup(thresholdMs: number): void {
		for (const [ms, streams] of this.#allocated) {
			if (ms >= thresholdMs) continue
			this.#allocated.delete(ms)
			for (const blocks of streams.values()) this.removeBlocks(blocks.map(({ id }) => id))
		}
	}

	/** Stops all receivers; what they had gathered becomes their last blocks. */
	async stop(_graceful: boolean): Promise<void> {
		if (this.#isStopping) return
		this.#isStopping = true
		for (const { supervisor } of this.#tracked.values()) await supervisor.end('Stopped by driver')
		this.#tracked.clear()
	}
}
