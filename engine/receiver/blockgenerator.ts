/**
 * Gathers single records into blocks, no faster than the rate limit.
 *
 *   add ──▶ passes the limiter? ──▶ gathered ──tick──▶ block
 *                └─no──▶ held, in order ──tick, as many as pass──▶ gathered
 *
 * JavaScript cannot block in `add`, so records beyond the limit are held here and nothing is lost; `isHeld` says when
 * whoever adds should wait: more is held than the next tick lets pass. Records added together stay in one block.
 * Source: Spark's `BlockGenerator`.
 */

import { StreamError } from '../base/errors.js'
import { estimateBytes } from '../storage/sizes.js'
import { BlockQueue, type BlockTiming } from './blockqueue.js'
import type { RateLimiter } from './ratelimiter.js'

/** Told what happens to records on their way into blocks. */
export interface BlockGeneratorListener<T> {
	/** Records were gathered: they are part of the next block that is made. */
	onAddData?(records: T | readonly T[], metadata: unknown): void
	/** A block was made of what had been gathered. */
	onGenerateBlock?(blockId: string): void
	/** Stores the block. With `isLast` the receiver ends. */
	onPushBlock(blockId: string, records: readonly T[], isLast: boolean): void | Promise<void>
	onError(message: string, error: Error): void
}

export interface BlockGeneratorParts<T> extends BlockTiming {
	readonly limiter: RateLimiter
	readonly listener: BlockGeneratorListener<T>
	/** Estimated bytes of records that are held or gathered before `add` refuses more. */
	readonly maxBytes: number
	/** A tick is over, or the limit has changed. */
	readonly changed?: () => void
}

/** Records that were added together. */
interface Held<T> {
	readonly records: readonly T[]
	/** Told when they are gathered. */
	readonly gathered: (() => void) | undefined
}

/** Memory is looked at once in so many records. */
const measuredEvery = 4_096

export class BlockGenerator<T> {
	readonly #parts: BlockGeneratorParts<T>
	readonly #queue: BlockQueue<readonly T[]>
	#gathered: T[] = []
	#held: Held<T>[] = []
	/** The first of `#held` that is still held. */
	#head = 0
	#heldRecords = 0
	#sinceMeasured = 0
	#isOverfull = false

	/** @throws argument/illegal for a block interval that is not positive */
	constructor(parts: BlockGeneratorParts<T>) {
		const { listener } = parts
		this.#parts = parts
		this.#queue = new BlockQueue(parts, {
			take: (isLast) => this.#take(isLast),
			made: (blockId) => listener.onGenerateBlock?.(blockId),
			push: (blockId, records, isLast) => listener.onPushBlock(blockId, records, isLast),
			failed: (message, error) => listener.onError(message, error),
			ticked: () => parts.changed?.(),
		})
	}

	get isActive(): boolean {
		return this.#queue.isActive
	}
	get isStopped(): boolean {
		return this.#queue.isStopped
	}
	/** Records per second; `Infinity` is no limit. */
	get currentLimit(): number {
		return this.#parts.limiter.currentLimit
	}
	/** True while whoever adds should wait. */
	get isHeld(): boolean {
		const { limiter, blockIntervalMs } = this.#parts
		return this.#queue.isFull || this.#heldRecords > (limiter.currentLimit * blockIntervalMs) / 1_000
	}

	start(): void {
		this.#queue.start()
	}
	/** Takes nothing more; everything held becomes the last block. Resolves when it is stored. */
	stop(): Promise<void> {
		return this.#queue.stop()
	}
	updateRate(perSecond: number): void {
		this.#parts.limiter.update(perSecond)
		this.#parts.changed?.()
	}

	/** @throws receiver/state when not active, receiver/store when far too much is held */
	addData(record: T): void {
		this.#add([record], undefined)
	}
	/** Tells the listener when the record is gathered. @throws as addData */
	addDataWithCallback(record: T, metadata: unknown): void {
		this.#add([record], () => this.#parts.listener.onAddData?.(record, metadata))
	}
	/** All records go into the same block; the listener is told once. @throws as addData */
	addMultipleDataWithCallback(records: Iterable<T>, metadata: unknown): void {
		const all = [...records]
		this.#add(all, () => this.#parts.listener.onAddData?.(all, metadata))
	}

	#add(records: readonly T[], gathered: (() => void) | undefined): void {
		this.#queue.requireActive()
		this.#requireRoom(records.length)
		if (this.#heldRecords === 0 && this.#parts.limiter.tryPass(records.length)) {
			this.#gather({ records, gathered })
			return
		}
		this.#held.push({ records, gathered })
		this.#heldRecords += records.length
	}

	#gather({ records, gathered }: Held<T>): void {
		for (const record of records) this.#gathered.push(record)
		gathered?.()
	}

	#take(isLast: boolean): readonly T[] | undefined {
		const { limiter } = this.#parts
		for (; this.#head < this.#held.length; this.#head += 1) {
			const next = this.#held[this.#head] as Held<T>
			if (!isLast && !limiter.tryPass(next.records.length)) break
			this.#gather(next)
			this.#heldRecords -= next.records.length
		}
		this.#held = this.#held.slice(this.#head)
		this.#head = 0
		this.#isOverfull = false
		if (this.#gathered.length === 0) return undefined
		const records = this.#gathered
		this.#gathered = []
		return records
	}

	#requireRoom(numRecords: number): void {
		this.#sinceMeasured += numRecords
		if (this.#sinceMeasured >= measuredEvery) {
			this.#sinceMeasured = 0
			const held = this.#held.length === 0 ? 0 : estimateBytes(this.#held.map(({ records }) => records))
			this.#isOverfull = estimateBytes(this.#gathered) + held > this.#parts.maxBytes
		}
		if (!this.#isOverfull) return
		const waiting = this.#gathered.length + this.#heldRecords
		const rate = Number.isFinite(this.currentLimit) ? ` at ${this.currentLimit} records/s` : ''
		const text = `receiver ${this.#parts.streamId} stores faster than its records are taken${rate}: ${waiting} wait`
		throw new StreamError('receiver/store', text, {
			where: 'store',
			remedy: 'wait for it: await this.store(record)',
		})
	}
}
