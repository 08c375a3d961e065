/** Windows over streams of pairs. Source: Spark's `PairDStreamFunctions`. */

import { Duration, type DurationLike } from '../base/time.js'
import { columnsOf, type PairColumns } from '../rdd/columns.js'
import { copyOf } from '../rdd/copies.js'
import { family } from '../rdd/family.js'
import { meterOf } from '../rdd/meter.js'
import type { PairRDD } from '../rdd/pair.js'
import type { Partitioner } from '../rdd/partitioner.js'
import { RDD } from '../rdd/rdd.js'
import type { KeyOf, ValueOf } from '../rdd/shape.js'
import { DStream } from './dstream.js'
import { derived } from './elements.js'
import { type PairStream, type Placement, placement } from './pairs.js'
import { ReducedWindowedDStream } from './reducewindow.js'
import { WindowedDStream } from './window.js'
import { WindowFold } from './windowfold.js'

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

/** Partition by partition when all batches of the window are placed by the same partitioner. */
function foldedRDD(windowed: PairRDD, fold: WindowFold, f: Reduce, partitioner: Partitioner): RDD<unknown> {
	const { plan } = windowed
	const isPlaced = plan.kind === 'union' && plan.aligned && windowed.partitioner?.equals(partitioner) === true
	if (!isPlaced) {
		// What a batch was reduced to is read again by the next window: `f` gets a copy to change.
		return windowed.combineByKey(copyOf, f as never, f as never, partitioner)
	}
	const whole = (parts: readonly Iterable<unknown>[], index: number): PairColumns => {
		const batches = parts.map((part) => columnsOf(part as Iterable<readonly [unknown, unknown]>))
		// The union itself is not computed: it is counted here.
		meterOf(windowed)?.saw(
			index,
			batches.reduce((sum, { length }) => sum + length, 0),
		)
		return fold.folded(batches, index)
	}
	// In another process there is no table that could go on, and nothing is counted.
	const anew = (parts: readonly Iterable<unknown>[], index: number): PairColumns =>
		new WindowFold(f).folded(
			parts.map((part) => columnsOf(part as Iterable<readonly [unknown, unknown]>)),
			index,
		)
	return new RDD<unknown>(windowed.sparkContext, {
		kind: 'MapPartitionsRDD',
		partitioner,
		plan: { kind: 'zipped', parents: plan.parents, fn: anew, whole },
	})
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
		const fold = new WindowFold(f)
		return derived(windowed, 'reduceByKeyAndWindow', 'ShuffledDStream', ([rdd]) =>
			foldedRDD(rdd as PairRDD, fold, f, partitioner),
		) as never
	},
})
