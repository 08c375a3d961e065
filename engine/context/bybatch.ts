/**
 * The methods of a StreamingContext that go or wait batch by batch: with a ManualClock by hand, with the system clock
 * until batches have come.
 */

import { currentBatch } from '../base/batchscope.js'
import type { BatchInfo } from '../base/events.js'
import { host } from '../base/host.js'
import { whileStepping } from '../base/interrupts.js'
import type { AnyDStream } from '../dstream/dstream.js'
import { type Trace, traceOf } from '../dstream/trace.js'
import { awaitBatches, stepBatches } from '../scheduler/bystep.js'
import { type FindIntervalOptions, findInterval } from '../scheduler/findinterval.js'
import type { FoundInterval } from '../scheduler/foundinterval.js'
import type { StreamingRun } from '../scheduler/run.js'
import { type Verdict, verdictOf } from '../scheduler/verdict.js'
import { DurableContext } from './durable.js'

export abstract class ByBatch extends DurableContext {
	abstract start(): void
	abstract stop(stopSparkContext?: boolean, stopGracefully?: boolean): Promise<void>
	/** What runs now. @throws context/state unless the context is active */
	protected abstract running(what: string): StreamingRun

	/**
	 * Moves a ManualClock on by `n` batches, each awaited until it is completed, without jobs or failed; starts the
	 * context if it was not. Resolves to the facts of each batch.
	 * @throws the first error of these batches, after all of them; time/manual with the system clock or from inside an
	 *   output operation
	 */
	async step(n = 1): Promise<BatchInfo[]> {
		host().waitsForBatch()
		const state = this.getState()
		const canStart = state === 'INITIALIZED' || (state === 'STOPPED' && this.isLive)
		if (canStart && this.clock.isManual && currentBatch() === undefined) this.start()
		try {
			const run = this.running('step')
			return await whileStepping(() => stepBatches(run, this.clock, n))
		} finally {
			await this.events.drained()
		}
	}
	/** The next batch that is completed: one with outputs, in a live graph without outputs any. @throws its error */
	async nextBatch(): Promise<BatchInfo> {
		const [info] = await this.awaitBatches(1)
		return info as BatchInfo
	}
	/** The next `n` of them. @throws the first error among them */
	awaitBatches(n: number): Promise<BatchInfo[]> {
		host().waitsForBatch()
		const run = this.running('awaitBatches')
		return awaitBatches(run, n)
	}

	/** Whether batches keep up, and the numbers behind that. */
	verdict(): Verdict {
		return verdictOf(this.progress, this.batchDuration.milliseconds, this.clock.isManual)
	}

	/**
	 * Tries shorter and shorter batch intervals, with a `rateStream` higher and higher rates, until batches fall behind;
	 * resolves to what was seen and the interval to recommend. For a live graph that runs on the system clock: each step
	 * starts it again with empty state, afterwards it runs on as before, its state empty too.
	 * @throws time/manual on a ManualClock, context/state in a strict graph, the first error of a batch
	 */
	async findInterval(options?: FindIntervalOptions): Promise<FoundInterval> {
		host().waitsForBatch()
		this.running('findInterval')
		return findInterval(this, (interval) => this.changeInterval(interval), options)
	}

	/**
	 * Moves on by `n` batches and writes down what each of the named streams has in them: a grid of batches by streams.
	 * @throws what `step` throws
	 */
	trace(streams: Readonly<Record<string, AnyDStream>>, n: number): Promise<Trace> {
		return traceOf(streams, () => this.step(n))
	}
}
