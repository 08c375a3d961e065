/**
 * A stream whose RDD is a function of its parents' RDDs at the same time. Every operator without memory is one of these.
 *
 * `missing` says what a parent without an RDD means: `none` (the result has none either, as in Spark's MappedDStream),
 * or an error text (Spark's TransformedDStream and UnionDStream fail the batch).
 */

import { requireThat, StreamError } from '../base/errors.js'
import type { Duration, Time } from '../base/time.js'
import type { RDD } from '../rdd/rdd.js'
import { type AnyDStream, DStream } from './dstream.js'

export interface TransformParts<U> {
	/** The operator as users write it. */
	readonly operator: string
	/** Spark's class name. */
	readonly className: string
	readonly missing: 'none' | ((time: Time) => string)
	// biome-ignore lint/suspicious/noExplicitAny: parents of any record type
	readonly compute: (parents: RDD<any>[], time: Time) => RDD<U> | undefined
}

/** @throws argument/illegal when the parents' contexts or slide durations differ */
export class TransformedStream<U> extends DStream<U> {
	readonly #parents: readonly AnyDStream[]
	readonly #parts: TransformParts<U>

	constructor(parents: readonly AnyDStream[], parts: TransformParts<U>) {
		for (const parent of parents) {
			if (parent instanceof DStream) continue
			throw new StreamError('argument/missing', `${String(parent)} is no DStream`, {
				where: parts.operator,
				remedy: 'give a stream of the same StreamingContext',
			})
		}
		const first = parents[0] as AnyDStream
		first.context.admit()
		requireThat(
			parents.every((parent) => parent.context === first.context),
			'Some of the DStreams have different contexts',
			{ where: parts.operator, remedy: 'make all streams with the same StreamingContext' },
		)
		requireThat(
			parents.every((parent) => parent.slideDuration.equals(first.slideDuration)),
			'Some of the DStreams have different slide durations',
			{ where: parts.operator, remedy: 'give both streams windows with the same slide duration' },
		)
		super(first.context, parts.operator)
		this.#parents = parents
		this.#parts = parts
	}

	override get className(): string {
		return this.#parts.className
	}
	override get slideDuration(): Duration {
		return (this.#parents[0] as AnyDStream).slideDuration
	}
	override get dependencies(): readonly AnyDStream[] {
		return this.#parents
	}

	override compute(time: Time): RDD<U> | undefined {
		const rdds: RDD<unknown>[] = []
		const { missing } = this.#parts
		for (const parent of this.#parents) {
			const rdd = parent.getOrCompute(time)
			if (rdd !== undefined) rdds.push(rdd)
			else if (missing !== 'none') throw new StreamError('graph/parent', missing(time), { where: this.title })
		}
		return rdds.length === this.#parents.length ? this.#parts.compute(rdds, time) : undefined
	}
}
