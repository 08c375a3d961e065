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

import { requireThat } from '../base/errors.js'
import { type Duration, Interval, type Time } from '../base/time.js'
import { type WrittenRecords, writeAs, writtenBeforeAs } from '../rdd/checkpoint.js'
import { Dictionary } from '../rdd/dictionary.js'
import { emptyRDD, placedBy } from '../rdd/make.js'
import type { Partitioner } from '../rdd/partitioner.js'
import { RDD } from '../rdd/rdd.js'
import { requireFunction } from '../rdd/result.js'
import { combined, reducing } from '../rdd/shuffle.js'
import { pairShape, StateForm } from '../state/form.js'
import { StorageLevel } from '../storage/level.js'
import { type AnyDStream, DStream } from './dstream.js'
import { derived } from './elements.js'
import { SlidingValues } from './slidingvalues.js'
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
	readonly #values: SlidingValues
	readonly #form = new StateForm(pairShape)
	readonly windowDuration: Duration

	constructor(parent: DStream<readonly [unknown, unknown]>, parts: ReducedWindowParts) {
		parent.context.admit()
		requireMultiples(parent, parts, operator)
		super(parent.context, operator)
		this.#parts = parts
		const { f, partitioner } = parts
		requireFunction('reduceByKey', f)
		const dictionary = partitioner.numPartitions === 1 ? new Dictionary() : undefined
		this.#values = new SlidingValues(parts, () => this.title, dictionary)
		this.windowDuration = parts.windowDuration
		const reduce = reducing(f)
		this.#reduced = derived<Pair>(parent, 'reduceByKey', 'ShuffledDStream', ([rdd]) =>
			combined(rdd as RDD<Pair>, reduce, partitioner, dictionary),
		)
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

	/** The RDD of an earlier life that was checkpointed as columns. */
	writtenBefore(written: WrittenRecords, partitioner: Partitioner | undefined): RDD<Pair> {
		return writtenBeforeAs(this.context.sparkContext, this.#form, written, partitioner)
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
		const { windowDuration, partitioner } = this.#parts
		const { slideDuration } = this
		const parentSlide = this.#reduced.slideDuration
		const current = new Interval(time.minus(windowDuration).plus(parentSlide), time)
		const previous = current.minus(slideDuration)
		const { sparkContext } = this.context
		const last = this.getOrCompute(time.minus(slideDuration))
		// Batches were brought along from before the start: all of them enter with the first window.
		const isWhole = last === undefined && this.#reduced.generated.hasPast
		const leaving = isWhole ? [] : this.#reduced.slice(previous.beginTime, current.beginTime.minus(parentSlide))
		const enteringFrom = isWhole ? current.beginTime : previous.endTime.plus(parentSlide)
		const entering = this.#reduced.slice(enteringFrom, current.endTime)
		const before = last ?? emptyRDD<Pair>(sparkContext)
		const parents = [before, ...leaving, ...entering].map((rdd) => placedBy(rdd, partitioner))
		const whole = (parts: readonly Iterable<unknown>[]): Iterable<unknown> => {
			const [held, ...batches] = parts
			const numOld = leaving.length
			return this.#values.slid(held as Iterable<unknown>, batches.slice(0, numOld), batches.slice(numOld))
		}
		// In another process there is no table that could go on.
		const { f, inverse, filter } = this.#parts
		const { title } = this
		const numLeaving = leaving.length
		const anew = ([held, ...batches]: readonly Iterable<unknown>[]): Iterable<unknown> =>
			new SlidingValues({ f, inverse, filter }, () => title).slid(
				held as Iterable<unknown>,
				batches.slice(0, numLeaving),
				batches.slice(numLeaving),
			)
		const rdd = new RDD<Pair>(sparkContext, {
			kind: 'MapPartitionsRDD',
			partitioner,
			plan: { kind: 'zipped', parents, fn: anew, whole },
		})
		writeAs(rdd, this.#form)
		return rdd
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
