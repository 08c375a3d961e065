/**
 * All receivers of a context: starts and stops them, keeps their blocks, holds them back when too much waits.
 *
 * A receiver that stops itself is started again as long as the context runs. When what was received and not processed
 * reaches a bound, every receiver is held back until batches catch up. Source: Spark's `ReceiverTracker`.
 */

import { type Clock, systemClock, waitOn } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import { asError, StreamError } from '../base/errors.js'
import type { EventBus, ReceiverInfo } from '../base/events.js'
import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import type { SourcePart } from '../rdd/plan.js'
import type { BlockStore } from '../storage/blocks.js'
import type { StorageLevel } from '../storage/level.js'
import { estimateBytes } from '../storage/sizes.js'
import type { BlockLog } from './blocklog.js'
import { decodeLines } from './decodelines.js'
import { type RateBounds, rateBounds } from './ratelimiter.js'
import { type ReceivedBlock, ReceivedBlocks } from './receivedblocks.js'
import type { Receiver } from './receiver.js'
import { ReceiverStatus } from './receiverstatus.js'
import { RetryNotice } from './retrynotice.js'
import { type ArrivedBlock, ReceiverSupervisor } from './supervisor.js'

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

/** What a page may say of a receiver now. */
export interface ReceiverFacts {
	readonly info: ReceiverInfo
	/** Records per second; undefined without a limit. */
	readonly rateLimit?: number
	readonly waitingBlocks: number
	readonly waitingRecords: number
	/** True while it must not bring more. */
	readonly isHeld: boolean
	/** Malformed UTF-8 sequences that were replaced. */
	readonly malformed: number
}

/** Where a stream finds the blocks of a batch. */
export interface BlocksOfBatch {
	blocksOfBatch(time: Time, streamId: number): readonly ReceivedBlock[]
	/** The records of a block; undefined when it is gone. */
	read(blockId: string): Iterable<unknown> | undefined
	/** How another thread reads a block of lines; undefined for any other. */
	part(blockId: string): SourcePart | undefined
	/** The batch needs them no more. */
	removeBlocks(blockIds: readonly string[]): void
	/** Undefined when the stream has no receiver now. */
	factsOf(streamId: number): ReceiverFacts | undefined
	/** Gives a receiver another limit, at most `spark.streaming.receiver.maxRate`. */
	updateRate(streamId: number, perSecond: number): void
}

export interface TrackerOptions {
	readonly clock: Clock
	readonly conf: SparkConf
	readonly bus: EventBus
	readonly blocks: BlockStore
	/** Bytes that may be received and not processed before receivers are held back. */
	readonly maxUnprocessedBytes: number
	/** Where blocks are logged before they count; undefined when they are not. */
	readonly log: BlockLog | undefined
	/** Blocks are to be logged, and there is no place for it. */
	readonly lacksLog: boolean
	/** Calls `forget` once no checkpoint is left that may need what is forgotten. */
	readonly whenOutdated: (forget: () => void) => void
	/** An error that `awaitTermination` throws. */
	readonly report: (error: Error) => void
}

interface Tracked {
	readonly receiver: Receiver<unknown>
	readonly supervisor: ReceiverSupervisor<unknown>
	readonly status: ReceiverStatus
	readonly level: StorageLevel
	readonly notice: RetryNotice
	malformed: number
}

/** How long a stop that is not graceful waits for onStop. */
const stopWaitMs = 10_000

export class ReceiverTracker implements BlocksOfBatch {
	readonly #options: TrackerOptions
	readonly #bounds: RateBounds
	readonly #tracked = new Map<number, Tracked>()
	readonly #received = new ReceivedBlocks()
	#nextBlock: number
	#isStopping = false

	/** @throws config/value for a rate that is no number */
	constructor(options: TrackerOptions) {
		this.#options = options
		this.#bounds = rateBounds(options.conf)
		this.#nextBlock = options.clock.now()
	}

