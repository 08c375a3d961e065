/** Output operations. Source: Spark's `DStream.foreachRDD`, `print`, `saveAs…Files`; PySpark's `pprint`. */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import { family } from '../rdd/family.js'
import type { HadoopConf } from '../rdd/hadoopconf.js'
import type { RDD } from '../rdd/rdd.js'
import { requireFunction } from '../rdd/result.js'
import { wholeDirectory } from '../rdd/savefiles.js'
import { batchIds } from './batchid.js'
import { DStream } from './dstream.js'
import { type Output, type OutputOptions, registerOutput } from './output.js'
import { type PrintOptions, printStream, pythonLayout } from './print.js'

declare module './dstream.js' {
	interface DStream<T> {
		/**
		 * Calls `f` with the RDD of every batch; the output operation has ended when `f`'s promise and its actions have.
		 * A batch may run again after a crash: `batchId` (`totals-0@1700000001000`) is then the same, and no other batch or
		 * output of the program has it. `transactional` makes a function that writes each batch once.
		 */
		foreachRDD(f: (rdd: RDD<T>, time: Time, batchId: string) => void | Promise<void>, options?: OutputOptions): Output
		/** Prints the first `num` elements (default 10) of every batch. */
		print(num?: number, options?: PrintOptions): Output
		print(options: PrintOptions): Output
		/** As print, the way PySpark does: a local date after `Time:`, elements as Python writes them. */
		pprint(num?: number, options?: PrintOptions): Output
		/**
		 * Saves each batch as a directory of text files, `prefix-<ms>[.suffix]`, which is seen whole or not at all. One that
		 * is there is replaced, so that a batch may run again; an empty batch leaves a directory too.
		 */
		saveAsTextFiles(prefix: string, suffix?: string): Output
		/** Saves each batch as a directory of object files, `prefix-<ms>[.suffix]`, which `sc.objectFile` reads. */
		saveAsObjectFiles(prefix: string, suffix?: string): Output
		/**
		 * Saves each batch of pairs as a directory `prefix-<ms>[.suffix]`, by an output format of Hadoop's old API
		 * (`rdd.saveAsHadoopFile`): `TextOutputFormat` (default) or `SequenceFileOutputFormat`.
		 */
		saveAsHadoopFiles(
			this: DStream<readonly [unknown, unknown]>,
			prefix: string,
			suffix?: string,
			keyClass?: string,
			valueClass?: string,
			outputFormatClass?: string,
			conf?: HadoopConf,
		): Output
		/** As `saveAsHadoopFiles`, by the new API: the files are named `part-r-NNNNN`. */
		saveAsNewAPIHadoopFiles(
			this: DStream<readonly [unknown, unknown]>,
			prefix: string,
			suffix?: string,
			keyClass?: string,
			valueClass?: string,
			outputFormatClass?: string,
			conf?: HadoopConf,
		): Output
		/** Removed from Spark: always fails and names the successor. */
		foreach(f: unknown): never
	}
}

/** `prefix-<ms>[.suffix]`. Source: Spark's `StreamingContext.rddToFileName`. */
export function rddToFileName(prefix: string | undefined, suffix: string | undefined, time: Time): string {
	const stem = prefix ? `${prefix}-${time.milliseconds}` : String(time.milliseconds)
	return suffix ? `${stem}.${suffix}` : stem
}

const outputDirectory = 'mapreduce.output.fileoutputformat.outputdir'

/** Hadoop's settings for pairs of these classes. */
function datasetOf(key?: string, value?: string, format?: string, conf: HadoopConf = {}): HadoopConf {
	return {
		...conf,
		...(key === undefined ? {} : { 'mapreduce.job.output.key.class': key }),
		...(value === undefined ? {} : { 'mapreduce.job.output.value.class': value }),
		...(format === undefined ? {} : { 'mapreduce.job.outputformat.class': format }),
	}
}

family(DStream, {
	foreachRDD(f, options) {
		requireFunction('foreachRDD', f)
		const idOf = batchIds(this, 'foreachRDD')
		return registerOutput(this, 'foreachRDD', (rdd, time) => f(rdd, time, idOf(time)), options)
	},
	print(num?: number | PrintOptions, options: PrintOptions = {}) {
		return typeof num === 'object' ? printStream(this, 10, num) : printStream(this, num ?? 10, options)
	},
	pprint(num = 10, options = {}) {
		return printStream(this, num, options, pythonLayout)
	},
	saveAsTextFiles(prefix, suffix) {
		return registerOutput(this, 'saveAsTextFiles', async (rdd, time) => {
			await wholeDirectory(() => rdd.saveAsTextFile(rddToFileName(prefix, suffix, time)))
		})
	},
	saveAsObjectFiles(prefix, suffix) {
		return registerOutput(this, 'saveAsObjectFiles', async (rdd, time) => {
			await wholeDirectory(() => rdd.saveAsObjectFile(rddToFileName(prefix, suffix, time)))
		})
	},
	saveAsHadoopFiles(prefix, suffix, keyClass, valueClass, outputFormatClass, conf) {
		const settings = datasetOf(keyClass, valueClass, outputFormatClass, conf)
		return registerOutput(this, 'saveAsHadoopFiles', async (rdd, time) => {
			const directory = rddToFileName(prefix, suffix, time)
			await wholeDirectory(() => rdd.saveAsHadoopDataset({ ...settings, [outputDirectory]: directory }))
		})
	},
	saveAsNewAPIHadoopFiles(prefix, suffix, keyClass, valueClass, outputFormatClass, conf) {
		const settings = datasetOf(keyClass, valueClass, outputFormatClass, conf)
		return registerOutput(this, 'saveAsNewAPIHadoopFiles', async (rdd, time) => {
			const directory = rddToFileName(prefix, suffix, time)
			await wholeDirectory(() => rdd.saveAsNewAPIHadoopDataset({ ...settings, [outputDirectory]: directory }))
		})
	},
	foreach() {
		throw new StreamError('rdd/unsupported', 'DStream.foreach was removed from Spark', {
			where: this.title,
			remedy: 'use foreachRDD((rdd, time) => …)',
		})
	},
})
