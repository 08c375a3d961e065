/**
 * The end of a pipeline: a function that gets the RDD of every batch of its stream.
 *
 * An output is a plain description; `runAt` gives the run of one batch, the scheduler decides when it happens. The
 * function runs in the async context in which it was registered, so whatever it prints later belongs to whoever made it.
 *
 *   running ◀──resume()── paused        pause(), or its function had to be interrupted twice: batches are left out
 *
 * Source: Spark's `ForEachDStream`.
 */

import { AsyncResource } from 'node:async_hooks'
import { inBatch } from '../base/batchscope.js'
import { callSite } from '../base/callsite.js'
import { host } from '../base/host.js'
import { isInterruption } from '../base/interrupts.js'
import type { Duration, Time } from '../base/time.js'
import { trackActions } from '../rdd/action.js'
import type { RDD } from '../rdd/rdd.js'
import type { AnyDStream, DStream } from './dstream.js'

/** What an output operation does with a batch; it has ended when the promise has. */
export type OutputFunction<T> = (rdd: RDD<T>, time: Time) => void | Promise<void>

export interface OutputOptions {
	/** Run for the remembered past too, when added to a running graph (default false). */
	readonly backfill?: boolean
}

/** One batch of one output: what a job runs. */
export interface OutputRun {
	readonly output: Output
	readonly time: Time
	/**
	 * Resolves when the function has ended and every action it started has.
	 * @param index the job's place in its batch
	 * @param properties the local properties of its jobs
	 */
	run(index: number, properties: ReadonlyMap<string, string>): Promise<void>
}

const mostInterruptions = 2

/** The handle of an output operation. */
export class Output {
	/** Stable within its context: 0, 1, 2 … in order of registration. */
	readonly id: number
	readonly stream: AnyDStream
	/** `print at cell-3.ts:4`. */
	readonly name: string
	/** The operator and the stack, as Spark's pages show it. */
	readonly description: string
	/** Who registered it: an opaque name given by the host. */
	readonly group: string | undefined
	/** @internal */
	readonly isBackfilled: boolean
	readonly #fn: OutputFunction<unknown>
	readonly #registration = new AsyncResource('Output')
	#isPaused = false
	#interruptions = 0

	/** Registers the output operation. `operator` is its name as users write it. */
	constructor(stream: AnyDStream, operator: string, fn: OutputFunction<never>, options: OutputOptions = {}) {
		stream.context.admit()
		const site = callSite()
		this.stream = stream
		this.name = `${operator} at ${site ?? '<unknown>'}`
		this.description = `org.apache.spark.streaming.dstream.DStream.${operator}(${site ?? '<unknown>'})`
		this.group = host().group()
		this.isBackfilled = options.backfill === true
		this.#fn = fn as OutputFunction<unknown>
		this.id = stream.context.nextStreamId()
		stream.context.addOutput(this)
	}

	get slideDuration(): Duration {
		return this.stream.slideDuration
	}

	/** True while batches are left out. */
	get isPaused(): boolean {
		return this.#isPaused
	}
	/** Leaves out batches from the next one on; its stream goes on. */
	pause(): void {
		this.#isPaused = true
	}
	/** Takes up batches again with the next one; those in between are not made up for. */
	resume(): void {
		this.#isPaused = false
		this.#interruptions = 0
	}

	/** The run of the batch at `time`, or undefined when the stream has no RDD then. @internal */
	runAt(time: Time): OutputRun | undefined {
		if (!this.stream.isTimeValid(time)) return undefined
		// Also while it is paused: windows and state go on.
		const rdd: RDD<unknown> | undefined = this.stream.getOrCompute(time)
		if (rdd === undefined || this.#isPaused) return undefined
		return { output: this, time, run: (index, properties) => this.#run(rdd, time, index, properties) }
	}

	#run(rdd: RDD<unknown>, time: Time, index: number, properties: ReadonlyMap<string, string>): Promise<void> {
		const { jobGroups } = this.stream.context.sparkContext
		return this.#registration.runInAsyncScope(() =>
			inBatch({ time, outputId: index }, () =>
				jobGroups.runWith(properties, async () => {
					const { result, settled } = trackActions(async () => host().guard(() => this.#fn(rdd, time)))
					try {
						await result
						await settled()
					} catch (thrown) {
						if (isInterruption(thrown)) this.#interrupted()
						throw thrown
					}
				}),
			),
		)
	}

	/** A function that hangs in each batch would hold up all others. */
	#interrupted(): void {
		this.#interruptions += 1
		if (this.#interruptions < mostInterruptions || this.#isPaused) return
		this.#isPaused = true
		host().notice({
			level: 'warning',
			text: `${this.name} was interrupted twice and is paused: batches are left out - run its cell again, or go on with ssc.outputs.find(x => x.id === ${this.id})?.resume()`,
			group: this.group,
		})
	}

	/** Takes it out of the graph; a batch that runs is finished first. */
	remove(): void {
		this.stream.context.removeOutput(this)
	}

	toString(): string {
		return `Output[${this.id}] ${this.name}`
	}
}

/** Registers an output operation on a stream whose record type is known. */
export function registerOutput<T>(
	stream: DStream<T>,
	operator: string,
	fn: OutputFunction<T>,
	options?: OutputOptions,
): Output {
	return new Output(stream, operator, fn as OutputFunction<never>, options)
}
