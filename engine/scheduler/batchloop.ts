/**
 * The batch loop: one mailbox, one handler a message, from a tick of the timer to the end of a batch.
 *
 *   tick(t)      apply edits of the graph · allocate blocks to t · generate runs · submit (or skip) · look
 *   over(t)      forget what no window needs · tell who waits for t
 *   released     views that join begin with the past at once; every other edit of the graph waits for the next tick
 *
 * A failure to generate the jobs of t is an error of that batch only; the loop goes on with the next tick.
 * Source: Spark's `JobGenerator`.
 */

import { asError, StreamError } from '../base/errors.js'
import type { BatchInfo } from '../base/events.js'
import { host } from '../base/host.js'
import { logInfo } from '../base/log.js'
import { type Duration, Time } from '../base/time.js'
import { RecurringTimer } from '../base/timer.js'
import { meterGraph } from '../dstream/describe.js'
import type { Failure } from '../dstream/edits.js'
import type { Backfill } from '../dstream/input.js'
import { Backfilling } from './backfilling.js'
import { CatchUp } from './catchup.js'
import { DataTrigger } from './datatrigger.js'
import { JobScheduler } from './jobs.js'
import { emptyBatchInfo, type Job, JobSet } from './jobset.js'
import type { LoopParts } from './loopparts.js'
import { Settlements } from './settlements.js'
import { tellCarried } from './tellcarried.js'

type Message =
	| { readonly kind: 'tick'; readonly time: Time }
	| { readonly kind: 'released' }
	| { readonly kind: 'over'; readonly jobSet: JobSet; readonly isProcessed: boolean }

export class BatchLoop {
	readonly #parts: LoopParts
	readonly #timer: RecurringTimer
	readonly #jobs: JobScheduler
	readonly #trigger: DataTrigger | undefined
	readonly settlements = new Settlements()
	readonly #looks = new Map<number, (() => Promise<void>)[]>()
	readonly #errors = new Map<number, Error>()
	readonly #backfilling: Backfilling
	#catchUp: CatchUp | undefined
	#mailbox: Message[] = []
	#isHandling = false
	/** Times of batches whose jobs wait or run. */
	readonly #pending = new Set<number>()
	/** Times of batches that run again after a recovery: those that are pending, and those that failed. */
	readonly #unfinished = new Set<number>()
	/** The newest batch that is processed. */
	#processedMs = Number.NEGATIVE_INFINITY
	#floor = new Time(Number.NEGATIVE_INFINITY)
	lastBatch: BatchInfo | undefined

