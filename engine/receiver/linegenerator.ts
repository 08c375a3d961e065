/**
 * Gathers bytes of text into blocks of whole lines, no more lines than the rate limit lets pass.
 *
 * Lines stay bytes until a batch reads them. `isHeld` says when the source must pause: more whole lines wait than two
 * block intervals let pass, or more bytes than one block should have. Lines are read as `BlockGenerator` reads records;
 * so a held source is never more than a few blocks ahead of its limit, and nothing is lost.
 */

import { StreamError } from '../base/errors.js'
import { BlockQueue, type BlockTiming } from './blockqueue.js'
import { LineBuffer, type Lines } from './linebuffer.js'
import type { RateLimiter } from './ratelimiter.js'

export interface LineGeneratorParts extends BlockTiming {
	readonly limiter: RateLimiter
	/** Bytes of one line beyond which it is skipped and reported. */
	readonly maxLineBytes: number
	/** Stores the block. With `isLast` the receiver ends. */
	readonly push: (blockId: string, lines: Lines, isLast: boolean) => void | Promise<void>
	readonly failed: (message: string, error: Error | undefined) => void
	/** A tick is over, or the limit has changed. */
	readonly changed: () => void
}

/** So many bytes always fit: one read of a socket. */
const leastBytes = 65_536
/** A block has no more bytes than this and one read, but for a longer line; at 200 ms some 160 MB/s. */
const mostBytes = 32 * 1024 * 1024

export class LineGenerator {
	readonly #parts: LineGeneratorParts
	readonly #queue: BlockQueue<Lines>
	readonly #lines: LineBuffer

	/** @throws argument/illegal for a block interval that is not positive */
	constructor(parts: LineGeneratorParts) {
		const { limiter, maxLineBytes } = parts
		this.#parts = parts
		this.#lines = new LineBuffer(Math.max(maxLineBytes, leastBytes), () => {
			const text = `A line of more than ${maxLineBytes} bytes was skipped`
			const remedy = 'raise rivulet.receiver.maxLine, or end lines'
			parts.failed(text, new StreamError('receiver/store', text, { remedy }))
		})
		this.#queue = new BlockQueue(parts, {
			take: (isLast) => {
				const { numLines } = this.#lines
				return this.#lines.take(isLast || numLines === 0 ? numLines : limiter.pass(numLines))
			},
			push: parts.push,
			failed: parts.failed,
			ticked: parts.changed,
		})
	}

	get currentLimit(): number {
		return this.#parts.limiter.currentLimit
	}
	/** True while the source must pause. */
	get isHeld(): boolean {
		const { numLines, numBytes } = this.#lines
		if (this.#queue.isFull || numBytes > mostBytes) return true
		return numBytes > leastBytes && numLines > (2 * this.currentLimit * this.#parts.blockIntervalMs) / 1_000
	}

	start(): void {
		this.#queue.start()
	}
	/** Takes nothing more; all whole lines become the last block. */
	stop(): Promise<void> {
		return this.#queue.stop()
	}
	updateRate(perSecond: number): void {
		this.#parts.limiter.update(perSecond)
		this.#parts.changed()
	}

	/** Nobody may write to the chunk afterwards. @throws receiver/state when not active */
	add(chunk: Uint8Array): void {
		this.#queue.requireActive()
		this.#lines.add(chunk)
	}
	/** The line that has begun ends here. */
	endOfInput(): void {
		this.#lines.endOfInput()
	}
	/** The line that has begun will never end. */
	forgetLine(): void {
		this.#lines.forgetLine()
	}
}
