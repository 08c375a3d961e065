/**
 * Each batch holds the parent's RDDs of the last `windowDuration`, oldest first.
 *
 *   parent   1   2   3   4   5   6        window 3, slide 2
 *   window       12      234     456
 *
 * Partitions are the parents' one after another (side by side when all share a partitioner); with no parent RDD at all
 * the result has no partitions. Batches between windows (window < slide) are dropped.
 *
 * Source: Spark's `WindowedDStream`.
 */

import { StreamError } from '../base/errors.js'
import { Duration, Interval, type Time } from '../base/time.js'
import { unionOf } from '../rdd/make.js'
import type { RDD } from '../rdd/rdd.js'
import { StorageLevel } from '../storage/level.js'
import { type AnyDStream, DStream } from './dstream.js'

/** @throws graph/duration when window or slide is no multiple of the parent's slide duration */
export class WindowedDStream<T> extends DStream<T> {
	readonly #parent: DStream<T>
	readonly windowDuration: Duration
	readonly #slideDuration: Duration | undefined

	/** @param slideDuration undefined: the parent's, whatever that is */
	constructor(parent: DStream<T>, windowDuration: Duration, slideDuration?: Duration, operator = 'window') {
		parent.context.admit()
		requireMultiples(parent, windowDuration, slideDuration, operator)
		super(parent.context, operator)
		this.#parent = parent
		this.windowDuration = windowDuration
		this.#slideDuration = slideDuration
		parent.keep(StorageLevel.MEMORY_ONLY_SER)
	}

	/** Kept at the parent: the windows overlap there. A parent that runs already stays at its level. */
	override persist(level: StorageLevel = StorageLevel.MEMORY_ONLY_SER): this {
		if (this.#parent.isInitialized && !this.isInitialized) this.#parent.keep(level)
		else this.#parent.persist(level)
		return this
	}
	override get slideDuration(): Duration {
		return this.#slideDuration ?? this.#parent.slideDuration
	}
	override get dependencies(): readonly AnyDStream[] {
		return [this.#parent]
	}
	protected override get parentRememberDuration(): Duration | undefined {
		return this.rememberDuration?.plus(this.windowDuration)
	}

	override get lingerMs(): number {
		return super.lingerMs + this.windowDuration.milliseconds
	}
	override checkDurations(): void {
		requireMultiples(this.#parent, this.windowDuration, this.#slideDuration, this.title)
	}

	override compute(time: Time): RDD<T> {
		const begin = time.minus(this.windowDuration).plus(this.#parent.slideDuration)
		return unionOf(this.context.sparkContext, this.#parent.slice(new Interval(begin, time)))
	}
}

function requireMultiples(
	parent: AnyDStream,
	windowDuration: Duration,
	slideDuration: Duration | undefined,
	operator: string,
): void {
	const slide = parent.slideDuration
	for (const [what, length] of [
		['window', windowDuration],
		['slide', slideDuration ?? slide],
	] as const) {
		if (length.milliseconds % slide.milliseconds === 0) continue
		throw new StreamError(
			'graph/duration',
			`The ${what} duration of windowed DStream (${length}) must be a multiple of the slide duration of parent DStream (${slide})`,
			{ where: operator, remedy: nearestMultiples(length, slide) },
		)
	}
}

/** A remedy that names the multiples of `step` around `length`. */
export function nearestMultiples(length: Duration, step: Duration): string {
	if (step.milliseconds === 0) return 'give the parent a positive slide duration'
	const below = Math.floor(length.milliseconds / step.milliseconds) * step.milliseconds
	const above = new Duration(below + step.milliseconds)
	return below > 0 ? `use ${new Duration(below)} or ${above}` : `use ${above}`
}
