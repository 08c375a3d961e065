/** Windows over streams of pairs. Source: Spark's `PairDStreamFunctions`. */

import { Duration, type DurationLike } from '../base/time.js'
import { copyOf } from '../rdd/copies.js'
import { family } from '../rdd/family.js'
import type { KeyOf, ValueOf } from '../rdd/shape.js'
import { DStream } from './dstream.js'
import { type PairStream, type Placement, placement } from './pairs.js'
import { ReducedWindowedDStream } from './reducewindow.js'
import { WindowedDStream } from './window.js'

declare module './dstream.js' {
	interface DStream<T> {
		/** Pairs of each key and all of its values in the window, oldest batch first. */
		groupByKeyAndWindow(
			this: PairStream,
			windowDuration: DurationLike,
			slideDuration?: DurationLike,
			to?: Placement,
		): DStream<[KeyOf<T>, ValueOf<T>[]]>
		/** One pair per key: its values in the window reduced by `f`. A key that is in no batch of the window is absent. */
		reduceByKeyAndWindow(
			this: PairStream,
			f: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
			windowDuration: DurationLike,
			slideDuration?: DurationLike,
			to?: Placement,
		): DStream<[KeyOf<T>, ValueOf<T>]>
		/**
		 * The same, incrementally: `inverse(total, leaving)` takes back what leaves. A key stays until `filter` drops it.
		 * Needs a checkpoint directory.
		 */
		reduceByKeyAndWindow(
			this: PairStream,
			f: (a: ValueOf<T>, b: ValueOf<T>) => ValueOf<T>,
			inverse: (total: ValueOf<T>, leaving: ValueOf<T>) => ValueOf<T>,
			windowDuration: DurationLike,
			slideDuration?: DurationLike,
			to?: Placement,
			filter?: (pair: [KeyOf<T>, ValueOf<T>]) => boolean,
		): DStream<[KeyOf<T>, ValueOf<T>]>
	}
}

type Reduce = (a: unknown, b: unknown) => unknown

family(DStream, {
	groupByKeyAndWindow(windowDuration, slideDuration, to) {
		const slide = slideDuration === undefined ? undefined : Duration.of(slideDuration)
		const grouped = (this as DStream<[unknown, unknown]>).groupByKey(to)
		const windowed = new WindowedDStream(grouped, Duration.of(windowDuration), slide, 'groupByKeyAndWindow')
		const joined = windowed.groupByKey(to).mapValues((groups) => groups.flat())
		joined.operator = 'groupByKeyAndWindow'
		return joined as never
	},
	reduceByKeyAndWindow(f: Reduce, second: Reduce | DurationLike, ...rest: unknown[]) {
		const self = this as DStream<[unknown, unknown]>
		if (typeof second === 'function') {
			const [length, slide, to, filter] = rest as [
				DurationLike,
				DurationLike | undefined,
				Placement | undefined,
				((pair: [unknown, unknown]) => boolean) | null | undefined,
			]
			return new ReducedWindowedDStream(self, {
				f,
				inverse: second,
				windowDuration: Duration.of(length),
				slideDuration: slide === undefined ? undefined : Duration.of(slide),
				partitioner: placement(this.context, to),
				filter: filter ?? undefined,
			}) as never
		}
		const [slide, to] = rest as [DurationLike | undefined, Placement | undefined]
		const length = slide === undefined ? undefined : Duration.of(slide)
		const partitioner = placement(this.context, to)
		const windowed = new WindowedDStream(self.reduceByKey(f, partitioner), Duration.of(second), length)
		// What a batch was reduced to is read again by the next window: `f` gets a copy to change.
		const reduced = windowed.combineByKey(copyOf as never, f as never, f as never, partitioner)
		reduced.operator = 'reduceByKeyAndWindow'
		return reduced as never
	},
})
