/**
 * Streams whose batches are received blocks: the base of all receiver streams, one partition a block.
 *
 * The blocks of a batch are those that the tracker gave to its time; a batch without blocks has no partitions.
 * Source: Spark's `ReceiverInputDStream`, `PluggableInputDStream`.
 */

import { AsyncResource } from 'node:async_hooks'
import type { Time } from '../base/time.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { markBlocksRemoved } from '../rdd/blockrdd.js'
import { RDD } from '../rdd/rdd.js'
import { type RateEstimator, rateEstimator } from '../receiver/rateestimator.js'
import type { Receiver } from '../receiver/receiver.js'
import type { BlocksOfBatch, ReceiverFacts, TrackedStream } from '../receiver/tracker.js'

export abstract class ReceiverInputDStream<T> extends InputDStream<T> implements TrackedStream {
	readonly #registration = new AsyncResource('ReceiverInputDStream')
	#blocks: BlocksOfBatch | undefined

	/** @throws argument/illegal for a rate estimator that is none, or settings that it does not take */
	constructor(context: Registry, operator?: string) {
		super(context, operator)
		this.rateEstimator()
	}

	/** The receiver that is started with the stream; a new one for each start. */
	abstract getReceiver(): Receiver<T>

	/** Estimates the rate it should receive at; undefined without back-pressure. @internal */
	rateEstimator(): RateEstimator | undefined {
		return rateEstimator(this.context.conf, this.context.batchDuration)
	}
	/** What its receiver does now; undefined before the first start. */
	override get receiver(): ReceiverFacts | undefined {
		return this.#blocks?.factsOf(this.id)
	}

	/** Limits its receiver, never beyond `spark.streaming.receiver.maxRate`; says what holds. Nothing without a receiver. @internal */
	limitRate(perSecond: number): number | undefined {
		this.#blocks?.updateRate(this.id, perSecond)
		return this.receiver?.rateLimit
	}

	override start(): void {}
	override stop(): void {}

	/** @internal */
	attach(blocks: BlocksOfBatch): void {
		this.#blocks = blocks
	}
	/** @internal */
	inContext<R>(body: () => R): R {
		return this.#registration.runInAsyncScope(body)
	}

	/** @internal */
	override hasData(time: Time): boolean {
		return (this.#blocks?.blocksOfBatch(time, this.id) ?? []).length > 0
	}

	/** @internal */
	override compute(time: Time): RDD<T> {
		const source = this.#blocks
		const blocks = source?.blocksOfBatch(time, this.id) ?? []
		const numRecords = blocks.reduce((sum, block) => sum + (block.numRecords ?? 0), 0)
		this.context.reportInput(time, { inputStreamId: this.id, numRecords, metadata: {} })
		return new RDD<T>(this.context.sparkContext, {
			kind: 'BlockRDD',
			plan: {
				kind: 'blocks',
				blockIds: blocks.map(({ id }) => id),
				read: (id) => (source as BlocksOfBatch).read(id),
				part: (id) => (source as BlocksOfBatch).part(id),
			},
		})
	}

	/** @internal */
	protected override released(rdd: RDD<T>): void {
		if (rdd.plan.kind !== 'blocks') return
		this.#blocks?.removeBlocks(rdd.plan.blockIds)
		markBlocksRemoved(rdd)
	}
}

/** Records that a receiver of the program stores. */
export class PluggableInputDStream<T> extends ReceiverInputDStream<T> {
	readonly #receiver: Receiver<T>

	constructor(context: Registry, receiver: Receiver<T>) {
		super(context, 'receiverStream')
		this.#receiver = receiver
	}
	override getReceiver(): Receiver<T> {
		return this.#receiver
	}
}
