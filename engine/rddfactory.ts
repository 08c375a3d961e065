/** The methods of a SparkContext that make RDDs: from collections, from files, from other RDDs. Source: Spark's `SparkContext`. */

import { requireThat } from './base/errors.js'
import type { RDDContext } from './rdd/backend.js'
import { emptyRDD, parallelize, unionOf } from './rdd/make.js'
import { RDD } from './rdd/rdd.js'
import { textFileRDD } from './rdd/textfiles.js'
import { binaryFilesRDD, binaryRecordsRDD, wholeTextRDD } from './rdd/wholefiles.js'

/** What a SparkContext makes RDDs with. */
export abstract class RDDFactory {
	/** What is used where no number of partitions is given for `parallelize`. */
	abstract readonly defaultParallelism: number

	/** What is used where no number of partitions is given for files: the default parallelism, at most 2. */
	get defaultMinPartitions(): number {
		return Math.min(this.defaultParallelism, 2)
	}

	/** `data` in `numSlices` partitions of equal length, order kept. */
	parallelize<T>(data: Iterable<T>, numSlices?: number): RDD<T> {
		return parallelize(asContext(this), data, numSlices)
	}
	makeRDD<T>(data: Iterable<T>, numSlices?: number): RDD<T> {
		return this.parallelize(data, numSlices)
	}
	/** Numbers from `start` to `end`, without `end`. */
	range(start: number, end: number, step = 1, numSlices?: number): RDD<number> {
		requireThat(step !== 0, 'step cannot be 0')
		const length = Math.max(0, Math.ceil((end - start) / step))
		return this.parallelize(
			Array.from({ length }, (_, i) => start + i * step),
			numSlices,
		)
	}
	emptyRDD<T>(): RDD<T> {
		return emptyRDD(asContext(this))
	}
	union<T>(first: RDD<T> | readonly RDD<T>[], ...rest: readonly RDD<T>[]): RDD<T> {
		return unionOf(asContext(this), first instanceof RDD ? [first, ...rest] : first)
	}

	/**
	 * The lines of files: a path, several separated by commas, directories, patterns with `*`, `?`, `[a-c]`, `{a,b}`.
	 * Lines end with `\n`, `\r` or `\r\n`; packed files (`.gz`, `.deflate`, `.zst`) are unpacked. The files are listed
	 * when the partitions are first asked for; hidden names (`_`, `.`) and empty files count as absent.
	 * @param minPartitions is a wish: large files are cut into so many splits or more, packed ones are not cut
	 * @throws input/path (by the action) for a path that names nothing, or a directory inside a directory
	 */
	textFile(path: string, minPartitions = this.defaultMinPartitions): RDD<string> {
		return textFileRDD(asContext(this), path, minPartitions)
	}
	/** Pairs of file name (`file:/data/x`) and whole text; packed files are unpacked. @throws input/path (by the action) */
	wholeTextFiles(path: string, minPartitions = this.defaultMinPartitions): RDD<[string, string]> {
		return wholeTextRDD(asContext(this), path, minPartitions)
	}
	/** Pairs of file name (`file:/data/x`) and the bytes of the file as they are. @throws input/path (by the action) */
	binaryFiles(path: string, minPartitions = this.defaultMinPartitions): RDD<[string, Uint8Array]> {
		return binaryFilesRDD(asContext(this), path, minPartitions)
	}
	/**
	 * Records of `recordLength` bytes each.
	 * @throws input/path (by the action) when a file is no whole number of them; argument/illegal for a length below 1
	 */
	binaryRecords(path: string, recordLength: number): RDD<Uint8Array> {
		return binaryRecordsRDD(asContext(this), path, recordLength)
	}
}

/** Only the SparkContext extends this class. */
function asContext(self: RDDFactory): RDDContext {
	return self as unknown as RDDContext
}
