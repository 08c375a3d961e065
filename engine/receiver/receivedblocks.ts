/**
 * Which received block belongs to which batch, and how much of it nobody has processed yet.
 *
 *   add ──▶ waiting (per stream, in order) ──allocate(t)──▶ batch t ──processed(t)··cleanup──▶ forgotten
 *
 * A block belongs to exactly one batch. Sizes are those on arrival, in memory or on the disk.
 * Source: Spark's `ReceivedBlockTracker`.
 */

/** A block that waits or belongs to a batch. */
export interface ReceivedBlock {
	readonly id: string
	/** Undefined when the receiver could not count them. */
	readonly numRecords: number | undefined
	/** Estimated where it holds objects. */
	readonly sizeBytes: number
}

/** Blocks by stream. */
export type AllocatedBlocks = ReadonlyMap<number, readonly ReceivedBlock[]>

export class ReceivedBlocks {
	readonly #waiting = new Map<number, ReceivedBlock[]>()
	readonly #batches = new Map<number, AllocatedBlocks>()
	/** Bytes of each batch that is not processed. */
	readonly #unprocessed = new Map<number, number>()
	#waitingBytes = 0
	#unprocessedBytes = 0
	#lastMs = Number.NEGATIVE_INFINITY

	/** Bytes that wait, or belong to a batch that is not over. */
	get unprocessedBytes(): number {
		return this.#waitingBytes + this.#unprocessedBytes
	}
	get hasWaiting(): boolean {
		return this.#waiting.size > 0
	}
	/** Everything that waits. */
	get waiting(): AllocatedBlocks {
		return this.#waiting
	}
	/** The last batch that has blocks, or has none; minus infinity before the first. */
	get lastMs(): number {
		return this.#lastMs
	}
	/** True when blocks may still be given to the batch at `timeMs`. */
	isOpen(timeMs: number): boolean {
		return timeMs > this.#lastMs
	}
	/** A batch of an earlier life has these blocks; batches up to `lastMs` get no others. */
	restore(batches: ReadonlyMap<number, AllocatedBlocks>, lastMs: number): void {
		for (const [ms, blocks] of batches) this.#batches.set(ms, blocks)
		this.#lastMs = lastMs
	}
	waitingOf(streamId: number): readonly ReceivedBlock[] {
		return this.#waiting.get(streamId) ?? []
	}

	add(streamId: number, block: ReceivedBlock): void {
		const waiting = this.#waiting.get(streamId)
		if (waiting === undefined) this.#waiting.set(streamId, [block])
		else waiting.push(block)
		this.#waitingBytes += block.sizeBytes
	}

	/** Everything that waits belongs to the batch at `timeMs`. Not after the last one: nothing happens. */
	allocate(timeMs: number): void {
		if (!this.isOpen(timeMs)) return
		this.#lastMs = timeMs
		this.#batches.set(timeMs, new Map(this.#waiting))
		this.#waiting.clear()
		if (this.#waitingBytes === 0) return
		this.#unprocessed.set(timeMs, this.#waitingBytes)
		this.#unprocessedBytes += this.#waitingBytes
		this.#waitingBytes = 0
	}

	blocksOf(timeMs: number, streamId: number): readonly ReceivedBlock[] {
		return this.#batches.get(timeMs)?.get(streamId) ?? []
	}

	/** The batch is over; its blocks may still be needed by windows. */
	processed(timeMs: number): void {
		this.#unprocessedBytes -= this.#unprocessed.get(timeMs) ?? 0
		this.#unprocessed.delete(timeMs)
	}

	/** Forgets batches older than `thresholdMs`; gives the blocks they had. */
	cleanup(thresholdMs: number): ReceivedBlock[] {
		const forgotten: ReceivedBlock[] = []
		for (const [ms, streams] of this.#batches) {
			if (ms >= thresholdMs) continue
			this.#batches.delete(ms)
			this.processed(ms)
			for (const blocks of streams.values()) for (const block of blocks) forgotten.push(block)
		}
		return forgotten
	}
}
