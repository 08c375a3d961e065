/** Windows over any stream. Source: Spark's `DStream.window`, `reduceByWindow`, `countByWindow`, `countByValueAndWindow`. */

import { Duration, type DurationLike } from '../base/time.js'
import { copyOf } from '../rdd/copies.js'
import { family } from '../rdd/family.js'
import { withNull } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'
import { DStream } from './dstream.js'
import { derived, second } from './elements.js'
import './pairs.js'
import './pairwindows.js'
import { WindowedDStream } from './window.js'

declare module './dstream.js' {
	interface DStream<T> {
		/**
		 * Each batch holds the records of the last `windowDuration`, oldest batch first, every `slideDuration` (default: as
		 * often as this stream). Both are multiples of this stream's slide duration.
		 * @throws graph/duration otherwise
		 */
		window(windowDuration: DurationLike, slideDuration?: DurationLike): DStream<T>
		/** One record: all records of the window reduced by `f`; none for an empty window. */
		reduceByWindow(f: (a: T, b: T) => T, windowDuration: DurationLike, slideDuration: DurationLike): DStream<T>
		/** The same, incrementally: `inverse(total, leaving)` takes back what leaves. Needs a checkpoint directory. */
		reduceByWindow(
			f: (a: T, b: T) => T,
			inverse: (total: T, leaving: T) => T,
			windowDuration: DurationLike,
			slideDuration: DurationLike,
		): DStream<T>
		/** How many records the window holds; nothing until the first record ever arrives. Needs a checkpoint directory. */
		countByWindow(windowDuration: DurationLike, slideDuration: DurationLike): DStream<number>
		/** How often each value occurs in the window. Needs a checkpoint directory. */
		countByValueAndWindow(
			windowDuration: DurationLike,
			slideDuration: DurationLike,
			numPartitions?: number,
		): DStream<[T, number]>
	}
}

family(DStream, {
	window(windowDuration, slideDuration) {
		const slide = slideDuration === undefined ? undefined : Duration.of(slideDuration)
		return new WindowedDStream(this, Duration.of(windowDuration), slide)
	},
	reduceByWindow(f: (a: unknown, b: unknown) => unknown, ...rest: unknown[]) {
		if (rest.length < 3) {
			const [length, slide] = rest as [DurationLike, DurationLike]
			return reducedWindow(this.reduce(f).window(length, slide), f)
		}
		const [inverse, length, slide] = rest as [(a: unknown, b: unknown) => unknown, DurationLike, DurationLike]
		const keyed = this.map((x: unknown): [number, unknown] => [1, x])
		const reduced = keyed.reduceByKeyAndWindow(f, inverse, length, slide, 1)
		return relabel(
			reduced.map(([, x]) => x as object),
			'reduceByWindow',
		)
	},
	countByWindow(windowDuration, slideDuration) {
		const ones = this.map(() => 1)
		const counts = ones.reduceByWindow(
			(a, b) => a + b,
			(a, b) => a - b,
			windowDuration,
			slideDuration,
		)
		return relabel(counts, 'countByWindow')
	},
	countByValueAndWindow(windowDuration, slideDuration, numPartitions) {
		const ones = this.map((x: unknown): [unknown, number] => [x, 1])
		const counts = ones.reduceByKeyAndWindow(
			(a, b) => a + b,
			(a, b) => a - b,
			windowDuration,
			slideDuration,
			numPartitions ?? this.context.sparkContext.defaultParallelism,
			([, n]) => n !== 0,
		)
		return relabel(counts, 'countByValueAndWindow') as never
	},
})

/** One record a window; what a batch was reduced to is read again by the next one, so `f` gets a copy to change. */
function reducedWindow(windowed: DStream<unknown>, f: (a: unknown, b: unknown) => unknown): DStream<unknown> {
	return derived(windowed, 'reduceByWindow', 'MappedDStream', ([rdd]) =>
		(rdd as RDD<object>)
			.map(withNull)
			.combineByKey(copyOf, f as never, f as never, 1)
			.map(second),
	)
}

/** Names a composed stream after the operator that the user called. */
function relabel<T>(stream: DStream<T>, operator: string): DStream<T> {
	stream.operator = operator
	return stream
}
