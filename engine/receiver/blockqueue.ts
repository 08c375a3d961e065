/**
 * At every multiple of the block interval what has been gathered becomes a block; blocks are pushed one after another.
 *
 *   Initialized ──start──▶ Active ──stop──▶ StoppedAddingData ──flush──▶ StoppedGeneratingBlocks ──drain──▶ StoppedAll
 *
 * An interval without records makes no block. The block of the tick at t is `input-<stream>-<t minus one interval>`. A
 * block that cannot be pushed stays at the head and is tried again at the next tick; when the queue is full nothing is
 * taken from what has been gathered, which holds back whoever gathers. At the end everything is taken, whatever the
 * limits. Source: the block side of Spark's `BlockGenerator`.
 */

import type { Clock } from '../base/clock.js'
import { asError, requireThat, StreamError } from '../base/errors.js'
import { RecurringTimer } from '../base/timer.js'

type State = 'Initialized' | 'Active' | 'StoppedAddingData' | 'StoppedGeneratingBlocks' | 'StoppedAll'

/** Where blocks come from and go to. */
export interface BlockFlow<B> {
	/** What has been gathered, within its limits; undefined when there is nothing. */
	take(isLast: boolean): B | undefined
	/** A block has been made. */
	made?(blockId: string): void
	/** Stores a block; what it throws keeps the block in the queue. With `isLast` there is no later try. */
	push(blockId: string, block: B, isLast: boolean): void | Promise<void>
	failed(message: string, error: Error): void
	/** A tick is over: what was held back may go on. */
	ticked?(): void
}

export interface BlockTiming {
	readonly clock: Clock
	readonly streamId: number
	/** Milliseconds, positive. */
	readonly blockIntervalMs: number
	/** How many blocks may wait to be pushed. */
	readonly blockQueueSize: number
}

export class BlockQueue<B> {
	readonly #timing: BlockTiming
	readonly #flow: BlockFlow<B>
	readonly #timer: RecurringTimer
	readonly #waiting: { readonly id: string; readonly block: B }[] = []
	#state: State = 'Initialized'
	/** The push that runs now. */
	#pushing: Promise<void> | undefined
	#hasFailed = false

	/** @throws argument/illegal for a block interval or a queue size that is not positive */
	constructor(timing: BlockTiming, flow: BlockFlow<B>) {
		const { clock, blockIntervalMs, blockQueueSize } = timing
		requireThat(blockIntervalMs > 0, "'spark.streaming.blockInterval' should be a positive value")
		requireThat(blockQueueSize > 0, "'spark.streaming.blockQueueSize' should be a positive value")
		this.#timing = timing
		this.#flow = flow
		this.#timer = new RecurringTimer(clock, blockIntervalMs, (timeMs) => this.#tick(timeMs))
	}

	get isActive(): boolean {
		return this.#state === 'Active'
	}
	get isStopped(): boolean {
		return this.#state === 'StoppedAll'
	}
	/** True when no further block is made before one of those that wait has been pushed. */
	get isFull(): boolean {
		return this.#waiting.length >= Math.max(1, this.#timing.blockQueueSize)
	}

	/** @throws receiver/state unless it has never been started */
	start(): void {
		if (this.#state !== 'Initialized') {
			const text = `Cannot start BlockGenerator as its not in the Initialized state [state = ${this.#state}]`
			throw new StreamError('receiver/state', text, { remedy: 'start each block generator once' })
		}
		this.#state = 'Active'
		this.#timer.start(this.#timer.startTime())
	}

	/** @throws receiver/state before start and after stop */
	requireActive(): void {
		if (this.#state === 'Active') return
		throw new StreamError(
			'receiver/state',
			'Cannot add data as BlockGenerator has not been started or has been stopped',
			{ remedy: 'store records between onStart() and onStop()' },
		)
	}

	/** Takes nothing more. Resolves when everything gathered has been pushed. Called twice: nothing. */
	async stop(): Promise<void> {
		if (this.#state !== 'Active') return
		this.#state = 'StoppedAddingData'
		this.#timer.stop()
		this.#enqueue(this.#timer.nextMs, true)
		this.#state = 'StoppedGeneratingBlocks'
		do {
			this.#push(true)
			await this.#pushing
		} while (this.#waiting.length > 0)
		this.#state = 'StoppedAll'
	}

	#tick(timeMs: number): void {
		this.#push(false)
		if (!this.isFull) this.#enqueue(timeMs, false)
		this.#push(false)
		this.#flow.ticked?.()
	}

	#enqueue(tickMs: number, isLast: boolean): void {
		const block = this.#flow.take(isLast)
		if (block === undefined) return
		const { streamId, blockIntervalMs } = this.#timing
		const id = `input-${streamId}-${tickMs - blockIntervalMs}`
		this.#waiting.push({ id, block })
		this.#flow.made?.(id)
	}

	/** Pushes what waits, at once as far as pushing needs no waiting. */
	#push(isLast: boolean): void {
		while (this.#pushing === undefined) {
			const next = this.#waiting[0]
			if (next === undefined) return
			try {
				const pending = this.#flow.push(next.id, next.block, isLast)
				if (pending instanceof Promise) {
					this.#pushing = this.#settled(pending, isLast)
					return
				}
				this.#pushed()
			} catch (thrown) {
				if (!this.#refused(thrown, isLast)) return
			}
		}
	}

	async #settled(pending: Promise<void>, isLast: boolean): Promise<void> {
		let goesOn = true
		try {
			await pending
			this.#pushed()
		} catch (thrown) {
			goesOn = this.#refused(thrown, isLast)
		}
		this.#pushing = undefined
		if (goesOn) this.#push(isLast)
	}

	#pushed(): void {
		this.#waiting.shift()
		this.#hasFailed = false
	}

	/** True when the block was given up, so that the next one has its turn. The same trouble is told once. */
	#refused(thrown: unknown, isLast: boolean): boolean {
		if (!this.#hasFailed || isLast) this.#flow.failed('Error in block pushing thread', asError(thrown))
		this.#hasFailed = true
		if (isLast) this.#waiting.shift()
		return isLast
	}
}
