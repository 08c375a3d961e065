/**
 * The files of a checkpointed RDD, written by a job and read back as an RDD.
 *
 *   <directory>/part-00000, part-00001 …   the records of each partition, behind their length and checksum
 *   <directory>/_partitioner               where keys are, when a HashPartitioner placed them
 *
 * Each file appears whole or not at all, and a write that fails leaves none. All are synced together before the RDD is
 * read from them; a part that is torn or damaged is refused. `spark.checkpoint.compress` packs the parts; packed and plain
 * ones are told apart when they are read. Source: Spark's `ReliableCheckpointRDD`; the checksum and the sync are ours.
 */

import { gunzipSync, gzipSync } from 'node:zlib'
import { requireThat, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { type FileSystem, locate, readNow } from '../storage/filesystem.js'
import { frame, onlyRecord } from '../storage/log/frames.js'
import type { RDDContext } from './backend.js'
import { HashPartitioner, type Partitioner } from './partitioner.js'
import type { AnyRDD } from './plan.js'
import { RDD } from './rdd.js'
import { fromBytes, toBytes } from './saved.js'

const partitionerFile = '_partitioner'
const partName = (partition: number): string => `part-${String(partition).padStart(5, '0')}`

/**
 * Writes the records of every partition by a job and gives the RDD that reads them.
 * @throws rdd/unsupported for records that bytes cannot hold, output/path when they cannot be written
 */
export async function writeCheckpoint(rdd: AnyRDD, directory: string): Promise<AnyRDD> {
	const { sparkContext } = rdd
	const { files, path } = locate(directory)
	const isPacked = sparkContext.conf.getBoolean('spark.checkpoint.compress', false)
	const shown = String(rdd)
	files.makeDirectory(path)
	const write = writing(files)
	try {
		await sparkContext.runJob(rdd, (records, task) => {
			const bytes = asBytes([...records], shown)
			return write(`${path}/${partName(task.partitionId)}`, frame(isPacked ? gzipSync(bytes) : bytes))
		})
		const { partitioner } = rdd
		if (partitioner instanceof HashPartitioner) {
			await write(`${path}/${partitionerFile}`, Buffer.from(JSON.stringify({ hash: partitioner.numPartitions })))
		}
		await files.sync?.(files.list(path).map((status) => status.path))
		const written = await readCheckpoint(sparkContext, directory, rdd.callSite)
		const [before, after] = [rdd.getNumPartitions(), written.getNumPartitions()]
		if (before === after) return written
		throw new StreamError(
			'output/path',
			` Checkpoint RDD has a different number of partitions from original RDD. Original RDD [ID: ${rdd.id}, num of partitions: ${before}]; Checkpoint RDD [ID: ${written.id}, num of partitions: ${after}]. `,
			{ where: path, remedy: 'let nobody else write into the checkpoint directory' },
		)
	} catch (thrown) {
		removeCheckpointFiles(directory)
		throw thrown
	}
}

/** Writes a file that is safe when it is synced with the others, or at once where that cannot be. */
const writing =
	(files: FileSystem) =>
	(path: string, bytes: Uint8Array): void | Promise<void> =>
		files.sync === undefined && files.writeDurably !== undefined
			? files.writeDurably(path, bytes)
			: files.write(path, bytes)

/**
 * The RDD whose records `writeCheckpoint` wrote into `directory`, partitioner included; `callSite` is for its name.
 * @throws argument/illegal when there is no such directory, input/path when parts are missing
 */
export async function readCheckpoint(context: RDDContext, directory: string, callSite?: string): Promise<AnyRDD> {
	const { files, path } = locate(directory)
	requireThat(files.status(path) !== undefined, `Checkpoint path does not exist: ${files.shown(path)}`)
	const names = files.list(path).map((status) => status.path.slice(status.path.lastIndexOf('/') + 1))
	const parts = names.filter((name) => name.startsWith('part-'))
	parts.forEach((name, i) => {
		if (name !== partName(i)) throw invalid(files.shown(`${path}/${name}`))
	})
	const partitioner = names.includes(partitionerFile)
		? partitionerOf(await files.read(`${path}/${partitionerFile}`))
		: undefined
	return readParts(context, directory, { numPartitions: parts.length, partitioner, callSite })
}

/** The RDD of the parts in a directory, of which nothing is read or asked now. */
export function readParts(
	context: RDDContext,
	directory: string,
	known: {
		readonly numPartitions: number
		readonly partitioner?: Partitioner | undefined
		readonly callSite?: string | undefined
	},
): AnyRDD {
	const { files, path } = locate(directory)
	const { numPartitions, partitioner, callSite } = known
	const read = async (partition: number): Promise<Iterable<unknown>> => {
		const file = `${path}/${partName(partition)}`
		const bytes = onlyRecord(await files.read(file))
		if (bytes === undefined) throw invalid(files.shown(file))
		try {
			return fromBytes(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
		} catch (thrown) {
			if (thrown instanceof StreamError) throw placed(thrown, files.shown(file))
			throw invalid(files.shown(file), thrown)
		}
	}
	return new RDD<unknown>(context, {
		kind: 'ReliableCheckpointRDD',
		callSite,
		plan: { kind: 'source', numPartitions, read },
		partitioner,
	})
}

/** Why the parts in a directory cannot be read; undefined when they can. */
export function damageOfParts(directory: string, numPartitions: number): string | undefined {
	const { files, path } = locate(directory)
	if (files.status(path) === undefined) return `Checkpoint path does not exist: ${files.shown(path)}`
	for (let partition = 0; partition < numPartitions; partition += 1) {
		const file = `${path}/${partName(partition)}`
		if (files.status(file) === undefined) return `${files.shown(file)} is gone`
		if (onlyRecord(readNow(files, file)) === undefined) return `${files.shown(file)} is torn or has a wrong checksum`
	}
	return undefined
}

/** The same of what a backend has written: whether its files are there, each of which appears as a whole. */
export function damageOfStored(directory: string, numPartitions: number): string | undefined {
	const { files, path } = locate(directory)
	for (let partition = 0; partition < numPartitions; partition += 1) {
		const file = `${path}/${partName(partition)}`
		if (files.status(file) === undefined) return `${files.shown(file)} is gone`
	}
	return undefined
}

/** The RDD of what a backend has written in its own form, which other backends refuse to read. */
export function readStored(
	context: RDDContext,
	directory: string,
	numPartitions: number,
	partitioner: Partitioner | undefined,
): AnyRDD {
	const refuse = (): never => {
		throw new StreamError('rdd/unsupported', 'these records were written by Spark, and only Spark reads them', {
			where: directory,
			remedy: 'go on with a cluster as the master, as before',
		})
	}
	return new RDD<unknown>(context, {
		kind: 'ReliableCheckpointRDD',
		plan: { kind: 'source', numPartitions, read: refuse, stored: directory },
		partitioner,
	})
}

/** Removes what was written. What cannot be removed is told and stays. */
export function removeCheckpointFiles(directory: string): void {
	const { files, path } = locate(directory)
	try {
		files.remove(path)
	} catch (thrown) {
		tellLeft(thrown)
	}
}

/** The same without holding up batches. */
export async function removeCheckpointFilesLater(directory: string): Promise<void> {
	const { files, path } = locate(directory)
	try {
		if (files.removeLater === undefined) files.remove(path)
		else await files.removeLater(path)
	} catch (thrown) {
		tellLeft(thrown)
	}
}

function tellLeft(thrown: unknown): void {
	host().notice({ level: 'warning', text: `a checkpoint could not be removed: ${String(thrown)}`, group: undefined })
}

/** Undefined for a text of another kind: the partitioner only spares shuffles. */
function partitionerOf(bytes: Uint8Array): Partitioner | undefined {
	const match = /^\{"hash":(\d+)\}$/.exec(Buffer.from(bytes).toString('utf8'))
	return match === null ? undefined : new HashPartitioner(Number(match[1]))
}

function asBytes(records: readonly unknown[], shown: string): Uint8Array {
	try {
		return toBytes(records)
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
		throw new StreamError(thrown.code, thrown.message, {
			where: `checkpoint of ${shown}`,
			remedy: 'use plain data: numbers, texts, arrays, objects, dates',
			cause: thrown,
		})
	}
}

function placed({ code, message, remedy = '' }: StreamError, where: string): StreamError {
	return new StreamError(code, message, { where, remedy })
}

function invalid(file: string, cause?: unknown): StreamError {
	return new StreamError('input/path', `Invalid checkpoint file: ${file}`, {
		where: 'checkpoint',
		remedy: 'the directory is damaged: compute the RDD again',
		cause,
	})
}
