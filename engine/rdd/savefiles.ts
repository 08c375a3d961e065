/**
 * Saving an RDD as a directory with one file a partition, so that a reader sees all of a job's files or none.
 *
 *   out/_temporary/0/part-00000     while tasks run
 *   out/part-00000                  renamed when all of them have ended
 *   out/_SUCCESS                    last; `_temporary` is gone
 *
 * A job that fails leaves the directory without parts. Inside a batch an existing directory is written into, as Spark
 * does, so that a batch that runs again after a recovery replaces what it had written.
 * Source: Hadoop's `FileOutputCommitter` (algorithm 1), Spark's `SparkHadoopWriter`.
 */

import { currentBatch } from '../base/batchscope.js'
import { StreamError } from '../base/errors.js'
import { type FileSystem, locate } from '../storage/filesystem.js'
import { hadoopFlag } from './hadoopconf.js'
import type { RDD } from './rdd.js'
import { asBuffer } from './reading.js'

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
	const scratch = `${directory}/_temporary`
	const nameOf = (i: number): string => `${format.prefix}${String(i).padStart(5, '0')}${format.extension}`
	const pendingOf = (i: number): string => `${scratch}/0/${nameOf(i)}`
	files.remove(scratch)
	files.makeDirectory(`${scratch}/0`)
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
		for (const i of facts.keys()) replace(files, pendingOf(i), directory, nameOf(i))
	} catch (thrown) {
		files.remove(scratch)
		throw thrown
	}
	files.remove(scratch)
	if (marks) await files.write(`${directory}/_SUCCESS`, new Uint8Array(0))
}

/** Puts a file in its place. The checksum that Hadoop's local file system had left beside an old one is no longer true. */
function replace(files: FileSystem, from: string, directory: string, name: string): void {
	files.remove(`${directory}/.${name}.crc`)
	files.remove(`${directory}/${name}`)
	files.rename(from, `${directory}/${name}`)
}
