/**
 * Where batches come from: the base of all input streams, and of those that users write.
 *
 * A subclass gives `start`, `stop` and `compute`; see ConstantInputDStream for the smallest one. In a live graph an
 * input is computed at every batch time, whether somebody asks or not, and never for a time that has passed: so what
 * it brought can be shown to streams that are added later, and nothing is read twice.
 *
 * Source: Spark's `InputDStream`.
 */

import { StreamError } from '../base/errors.js'
import type { Duration, Time } from '../base/time.js'
import { emptyRDD } from '../rdd/make.js'
import { heldBytes } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'
import type { ReceiverFacts } from '../receiver/tracker.js'
import { type AnyDStream, DStream } from './dstream.js'
import type { Registry } from './registry.js'

/** How much of the past an input keeps for streams that are added later. */
export interface Backfill {
	readonly length: Duration
	readonly maxBytes: number
}

/** Any input stream. */
// biome-ignore lint/suspicious/noExplicitAny: inputs of any record type
export type AnyInput = InputDStream<any>

export abstract class InputDStream<T> extends DStream<T> {
	readonly #id: number
	#lastValidMs = Number.NEGATIVE_INFINITY
	#backfill: Backfill | undefined
	/** Estimated bytes of the remembered batches, by batch time in milliseconds. */
	readonly #sizes = new Map<number, number>()
	#forgottenMs = Number.NEGATIVE_INFINITY
	/** Also in a live graph times that have passed are computed: while batches of an earlier life are made again. @internal */
	goesBack = false

	constructor(context: Registry, operator?: string) {
		if (context === null || context === undefined) throw new StreamError('argument/missing', 'ssc is null')
		super(context, operator)
		this.#id = context.addInput(this as unknown as InputDStream<unknown>)
	}

	/** Input stream id: 0, 1, 2 … in order of construction; of an input that goes on as an older one, that one's. */
	get id(): number {
		const { current } = this
		return current instanceof InputDStream && current !== this ? current.id : this.#id
	}
	/**
	 * What it was made from. A live graph keeps an input, its receiver and its past when a cell makes one of the same
	 * class with equal arguments again; undefined: never.
	 * @internal
	 */
	get madeFrom(): readonly unknown[] | undefined {
		return undefined
	}

	/** @internal */
	override get isDurable(): boolean {
		return true
	}
	/** What a checkpoint keeps of it: plain data, undefined for none. @internal */
	checkpointData(): unknown {
		return undefined
	}
	/** Goes on from what `checkpointData` gave in an earlier life, once it has its place on the time grid. @internal */
	recover(_data: unknown): void {}
	/** RDDs of the program that it will give as batches. @internal */
	get heldRDDs(): readonly RDD<T>[] {
		return []
	}
	/** Puts what `otherOf` says in the place of those; without another one an RDD leaves. @internal */
	exchangeRDDs(_otherOf: (rdd: RDD<T>) => RDD<T> | undefined): void {}
	/** Why a checkpoint that holds it cannot be read; undefined when it can. @internal */
	get checkpointRefusal(): string | undefined {
		return undefined
	}

	/** What its receiver does now; undefined for an input without one. */
	get receiver(): ReceiverFacts | undefined {
		return undefined
	}

	/** Whether the batch at `time`, which is the next, brings anything; asked when only batches with data are wanted. @internal */
	hasData(_time: Time): boolean {
		return true
	}
	/** @internal */
	override skip(time: Time): void {
		this.carry(time, emptyRDD<T>(this.context.sparkContext))
		this.#lastValidMs = Math.max(this.#lastValidMs, time.milliseconds)
	}

	/** Called once when the context starts, or when the stream joins a running graph. */
	abstract start(): void
	/** Called once when the context stops, or when the stream leaves a running graph. */
	abstract stop(): void

	override get slideDuration(): Duration {
		return this.context.batchDuration
	}
	/** @internal */
	override get dependencies(): readonly AnyDStream[] {
		return []
	}

	/** @internal */
	override getOrCompute(time: Time): RDD<T> | undefined {
		if (this.current !== this) return super.getOrCompute(time)
		const isPast = time.milliseconds <= this.#lastValidMs && !this.goesBack
		if (isPast && this.context.isLive && !this.generatedRDDs.has(time.milliseconds)) return undefined
		const rdd = super.getOrCompute(time)
		if (rdd !== undefined && this.#backfill !== undefined && !this.#sizes.has(time.milliseconds)) {
			this.#sizes.set(time.milliseconds, heldBytes(rdd))
		}
		if (this.isTimeValid(time)) this.#lastValidMs = Math.max(this.#lastValidMs, time.milliseconds)
		return rdd
	}

	/** @internal */
	override resetTime(): void {
		super.resetTime()
		this.#lastValidMs = Number.NEGATIVE_INFINITY
		this.#forgottenMs = Number.NEGATIVE_INFINITY
		this.#sizes.clear()
	}

	/** Keeps batches also for streams that are added later, newest first up to the limits of `backfill`. @internal */
	rememberFor(backfill: Backfill): void {
		this.#backfill = backfill
	}
	/** How long batches are kept: for its children, and for streams that are added later. @internal */
	get keptDuration(): Duration {
		const needed = this.rememberDuration ?? this.slideDuration
		const length = this.#backfill?.length
		return length !== undefined && length > needed ? length : needed
	}
	/** Nothing at or before this time is here any more. @internal */
	get goneMs(): number {
		return Math.max(this.floorMs, this.#forgottenMs)
	}

	/** @internal */
	override clearMetadata(time: Time): void {
		if (this.current !== this || this.#backfill === undefined) {
			super.clearMetadata(time)
			return
		}
		const neededMs = time.milliseconds - (this.rememberDuration ?? this.slideDuration).milliseconds
		let untilMs = time.milliseconds - this.keptDuration.milliseconds
		let bytes = 0
		for (const [ms, size] of [...this.#sizes].sort(([a], [b]) => b - a)) {
			bytes += size
			if (bytes > this.#backfill.maxBytes && ms <= neededMs) {
				untilMs = Math.max(untilMs, ms)
				break
			}
		}
		for (const ms of this.#sizes.keys()) if (ms <= untilMs) this.#sizes.delete(ms)
		this.#forgottenMs = Math.max(this.#forgottenMs, untilMs)
		this.forgetUntil(untilMs)
	}

	/** How Spark's pages name it: `Socket stream [0]`. @internal */
	get displayName(): string {
		const words = this.className.replace('InputDStream', 'Stream').split(/(?=[A-Z])/)
		const text = words.join(' ').toLowerCase().trim()
		return `${text.charAt(0).toUpperCase()}${text.slice(1)} [${this.id}]`
	}
}
