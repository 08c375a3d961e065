/**
 * Estimates of a whole from the partitions that are done. Sources: Spark's `CountEvaluator`, `GroupedCountEvaluator`,
 * `SumEvaluator`, `MeanEvaluator`.
 */

import { KeyMap } from './keys.js'
import { discreteQuantiles, failuresBefore, normalQuantile, poissonOf, studentQuantile } from './quantiles.js'
import { StatCounter } from './statcounter.js'

/** Takes the results of partitions as they come, and says at any time what the whole may be. */
export interface ApproximateEvaluator<U, R> {
	merge(partition: number, result: U): void
	currentResult(): R
}

/** A number and bounds that hold with the given confidence. */
export class BoundedDouble {
	readonly mean: number
	readonly confidence: number
	readonly low: number
	readonly high: number

	constructor(mean: number, confidence: number, low: number, high: number) {
		this.mean = mean
		this.confidence = confidence
		this.low = low
		this.high = high
	}

	/** `[low, high]`. */
	toString(): string {
		return `[${this.low.toFixed(3)}, ${this.high.toFixed(3)}]`
	}
}

const exactly = (value: number): BoundedDouble => new BoundedDouble(value, 1, value, value)
const unknown = (low: number): BoundedDouble => new BoundedDouble(0, 0, low, Number.POSITIVE_INFINITY)

/** A count of which `sum` has been seen in the share `p` of the data. */
function boundedCount(sum: number, p: number, confidence: number): BoundedDouble {
	const rest = sum <= 10_000 ? failuresBefore(sum, p) : poissonOf((sum * (1 - p)) / p)
	const [low = 0, high = 0] = discreteQuantiles(rest, [(1 - confidence) / 2, (1 + confidence) / 2])
	return new BoundedDouble(sum + rest.mean, confidence, sum + low, sum + high)
}

/** Counts. `total` is the number of partitions. */
export function countEvaluator(total: () => number, confidence: number): ApproximateEvaluator<number, BoundedDouble> {
	let [merged, sum] = [0, 0]
	return {
		merge(_, count) {
			merged++
			sum += count
		},
		currentResult() {
			if (merged === total()) return exactly(sum)
			return merged === 0 || sum === 0 ? unknown(0) : boundedCount(sum, merged / total(), confidence)
		},
	}
}

/** Counts of each value; keys that are equal by value are one entry. */
export function groupedCountEvaluator(
	total: () => number,
	confidence: number,
): ApproximateEvaluator<KeyMap<number>, Map<unknown, BoundedDouble>> {
	let merged = 0
	const sums = new KeyMap<number>()
	return {
		merge(_, counts) {
			merged++
			for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count)
		},
		currentResult() {
			const share = merged / total()
			return new Map(
				Array.from(sums, ([key, sum]) => [
					key,
					merged === total() ? exactly(sum) : boundedCount(sum, share, confidence),
				]),
			)
		},
	}
}

/** How many standard deviations hold `confidence`, after so many numbers. */
const deviations = (count: number, confidence: number): number =>
	count > 100 ? normalQuantile((1 + confidence) / 2) : studentQuantile((1 + confidence) / 2, count - 1)

/** `value` give or take `deviation`; without any bound when that is not known. */
function around(value: number, deviation: number, count: number, confidence: number): BoundedDouble {
	const isKnown = count > 1 && !Number.isNaN(deviation)
	const spread = isKnown ? deviations(count, confidence) * deviation : Number.POSITIVE_INFINITY
	// Infinitely many times a deviation of 0 is still 0.
	const bound = Number.isNaN(spread) ? 0 : spread
	return new BoundedDouble(value, confidence, value - bound, value + bound)
}

/** Gathers the numbers of partitions; `estimate` gets what is seen and the share of partitions that it is. */
function numberEvaluator(
	total: () => number,
	exact: (seen: StatCounter) => number,
	estimate: (seen: StatCounter, share: number) => BoundedDouble,
): ApproximateEvaluator<StatCounter, BoundedDouble> {
	let merged = 0
	const seen = new StatCounter()
	return {
		merge(_, part) {
			merged++
			seen.merge(part)
		},
		currentResult() {
			if (merged === total()) return exactly(exact(seen))
			return seen.count() === 0 ? unknown(Number.NEGATIVE_INFINITY) : estimate(seen, merged / total())
		},
	}
}

/** Sums: what is not seen is taken to be like what is. */
export function sumEvaluator(
	total: () => number,
	confidence: number,
): ApproximateEvaluator<StatCounter, BoundedDouble> {
	return numberEvaluator(
		total,
		(seen) => seen.sum(),
		(seen, p) => {
			const [n, mean] = [seen.count(), seen.mean()]
			const meanVariance = seen.sampleVariance() / n
			const count = (n * (1 - p)) / p
			const countVariance = (n * (1 - p)) / (p * p)
			const variance = mean * mean * countVariance + count * count * meanVariance + meanVariance * countVariance
			return around(seen.sum() + mean * count, Math.sqrt(variance), n, confidence)
		},
	)
}

/** Means. */
export function meanEvaluator(
	total: () => number,
	confidence: number,
): ApproximateEvaluator<StatCounter, BoundedDouble> {
	return numberEvaluator(
		total,
		(seen) => seen.mean(),
		(seen) => around(seen.mean(), Math.sqrt(seen.sampleVariance() / seen.count()), seen.count(), confidence),
	)
}
