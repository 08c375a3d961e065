/**
 * The lineage as text: one RDD a line, indented at every shuffle, the number of partitions where a stage begins.
 *
 *   (2) ShuffledRDD[4] [Memory Deserialized 1x Replicated]
 *    |      CachedPartitions: 2; MemorySize: 264.0 B; DiskSize: 0.0 B
 *    +-(3) UnionRDD[3] [Memory Deserialized 1x Replicated]
 *       |  ParallelCollectionRDD[0] [Memory Deserialized 1x Replicated]
 *
 * As in Spark the level in brackets is that of the first RDD on every line; the line of facts is the RDD's own.
 * Source: Spark's `RDD.toDebugString`.
 */

import { family } from './family.js'
import { type AnyRDD, parentsOf } from './plan.js'
import { RDD } from './rdd.js'

declare module './rdd.js' {
	interface RDD<T> {
		/** The lineage as text, one RDD a line, with what is kept of each. */
		toDebugString(): string
	}
}

family(RDD, {
	toDebugString() {
		const level = this.getStorageLevel()
		const described = (rdd: AnyRDD): string[] => [
			`${rdd} [${level.isValid ? level.description : ''}]`,
			...keptLine(rdd),
		]
		const { count, bar } = margin(this)
		const [first, ...more] = described(this)
		return [`${count} ${first}`, ...more.map((line) => `${bar} ${line}`), ...parentLines(this, bar, described)].join(
			'\n',
		)
	},
})

type Described = (rdd: AnyRDD) => string[]

/** `(2)`, and a bar under it. */
function margin(rdd: AnyRDD): { count: string; bar: string } {
	const count = `(${rdd.getNumPartitions()})`
	const offset = Math.floor((count.length - 1) / 2)
	return { count, bar: `${' '.repeat(offset)}|${' '.repeat(count.length - offset)}` }
}

function parentLines(rdd: AnyRDD, prefix: string, described: Described): string[] {
	const parents = parentsOf(rdd.plan)
	const isShuffled = rdd.plan.kind === 'shuffled'
	return parents.flatMap((parent, i) => {
		const isLast = i === parents.length - 1
		if (isShuffled) return stageLines(parent, prefix, isLast, described)
		return [...described(parent).map((line) => prefix + line), ...parentLines(parent, prefix, described)]
	})
}

/** An RDD on the other side of a shuffle, and what is behind it. */
function stageLines(rdd: AnyRDD, prefix: string, isLast: boolean, described: Described): string[] {
	const outer = prefix.replace(/\|\s+$/, '')
	const { count, bar } = margin(rdd)
	const inner = `${outer}${isLast ? '  ' : '| '}${bar}`
	const [first, ...more] = described(rdd)
	return [`${outer}+-${count} ${first}`, ...more.map((line) => inner + line), ...parentLines(rdd, inner, described)]
}

function keptLine(rdd: AnyRDD): string[] {
	const { partitions, memoryBytes, diskBytes } = rdd.sparkContext.backend.kept(rdd)
	if (partitions.length === 0 || memoryBytes + diskBytes === 0) return []
	return [
		`    CachedPartitions: ${partitions.length}; MemorySize: ${sizeText(memoryBytes)}; DiskSize: ${sizeText(diskBytes)}`,
	]
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** A unit is taken from twice its size on, as Spark does: 2048 is `2.0 KiB`, 2047 is `2047.0 B`. */
function sizeText(bytes: number): string {
	let unit = 0
	while (unit < units.length - 1 && bytes >= 2 * 1024 ** (unit + 1)) unit += 1
	return `${(bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`
}
