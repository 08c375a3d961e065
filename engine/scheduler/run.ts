/**
 * One life of a context between start and stop: its receivers, its batch loop, and how both end.
 *
 * A graceful stop ends the receivers first, lets the next batch and more run until everything received has been part of
 * one (bounded by `spark.streaming.gracefulStopTimeout`), then finishes the queued jobs. A plain stop drops queued batches and waits
 * only for what runs. Source: Spark's `JobScheduler.start` and `stop`.
 */

import { currentBatch } from '../base/batchscope.js'
import { type Clock, type Disposable, ManualClock, systemClock, waitOn } from '../base/clock.js'
import type { EventBus } from '../base/events.js'
import { host } from '../base/host.js'
import type { Duration, Time } from '../base/time.js'
import { idsOf, streamsOf } from '../checkpoint/operators.js'
import type { Recovery } from '../checkpoint/recovery.js'
import type { DStreamGraph } from '../dstream/graph.js'
import { InputDStream } from '../dstream/input.js'
import { ReceiverInputDStream } from '../input/received.js'
import type { RDDContext } from '../rdd/backend.js'
import { removeCheckpoint } from '../rdd/checkpoint.js'
import type { AnyRDD } from '../rdd/plan.js'
import { savedRecords } from '../rdd/saved.js'
import type { BlockLog } from '../receiver/blocklog.js'
import { ReceiverTracker } from '../receiver/tracker.js'
import { BlockStore } from '../storage/blocks.js'
import { BatchLoop } from './batchloop.js'
import { Checkpointing } from './checkpointing.js'
import { warnWhenSetBack } from './clockback.js'
import { joinInput, startInput, stopInput } from './inputcalls.js'
import type { InputInfoTracker } from './inputinfo.js'
import { JobProperties } from './jobproperties.js'
import { RateController } from './ratecontroller.js'
import { receivedLog, requireLoggable, wantsLog } from './receivedlog.js'

const mebibyte = 1024 * 1024

/** What may be received and not processed unless a setting says otherwise: a quarter of the memory, 32 to 256 MiB. */
const maxUnprocessed = (limitBytes: number): number =>
	Math.max(32 * mebibyte, Math.min(256 * mebibyte, Math.floor(limitBytes / 4)))

export interface RunParts {
	readonly sparkContext: RDDContext
	readonly clock: Clock
	readonly bus: EventBus
	readonly graph: DStreamGraph
	readonly inputInfo: InputInfoTracker
	readonly batchDuration: Duration
	readonly isLive: boolean
	readonly trigger: 'time' | 'data'
	readonly remember: () => Duration | undefined
	readonly report: (error: Error) => void
	/** Where metadata checkpoints go; undefined for none. */
	readonly checkpointDirectory: string | undefined
	/** What this life goes on from. */
	readonly recovery: Recovery | undefined
}

export class StreamingRun {
	readonly #parts: RunParts
	readonly #tracker: ReceiverTracker
	readonly #rates: RateController
	readonly #checkpointing: Checkpointing | undefined
	readonly #log: BlockLog | undefined
	/** How a checkpoint knows the inputs that were there at the start. */
	readonly #keys = new Map<number, string>()
	#clockWatch: Disposable | undefined
	readonly loop: BatchLoop

