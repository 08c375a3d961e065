/**
 * How files become partitions: cut into splits of about equal length, or packed together whole.
 *
 *   minPartitions 3 of one file of 100 bytes     0 ─── 33 ─── 66 ───── 100   (the last may be a tenth longer)
 *   packed, 40 bytes a partition                 [30 20] [50] [10 …]         (closed as soon as it holds 40)
 *
 * Source: Hadoop's `FileInputFormat.getSplits` of both APIs, `CombineFileInputFormat`; Spark's `HadoopRDD`,
 * `WholeTextFileInputFormat`, `StreamFileInputFormat`.
 */

import type { SparkConf } from '../base/config.js'
import type { RDDContext } from './backend.js'
import { hadoopInt } from './hadoopconf.js'
import { type InputFile, inputFiles, requireFile } from './inputfiles.js'

/** The bytes of a file from `from` up to, without, `to`. */
export interface FileSplit {
	readonly file: InputFile
	readonly from: number
	readonly to: number
}

/** How a format wants its files cut. */
export interface SplitRules {
	/** At least so many splits in all, as far as the block size and slack allow; undefined: one a block. */
	readonly minPartitions?: number
	/** No split is shorter than this. */
	readonly minSizeBytes?: number
	/** The length of a split is a multiple of this. */
	readonly unitBytes?: number
	readonly isSplittable: (file: InputFile) => boolean
}

/** The last split may be so much longer than the others. */
const slack = 1.1
/** That of Hadoop's local file system. */
const defaultBlockBytes = 32 * 1024 * 1024

/** The splits of the files that `path` names, in order; empty files have none. @throws input/path */
export function fileSplits(conf: SparkConf, path: string, rules: SplitRules): FileSplit[] {
	return splitsOf(conf, inputFiles(conf, path), rules)
}

/** The splits of files, in order; empty files have none. @throws input/path for a directory */
export function splitsOf(conf: SparkConf, files: readonly InputFile[], rules: SplitRules): FileSplit[] {
	for (const file of files) requireFile(file)
	const minBytes = hadoopInt(conf, 'mapreduce.input.fileinputformat.split.minsize', 1)
	const blockBytes = hadoopInt(conf, 'fs.local.block.size', defaultBlockBytes)
	const length = splitLength(files, rules, Math.max(minBytes, rules.minSizeBytes ?? 1), blockBytes)
	const keepsEmpty = !conf.getBoolean('spark.hadoopRDD.ignoreEmptySplits', true)
	return files.flatMap((file) => {
		const size = file.status.sizeBytes
		if (size === 0) return keepsEmpty ? [{ file, from: 0, to: 0 }] : []
		if (!rules.isSplittable(file)) return [{ file, from: 0, to: size }]
		const splits: FileSplit[] = []
		let from = 0
		for (; (size - from) / length > slack; from += length) splits.push({ file, from, to: from + length })
		return [...splits, { file, from, to: size }]
	})
}

function splitLength(files: readonly InputFile[], rules: SplitRules, minBytes: number, blockBytes: number): number {
	const { minPartitions, unitBytes = 1 } = rules
	const total = files.reduce((sum, { status }) => sum + status.sizeBytes, 0)
	const goal = minPartitions === undefined ? blockBytes : Math.floor(total / Math.max(1, Math.floor(minPartitions)))
	const length = Math.max(minBytes, Math.min(goal, blockBytes))
	return Math.max(unitBytes, Math.floor(length / unitBytes) * unitBytes)
}

/**
 * Files whole, packed in order into partitions that are closed as soon as they hold `maxBytes(files)`; what is left makes
 * the last one, with all empty files. Directories inside directories are left out. @throws input/path
 */
export function packedFiles(
	conf: SparkConf,
	path: string,
	maxBytes: (files: readonly InputFile[]) => number,
): InputFile[][] {
	const files = inputFiles(conf, path).filter(({ status }) => !status.isDirectory)
	const limit = maxBytes(files)
	const full: InputFile[][] = []
	let open: InputFile[] = []
	let bytes = 0
	for (const file of files) {
		if (file.status.sizeBytes === 0) continue
		open.push(file)
		bytes += file.status.sizeBytes
		if (limit === 0 || bytes < limit) continue
		full.push(open)
		open = []
		bytes = 0
	}
	const last = new Set(open)
	const rest = files.filter((file) => file.status.sizeBytes === 0 || last.has(file))
	return rest.length === 0 ? full : [...full, rest]
}

/** The partition size of `wholeTextFiles`: the files' bytes by `minPartitions`. */
export function packByCount(minPartitions: number): (files: readonly InputFile[]) => number {
	return (files) => Math.ceil(sizeOf(files) / (minPartitions === 0 ? 1 : minPartitions))
}

/**
 * The partition size of `binaryFiles`: about one partition a core, between the cost of opening a file
 * (`spark.files.openCostInBytes`, 4 MB) and `spark.files.maxPartitionBytes` (128 MB).
 */
export function packByCore(context: RDDContext, minPartitions: number): (files: readonly InputFile[]) => number {
	const openCost = context.conf.getSizeAsBytes('spark.files.openCostInBytes', '4m')
	const most = context.conf.getSizeAsBytes('spark.files.maxPartitionBytes', '128m')
	const parallelism = Math.max(context.defaultParallelism, minPartitions)
	return (files) => {
		const perCore = Math.floor((sizeOf(files) + files.length * openCost) / parallelism)
		return Math.min(most, Math.max(openCost, perCore))
	}
}

const sizeOf = (files: readonly InputFile[]): number => files.reduce((sum, { status }) => sum + status.sizeBytes, 0)