	/** Starts the receiver of a stream; also while batches run. @throws receiver/state for one that runs already */
	add(stream: TrackedStream): void {
		const { clock, conf, bus } = this.#options
		stream.attach(this)
		const receiver = stream.getReceiver()
		this.#requireFree(receiver, stream)
		const status = new ReceiverStatus(stream.id, receiver.constructor.name, clock, bus)
		const refusal = this.#refusalOfLog()
		if (refusal !== undefined) {
			status.failed(refusal.message, refusal)
			host().notice({ level: 'error', text: `${stream.displayName}: ${refusal.message}`, group: stream.group })
			this.#options.report(refusal)
			return
		}
		const notice = new RetryNotice(stream)
		const supervisor = new ReceiverSupervisor(receiver, {
			clock,
			streamId: stream.id,
			blockIntervalMs: conf.getTimeAsMs('spark.streaming.blockInterval', '200ms'),
			blockQueueSize: conf.getInt('spark.streaming.blockQueueSize', 10),
			restartDelayMs: conf.getInt('spark.streaming.receiverRestartDelay', 2_000),
			bounds: this.#bounds,
			maxBytes: this.#options.maxUnprocessedBytes,
			maxLineBytes: conf.getSizeAsBytes('rivulet.receiver.maxLine', '128m'),
			isFull: () => this.#isFull,
			inContext: (body) => stream.inContext(body),
			reports: {
				started: () => status.started(),
				stopped: (message, error) => status.stopped(message, error),
				failed: (message, error) => {
					notice.failed(message)
					status.failed(message, error)
				},
				restarting: (message, error, delayMs) => notice.restarting(message, error, delayMs),
				block: (block) => this.#addBlock(stream.id, block),
			},
		})
		this.#tracked.set(stream.id, { receiver, supervisor, status, level: receiver.storageLevel, notice, malformed: 0 })
		supervisor.start()
	}

