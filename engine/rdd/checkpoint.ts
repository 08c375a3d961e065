/**
 * RDD checkpoints: the records in files, or kept on this machine, and the lineage cut.
 *
 *   checkpoint()        marked ──first job──▶ written by a job of its own ──▶ read from its files
 *   localCheckpoint()   marked ──first job──▶ kept partition by partition  ──▶ read from what is kept
 *
 * Only the first marked RDD that is met from the job's RDD downward is written, unless `allAncestors` (streaming jobs, and
 * the local property spark.checkpoint.checkpointAllMarkedAncestors) asks for all, parents first. An RDD that a job has
 * gone through before it was marked is not written any more. A write that fails fails the action, the lineage stays, and
 * the next job tries again (Spark does not). Source: Spark's `RDD.doCheckpoint`, `RDDCheckpointData`.
 */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { locate } from '../storage/filesystem.js'
import type { RDDContext } from './backend.js'
import {
	readParts,
	readStored,
	removeCheckpointFiles,
	removeCheckpointFilesLater,
	writeCheckpoint,
} from './checkpointfiles.js'
import { family } from './family.js'
import type { Partitioner } from './partitioner.js'
import { type AnyRDD, parentsOf } from './plan.js'
import { RDD } from './rdd.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * Marks it, before its first job: after that job another one writes its records to
		 * `<checkpoint directory>/rdd-<id>`, and its lineage is forgotten. Computed twice unless it is persisted.
		 * @throws rdd/unsupported without a checkpoint directory
		 */
		checkpoint(): void
		/**
		 * Marks it: the next job keeps its records on this machine (MEMORY_AND_DISK, or its level with a disk) and forgets
		 * its lineage. Faster than `checkpoint`, but `unpersist()` or the loss of a file loses the records for good.
		 */
		localCheckpoint(): this
		/** True once its lineage is cut. */
		isCheckpointed(): boolean
		/** Where its records are, once they are written; undefined for a local checkpoint. */
		getCheckpointFile(): string | undefined
	}
}

interface Mark {
	readonly isLocal: boolean
	state: 'marked' | 'writing' | 'written'
	/** Where it was written. */
	directory?: string
	/** In a form of its own. */
	written?: WrittenRecords
	/** True when only the backend can read it. */
	isStored?: boolean
}

const marks = new WeakMap<AnyRDD, Mark>()

/** Records of an RDD that are in files of a form of their own. */
export interface WrittenRecords {
	readonly directory: string
	/** What a metadata checkpoint keeps to find them again. */
	readonly partitions: readonly unknown[]
	/** Deletes what nothing else needs. */
	readonly remove: () => void
}

/** Another way to write an RDD than as parts in a directory of its own. */
export interface CheckpointForm {
	/**
	 * Writes what is in `rdd` somewhere below `root`. Resolves when the job may go on; `done` gets what was written, now or
	 * later, or undefined when it could not be written after the job went on.
	 */
	write(rdd: AnyRDD, root: string, done: (written: WrittenRecords | undefined) => void): Promise<void>
	/** The RDD that reads it. */
	read(context: RDDContext, written: WrittenRecords, partitioner: Partitioner | undefined): AnyRDD
}

const forms = new WeakMap<AnyRDD, CheckpointForm>()

/** When `rdd` is written, it is in that form. */
export function writeAs(rdd: AnyRDD, form: CheckpointForm): void {
	forms.set(rdd, form)
}

/** Writes what is marked in the lineage of `rdd`, each by a job of its own. Called after every job on `rdd`. */
export async function writeMarked(rdd: AnyRDD, allAncestors: boolean): Promise<void> {
	if (rdd.isPassed) return
	const walked: AnyRDD[] = []
	const marked: AnyRDD[] = []
	const stack = [rdd]
	for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
		if (node.isPassed) continue
		// Marks that come later are too late.
		node.isPassed = true
		walked.push(node)
		const isMarked = marks.get(node)?.state === 'marked'
		if (isMarked) marked.push(node)
		if (!isMarked || allAncestors) stack.push(...parentsOf(node.plan))
	}
	try {
		// An RDD is made after its parents, so ids go up along the lineage.
		for (const node of marked.sort((a, b) => a.id - b.id)) await cut(node)
	} catch (thrown) {
		for (const node of walked) node.isPassed = false
		throw thrown
	}
}