	constructor(parts: RunParts) {
		this.#parts = parts
		const { clock, bus, sparkContext } = parts
		const { conf } = sparkContext
		const { checkpointDirectory: directory, recovery } = parts
		requireLoggable(conf, directory)
		const checkpointing =
			directory === undefined ? undefined : new Checkpointing({ ...parts, directory, earlier: recovery?.record })
		this.#checkpointing = checkpointing
		const log = receivedLog({ clock, conf, directory, keyOf: (streamId) => this.#keyOf(streamId) })
		this.#log = log
		const tracker = new ReceiverTracker({
			clock,
			conf,
			bus,
			blocks: new BlockStore(sparkContext.storage, savedRecords),
			maxUnprocessedBytes: conf.getSizeAsBytes(
				'rivulet.receiver.maxUnprocessed',
				maxUnprocessed(sparkContext.storage.limitBytes),
			),
			log,
			lacksLog: log === undefined && wantsLog(conf),
			whenOutdated: (forget) => checkpointing?.whenOutdated(forget),
			report: parts.report,
		})
		this.#tracker = tracker
		this.#rates = new RateController(bus, (streamId, perSecond) => tracker.updateRate(streamId, perSecond))
		this.loop = new BatchLoop({
			...parts,
			properties: new JobProperties(sparkContext, parts.batchDuration.milliseconds),
			concurrentJobs: conf.getInt('spark.streaming.concurrentJobs', 1),
			backfillBytes: conf.getSizeAsBytes('rivulet.backfill.maxBytes', '64m'),
			backfillBatches: parts.isLive ? conf.getInt('rivulet.backfill', 100) : 0,
			checkpointDirectory: () => sparkContext.getCheckpointDir(),
			allocateBlocks: (time) => tracker.allocateBlocksToBatch(time),
			batchOver: (time) => tracker.batchOver(time),
			cleanup: (thresholdMs) => {
				tracker.cleanup(thresholdMs)
				parts.inputInfo.cleanup(thresholdMs)
			},
			checkpoint: (time, pending) => checkpointing?.take(time, pending, tracker.loggedMs),
			startInput: (input) => {
				joinInput(input, parts.report, () => {
					if (input instanceof ReceiverInputDStream) this.#receive(input)
				})
			},
			stopInput: (input) => {
				stopInput(input)
				if (!(input instanceof ReceiverInputDStream)) return
				this.#rates.remove(input.id)
				void tracker.remove(input)
			},
		})
	}

	/** Puts the graph on the time grid. @throws argument/illegal with what Spark's checks find */
	prepare(): void {
		const { graph, remember, sparkContext, recovery } = this.#parts
		graph.start(recovery?.zeroTime ?? this.loop.zeroTime(), remember(), sparkContext.getCheckpointDir())
		this.#checkpointing?.begin()
		if (this.#log !== undefined) this.#beginLog(this.#log)
		recovery?.restore(sparkContext)
		if (recovery !== undefined) this.#recoverReceived(recovery)
	}
	#beginLog(log: BlockLog): void {
		const { graph } = this.#parts
		for (const [stream, id] of idsOf(streamsOf(graph.ends))) {
			if (stream instanceof InputDStream) this.#keys.set(stream.id, id)
		}
		log.begin((graph.zeroTime as Time).milliseconds)
	}
	#recoverReceived({ inputs, record }: Recovery): void {
		const now = [...this.#keys].map(([streamId, key]) => [key, streamId] as const)
		const then = [...inputs].map(([id, input]) => [id, input.id] as const)
		this.#tracker.recover(new Map([...now, ...then]), record.loggedMs)
		if (this.#log !== undefined) return
		for (const input of inputs.values()) {
			if (!(input instanceof ReceiverInputDStream)) continue
			const text = `${input.displayName}: what was received and not processed before is lost; spark.streaming.receiver.writeAheadLog.enable would keep it`
			host().notice({ level: 'warning', text, group: input.group })
		}
	}
	#keyOf(streamId: number): string {
		return this.#keys.get(streamId) ?? `input-${streamId}`
	}

	/** @throws what a transformation throws when batches of an earlier life are generated again */
	start(): void {
		const { graph, recovery, clock, batchDuration } = this.#parts
		this.#clockWatch = warnWhenSetBack({ clock, batchDuration, nextTime: () => this.loop.nextTime })
		for (const input of graph.inputs) if (input instanceof ReceiverInputDStream) this.#receive(input)
		for (const input of graph.inputs) startInput(input, this.#parts.report)
		const zeroTime = graph.zeroTime as Time
		if (recovery === undefined) {
			this.loop.start(zeroTime)
			return
		}
		if (clock instanceof ManualClock) clock.setTime(Math.max(clock.now(), this.#recoveredMs(recovery)))
		const nowMs = clock.now()
		const { again, restart } = recovery.plan(nowMs, batchDuration)
		const waitMs = restart.milliseconds - nowMs
		if (waitMs > batchDuration.milliseconds) {
			const text = `the clock was set back since the checkpoint: the next batch, ${restart}, is in ${Math.ceil(waitMs / 1_000)} s; set the clock right, or wait`
			host().notice({ level: 'warning', text, group: undefined })
		}
		this.loop.restart(zeroTime, again, restart)
	}
	/** Where a ManualClock goes on at least. */
	#recoveredMs({ record }: Recovery): number {
		return record.timeMs + this.#parts.sparkContext.conf.getLong('spark.streaming.manualClock.jump', 0)
	}

	/** Resolves when every checkpoint that was taken is written. */
	async checkpointed(): Promise<void> {
		await this.#checkpointing?.written()
	}
	/** The files of an RDD that nobody needs any more go, at the latest with the checkpoints that name them. */
	removeWritten(rdd: AnyRDD): void {
		if (this.#checkpointing === undefined) removeCheckpoint(rdd)
		else this.#checkpointing.outdate(rdd)
	}

	#receive(input: ReceiverInputDStream<unknown>): void {
		this.#rates.add(input.id, input.rateEstimator())
		this.#tracker.add(input)
	}

	/** Resolves when every receiver's onStart has ended, or after a few turns of the event loop. */
	async receiversStarted(): Promise<void> {
		const turns = async (): Promise<void> => {
			for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve))
		}
		await Promise.race([this.#tracker.started(), turns()])
	}

	async stop(gracefully: boolean): Promise<void> {
		this.#clockWatch?.dispose()
		await this.#tracker.stop(gracefully)
		this.#rates.stop()
		if (gracefully) await this.#processReceived()
		for (const input of this.#parts.graph.inputs) stopInput(input)
		const ended = this.loop.stop(gracefully).then(async () => {
			await this.checkpointed()
			await this.#log?.close()
			this.#checkpointing?.release()
		})
		// A stop from inside an output operation must not wait for that very operation.
		if (currentBatch() === undefined) await ended
	}

	async #processReceived(): Promise<void> {
		const { batchDuration, clock, sparkContext } = this.#parts
		const limitMs = sparkContext.conf.getTimeAsMs(
			'spark.streaming.gracefulStopTimeout',
			`${10 * batchDuration.milliseconds}ms`,
		)
		const over = new AbortController()
		const timeUp = waitOn(systemClock, limitMs, over.signal).then(
			() => true,
			() => true,
		)
		let isLate = false
		// Somebody who moves the clock by hand is not made to wait for a batch that is not needed.
		let isNeeded = !clock.isManual || this.#tracker.hasUnallocatedBlocks
		while (isNeeded && !isLate) {
			const nextMs = this.loop.nextTime.milliseconds
			// Rejected when the loop stops before: after the time is up, so nobody waits any more.
			const settled = this.loop.settlements.wait(nextMs).then(
				() => false,
				() => true,
			)
			if (clock instanceof ManualClock) clock.setTime(nextMs)
			isLate = await Promise.race([settled, timeUp])
			isNeeded = this.#tracker.hasUnallocatedBlocks
		}
		over.abort()
		if (!isLate) return
		const text = `Timed out while stopping the job generator (timeout = ${limitMs})`
		host().notice({ level: 'warning', text, group: undefined })
	}
}
