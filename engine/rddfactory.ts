/** The methods of a SparkContext that make RDDs: from collections, from files, from other RDDs. Source: Spark's `SparkContext`. */

import { requireThat, StreamError } from './base/errors.js'
import type { RDDContext } from './rdd/backend.js'
import { concatenated, emptyRDD, parallelize, unionOf } from './rdd/make.js'
import { RDD } from './rdd/rdd.js'
import { bytesOf, inputFiles, textFileRDD } from './rdd/textfiles.js'

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

	/** The lines of a file, a directory or a pattern; gzipped files are unpacked. */
	textFile(path: string, minPartitions = this.defaultMinPartitions): RDD<string> {
		return textFileRDD(asContext(this), path, minPartitions)
	}
	/** Pairs of file name and whole text. */
	wholeTextFiles(path: string): RDD<[string, string]> {
		return this.binaryFiles(path).map(([name, bytes]): [string, string] => [name, Buffer.from(bytes).toString('utf8')])
	}
	/** Pairs of file name and bytes, one partition a file. */
	binaryFiles(path: string): RDD<[string, Uint8Array]> {
		const files = inputFiles(path)
		const each = files.map((file) => this.parallelize([file], 1))
		return concatenated(asContext(this), each).map((file): [string, Uint8Array] => [`file:${file}`, bytesOf(file)])
	}
	/** Records of `length` bytes each. @throws input/path when a file is no whole number of them */
	binaryRecords(path: string, length: number): RDD<Uint8Array> {
		return this.binaryFiles(path).flatMap(([name, bytes]) => {
			if (bytes.length % length !== 0) {
				throw new StreamError('input/path', `${bytes.length} bytes are no whole number of records of ${length}`, {
					where: name,
				})
			}
			return Array.from({ length: bytes.length / length }, (_, i) => bytes.slice(i * length, (i + 1) * length))
		})
	}
}

/** Only the SparkContext extends this class. */
function asContext(self: RDDFactory): RDDContext {
	return self as unknown as RDDContext
}
