/**
 * What streams share that make each batch of the one before: their state is the RDD of the last batch, kept and
 * checkpointed, carried over batches that are skipped, handed to the stream that replaces them, and forgotten on request.
 */

import { type Duration, Time } from '../base/time.js'
import { type WrittenRecords, writeAs, writtenBeforeAs } from '../rdd/checkpoint.js'
import { parallelize } from '../rdd/make.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { RDD } from '../rdd/rdd.js'
import { StateForm, type StateShape } from '../state/form.js'
import { type AnyDStream, DStream } from './dstream.js'

/** A key and what is kept of it. */
export type Entry = [key: unknown, kept: unknown]

export abstract class StatefulDStream<T> extends DStream<T> {
	protected readonly parent: DStream<[unknown, unknown]>
	/** The state of times up to this one is forgotten. */
	#forgottenMs = Number.NEGATIVE_INFINITY

	/** States that were brought along from another SparkContext, until the first batch has taken them. */
	#brought: readonly Entry[] | undefined

	readonly #form: StateForm

	/** @param shape what its RDDs hold, for those that `inColumns` was told */
	constructor(parent: DStream<[unknown, unknown]>, operator: string, shape: StateShape) {
		super(parent.context, operator)
		this.parent = parent
		this.#form = new StateForm(shape)
	}

	/** The same RDD, which is checkpointed as columns. */
	protected inColumns(rdd: RDD<T>): RDD<T> {
		writeAs(rdd, this.#form)
		return rdd
	}
	/** The RDD of an earlier life that was checkpointed as columns. */
	writtenBefore(written: WrittenRecords, partitioner: Partitioner | undefined): RDD<T> {
		return writtenBeforeAs(this.context.sparkContext, this.#form, written, partitioner)
	}

	/** The keys of a batch, each with what `beginningOf` makes its state of. */
	protected abstract entriesOf(rdd: RDD<T>): RDD<Entry>
	/** The entries of the newest batch, or what was brought along and no batch has taken; `begin` takes them. @internal */
	async newestEntries(): Promise<readonly Entry[] | undefined> {
		const [ms, newest] = [...this.generatedRDDs].at(-1) ?? []
		if (ms === undefined || newest === undefined) return this.#brought
		if (this.isForgotten(new Time(ms))) return undefined
		return this.entriesOf(newest).collect()
	}
	/** Begins with these in place of the initial state. @internal */
	begin(entries: readonly Entry[]): void {
		this.#brought = entries
	}
	/** What was brought along, for the first batch. */
	protected brought(): RDD<Entry> | undefined {
		return this.#brought === undefined ? undefined : parallelize(this.context.sparkContext, this.#brought)
	}
	/** A batch has it in its state. */
	protected settleBrought(): void {
		this.#brought = undefined
	}

	/** How many keys a batch of this stream holds. */
	protected abstract numKeys(rdd: RDD<T>): Promise<number>
	/** Whether the state after the batch at `time` was forgotten since: the next one begins empty. */
	protected isForgotten(time: Time): boolean {
		return time.milliseconds <= this.#forgottenMs
	}

	protected override get mustCheckpoint(): boolean {
		return true
	}
	override get slideDuration(): Duration {
		return this.parent.slideDuration
	}
	override get dependencies(): readonly AnyDStream[] {
		return [this.parent]
	}

	override adoptState(before: AnyDStream): (() => Promise<number>) | undefined {
		if (!(before instanceof StatefulDStream && before.constructor === this.constructor)) return undefined
		before.handOver(this)
		const newest = [...this.generatedRDDs.values()].at(-1)
		return newest === undefined ? undefined : () => this.numKeys(newest)
	}
	override get hasState(): boolean {
		return true
	}
	/** How many keys the newest batch of this stream holds. */
	async countNewest(): Promise<number> {
		const newest = [...this.generatedRDDs.values()].at(-1)
		return newest === undefined ? 0 : this.numKeys(newest)
	}
	override forgetState(): void {
		this.#forgottenMs = Math.max(...this.generatedRDDs.keys())
	}
	override skip(time: Time): void {
		this.carry(time)
	}
	override abandon(): void {
		super.abandon()
		this.#brought = undefined
		this.#forgottenMs = Number.NEGATIVE_INFINITY
	}
}