	/** One object cannot store into two streams, nor be started twice: programs run it in place, not as a copy. */
	#requireFree(receiver: Receiver<unknown>, stream: TrackedStream): void {
		for (const [streamId, other] of this.#tracked) {
			if (other.receiver !== receiver || !other.supervisor.isStarted || streamId === stream.id) continue
			throw new StreamError(
				'receiver/state',
				`a receiver of ${stream.displayName} already runs for stream ${streamId}`,
				{
					where: receiver.constructor.name,
					remedy: 'make a receiver for each stream',
				},
			)
		}
	}

	/** Stops the receiver of a stream that leaves the graph. */
	async remove(stream: { readonly id: number }): Promise<void> {
		const tracked = this.#tracked.get(stream.id)
		await tracked?.supervisor.end('Stopped by driver')
		if (this.#tracked.get(stream.id) === tracked) this.#tracked.delete(stream.id)
	}

	/** Why no receiver can run with these settings. */
	#refusalOfLog(): StreamError | undefined {
		if (!this.#options.lacksLog) return undefined
		return new StreamError(
			'config/value',
			'Cannot enable receiver write-ahead log without checkpoint directory set. Please use streamingContext.checkpoint() to set the checkpoint directory. See documentation for more details.',
			{ remedy: 'call ssc.checkpoint(directory), or set spark.streaming.receiver.writeAheadLog.enable to false' },
		)
	}

	/** The last batch whose blocks are in the log; undefined without a log, or before the first. */
	get loggedMs(): number | undefined {
		const { lastMs } = this.#received
		return this.#options.log === undefined || lastMs === Number.NEGATIVE_INFINITY ? undefined : lastMs
	}
	/**
	 * Goes on with what an earlier life of these streams had received.
	 * @param idOf each stream by its keys in the log
	 * @param loggedMs what that life had when its checkpoint was taken
	 */
	recover(idOf: ReadonlyMap<string, number>, loggedMs: number | undefined): void {
		const recovered = this.#options.log?.recover(idOf, loggedMs)
		if (recovered === undefined) return
		this.#received.restore(recovered.batches, recovered.lastMs)
		for (const { streamId, block } of recovered.waiting) this.#received.add(streamId, block)
	}

	get #isFull(): boolean {
		return this.#received.unprocessedBytes >= this.#options.maxUnprocessedBytes
	}
	#recheck(): void {
		if (!this.#isFull) for (const { supervisor } of this.#tracked.values()) supervisor.recheck()
	}

	/**
	 * With a log the promise resolves when the block is on the disk: only then it counts.
	 * @throws receiver/store when the block store has no room for it
	 */
	#addBlock(streamId: number, block: ArrivedBlock): void | Promise<void> {
		const tracked = this.#tracked.get(streamId)
		if (tracked === undefined) throw new StreamError('receiver/store', 'Failed to add block to receiver tracker.')
		const { blocks, log } = this.#options
		const { content, numRecords, isLast } = block
		const id = this.#freeId(streamId, block.id)
		blocks.put(id, content, isLast === true ? tracked.level.withDisk() : tracked.level)
		if (log === undefined) return this.#count(tracked, streamId, id, block)
		return log.addBlock(streamId, id, content, numRecords).then(
			() => this.#count(tracked, streamId, id, block),
			(thrown: unknown) => {
				blocks.remove(id)
				throw thrown
			},
		)
	}
	#count(tracked: Tracked, streamId: number, id: string, { content, numRecords, malformed }: ArrivedBlock): void {
		const sizeBytes = 'bytes' in content ? content.bytes.length : estimateBytes(content.records)
		this.#received.add(streamId, { id, numRecords, sizeBytes })
		tracked.malformed += malformed ?? 0
		tracked.notice.received(malformed ?? 0)
	}

	/** Ids by number and ids by tick may meet; each is given once. */
	#freeId(streamId: number, given: string | undefined): string {
		let id = given ?? `input-${streamId}-${this.#nextBlock++}`
		const { blocks, log } = this.#options
		while (blocks.has(id) || log?.has(id) === true) id = `input-${streamId}-${this.#nextBlock++}`
		return id
	}

	/** Resolves when every receiver's last onStart has ended. */
	async started(): Promise<void> {
		for (const { supervisor } of this.#tracked.values()) await supervisor.starting
	}

	/** Gives a receiver another limit, at most `spark.streaming.receiver.maxRate`. */
	updateRate(streamId: number, perSecond: number): void {
		const supervisor = this.#tracked.get(streamId)?.supervisor
		if (supervisor === undefined) return
		supervisor.updateRate(perSecond)
		const ratePerSecond = supervisor.currentLimit
		this.#options.bus.post({ kind: 'rateUpdated', streamId, ratePerSecond, time: systemClock.now() })
	}

	factsOf(streamId: number): ReceiverFacts | undefined {
		const tracked = this.#tracked.get(streamId)
		if (tracked === undefined) return undefined
		const { supervisor, status, malformed } = tracked
		const waiting = this.#received.waitingOf(streamId)
		return {
			info: status.info,
			...(Number.isFinite(supervisor.currentLimit) ? { rateLimit: supervisor.currentLimit } : {}),
			waitingBlocks: waiting.length,
			waitingRecords: waiting.reduce((sum, block) => sum + (block.numRecords ?? 0), 0),
			isHeld: supervisor.isHeld,
			malformed,
		}
	}

	get hasUnallocatedBlocks(): boolean {
		return this.#received.hasWaiting
	}
	/**
	 * Everything that waits belongs to the batch at `time`; nothing happens for a time not after the last one. What
	 * cannot be logged waits for the next batch.
	 */
	allocateBlocksToBatch(time: Time): void {
		const { log } = this.#options
		if (!this.#received.isOpen(time.milliseconds)) return
		try {
			log?.addBatch(time.milliseconds, this.#received.waiting)
		} catch (thrown) {
			const text = `the blocks of batch ${time} cannot be logged and wait: ${asError(thrown).message}`
			host().notice({ level: 'error', text, group: undefined })
			return
		}
		this.#received.allocate(time.milliseconds)
	}
	blocksOfBatch(time: Time, streamId: number): readonly ReceivedBlock[] {
		return this.#received.blocksOf(time.milliseconds, streamId)
	}
	read(blockId: string): Iterable<unknown> | undefined {
		return this.#options.blocks.read(blockId) ?? this.#options.log?.read(blockId)
	}
	part(blockId: string): SourcePart | undefined {
		const { bytes, decode } = this.#options.blocks.bytes(blockId) ?? {}
		if (bytes === undefined || decode !== decodeLines) return undefined
		return { read: decodeLines, part: bytes, sizeBytes: bytes.length }
	}
	removeBlocks(blockIds: readonly string[]): void {
		for (const id of blockIds) this.#options.blocks.remove(id)
	}
	/** The batch at `time` is over: receivers that were held back may go on. */
	batchOver(time: Time): void {
		this.#received.processed(time.milliseconds)
		this.#recheck()
	}
	/** Forgets batches older than `thresholdMs`, and their blocks unless `spark.streaming.unpersist` is off. */
	cleanup(thresholdMs: number): void {
		const forgotten = this.#received.cleanup(thresholdMs).map(({ id }) => id)
		const { conf, log, whenOutdated } = this.#options
		if (conf.getBoolean('spark.streaming.unpersist', true)) this.removeBlocks(forgotten)
		if (log !== undefined && forgotten.length > 0) whenOutdated(() => log.forget(forgotten))
	}

	/**
	 * Stops all receivers; what they had gathered becomes their last blocks. A graceful stop waits for every onStop, any
	 * other for 10 s at most.
	 */
	async stop(graceful: boolean, patience: Clock = systemClock): Promise<void> {
		if (this.#isStopping) return
		this.#isStopping = true
		const open = new Set(this.#tracked.keys())
		const ended = Promise.all(
			[...this.#tracked].map(async ([streamId, { supervisor }]) => {
				await supervisor.end('Stopped by driver')
				open.delete(streamId)
			}),
		)
		if (graceful || open.size === 0) {
			await ended
			return
		}
		const over = new AbortController()
		const waited = waitOn(patience, stopWaitMs, over.signal).catch(() => undefined)
		await Promise.race([ended, waited])
		over.abort()
		if (open.size === 0) return
		const names = [...open].map((id) => this.#tracked.get(id)?.status.info.name).join(', ')
		host().notice({ level: 'warning', text: `Not all of the receivers have deregistered, ${names}`, group: undefined })
	}
}
