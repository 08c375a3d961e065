/**
 * A window that is kept up to date: what enters is added by `f`, what leaves is taken back by `inverse`.
 *
 *              previous window          f: add            v = inverse(v, f(old …))   first
 *      |---------------------------|                      v = f(v, f(new …))         then
 *      [ old ]                     [ new ]
 *              |---------------------------|
 *                     current window
 *
 * Both functions may change and return their first argument: it is a copy. A key stays, with whatever value `inverse` left, until the filter drops it. With slide > window the first window
 * ignores what is old, as in Spark. Source: Spark's `ReducedWindowedDStream`.
 */

import { requireThat, StreamError } from '../base/errors.js'
import { type Duration, Interval, type Time } from '../base/time.js'
import { cogroupAll } from '../rdd/cogroup.js'
import { copyOf, fold } from '../rdd/copies.js'
import { emptyRDD } from '../rdd/make.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { RDD } from '../rdd/rdd.js'
import { requireValue } from '../rdd/result.js'
import type { Shape } from '../rdd/shape.js'
import { StorageLevel } from '../storage/level.js'
import { type AnyDStream, DStream } from './dstream.js'
import './pairs.js'
import { nearestMultiples } from './window.js'

const operator = 'reduceByKeyAndWindow'

type Pair = [unknown, unknown]
type Reduce = (a: unknown, b: unknown) => unknown

export interface ReducedWindowParts {
	readonly f: Reduce
	readonly inverse: Reduce
	readonly windowDuration: Duration
	/** Undefined: the parent's, whatever that is. */
	readonly slideDuration: Duration | undefined
	readonly partitioner: Partitioner
	readonly filter: ((pair: Pair) => boolean) | undefined
}

/** @throws argument/illegal when window or slide is no multiple of the parent's slide duration */
export class ReducedWindowedDStream extends DStream<Pair> {
	readonly #parts: ReducedWindowParts
	readonly #reduced: DStream<Pair>
	readonly windowDuration: Duration

	constructor(parent: DStream<readonly [unknown, unknown]>, parts: ReducedWindowParts) {
		parent.context.admit()
		requireMultiples(parent, parts, operator)
		super(parent.context, operator)
		this.#parts = parts
		this.windowDuration = parts.windowDuration
		this.#reduced = parent.reduceByKey(parts.f as never, parts.partitioner) as DStream<Pair>
		this.keep(StorageLevel.MEMORY_ONLY_SER)
		this.#reduced.keep(StorageLevel.MEMORY_ONLY_SER)
	}

	protected override get mustCheckpoint(): boolean {
		return true
	}
	override get slideDuration(): Duration {
		return this.#parts.slideDuration ?? this.#reduced.slideDuration
	}
	override get dependencies(): readonly AnyDStream[] {
		return [this.#reduced]
	}
	protected override get parentRememberDuration(): Duration | undefined {
		return this.rememberDuration?.plus(this.windowDuration)
	}
	override persist(level: StorageLevel = StorageLevel.MEMORY_ONLY_SER): this {
		super.persist(level)
		this.#reduced.persist(level)
		return this
	}

	override get lingerMs(): number {
		return super.lingerMs + this.windowDuration.milliseconds
	}
	override skip(time: Time): void {
		this.carry(time)
	}
	override checkDurations(): void {
		requireMultiples(this.#reduced, this.#parts, this.title)
	}

	override compute(time: Time): RDD<Pair> {
		const { f, inverse, windowDuration, partitioner, filter } = this.#parts
		const { slideDuration } = this
		const parentSlide = this.#reduced.slideDuration
		const current = new Interval(time.minus(windowDuration).plus(parentSlide), time)
		const previous = current.minus(slideDuration)
		const leaving = this.#reduced.slice(previous.beginTime, current.beginTime.minus(parentSlide))
		const entering = this.#reduced.slice(previous.endTime.plus(parentSlide), current.endTime)
		const before = this.getOrCompute(time.minus(slideDuration)) ?? emptyRDD<Pair>(this.context.sparkContext)
		const numOld = leaving.length

		const grouped = cogroupAll([before, ...leaving, ...entering], partitioner)
		const values = grouped.mapValues((groups): Shape => {
			const olds = groups.slice(1, 1 + numOld).flatMap((group) => group.slice(0, 1))
			const news = groups.slice(1 + numOld).flatMap((group) => group.slice(0, 1))
			const previousValues = groups[0] as unknown[]
			if (previousValues.length === 0) {
				if (news.length === 0) {
					throw new StreamError(
						'graph/state',
						'Neither previous window has value for key, nor new values found. Are you sure your key class hashes consistently?',
						{
							where: this.title,
							remedy: 'let the filter function drop only keys whose value stands for an empty window',
						},
					)
				}
				return requireValue(operator, fold(f, news)) as Shape
			}
			if (olds.length === 0 && news.length === 0) return previousValues[0] as Shape
			let value = copyOf(previousValues[0])
			if (olds.length > 0) value = requireValue(operator, inverse(value, fold(f, olds)))
			if (news.length > 0) value = requireValue(operator, f(value, fold(f, news)))
			return value as Shape
		}) as unknown as RDD<Pair>
		return filter === undefined ? values : values.filter(filter)
	}
}

function requireMultiples(parent: AnyDStream, parts: ReducedWindowParts, where: string): void {
	const slide = parent.slideDuration
	for (const [what, length] of [
		['window', parts.windowDuration],
		['slide', parts.slideDuration ?? slide],
	] as const) {
		requireThat(
			length.milliseconds % slide.milliseconds === 0,
			`The ${what} duration of ReducedWindowedDStream (${length}) must be multiple of the slide duration of parent DStream (${slide})`,
			{ where, remedy: nearestMultiples(length, slide) },
		)
	}
}
