/**
 * What a context has done and has to do: batches that wait, run and are completed, totals, receivers. Plain data behind
 * pages, views and the verdict. Source: Spark's `StreamingJobProgressListener`.
 *
 *   batchSubmitted ──▶ waiting ──batchStarted──▶ running ──batchCompleted──▶ completed (the newest `retained` are kept)
 */

import type { BatchInfo, EngineEvent, OutputOperationInfo, ReceiverInfo } from '../base/events.js'

/** Received records of one batch of an input stream. */
export interface RateOfBatch {
	readonly timeMs: number
	readonly perSecond: number
}

export class StreamingProgress {
	readonly #retained: number
	readonly #waiting = new Map<number, BatchInfo>()
	readonly #running = new Map<number, BatchInfo>()
	#completed: BatchInfo[] = []
	readonly #receivers = new Map<number, ReceiverInfo>()
	/** Milliseconds since the epoch at which the context was started; -1 before. */
	startTime = -1
	totalCompletedBatches = 0
	totalReceivedRecords = 0
	totalProcessedRecords = 0

	/** @param retained completed batches that are kept (`spark.streaming.ui.retainedBatches`) */
	constructor(retained: number) {
		this.#retained = retained
	}

	hear(event: EngineEvent): void {
		switch (event.kind) {
			case 'streamingStarted':
				this.startTime = event.time
				break
			case 'streamingStopped':
				// What was queued has been dropped.
				this.#waiting.clear()
				this.#running.clear()
				break
			case 'receiverStarted':
			case 'receiverStopped':
			case 'receiverError':
				this.#receivers.set(event.receiverInfo.streamId, event.receiverInfo)
				break
			case 'batchSubmitted':
				this.#waiting.set(event.batchInfo.batchTime, event.batchInfo)
				break
			case 'batchStarted':
				this.#waiting.delete(event.batchInfo.batchTime)
				this.#running.set(event.batchInfo.batchTime, event.batchInfo)
				this.totalReceivedRecords += event.batchInfo.numRecords
				break
			case 'outputOperationStarted':
			case 'outputOperationCompleted':
				this.#operation(event.outputOperationInfo)
				break
			case 'batchCompleted':
				this.#complete(event.batchInfo)
				break
			case 'batchSkipped':
			case 'graphChanged':
			case 'rateUpdated':
				break
			default:
				event satisfies never
		}
	}

	#operation(info: OutputOperationInfo): void {
		const batch = this.#running.get(info.batchTime)
		if (batch === undefined) return
		const outputOperationInfos = { ...batch.outputOperationInfos, [info.id]: info }
		this.#running.set(info.batchTime, { ...batch, outputOperationInfos })
	}

	#complete(info: BatchInfo): void {
		this.#waiting.delete(info.batchTime)
		this.#running.delete(info.batchTime)
		this.#completed.push(info)
		if (this.#completed.length > this.#retained) this.#completed = this.#completed.slice(-this.#retained)
		this.totalCompletedBatches += 1
		this.totalProcessedRecords += info.numRecords
	}

	get waitingBatches(): readonly BatchInfo[] {
		return [...this.#waiting.values()]
	}
	get runningBatches(): readonly BatchInfo[] {
		return [...this.#running.values()]
	}
	/** Oldest first. */
	get completedBatches(): readonly BatchInfo[] {
		return this.#completed
	}
	/** Waiting, running and completed ones by time. */
	get retainedBatches(): readonly BatchInfo[] {
		const all = [...this.#waiting.values(), ...this.#running.values(), ...this.#completed]
		return all.sort((a, b) => a.batchTime - b.batchTime)
	}
	get numUnprocessedBatches(): number {
		return this.#waiting.size + this.#running.size
	}
	/** The completed batch with the largest time. */
	get lastCompletedBatch(): BatchInfo | undefined {
		return this.#completed.reduce<BatchInfo | undefined>(
			(last, info) => (last === undefined || info.batchTime > last.batchTime ? info : last),
			undefined,
		)
	}
	/** The newest batch, whatever its state. */
	get lastReceivedBatch(): BatchInfo | undefined {
		return this.retainedBatches.at(-1)
	}
	/** The last that was heard of each receiver, by input stream id. */
	get receivers(): ReadonlyMap<number, ReceiverInfo> {
		return this.#receivers
	}
	get numActiveReceivers(): number {
		return [...this.#receivers.values()].filter(({ active }) => active).length
	}

	/** Records a second that an input stream brought, batch by batch; 0 for a batch without facts of it. */
	ratesOf(inputStreamId: number, batchMs: number): readonly RateOfBatch[] {
		return this.retainedBatches.map(({ batchTime, streamIdToInputInfo }) => ({
			timeMs: batchTime,
			perSecond: ((streamIdToInputInfo[inputStreamId]?.numRecords ?? 0) * 1_000) / batchMs,
		}))
	}
}
