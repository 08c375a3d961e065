/**
 * Bounds of ranges of keys that hold about equally many records, from a sample.
 *
 *   each partition   a reservoir of 3 × wanted points / partitions keys, and how many records there are
 *   each key         stands for (records / keys sampled) records; of partitions too large for their reservoir a second,
 *                    larger sample is taken
 *   bounds           the keys at which 1/n, 2/n … of all records are reached, equal ones once
 *
 * Source: Spark's `RangePartitioner.sketch`, `determineBounds`, `SamplingUtils.reservoirSampleAndCount`.
 */

import type { PairRDD } from './pair.js'
import { randomNumbers } from './random.js'

/** A key and how many records it stands for. */
export interface Candidate {
	readonly key: unknown
	readonly weight: number
}

/** How many keys are looked at for so many ranges, at most. */
const maxSample = 1e6

/** Sampled keys of the pairs; a second job when partitions are very unequal. */
export async function candidates(rdd: PairRDD, ranges: number, pointsHint: number): Promise<Candidate[]> {
	const sampleSize = Math.min(pointsHint * ranges, maxSample)
	const perPartition = Math.ceil((3 * sampleSize) / Math.max(1, rdd.getNumPartitions()))
	const { id } = rdd
	const sketches = await rdd.sparkContext.runJob(rdd, (pairs, { partitionId }) =>
		reservoir(pairs, perPartition, id ^ (partitionId << 16)),
	)
	const total = sketches.reduce((sum, { n }) => sum + n, 0)
	if (total === 0) return []
	const fraction = Math.min(sampleSize / total, 1)
	const isLarge = ({ n }: Sketch): boolean => fraction * n > perPartition
	const found = sketches
		.filter((sketch) => !isLarge(sketch))
		.flatMap(({ n, keys }) => keys.map((key) => ({ key, weight: n / keys.length })))
	const large = sketches.flatMap((sketch, partition) => (isLarge(sketch) ? [partition] : []))
	if (large.length === 0) return found
	const more = await rdd.sparkContext.runJob(
		rdd,
		(pairs, { partitionId }) => drawn(pairs, fraction, -id - 1 - partitionId),
		large,
	)
	return [...found, ...more.flat(1).map((key) => ({ key, weight: 1 / fraction }))]
}

interface Sketch {
	readonly n: number
	readonly keys: readonly unknown[]
}

/** `most` keys, each of the partition's equally likely, and the number of its records. */
function reservoir(pairs: Iterable<readonly [unknown, unknown]>, most: number, seed: number): Sketch {
	const keys: unknown[] = []
	let random: (() => number) | undefined
	let n = 0
	for (const [key] of pairs) {
		n += 1
		if (keys.length < most) {
			keys.push(key)
			continue
		}
		random ??= randomNumbers(seed)
		const place = Math.floor(random() * n)
		if (place < most) keys[place] = key
	}
	return { n, keys }
}

function drawn(pairs: Iterable<readonly [unknown, unknown]>, fraction: number, seed: number): unknown[] {
	const random = randomNumbers(seed)
	const keys: unknown[] = []
	for (const [key] of pairs) if (random() < fraction) keys.push(key)
	return keys
}

/** At most `ranges` − 1 keys that part the candidates into ranges of about the same weight, in order. */
export function boundsOf(
	found: readonly Candidate[],
	ranges: number,
	order: (a: unknown, b: unknown) => number,
): unknown[] {
	const wanted = Math.min(ranges, found.length)
	const step = found.reduce((sum, { weight }) => sum + weight, 0) / wanted
	const bounds: unknown[] = []
	let reached = 0
	let target = step
	for (const { key, weight } of [...found].sort((a, b) => order(a.key, b.key))) {
		if (bounds.length >= wanted - 1) break
		reached += weight
		if (reached < target) continue
		if (bounds.length > 0 && order(key, bounds.at(-1)) <= 0) continue
		bounds.push(key)
		target += step
	}
	return bounds
}