async function cut(rdd: AnyRDD): Promise<void> {
	const mark = marks.get(rdd)
	if (mark?.state !== 'marked') return
	mark.state = 'writing'
	try {
		const stored = mark.isLocal ? undefined : await rdd.sparkContext.backend.store?.(rdd)
		if (stored !== undefined) {
			mark.directory = stored
			mark.isStored = true
			const { sparkContext, partitioner } = rdd
			return finished(rdd, mark, readStored(sparkContext, stored, rdd.getNumPartitions(), partitioner))
		}
		const form = mark.isLocal ? undefined : forms.get(rdd)
		if (form !== undefined) return await cutAs(form, rdd, mark)
		finished(rdd, mark, mark.isLocal ? await keepLocally(rdd) : await writeCheckpoint(rdd, directoryOf(rdd, mark)))
	} catch (thrown) {
		mark.state = 'marked'
		throw placed(thrown, rdd)
	}
}

/** What cannot be written says of which RDD it is. */
function placed(thrown: unknown, rdd: AnyRDD): unknown {
	if (!(thrown instanceof StreamError) || thrown.code !== 'rdd/unsupported' || thrown.where !== undefined) return thrown
	const { code, message, remedy } = thrown
	const where = `checkpoint of ${rdd.callSite ?? rdd.toString()}`
	return new StreamError(code, message, { where, cause: thrown, ...(remedy === undefined ? {} : { remedy }) })
}

function finished(rdd: AnyRDD, mark: Mark, saved: AnyRDD): void {
	rdd.replacePlan({ kind: 'union', parents: [saved], aligned: false })
	mark.state = 'written'
}

async function cutAs(form: CheckpointForm, rdd: AnyRDD, mark: Mark): Promise<void> {
	await form.write(rdd, String(rdd.sparkContext.getCheckpointDir()), (written) => {
		if (written === undefined) {
			mark.state = 'marked'
			return
		}
		mark.directory = written.directory
		mark.written = written
		finished(rdd, mark, form.read(rdd.sparkContext, written, rdd.partitioner))
	})
}

function directoryOf(rdd: AnyRDD, mark: Mark): string {
	mark.directory = `${rdd.sparkContext.getCheckpointDir()}/rdd-${rdd.id}`
	return mark.directory
}

/** Keeps the partitions that are not kept yet. @throws rdd/unsupported when it was unpersisted since it was marked */
async function keepLocally(rdd: AnyRDD): Promise<AnyRDD> {
	const { sparkContext } = rdd
	const level = rdd.getStorageLevel()
	if (!level.useDisk) {
		throw new StreamError(
			'rdd/unsupported',
			`assumption failed: Storage level ${level} is not appropriate for local checkpointing`,
			{ where: String(rdd), remedy: 'unpersist it after the first job, or leave localCheckpoint() out' },
		)
	}
	const numPartitions = rdd.getNumPartitions()
	const kept = new Set(sparkContext.backend.kept(rdd).partitions)
	const missing = [...Array(numPartitions).keys()].filter((partition) => !kept.has(partition))
	if (missing.length > 0) await sparkContext.runJob(rdd, () => undefined, missing)
	return new RDD<unknown>(sparkContext, {
		kind: 'LocalCheckpointRDD',
		callSite: rdd.callSite,
		plan: { kind: 'source', numPartitions, read: (partition) => refuseLost(rdd.id, partition) },
	})
}