	constructor(parts: LoopParts) {
		this.#parts = parts
		this.#backfilling = new Backfilling(parts.properties, (time, failure) => this.#failed(time, failure))
		this.#trigger = parts.trigger === 'data' ? new DataTrigger(parts.graph) : undefined
		this.#timer = new RecurringTimer(parts.clock, parts.batchDuration.milliseconds, (ms) =>
			this.#post({ kind: 'tick', time: new Time(ms) }),
		)
		this.#jobs = new JobScheduler({
			clock: parts.clock,
			bus: parts.bus,
			concurrentJobs: parts.concurrentJobs,
			properties: parts.properties,
			outcomes: {
				jobFailed: (job, error) => this.#jobFailed(job, error),
				batchOver: (jobSet, isProcessed) => this.#post({ kind: 'over', jobSet, isProcessed }),
			},
		})
	}

	/** The batch time before the first one if the loop started now. */
	zeroTime(): Time {
		if (this.noGrid !== undefined) return new Time(this.#parts.clock.now())
		return new Time(this.#timer.startTime()).minus(this.#parts.batchDuration)
	}
	get nextTime(): Time {
		return this.#catchUp?.next ?? new Time(this.#timer.nextMs)
	}

	start(zeroTime: Time): void {
		this.#floor = zeroTime
		if (this.#parts.isLive) this.#parts.graph.rememberInputs(this.#backfillLimits)
		if (this.noGrid !== undefined) this.#failed(zeroTime, { error: this.noGrid, group: undefined })
		else this.#timer.start(zeroTime.plus(this.#parts.batchDuration).milliseconds)
	}

	/**
	 * Goes on from a checkpoint: batches to run `again` are submitted, then batches come from `first` on.
	 * @throws what a transformation throws when the jobs of the first ones are generated
	 */
	restart(zeroTime: Time, again: readonly Time[], first: Time): void {
		this.#floor = zeroTime
		if (this.#parts.isLive) this.#parts.graph.rememberInputs(this.#backfillLimits)
		this.#catchUp = new CatchUp(again, first, {
			generate: (time) => this.#generateAgain(time),
			numPending: () => this.#pending.size,
			failed: (time, error) => {
				this.#failed(time, { error, group: undefined })
				this.#settle(time, emptyBatchInfo(time, {}))
			},
			done: () => this.#timer.start(first.milliseconds),
		})
		this.#catchUp.begin()
	}
	#generateAgain(time: Time): void {
		const { graph, isLive, properties } = this.#parts
		this.#parts.allocateBlocks(time)
		for (const input of graph.inputs) input.goesBack = true
		try {
			const { runs, failures } = properties.generate(() => host().guard(() => graph.generateRuns(time, isLive)))
			for (const failure of failures) this.#failed(time, failure)
			if (runs.length === 0) return
			this.#looks.set(time.milliseconds, this.#looksAt(time))
			this.#isPending(time)
			this.#jobs.submitLater(new JobSet(time, runs, {}))
		} finally {
			for (const input of graph.inputs) input.goesBack = false
		}
	}

	/** Why there are no batches: an interval that is no length. Spark takes it, and then does nothing sensible. */
	get noGrid(): StreamError | undefined {
		const { batchDuration } = this.#parts
		if (batchDuration.milliseconds > 0) return undefined
		return new StreamError('argument/duration', `a batch interval of ${batchDuration} has no batches`, {
			where: 'StreamingContext',
			remedy: "give a positive one, such as Seconds(1) or '500ms'",
		})
	}

	/**
	 * No more ticks; queued jobs are dropped unless `finish`. Resolves when what runs has ended, unless `finish` at the
	 * latest after 2 s.
	 */
	async stop(finish: boolean): Promise<void> {
		if (finish) await this.#catchUp?.ended()
		else this.#catchUp?.stop()
		this.#timer.stop()
		if (finish) await this.#jobs.idle()
		else await this.#jobs.idleOrAbandoned()
		this.settlements.abandon()
	}

	/** Edits of the graph have been released. */
	released(): void {
		this.#post({ kind: 'released' })
	}

	/** Resolves when no job is queued or running, or to be generated again. */
	async idle(): Promise<void> {
		await this.#catchUp?.ended()
		await this.#jobs.idle()
	}

	get #backfillLimits(): Backfill {
		return { length: this.#backfill, maxBytes: this.#parts.backfillBytes }
	}
	get #backfill(): Duration {
		return this.#parts.batchDuration.times(this.#parts.backfillBatches)
	}

	#post(message: Message): void {
		this.#mailbox.push(message)
		if (this.#isHandling) return
		this.#isHandling = true
		try {
			for (let next = this.#mailbox.shift(); next !== undefined; next = this.#mailbox.shift()) this.#handle(next)
		} finally {
			this.#isHandling = false
		}
	}

	#handle(message: Message): void {
		switch (message.kind) {
			case 'tick':
				this.#tick(message.time)
				break
			case 'released':
				if (this.#parts.graph.waitsForViews) this.#applyEdits(this.nextTime)
				break
			case 'over':
				this.#over(message.jobSet, message.isProcessed)
				break
			default:
				message satisfies never
		}
	}

	#tick(time: Time): void {
		this.#generate(time)
		this.#parts.checkpoint(time, this.#unfinished)
	}

	#generate(time: Time): void {
		const { graph, inputInfo, bus, isLive } = this.#parts
		try {
			this.#applyEdits(time)
			this.#parts.allocateBlocks(time)
			if (this.#trigger?.isDue(time) === false) {
				this.#skip(time)
				return
			}
			const { runs, failures } = this.#parts.properties.generate(() =>
				host().guard(() => graph.generateRuns(time, isLive)),
			)
			for (const failure of failures) this.#failed(time, failure)
			const looks = this.#looksAt(time)
			if (graph.numMeters > 0) meterGraph(graph.ends, time)
			if (isLive && graph.outputs.length === 0) {
				const batch = new JobSet(time, [], inputInfo.of(time))
				void this.#jobs
					.lookOnly(batch, () => this.#backfilling.shown(looks))
					.then(() => {
						this.#forget(time)
						this.#settle(time, batch.info())
					})
				return
			}
			if (runs.length === 0) {
				bus.post({ kind: 'batchSkipped', time: time.milliseconds })
				logInfo(() => `No jobs added for time ${time}`)
				void this.#backfilling.shown(looks).then(() => {
					if (isLive) this.#forget(time)
					this.#settle(time, emptyBatchInfo(time, inputInfo.of(time)))
				})
				return
			}
			this.#looks.set(time.milliseconds, looks)
			this.#isPending(time)
			this.#jobs.submit(
				new JobSet(
					time,
					runs.map((run) => this.#backfilling.afterPast(run)),
					inputInfo.of(time),
				),
			)
		} catch (thrown) {
			this.#failed(time, { error: asError(thrown), group: undefined })
			this.#settle(time, emptyBatchInfo(time, inputInfo.of(time)))
		}
	}

	#looksAt(time: Time): (() => Promise<void>)[] {
		const looks = this.#parts.graph.observers.map((observer) => this.#backfilling.look(observer, time))
		return looks.filter((look) => look !== undefined)
	}
	#isPending(time: Time): void {
		this.#pending.add(time.milliseconds)
		this.#unfinished.add(time.milliseconds)
	}

	/** Leaves out a batch for which nothing came. */
	#skip(time: Time): void {
		const { inputInfo, bus } = this.#parts
		this.#trigger?.skip(time)
		bus.post({ kind: 'batchSkipped', time: time.milliseconds })
		this.#settle(time, emptyBatchInfo(time, inputInfo.of(time)))
		this.#forget(time)
	}

	#applyEdits(time: Time): void {
		const { graph, bus, batchDuration, remember, checkpointDirectory } = this.#parts
		const last = time.minus(batchDuration)
		const floor = time.minus(this.#backfill).min(last).max(this.#floor)
		const edits = graph.applyEdits({
			time,
			last,
			floor,
			remember: remember(),
			checkpointDirectory: checkpointDirectory(),
		})
		if (!edits.isChanged) return
		for (const input of edits.stoppedInputs) this.#parts.stopInput(input)
		for (const input of edits.startedInputs) this.#parts.startInput(input)
		if (this.#parts.isLive) graph.rememberInputs(this.#backfillLimits)
		for (const failure of edits.failures) this.#failed(time, failure)
		for (const carried of edits.carried) void tellCarried(carried)
		const past = floor.plus(batchDuration).until(time, batchDuration)
		for (const member of edits.joined) if (member.isBackfilled) this.#backfilling.show(member, past)
		bus.post({ kind: 'graphChanged', time: time.milliseconds })
	}

	#jobFailed(job: Job, error: Error): void {
		this.#failed(job.run.time, { error, group: job.run.output.group })
	}

	#failed(time: Time, { error, group }: Failure): void {
		if (!this.#errors.has(time.milliseconds)) this.#errors.set(time.milliseconds, error)
		this.#parts.report(error)
		host().batchError(error, { timeMs: time.milliseconds, group })
	}

	#over(jobSet: JobSet, isProcessed: boolean): void {
		const { time } = jobSet
		this.#pending.delete(time.milliseconds)
		this.#catchUp?.goOn()
		if (isProcessed) logInfo(() => delayText(jobSet))
		const looks = this.#looks.get(time.milliseconds) ?? []
		this.#looks.delete(time.milliseconds)
		const end = (): void => {
			if (isProcessed || this.#parts.isLive) this.#forget(time)
			if (isProcessed) {
				this.#unfinished.delete(time.milliseconds)
				this.#parts.checkpoint(time, this.#unfinished)
			}
			this.#settle(time, jobSet.info())
		}
		// At once when nobody looks: a stop that waits for the jobs must find the batch settled.
		if (looks.length === 0 && this.#backfilling.isIdle) end()
		else void this.#backfilling.shown(looks).then(end)
	}

	/** What the batch at `time` was the last to need goes, unless an older batch still runs: then what that needs stays. */
	#forget(time: Time): void {
		const { graph, cleanup, batchDuration } = this.#parts
		this.#processedMs = Math.max(this.#processedMs, time.milliseconds)
		const beforePendingMs = Math.min(...this.#pending) - batchDuration.milliseconds
		const until = new Time(Math.min(this.#processedMs, beforePendingMs))
		graph.clearMetadata(until)
		const kept = graph.inputs.map((input) => input.keptDuration.milliseconds)
		cleanup(until.milliseconds - Math.max(0, ...kept))
	}

	#settle(time: Time, info: BatchInfo): void {
		this.lastBatch = info
		this.#parts.batchOver(time)
		const error = this.#errors.get(time.milliseconds)
		this.#errors.delete(time.milliseconds)
		this.settlements.settle({ info, error })
	}
}

/** As Spark writes it after each batch. */
function delayText(jobSet: JobSet): string {
	const { processingDelay = 0 } = jobSet.info()
	const seconds = (ms: number): string => (ms / 1_000).toFixed(3)
	return `Total delay: ${seconds(jobSet.delayAfterBatchTime)} s for time ${jobSet.time} (execution: ${seconds(processingDelay)} s)`
}
