/** RDD checkpoints: the records on disk, the lineage cut. Source: Spark's `RDD.checkpoint`, `ReliableCheckpointRDD`. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StreamError } from '../base/errors.js'
import type { RDDContext } from './backend.js'
import { family } from './family.js'
import { type AnyRDD, parentsOf } from './plan.js'
import { RDD } from './rdd.js'
import { fromBytes, toBytes } from './saved.js'

declare module './rdd.js' {
	interface RDD<T> {
		/** Marks it: the next job writes its records and forgets its lineage. @throws rdd/unsupported without a directory */
		checkpoint(): void
		/** Keeps the records on this machine and forgets the lineage after the next job. */
		localCheckpoint(): this
		isCheckpointed(): boolean
		/** Where the records are, once they are written. */
		getCheckpointFile(): string | undefined
		/** The lineage, one RDD a line. */
		toDebugString(): string
	}
}

type Mark = { readonly kind: 'marked' | 'writing' } | { readonly kind: 'written'; readonly path: string }
const marks = new WeakMap<AnyRDD, Mark>()

/** How many RDDs of a context are marked and not written: without any, no lineage has to be walked. */
const waiting = new WeakMap<RDDContext, number>()

/** Writes every marked RDD that `rdd` depends on, parents first; each by a job of its own. Called after every job. */
export async function writeMarked(rdd: AnyRDD): Promise<void> {
	if ((waiting.get(rdd.sparkContext) ?? 0) === 0) return
	const seen = new Set<AnyRDD>()
	const marked: AnyRDD[] = []
	const stack = [rdd]
	for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
		const mark = marks.get(node)
		if (seen.has(node) || mark?.kind === 'written') continue
		seen.add(node)
		if (mark?.kind === 'marked') marked.push(node)
		stack.push(...parentsOf(node.plan))
	}
	// An RDD is made after its parents, so ids go up along the lineage.
	for (const node of marked.sort((a, b) => a.id - b.id)) await write(node)
}

async function write(rdd: AnyRDD): Promise<void> {
	if (marks.get(rdd)?.kind !== 'marked') return
	const path = join(rdd.sparkContext.getCheckpointDir() as string, `rdd-${rdd.id}`)
	marks.set(rdd, { kind: 'writing' })
	mkdirSync(path, { recursive: true })
	try {
		await rdd.sparkContext.backend.run(rdd, [...Array(rdd.getNumPartitions()).keys()], (records, task) => {
			writeFileSync(join(path, partName(task.partitionId)), toBytes([...records]))
		})
	} catch (thrown) {
		marks.set(rdd, { kind: 'marked' })
		throw thrown
	}
	const numPartitions = rdd.getNumPartitions()
	const read = (i: number): unknown[] => fromBytes(readFileSync(join(path, partName(i))))
	marks.set(rdd, { kind: 'written', path: `file:${path}` })
	waiting.set(rdd.sparkContext, (waiting.get(rdd.sparkContext) ?? 1) - 1)
	rdd.replacePlan({ kind: 'source', numPartitions, read })
}

/** Deletes what was written of an RDD that nobody will read again. */
export function removeCheckpoint(rdd: AnyRDD): void {
	const mark = marks.get(rdd)
	if (mark?.kind === 'written') rmSync(mark.path.replace(/^file:/, ''), { recursive: true, force: true })
}

const partName = (partition: number): string => `part-${String(partition).padStart(5, '0')}`

family(RDD, {
	checkpoint() {
		if (this.sparkContext.getCheckpointDir() === undefined) {
			throw new StreamError('rdd/unsupported', 'Checkpoint directory has not been set in the SparkContext', {
				where: 'checkpoint',
				remedy: 'call sc.setCheckpointDir(directory) first',
			})
		}
		if (marks.has(this)) return
		marks.set(this, { kind: 'marked' })
		waiting.set(this.sparkContext, (waiting.get(this.sparkContext) ?? 0) + 1)
	},
	localCheckpoint() {
		this.markLocallyCheckpointed()
		return this
	},
	isCheckpointed() {
		return marks.get(this)?.kind === 'written'
	},
	getCheckpointFile() {
		const mark = marks.get(this)
		return mark?.kind === 'written' ? mark.path : undefined
	},
	toDebugString() {
		return lineage(this, '').join('\n')
	},
})

function lineage(rdd: AnyRDD, indent: string): string[] {
	const isStage = rdd.plan.kind === 'shuffled'
	const own = `${indent}(${rdd.getNumPartitions()}) ${rdd}`
	return [own, ...parentsOf(rdd.plan).flatMap((parent) => lineage(parent, `${indent}${isStage ? ' +-' : ' |  '}`))]
}