function refuseLost(id: number, partition: number): never {
	throw new StreamError(
		'rdd/lost',
		`[CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND] Checkpoint block rdd_${id}_${partition} not found!\nEither the executor that originally checkpointed this partition is no longer alive, or the original RDD is unpersisted.\nIf this problem persists, you may consider using \`rdd.checkpoint()\` instead, which is slower than local checkpointing but more fault-tolerant.`,
		{ where: 'localCheckpoint', remedy: 'do not unpersist it while it is used, or use checkpoint()' },
	)
}

/** An RDD of an earlier life: reads what was written into `directory`, and counts as written. */
export function writtenBefore(
	context: RDDContext,
	directory: string,
	numPartitions: number,
	partitioner?: Partitioner,
): AnyRDD {
	const rdd = readParts(context, directory, { numPartitions, partitioner })
	marks.set(rdd, { isLocal: false, state: 'written', directory })
	return rdd
}

/** The same, written by a backend in its own form. */
export function storedBefore(
	context: RDDContext,
	directory: string,
	numPartitions: number,
	partitioner?: Partitioner,
): AnyRDD {
	const rdd = readStored(context, directory, numPartitions, partitioner)
	marks.set(rdd, { isLocal: false, state: 'written', directory, isStored: true })
	return rdd
}

/** The same, written in a form of its own. What nothing needs any more goes with its folder. */
export function writtenBeforeAs(
	context: RDDContext,
	form: CheckpointForm,
	written: WrittenRecords,
	partitioner?: Partitioner,
): AnyRDD {
	const rdd = form.read(context, written, partitioner)
	marks.set(rdd, { isLocal: false, state: 'written', directory: written.directory, written })
	return rdd
}

/** True for an RDD that a backend has written in its own form. */
export const isStored = (rdd: AnyRDD): boolean => marks.get(rdd)?.isStored === true

/** What was written of an RDD in a form of its own. */
export const writtenIn = (rdd: AnyRDD): WrittenRecords | undefined => marks.get(rdd)?.written

/** Deletes what was written of an RDD that nobody will read again. */
export function removeCheckpoint(rdd: AnyRDD): void {
	const mark = marks.get(rdd)
	if (mark?.state !== 'written') return
	if (mark.written !== undefined) mark.written.remove()
	else if (mark.directory !== undefined) removeCheckpointFiles(mark.directory)
}

/** The same without holding up batches. */
export async function removeCheckpointLater(rdd: AnyRDD): Promise<void> {
	const mark = marks.get(rdd)
	if (mark?.state !== 'written') return
	if (mark.written !== undefined) mark.written.remove()
	else if (mark.directory !== undefined) await removeCheckpointFilesLater(mark.directory)
}

const warn = (text: string): void => host().notice({ level: 'warning', text, group: undefined })

family(RDD, {
	checkpoint() {
		if (this.sparkContext.getCheckpointDir() === undefined) {
			throw new StreamError('rdd/unsupported', 'Checkpoint directory has not been set in the SparkContext', {
				where: 'checkpoint',
				remedy: 'call sc.setCheckpointDir(directory) first',
			})
		}
		if (marks.has(this)) return
		marks.set(this, { isLocal: false, state: 'marked' })
		if (this.isPassed) warn(`${this} is not written: checkpoint() comes after its first job`)
	},
	localCheckpoint() {
		const mark = marks.get(this)
		this.markLocallyCheckpointed()
		if (mark?.state === 'written') {
			warn(`${this} is not marked for local checkpointing: it was already checkpointed and materialized`)
			return this
		}
		if (mark !== undefined && !mark.isLocal) {
			warn(`${this} was already marked for reliable checkpointing: overriding with local checkpoint`)
		}
		marks.set(this, { isLocal: true, state: 'marked' })
		if (this.isPassed) warn(`${this} keeps its lineage: localCheckpoint() comes after its first job`)
		return this
	},
	isCheckpointed() {
		return marks.get(this)?.state === 'written'
	},
	getCheckpointFile() {
		const mark = marks.get(this)
		if (mark?.state !== 'written' || mark.directory === undefined) return undefined
		const { files, path } = locate(mark.directory)
		return files.shown(path)
	},
})
