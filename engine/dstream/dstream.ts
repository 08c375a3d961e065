/**
 * A DStream: parents, a slide duration, and a function from a batch time to an RDD or none.
 *
 * Contract of `compute(t)`: called at most once for each valid time while the result is remembered; undefined means no
 * RDD at t (not an empty one) and is not remembered. All of it runs when the jobs of a batch are generated.
 *
 *   valid times      zeroTime + slide, zeroTime + 2·slide, …
 *   generatedRDDs    t -> RDD, kept for rememberDuration
 *
 * In a live graph another stream may take its place (`succeedBy`): what it had generated stays, every RDD after that is
 * the successor's, so that its children follow without being made again.
 *
 * Source: Spark's `DStream` (initialize, remember, validateAtStart, getOrCompute, clearMetadata, slice).
 */

import { callSite } from '../base/callsite.js'
import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { atSite } from '../base/operationsite.js'
import { Duration, type DurationLike, Interval, Time } from '../base/time.js'
import '../rdd/checkpoint.js'
import { RDD } from '../rdd/rdd.js'
import { StorageLevel } from '../storage/level.js'
import { Generated } from './generated.js'
import { gridTimes } from './grid.js'
import type { Registry } from './registry.js'
import { checkAtStart, refuseNoRDD } from './startcheck.js'

// biome-ignore lint/suspicious/noExplicitAny: parents of any record type, as in Spark's DStream[_]
export type AnyDStream = DStream<any>

/** A sequence of RDDs over time. */
export abstract class DStream<out T> {
	/** The streaming context. */
	readonly context: Registry
	/** Counts the streams of a context in order of construction. */
	readonly streamId: number
	/** The type of a record; never set. */
	declare readonly record: T
	/** The operator that made it, as users write it: `reduceByKey`. */
	operator: string
	/** Who made it: an opaque name given by the host. @internal */
	readonly group: string | undefined
	/** Where the program made it, `file:line`, when known. @internal */
	readonly site = callSite()
	#name: string | undefined
	#zeroTime: Time | undefined
	/** Times up to this one have no RDD: the past that a stream added to a running graph cannot see. */
	#floorMs = Number.NEGATIVE_INFINITY
	#rememberDuration: Duration | undefined
	#checkpointDuration: Duration | undefined
	#hasDefaultInterval = false
	#level: StorageLevel = StorageLevel.NONE
	/** What it has generated and remembers. @internal */
	readonly generated = new Generated<T>()
	#successor: DStream<T> | undefined

	constructor(context: Registry, operator?: string) {
		context.admit()
		this.context = context
		this.group = host().group()
		this.streamId = context.nextStreamId(this as unknown as AnyDStream)
		this.operator = operator ?? this.constructor.name
	}

	abstract get slideDuration(): Duration
	/** @internal */ abstract get dependencies(): readonly AnyDStream[]
	/** The RDD of a valid batch time, or undefined when there is none. @internal */
	abstract compute(validTime: Time): RDD<T> | undefined

	/** Spark's class name of this stream, used in error texts. @internal */
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

