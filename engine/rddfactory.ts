/** The methods of a SparkContext that make RDDs: from collections, from files, from other RDDs. Source: Spark's `SparkContext`. */

import type { RDDContext } from './rdd/backend.js'
import { type HadoopConf, withHadoop } from './rdd/hadoopconf.js'
import { hadoopRDD, inputPathIn } from './rdd/hadoopfiles.js'
import { emptyRDD, parallelize, rangeOf, unionOf } from './rdd/make.js'
import { objectFileRDD } from './rdd/objectfiles.js'
import { RDD } from './rdd/rdd.js'
import './rdd/savehadoop.js'
import type { Shape } from './rdd/shape.js'
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
	parallelize<T extends Shape>(data: Iterable<T>, numSlices?: number): RDD<T> {
		return parallelize(asContext(this), data, numSlices)
	}
	makeRDD<T extends Shape>(data: Iterable<T>, numSlices?: number): RDD<T> {
		return this.parallelize(data, numSlices)
	}
	/**
	 * Numbers from `start` to `end`, without `end`. They are made where a partition is computed and kept nowhere.
	 * @throws argument/illegal when one of them is not a number, or the step is 0
	 */
	range(start: number, end: number, step = 1, numSlices?: number): RDD<number> {
		return rangeOf(asContext(this), start, end, step, numSlices)
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

	/**
	 * The pairs of Hadoop's sequence files: Text as string, IntWritable, FloatWritable, DoubleWritable … as number,
	 * LongWritable as number or, where that is not exact, bigint, BytesWritable as Uint8Array, NullWritable as null.
	 * @param keyClass is the class the keys must have, such as `Text`; undefined: any
	 * @throws input/path (by the action) for a file that is none, or has other classes; argument/illegal for a class that
	 *   is not known
	 */
	sequenceFile<K = unknown, V = unknown>(path: string, minPartitions?: number): RDD<[K, V]>
	sequenceFile<K = unknown, V = unknown>(
		path: string,
		keyClass: string | undefined,
		valueClass?: string,
		minPartitions?: number,
	): RDD<[K, V]>
	sequenceFile<K, V>(
		path: string,
		keyClass?: string | number,
		valueClass?: string,
		minPartitions = this.defaultMinPartitions,
	): RDD<[K, V]> {
		const [key, n] = typeof keyClass === 'number' ? [undefined, keyClass] : [keyClass, minPartitions]
		return this.hadoopFile(path, 'SequenceFileInputFormat', key, valueClass, n)
	}
	/**
	 * The records that `saveAsObjectFile` wrote, here or in Spark: strings, numbers, booleans, tuples and lists of these.
	 * @throws input/path (by the action) for a file that is none; rdd/unsupported for objects of other Java classes
	 */
	objectFile<T>(path: string, minPartitions = this.defaultMinPartitions): RDD<T> {
		return objectFileRDD(asContext(this), path, minPartitions) as RDD<T>
	}
	/**
	 * The pairs that an input format of Hadoop's old API makes of files: `TextInputFormat` (position in bytes, line),
	 * `KeyValueTextInputFormat` (before and behind the first tab), `SequenceFileInputFormat`; by these names or with
	 * their package.
	 * @throws argument/illegal for an unknown format or class; input/path by the action
	 */
	hadoopFile<K = unknown, V = unknown>(
		path: string,
		inputFormatClass: string,
		keyClass?: string,
		valueClass?: string,
		minPartitions = this.defaultMinPartitions,
	): RDD<[K, V]> {
		const context = asContext(this)
		const classes = { key: keyClass, value: valueClass }
		const input = { path, format: inputFormatClass, classes, minPartitions, conf: context.conf }
		return hadoopRDD(context, input) as RDD<[K, V]>
	}
	/** As `hadoopFile`, by the new API: one partition a block (32 MB), and settings of Hadoop for this call. */
	newAPIHadoopFile<K = unknown, V = unknown>(
		path: string,
		inputFormatClass: string,
		keyClass?: string,
		valueClass?: string,
		conf?: HadoopConf,
	): RDD<[K, V]> {
		const context = asContext(this)
		const classes = { key: keyClass, value: valueClass }
		const input = { path, format: inputFormatClass, classes, conf: withHadoop(context.conf, conf) }
		return hadoopRDD(context, input) as RDD<[K, V]>
	}
	/** As `hadoopFile`; the path is the setting `mapreduce.input.fileinputformat.inputdir`. @throws config/value without it */
	hadoopRDD<K = unknown, V = unknown>(
		conf: HadoopConf,
		inputFormatClass: string,
		keyClass?: string,
		valueClass?: string,
		minPartitions = this.defaultMinPartitions,
	): RDD<[K, V]> {
		const context = asContext(this)
		const all = withHadoop(context.conf, conf)
		const classes = { key: keyClass, value: valueClass }
		const input = { path: inputPathIn(all), format: inputFormatClass, classes, minPartitions, conf: all }
		return hadoopRDD(context, input) as RDD<[K, V]>
	}
	/** As `newAPIHadoopFile`; the path is the setting `mapreduce.input.fileinputformat.inputdir`. @throws config/value without it */
	newAPIHadoopRDD<K = unknown, V = unknown>(
		conf: HadoopConf,
		inputFormatClass: string,
		keyClass?: string,
		valueClass?: string,
	): RDD<[K, V]> {
		const path = inputPathIn(withHadoop(asContext(this).conf, conf))
		return this.newAPIHadoopFile(path, inputFormatClass, keyClass, valueClass, conf)
	}
}

/** Only the SparkContext extends this class. */
function asContext(self: RDDFactory): RDDContext {
	return self as unknown as RDDContext
}
