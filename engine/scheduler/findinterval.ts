/**
 * Finds the batch interval, or the rate, that a running program just keeps up with.
 *
 *   keeps up at once       interval ÷ factor (with rateStreams: rate × factor), again and again until it does not
 *   does not keep up       interval × factor (rate ÷ factor) until it does
 *
 * Each step begins the graph again with empty state; its first batch warms up and does not count. What the inputs bring
 * meanwhile is consumed. Source: the recipe "Setting the Right Batch Interval" of Spark's tuning guide.
 */

import { currentBatch } from '../base/batchscope.js'
import type { Clock } from '../base/clock.js'
import { requireThat, StreamError } from '../base/errors.js'
import type { BatchInfo, EngineEvent } from '../base/events.js'
import { Duration, type DurationLike } from '../base/time.js'
import type { AnyInput } from '../dstream/input.js'
import { RateInputDStream } from '../input/rate.js'
import { type FoundInterval, foundInterval, type IntervalStep } from './foundinterval.js'
import { StreamingProgress } from './progress.js'
import { type Verdict, verdictOf } from './verdict.js'

/** How `findInterval` searches. */
export interface FindIntervalOptions {
	/** Batches with outputs that are watched at each step (default 10). */
	readonly batches?: number
	/** By how much a step goes further, above 1 (default 2). */
	readonly factor?: number
	/** How many steps at most (default 8). */
	readonly maxSteps?: number
	/** No interval below it is tried (default 10 ms). */
	readonly minInterval?: DurationLike
}

/** What the search needs of the context that it tries out. */
export interface Tunable {
	readonly clock: Clock
	readonly isLive: boolean
	readonly isActive: boolean
	readonly batchDuration: Duration
	readonly inputs: readonly AnyInput[]
	readonly outputs: readonly unknown[]
	onAny(listener: (event: EngineEvent) => void): () => void
	awaitBatches(n: number): Promise<BatchInfo[]>
	stop(stopSparkContext: boolean): Promise<void>
	start(): void
}

/**
 * Searches, and puts interval and rates back.
 * @param changeInterval of a context that is stopped; throws graph/duration when a window does not fit
 * @throws context/state in a strict graph or inside an output operation, time/manual on a ManualClock, the first error
 *   of a batch, context/stopped when somebody else stops the context
 */
export async function findInterval(
	context: Tunable,
	changeInterval: (interval: Duration) => void,
	options: FindIntervalOptions = {},
): Promise<FoundInterval> {
	refuse(context)
	const { batches = 10, factor = 2, maxSteps = 8 } = options
	const minMs = Duration.of(options.minInterval ?? '10ms').milliseconds
	requireThat(batches >= 2, `batches must be at least 2, not ${batches}`)
	requireThat(factor > 1, `factor must be above 1, not ${factor}`)
	requireThat(maxSteps >= 1, `maxSteps must be at least 1, not ${maxSteps}`)
	const before = context.batchDuration
	const rates = new Map(
		context.inputs.filter((input) => input instanceof RateInputDStream).map((input) => [input, input.perSecond]),
	)
	const isByRate = rates.size > 0
	const steps: IntervalStep[] = []
	/** Sets the load to `scale` times what it was; the context must be stopped. */
	const set = (scale: number): void => {
		for (const [input, perSecond] of rates) input.perSecond = perSecond * scale
		changeInterval(isByRate ? before : new Duration(Math.round(before.milliseconds / scale)))
	}
	const attempt = async (scale: number): Promise<boolean> => {
		await context.stop(false)
		try {
			set(scale)
		} catch (thrown) {
			if (!(thrown instanceof StreamError) || thrown.code !== 'graph/duration') throw thrown
			steps.push(misfit(Math.round(before.milliseconds / scale)))
			return true
		}
		context.start()
		let step = await watch(context, batches)
		// Something else held the thread: that says nothing about the program.
		if (step.verdict === 'delayed by a cell') step = await watch(context, batches)
		steps.push(step)
		return step.verdict === 'keeping up'
	}
	let goesOn = true
	try {
		let scale = 1
		const isEasy = await attempt(scale)
		while (steps.length < maxSteps) {
			scale = isEasy ? scale * factor : scale / factor
			if (!isByRate && Math.round(before.milliseconds / scale) < minMs) break
			if ((await attempt(scale)) !== isEasy) break
		}
	} catch (thrown) {
		// Somebody else has stopped it: it stays so.
		goesOn = !(thrown instanceof StreamError && (thrown.code === 'context/stopped' || thrown.code === 'context/state'))
		throw thrown
	} finally {
		await context.stop(false)
		set(1)
		if (goesOn) context.start()
	}
	return foundInterval(steps, isByRate)
}

function refuse(context: Tunable): void {
	const where = 'findInterval'
	if (context.clock.isManual) {
		throw new StreamError('time/manual', 'findInterval() measures time, but this context runs on a ManualClock', {
			where,
			remedy: 'make the context without { clock: new ManualClock() }',
		})
	}
	if (!context.isLive) {
		throw new StreamError('context/state', 'only a context with a live graph can try other intervals', {
			where,
			remedy: "set 'rivulet.liveGraph' to true",
		})
	}
	if (currentBatch() !== undefined) {
		throw new StreamError('context/state', 'findInterval() was called inside an output operation', {
			where,
			remedy: 'call it outside: an output operation cannot wait for the next batch',
		})
	}
	requireThat(context.outputs.length > 0, 'No output operations registered, so nothing to execute', {
		where,
		remedy: 'end a stream with print() or foreachRDD(…)',
	})
}

/** Lets some batches pass and judges them; ends early when they pile up. */
async function watch(context: Tunable, batches: number): Promise<IntervalStep> {
	const intervalMs = context.batchDuration.milliseconds
	const progress = new StreamingProgress(batches)
	await context.awaitBatches(1)
	const unhear = context.onAny((event) => progress.hear(event))
	let verdict: Verdict
	try {
		for (let seen = 1; ; seen += 1) {
			await context.awaitBatches(1)
			verdict = verdictOf(progress, intervalMs, false)
			if (seen >= batches || (seen >= 2 && verdict.waiting > 2 && verdict.kind === 'falling behind')) break
		}
	} finally {
		unhear()
	}
	const { kind, processingMs, load } = verdict
	const ratePerSecond = (progress.totalReceivedRecords * 1_000) / (intervalMs * Math.max(1, verdict.batches))
	return { intervalMs, ratePerSecond, processingMs, load, verdict: kind }
}

const misfit = (intervalMs: number): IntervalStep => ({
	intervalMs,
	ratePerSecond: 0,
	processingMs: 0,
	load: 0,
	verdict: 'does not fit a window',
})