	/** The stream that stands in its place now: itself, unless it was succeeded. @internal */
	get current(): DStream<T> {
		if (this.#successor === undefined) return this
		this.#successor = this.#successor.current
		return this.#successor
	}
	/** Nothing at or before this time is asked for: the past of a running graph that it does not see. @internal */
	get floorMs(): number {
		return Math.max(this.#floorMs, this.#zeroTime?.milliseconds ?? Number.NEGATIVE_INFINITY)
	}
	/** What it reads from now: its parents, or what succeeded them. @internal */
	get sources(): readonly AnyDStream[] {
		return this.#successor === undefined ? this.dependencies.map((parent) => parent.current) : [this.current]
	}
	/** From now on its RDDs are those of `stream`, of the same slide duration, which does not depend on it. @internal */
	succeedBy(stream: DStream<T>): void {
		this.#successor = stream
		stream.keep(this.#level)
		if (this.#zeroTime === undefined) return
		stream.initialize(this.#zeroTime, new Time(this.#floorMs))
		stream.remember(this.#rememberDuration)
	}
	/** Kept here too: the past stays what it was when the successor has one itself. */
	#ofSuccessor(time: Time): RDD<T> | undefined {
		const rdd = this.current.getOrCompute(time)
		if (rdd !== undefined && this.isInitialized) this.generated.set(time.milliseconds, rdd)
		return rdd
	}
	/** Hands over what it has generated, as the past of a stream of the same kind. @internal */
	protected handOver(to: DStream<T>): void {
		const oldestMs = Math.min(...this.generated.all.keys())
		if (this.generated.moveTo(to.generated)) to.#floorMs = Math.max(to.#floorMs, oldestMs - 1)
	}
	/** Asks parents for nothing older than they see; for when a parent has taken over the past of another. @internal */
	followParents(): void {
		this.#floorMs = Math.max(this.#floorMs, ...this.sources.map((parent) => parent.floorMs))
	}
	/** True for operators whose state goes on from batch to batch. @internal */
	get hasState(): boolean {
		return false
	}
	/**
	 * Goes on from the state of `before`, an operator of the same kind, and says how to count its keys if it has any.
	 * @internal
	 */
	adoptState(_before: AnyDStream): (() => Promise<number>) | undefined {
		return undefined
	}
	/** Forgets the state of this operator from the next batch on. @internal */
	forgetState(): void {}

	/** @throws graph/duration when a length of its own does not fit the parent's slide duration @internal */
	checkDurations(): void {}
	/** True for streams whose state needs a checkpoint directory. @internal */
	protected get mustCheckpoint(): boolean {
		return false
	}
	/** How long parents must remember for this stream. @internal */
	protected get parentRememberDuration(): Duration | undefined {
		return this.#rememberDuration
	}
	/** @internal */ get zeroTime(): Time | undefined {
		return this.#zeroTime
	}
	/** @internal */ get isInitialized(): boolean {
		return this.#zeroTime !== undefined
	}
	/** @internal */ get rememberDuration(): Duration | undefined {
		return this.#rememberDuration
	}
	/** @internal */ get checkpointDuration(): Duration | undefined {
		return this.#checkpointDuration
	}
	get storageLevel(): StorageLevel {
		return this.#level
	}
	/** Nobody reads it any more: as before it had a place on the time grid. It may join again. @internal */
	abandon(): void {
		this.forgetUntil(Number.POSITIVE_INFINITY)
		this.#zeroTime = undefined
		this.#floorMs = Number.NEGATIVE_INFINITY
		if (this.#hasDefaultInterval) this.#checkpointDuration = undefined
	}
	/** True for what a checkpoint keeps: inputs, states, and whatever has a checkpoint interval. @internal */
	get isDurable(): boolean {
		return this.mustCheckpoint || this.#checkpointDuration !== undefined
	}
	/** The name by which a checkpoint knows it. @internal */
	get checkpointName(): string | undefined {
		return this.#name
	}
	/** The RDDs remembered now, by batch time in milliseconds. @internal */
	get generatedRDDs(): ReadonlyMap<number, RDD<T>> {
		return this.generated.all
	}
	/**
	 * Keeps the RDDs of every batch at `level` (default MEMORY_ONLY_SER, unlike RDD.persist). In memory records stay the
	 * objects that they are, at serialized levels, too: writing every batch would cost more than it is worth.
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
	/** Keeps the RDDs for a child that reads them again; unlike `persist` also while the context runs. @internal */
	keep(level: StorageLevel): void {
		if (!this.isInitialized) this.#level = level
		else if (this.#level.equals(StorageLevel.NONE)) this.#level = level
	}
	/** Takes its place on the time grid, parents after it. `floor`: nothing up to that time is asked for. @internal */
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
				this.#hasDefaultInterval = true
			}
			const slide = this.slideDuration
			const twice = this.#checkpointDuration?.times(2)
			this.#remember(twice !== undefined && slide <= (this.#checkpointDuration as Duration) ? twice : slide)
		}
		for (const parent of this.sources) parent.initialize(zeroTime, floor)
	}
	/** @internal */ protected defaultCheckpointDuration(): Duration {
		const slide = this.slideDuration.milliseconds
		return new Duration(slide * Math.ceil(10_000 / slide))
	}
	#remember(duration: Duration): void {
		if (this.#rememberDuration === undefined || duration > this.#rememberDuration) this.#rememberDuration = duration
	}
	/** Remembers at least that long; parents as long as this stream needs. @internal */
	remember(duration: Duration | undefined): void {
		if (duration !== undefined) this.#remember(duration)
		const needed = this.#successor === undefined ? this.parentRememberDuration : this.#rememberDuration
		for (const parent of this.sources) parent.remember(needed)
	}
	/** Back to the state before the first start: nothing generated, no place on the grid. @internal */
	resetTime(): void {
		this.abandon()
		for (const parent of this.sources) if (parent.isInitialized) parent.resetTime()
	}

	/** Spark's checks of intervals, storage levels and remember durations. @throws argument/illegal @internal */
	validateAtStart(checkpointDirectory: string | undefined): void {
		checkAtStart(
			{
				className: this.className,
				slide: this.slideDuration,
				mustCheckpoint: this.mustCheckpoint,
				interval: this.#checkpointDuration,
				remember: this.#rememberDuration,
				level: this.#level,
			},
			checkpointDirectory,
		)
		for (const parent of this.sources) parent.validateAtStart(checkpointDirectory)
	}

	/** How long after a record came batches may still show it, in milliseconds: longer than 0 for windows. @internal */
	get lingerMs(): number {
		return Math.max(0, ...this.sources.map((parent) => parent.lingerMs))
	}
	/** True when it has something to do at `time` although nothing came: a timeout that is due. @internal */
	wakes(_time: Time): boolean {
		return false
	}
	/** The batch at `time` is left out; an operator that reads its own past takes it on. @internal */
	skip(_time: Time): void {}
	/** The RDD of the batch before stands for the one at `time`, too. */
	protected carry(time: Time, rdd = this.generated.get(time.minus(this.slideDuration).milliseconds)): void {
		if (rdd !== undefined && this.isTimeValid(time)) this.generated.set(time.milliseconds, rdd)
	}

	/** True when the stream fires at `time`. @throws graph/state before it is initialized @internal */
	isTimeValid(time: Time): boolean {
		if (this.#successor !== undefined) return this.current.isTimeValid(time)
		if (this.#zeroTime === undefined) throw new StreamError('graph/state', `${this} has not been initialized`)
		const since = time.milliseconds - this.#zeroTime.milliseconds
		return since > 0 && time.milliseconds > this.#floorMs && new Duration(since).isMultipleOf(this.slideDuration)
	}

	/** The RDD of `time`: remembered, or computed when the stream fires then, or undefined. @internal */
	getOrCompute(time: Time): RDD<T> | undefined {
		const known = this.generated.get(time.milliseconds)
		if (known !== undefined) return known
		if (this.#successor !== undefined) return this.#ofSuccessor(time)
		if (!this.isTimeValid(time)) return undefined
		const rdd = atSite(`${this.operator} at ${this.site ?? '<unknown>'}`, () => this.compute(time))
		// Subclasses of programs may say it in their own way.
		if (rdd === undefined || rdd === null) return undefined
		if (!(rdd instanceof RDD)) refuseNoRDD(rdd, this.className)
		const isKept = !this.#level.equals(StorageLevel.NONE)
		if (isKept && rdd.getStorageLevel().equals(StorageLevel.NONE)) rdd.keepForStream(this.#level)
		const interval = this.#checkpointDuration
		if (interval !== undefined && this.#zeroTime !== undefined && time.minus(this.#zeroTime).isMultipleOf(interval)) {
			rdd.checkpoint()
		}
		this.generated.set(time.milliseconds, rdd)
		return rdd
	}

	/** Forgets RDDs older than the remember duration, parents' too. @internal */
	clearMetadata(time: Time): void {
		this.forgetUntil(time.milliseconds - (this.#rememberDuration?.milliseconds ?? 0))
		for (const parent of this.dependencies) parent.clearMetadata(time)
		if (this.#successor !== undefined) this.current.clearMetadata(time)
	}
	/** Forgets the RDDs of times up to `ms`. @internal */
	forgetUntil(ms: number): void {
		this.generated.forgetUntil(ms, {
			slideMs: this.slideDuration.milliseconds,
			unpersist: this.context.conf.getBoolean('spark.streaming.unpersist', true),
			released: (rdd) => this.released(rdd),
			remove: (rdd) => this.context.removeWritten(rdd),
		})
	}
	/** Called for each RDD that is forgotten. @internal */
	protected released(_rdd: RDD<T>): void {}

	/**
	 * The RDDs of all fire times from `from` to `to`, both included; times off the grid are floored.
	 * @throws graph/state before the context has started
	 */
	slice(interval: Interval): RDD<T>[]
	slice(from: Time, to: Time): RDD<T>[]
	slice(from: Time | Interval, to?: Time): RDD<T>[] {
		const interval = from instanceof Interval ? from : new Interval(from, to as Time)
		const past = this.generated.past(interval, this.zeroTime)
		return past.concat(gridTimes(this, interval).flatMap((time) => this.getOrCompute(time) ?? []))
	}

	/** Takes the stream, its outputs and views out of the graph. */
	remove(): void {
		this.context.removeStream(this as unknown as DStream<unknown>)
	}

	toString(): string {
		return `${this.className}[${this.title}]`
	}
}
