/** RDD checkpoints: the records on disk, the lineage cut. Source: Spark's `RDD.checkpoint`, `ReliableCheckpointRDD`. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { StreamError } from '../base/errors.js'
import { StorageLevel } from '../storage/level.js'
import { family } from './family.js'
import { type AnyRDD, parentsOf } from './plan.js'
import { RDD } from './rdd.js'

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

type Mark = { readonly kind: 'marked' } | { readonly kind: 'written'; readonly path: string }
const marks = new WeakMap<AnyRDD, Mark>()

/** Writes every marked RDD that `rdd` depends on, parents first; each by a job of its own. Called after every job. */
export async function writeMarked(rdd: AnyRDD, seen = new Set<AnyRDD>()): Promise<void> {
	if (seen.has(rdd)) return
	seen.add(rdd)
	if (marks.get(rdd)?.kind === 'written') return
	for (const parent of parentsOf(rdd.plan)) await writeMarked(parent, seen)
	if (marks.get(rdd)?.kind === 'marked') await write(rdd)
}

async function write(rdd: AnyRDD): Promise<void> {
	const path = join(rdd.sparkContext.getCheckpointDir() as string, `rdd-${rdd.id}`)
	marks.set(rdd, { kind: 'written', path: `file:${path}` })
	mkdirSync(path, { recursive: true })
	await rdd.sparkContext.backend.run(rdd, [...Array(rdd.getNumPartitions()).keys()], (records, task) => {
		writeFileSync(join(path, partName(task.partitionId)), serialize([...records]))
	})
	const numPartitions = readdirSync(path).length
	const read = (i: number): unknown[] => deserialize(readFileSync(join(path, partName(i))))
	rdd.replacePlan({ kind: 'source', numPartitions, read })
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
		if (!marks.has(this)) marks.set(this, { kind: 'marked' })
	},
	localCheckpoint() {
		this.markLocallyCheckpointed(StorageLevel.MEMORY_AND_DISK)
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
