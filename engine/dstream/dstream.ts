/**
 * A DStream: parents, a slide duration, and a function from a batch time to an RDD or none.
 *
 * Contract of `compute(t)`: called at most once for each valid time while the result is remembered; undefined means
 * that there is no RDD at t (which is not an empty one) and is not remembered. Everything here runs synchronously when
 * the jobs of a batch are generated; nothing is computed before an output's job runs.
 *
 *   valid times      zeroTime + slide, zeroTime + 2·slide, …
 *   generatedRDDs    t -> RDD, kept for rememberDuration
 *
 * Source: Spark's `DStream` (initialize, remember, validateAtStart, getOrCompute, clearMetadata, slice).
 */

import { requireThat, StreamError } from '../base/errors.js'
import { Duration, type DurationLike, Interval, type Time } from '../base/time.js'
import { removeCheckpoint } from '../rdd/checkpoint.js'
import type { RDD } from '../rdd/rdd.js'
import { StorageLevel } from '../storage/level.js'
import type { Registry } from './registry.js'

// biome-ignore lint/suspicious/noExplicitAny: parents of any record type, as in Spark's DStream[_]
export type AnyDStream = DStream<any>

/** A sequence of RDDs over time. */
export abstract class DStream<T> {
	/** The streaming context. */
	readonly context: Registry
	/** Counts the streams of a context in order of construction. */
	readonly streamId: number
	/** The type of a record; never set. */
	declare readonly record: T
	/** The operator that made it, as users write it: `reduceByKey`. */
	operator: string
	#name: string | undefined
	#zeroTime: Time | undefined
	/** Times up to this one have no RDD: the past that a stream added to a running graph cannot see. */
	#floorMs = Number.NEGATIVE_INFINITY
	#rememberDuration: Duration | undefined
	#checkpointDuration: Duration | undefined
	#level: StorageLevel = StorageLevel.NONE
	#generated = new Map<number, RDD<T>>()

	constructor(context: Registry, operator?: string) {
		context.admit()
		this.context = context
		this.streamId = context.nextStreamId()
		this.operator = operator ?? this.constructor.name
	}

	abstract get slideDuration(): Duration
	abstract get dependencies(): readonly AnyDStream[]
	/** The RDD of a valid batch time, or undefined when there is none. */
	abstract compute(validTime: Time): RDD<T> | undefined

	/** Spark's class name of this stream, used in error texts. */
	get className(): string {
		return this.constructor.name
	}
	/** The name it is known by: given by `named`, or of the variable that holds it in a session. */
	get name(): string | undefined {
		return this.#name
	}
	/** Fixes the id used by checkpoints, displays and events. */
	named(name: string): this {
		this.#name = name
		return this
	}
	/** What titles call it. */
	get title(): string {
		return this.#name ?? this.operator
	}

	/** True for streams whose state needs a checkpoint directory. */
	protected get mustCheckpoint(): boolean {
		return false
	}
	/** How long parents must remember for this stream. */
	protected get parentRememberDuration(): Duration | undefined {
		return this.#rememberDuration
	}
	get zeroTime(): Time | undefined {
		return this.#zeroTime
	}
	get isInitialized(): boolean {
		return this.#zeroTime !== undefined
	}
	get rememberDuration(): Duration | undefined {
		return this.#rememberDuration
	}
	get checkpointDuration(): Duration | undefined {
		return this.#checkpointDuration
	}
	get storageLevel(): StorageLevel {
		return this.#level
	}
	/** The RDDs remembered now, by batch time in milliseconds. */
	get generatedRDDs(): ReadonlyMap<number, RDD<T>> {
		return this.#generated
	}

