/** Actions on numbers. Source: Spark's `DoubleRDDFunctions`. */

import { StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import { family } from './family.js'
import { RDD } from './rdd.js'
import { StatCounter } from './statcounter.js'

declare module './rdd.js' {
	interface RDD<T> {
		/** 0 for an empty RDD. */
		sum(this: RDD<number>): Action<number>
		stats(this: RDD<number>): Action<StatCounter>
		/** @throws rdd/empty without partitions */
		mean(this: RDD<number>): Action<number>
		/** Of the population. */
		variance(this: RDD<number>): Action<number>
		popVariance(this: RDD<number>): Action<number>
		stdev(this: RDD<number>): Action<number>
		popStdev(this: RDD<number>): Action<number>
		/** NaN for fewer than two numbers. */
		sampleVariance(this: RDD<number>): Action<number>
		sampleStdev(this: RDD<number>): Action<number>
		/** Evenly spaced buckets from the least to the greatest: [bounds, counts]. */
		histogram(this: RDD<number>, bucketCount: number): Action<[number[], number[]]>
		/** Counts within [a, b), the last bucket closed. */
		histogram(this: RDD<number>, buckets: readonly number[], evenBuckets?: boolean): Action<number[]>
	}
}

async function statsOf(rdd: RDD<number>): Promise<StatCounter> {
	const parts = await rdd.sparkContext.runJob(rdd, (records) => new StatCounter(records))
	if (parts.length === 0) throw new StreamError('rdd/empty', 'empty collection', { remedy: 'ask isEmpty() first' })
	return parts.reduce((all, part) => all.merge(part), new StatCounter())
}

const ofStats =
	(value: (stats: StatCounter) => number) =>
	(rdd: RDD<number>): Action<number> =>
		startAction(async () => value(await statsOf(rdd)))

const variance = ofStats((stats) => stats.popVariance())
const stdev = ofStats((stats) => stats.popStdev())
const mean = ofStats((stats) => stats.mean())
const sampleVariance = ofStats((stats) => stats.sampleVariance())
const sampleStdev = ofStats((stats) => stats.sampleStdev())

async function evenHistogram(rdd: RDD<number>, n: number): Promise<[number[], number[]]> {
	const stats = await statsOf(rdd)
	const [min, max] = [stats.min(), stats.max()]
	if (stats.count() === 0 || !Number.isFinite(stats.mean()) || !Number.isFinite(max - min)) {
		throw new StreamError('rdd/unsupported', 'Histogram on either an empty RDD or RDD containing +/-infinity or NaN')
	}
	const bounds = min === max ? [min, min] : [...Array.from({ length: n }, (_, i) => min + (i * (max - min)) / n), max]
	requireBuckets(bounds)
	return [bounds, await counts(rdd, bounds, true)]
}

function requireBuckets(bounds: readonly number[]): void {
	if (bounds.length < 2) throw new StreamError('argument/illegal', 'buckets array must have at least two elements')
}

async function counts(rdd: RDD<number>, bounds: readonly number[], isEven: boolean): Promise<number[]> {
	const find = isEven ? evenBucketOf : bucketOf
	const parts = await rdd.sparkContext.runJob(rdd, (records) => {
		const own = new Array<number>(bounds.length - 1).fill(0)
		for (const x of records) {
			const bucket = find(x, bounds)
			if (bucket !== undefined) own[bucket] = (own[bucket] as number) + 1
		}
		return own
	})
	return parts.reduce((all, part) => all.map((n, i) => n + (part[i] as number)), new Array(bounds.length - 1).fill(0))
}

/** By arithmetic from the ends alone, whose rounding may put a number on an inner bound into the bucket below. */
function evenBucketOf(x: number, bounds: readonly number[]): number | undefined {
	const last = bounds.length - 1
	const [min, max] = [bounds[0] as number, bounds[last] as number]
	if (Number.isNaN(x) || x < min || x > max) return undefined
	return Math.min(Math.trunc(((x - min) / (max - min)) * last) || 0, last - 1)
}

function bucketOf(x: number, bounds: readonly number[]): number | undefined {
	const last = bounds.length - 1
	const top = bounds[last] as number
	if (Number.isNaN(top) && (Number.isNaN(x) || x >= (bounds[last - 1] as number))) return last - 1
	if (x === top) return last - 1
	for (let i = 0; i < last; i += 1) if (x >= (bounds[i] as number) && x < (bounds[i + 1] as number)) return i
	return undefined
}

family(RDD, {
	sum() {
		return startAction(async () => {
			const parts = await this.sparkContext.runJob(this, (records) => {
				let total = 0
				for (const x of records) total += x
				return total
			})
			return parts.reduce((sum, part) => sum + part, 0)
		})
	},
	stats() {
		return startAction(() => statsOf(this))
	},
	mean() {
		return mean(this)
	},
	variance() {
		return variance(this)
	},
	popVariance() {
		return variance(this)
	},
	stdev() {
		return stdev(this)
	},
	popStdev() {
		return stdev(this)
	},
	sampleVariance() {
		return sampleVariance(this)
	},
	sampleStdev() {
		return sampleStdev(this)
	},
	histogram(buckets: number | readonly number[], evenBuckets?: boolean) {
		if (typeof buckets === 'number') return startAction(() => evenHistogram(this, buckets)) as never
		requireBuckets(buckets)
		return startAction(() => counts(this, buckets, evenBuckets === true)) as never
	},
})
