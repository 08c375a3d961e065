/**
 * Saving an RDD as a directory with one file a partition, so that a reader sees all of a job's files or none.
 *
 * A job that fails leaves the directory without parts. Inside a batch an existing directory is written into, as Spark
 * does; `saveAs…Files` of streams own the directory of their batch and replace it as a whole (`wholeDirectory`), so that
 * a batch that runs again after a recovery leaves exactly what it writes. Source: Spark's `SparkHadoopWriter`.
 */

import { currentBatch, inBatch } from '../base/batchscope.js'
import { StreamError } from '../base/errors.js'
import { locate } from '../storage/filesystem.js'
import { hadoopFlag } from './hadoopconf.js'
import type { RDD } from './rdd.js'
import { asBuffer } from './reading.js'
import { sharedFolder, wholeFolder } from './savefolder.js'

/** One partition as the content of a file. */
export interface Part<F> {
	readonly bytes: Uint8Array
	/** What `revise` has to know of it. */
	readonly facts: F
}

/** How partitions become files. */
export interface PartFormat<T, F> {
	/** Before the number of the partition: `part-` or, from Hadoop's new API, `part-r-`. */
	readonly prefix: string
	/** Behind it: `.gz` or nothing. */
	readonly extension: string
	/** Runs in the task of each partition. */
	readonly encode: (records: IterableIterator<T>) => Part<F>
	/**
	 * Looks at all partitions together before any of their files is seen.
	 * @returns for a partition whose file must be made anew: what makes it from the one that is there
	 */
	readonly revise?: (all: readonly F[]) => readonly (((bytes: Buffer) => Uint8Array) | undefined)[]
}

/**
 * Runs the job and its commit.
 * @param where is the action, for errors
 * @throws output/path when the directory exists (not inside a batch) or cannot be written
 */
export async function saveParts<T, F>(
	rdd: RDD<T>,
	where: string,
	path: string,
	format: PartFormat<T, F>,
): Promise<void> {
	const context = rdd.sparkContext
	const validates = context.conf.getBoolean('spark.hadoop.validateOutputSpecs', true) && currentBatch() === undefined
	const marks = hadoopFlag(context.conf, 'mapreduce.fileoutputcommitter.marksuccessfuljobs', true)
	if (path === '') {
		throw new StreamError('output/path', 'Can not create a Path from an empty string', { where, remedy: 'give a path' })
	}
	const { files, path: directory } = locate(path)
	if (validates && files.status(directory) !== undefined) {
		throw new StreamError('output/path', `Output directory ${files.shown(directory)} already exists`, {
			where,
			remedy: 'choose another path or remove the directory',
		})
	}
	const nameOf = (i: number): string => `${format.prefix}${String(i).padStart(5, '0')}${format.extension}`
	const folder = currentBatch()?.ownsDirectory === true ? wholeFolder(files, directory) : sharedFolder(files, directory)
	const pendingOf = (i: number): string => folder.pendingOf(nameOf(i))
	try {
		const facts = await context.runJob(rdd, (records, task) => {
			const part = format.encode(records)
			const written = files.write(pendingOf(task.partitionId), part.bytes)
			return written instanceof Promise ? written.then(() => part.facts) : part.facts
		})
		const revisions = format.revise?.(facts) ?? []
		for (const [i, revise] of revisions.entries()) {
			if (revise === undefined) continue
			await files.write(pendingOf(i), revise(asBuffer(await files.read(pendingOf(i)))))
		}
		await folder.commit(
			facts.map((_, i) => nameOf(i)),
			marks,
		)
	} catch (thrown) {
		folder.abandon()
		throw thrown
	}
}

/** What `save` saves in the running batch replaces its directory as a whole. */
export function wholeDirectory<R>(save: () => R): R {
	const batch = currentBatch()
	return batch === undefined ? save() : inBatch({ ...batch, ownsDirectory: true }, save)
}