	/**
	 * Keeps the RDDs of every batch at `level` (default MEMORY_ONLY_SER, unlike RDD.persist).
	 * @throws context/state after the context has started
	 */
	persist(level: StorageLevel = StorageLevel.MEMORY_ONLY_SER): this {
		this.#refuseAfterStart('Cannot change storage level of a DStream after streaming context has started')
		this.#level = level
		return this
	}
	cache(): this {
		return this.persist()
	}
	/** Writes the RDDs' data every `interval`; also persists. @throws context/state after the context has started */
	checkpoint(interval: DurationLike): DStream<T> {
		this.#refuseAfterStart('Cannot change checkpoint interval of a DStream after streaming context has started')
		this.persist()
		this.#checkpointDuration = Duration.of(interval)
		return this
	}
	#refuseAfterStart(text: string): void {
		if (this.isInitialized) throw new StreamError('context/state', text, { where: this.title })
	}
	/** Keeps the RDDs for a child that reads them again; unlike `persist` also while the context runs. */
	keep(level: StorageLevel): void {
		if (!this.isInitialized) this.#level = level
		else if (this.#level.equals(StorageLevel.NONE)) this.#level = level
	}

	/** Takes its place on the time grid, parents after it. `floor`: nothing at or before that time will be asked for. */
	initialize(zeroTime: Time, floor?: Time): void {
		if (this.#zeroTime !== undefined) {
			if (!this.#zeroTime.equals(zeroTime)) {
				throw new StreamError(
					'graph/state',
					`ZeroTime is already initialized to ${this.#zeroTime}, cannot initialize it again to ${zeroTime}`,
				)
			}
		} else {
			this.#zeroTime = zeroTime
			if (floor !== undefined) this.#floorMs = floor.milliseconds
			if (this.mustCheckpoint && this.#checkpointDuration === undefined) {
				this.#checkpointDuration = this.defaultCheckpointDuration()
			}
			const slide = this.slideDuration
			const twice = this.#checkpointDuration?.times(2)
			this.#remember(twice !== undefined && slide <= (this.#checkpointDuration as Duration) ? twice : slide)
		}
		for (const parent of this.dependencies) parent.initialize(zeroTime, floor)
	}
	protected defaultCheckpointDuration(): Duration {
		const slide = this.slideDuration.milliseconds
		return new Duration(slide * Math.ceil(10_000 / slide))
	}
	#remember(duration: Duration): void {
		if (this.#rememberDuration === undefined || duration > this.#rememberDuration) this.#rememberDuration = duration
	}
	/** Remembers at least that long; parents as long as this stream needs. */
	remember(duration: Duration | undefined): void {
		if (duration !== undefined) this.#remember(duration)
		for (const parent of this.dependencies) parent.remember(this.parentRememberDuration)
	}
	/** Back to the state before the first start: nothing generated, no place on the grid. */
	resetTime(): void {
		for (const rdd of this.#generated.values()) this.#release(rdd)
		this.#generated.clear()
		this.#zeroTime = undefined
		this.#floorMs = Number.NEGATIVE_INFINITY
		for (const parent of this.dependencies) if (parent.isInitialized) parent.resetTime()
	}

	/** Spark's checks of checkpoint intervals, storage levels and remember durations. @throws argument/illegal */
	validateAtStart(checkpointDirectory: string | undefined): void {
		requireThat(this.#rememberDuration !== undefined, 'Remember duration is set to null')
		const interval = this.#checkpointDuration
		const slide = this.slideDuration
		requireThat(
			!this.mustCheckpoint || interval !== undefined,
			`The checkpoint interval for ${this.className} has not been set. Please use DStream.checkpoint() to set the interval.`,
		)
		if (interval !== undefined) {
			requireThat(
				checkpointDirectory !== undefined,
				'The checkpoint directory has not been set. Please set it by StreamingContext.checkpoint().',
			)
			requireThat(
				interval >= slide,
				`The checkpoint interval for ${this.className} has been set to ${interval} which is lower than its slide time (${slide}). Please set it to at least ${slide}.`,
			)
			requireThat(
				interval.isMultipleOf(slide),
				`The checkpoint interval for ${this.className} has been set to  ${interval} which not a multiple of its slide time (${slide}). Please set it to a multiple of ${slide}.`,
			)
			requireThat(
				!this.#level.equals(StorageLevel.NONE),
				`${this.className} has been marked for checkpointing but the storage level has not been set to enable persisting. Please use DStream.persist() to set the storage level to use memory for better checkpointing performance.`,
			)
			requireThat(
				this.#rememberDuration > interval,
				`The remember duration for ${this.className} has been set to  ${this.#rememberDuration} which is not more than the checkpoint interval (${interval}). Please set it to a value higher than ${interval}.`,
			)
		}
		for (const parent of this.dependencies) parent.validateAtStart(checkpointDirectory)
	}

	/** True when the stream fires at `time`. @throws graph/state before it is initialized */
	isTimeValid(time: Time): boolean {
		if (this.#zeroTime === undefined) throw new StreamError('graph/state', `${this} has not been initialized`)
		const since = time.milliseconds - this.#zeroTime.milliseconds
		return since > 0 && time.milliseconds > this.#floorMs && since % this.slideDuration.milliseconds === 0
	}

	/** The RDD of `time`: remembered, or computed when the stream fires then, or undefined. */
	getOrCompute(time: Time): RDD<T> | undefined {
		const known = this.#generated.get(time.milliseconds)
		if (known !== undefined) return known
		if (!this.isTimeValid(time)) return undefined
		const rdd = this.compute(time)
		if (rdd === undefined) return undefined
		if (!this.#level.equals(StorageLevel.NONE) && rdd.getStorageLevel().equals(StorageLevel.NONE)) {
			rdd.persist(this.#level)
		}
		const interval = this.#checkpointDuration
		if (interval !== undefined && this.#zeroTime !== undefined && time.minus(this.#zeroTime).isMultipleOf(interval)) {
			rdd.checkpoint()
		}
		this.#generated.set(time.milliseconds, rdd)
		return rdd
	}

	/** Forgets RDDs older than the remember duration, parents' too. */
	clearMetadata(time: Time): void {
		const oldestMs = time.milliseconds - (this.#rememberDuration?.milliseconds ?? 0)
		for (const [ms, rdd] of this.#generated) {
			if (ms > oldestMs) continue
			this.#generated.delete(ms)
			this.#release(rdd)
		}
		for (const parent of this.dependencies) parent.clearMetadata(time)
	}
	#release(rdd: RDD<T>): void {
		if (!this.context.conf.getBoolean('spark.streaming.unpersist', true)) return
		if (!rdd.getStorageLevel().equals(StorageLevel.NONE)) rdd.unpersist(false)
		// A newer one is there by now: streams remember for two checkpoint intervals.
		removeCheckpoint(rdd)
		this.released(rdd)
	}
	/** Called for each RDD that is forgotten. */
	protected released(_rdd: RDD<T>): void {}

	/**
	 * The RDDs of all fire times from `from` to `to`, both included; times off the grid are floored.
	 * @throws graph/state before the context has started
	 */
	slice(interval: Interval): RDD<T>[]
	slice(from: Time, to: Time): RDD<T>[]
	slice(from: Time | Interval, to?: Time): RDD<T>[] {
		const { beginTime, endTime } = from instanceof Interval ? from : new Interval(from, to as Time)
		const zero = this.#zeroTime
		if (zero === undefined) throw new StreamError('graph/state', `${this} has not been initialized`)
		const slide = this.slideDuration
		const rdds: RDD<T>[] = []
		for (const time of beginTime.floor(slide, zero).to(endTime.floor(slide, zero), slide)) {
			if (time < zero) continue
			const rdd = this.getOrCompute(time)
			if (rdd !== undefined) rdds.push(rdd)
		}
		return rdds
	}

	/** Takes the stream, its outputs and views out of the graph. */
	remove(): void {
		this.context.removeStream(this as unknown as DStream<unknown>)
	}

	toString(): string {
		return `${this.className}[${this.title}]`
	}
}
