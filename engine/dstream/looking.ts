/** Looking at a stream by program: `for await`, `batches`, `last`. These are observers, never output operations. */

import type { Disposable } from '../base/clock.js'
import { host } from '../base/host.js'
import { Time } from '../base/time.js'
import { family } from '../rdd/family.js'
import { DStream } from './dstream.js'
import { type ObservedBatch, type ObserveOptions, Observer } from './observer.js'

/** A batch as a program sees it. */
export interface SeenBatch<T> {
	readonly time: Time
	readonly rows: readonly T[]
}

declare module './dstream.js' {
	interface DStream<T> {
		/** Calls `onBatch` with the records of every batch, after its outputs. Dispose the result to end it. */
		observe(onBatch: (batch: ObservedBatch<T>) => unknown, options?: ObserveOptions): Disposable
		/** The records of the next `n` batches. */
		batches(n: number): Promise<SeenBatch<T>[]>
		/** The newest batch that somebody has computed, undefined before the first. */
		readonly last: Promise<SeenBatch<T> | undefined>
		/** The batches from now on; leaving the loop ends it. A slow loop misses no batch. */
		[Symbol.asyncIterator](): AsyncIterableIterator<SeenBatch<T>>
	}
}

/** More rows than any batch that a program looks at whole. */
const allRows = 10_000_000

family(DStream, {
	observe(onBatch, options) {
		const observer = new Observer(this, onBatch as (batch: ObservedBatch<never>) => unknown, options)
		return this.context.addObserver(observer)
	},
	async batches(n) {
		const seen: SeenBatch<unknown>[] = []
		if (n > 0) {
			for await (const batch of this) {
				seen.push(batch)
				if (seen.length === n) break
			}
		}
		return seen
	},
	[Symbol.asyncIterator]() {
		const waiting: SeenBatch<unknown>[] = []
		let wake: (() => void) | undefined
		const observing = this.observe(
			({ time, rows }) => {
				waiting.push({ time, rows })
				wake?.()
			},
			{ maxRows: allRows },
		)
		return (async function* () {
			try {
				for (;;) {
					while (waiting.length > 0) yield waiting.shift() as SeenBatch<unknown>
					host().waitsForBatch()
					await new Promise<void>((resolve) => {
						wake = resolve
					})
				}
			} finally {
				observing.dispose()
			}
		})()
	},
})

Object.defineProperty(DStream.prototype, 'last', {
	configurable: true,
	get(this: DStream<unknown>): Promise<SeenBatch<unknown> | undefined> {
		return lastOf(this)
	},
})

async function lastOf(stream: DStream<unknown>): Promise<SeenBatch<unknown> | undefined> {
	const timeMs = Math.max(...stream.generatedRDDs.keys(), ...stream.current.generatedRDDs.keys())
	if (timeMs === Number.NEGATIVE_INFINITY) return undefined
	const time = new Time(timeMs)
	return { time, rows: (await stream.getOrCompute(time)?.collect()) ?? [] }
}
