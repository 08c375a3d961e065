/** Output operations. Source: Spark's `DStream.foreachRDD`, `print`, `saveAsTextFiles`; PySpark's `pprint`. */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import { family } from '../rdd/family.js'
import type { RDD } from '../rdd/rdd.js'
import { DStream } from './dstream.js'
import { type Output, type OutputOptions, registerOutput } from './output.js'
import { type PrintOptions, printStream, pythonLayout } from './print.js'

declare module './dstream.js' {
	interface DStream<T> {
		/** Calls `f` with the RDD of every batch; the output operation has ended when `f`'s promise and its actions have. */
		foreachRDD(f: (rdd: RDD<T>, time: Time) => void | Promise<void>, options?: OutputOptions): Output
		/** Prints the first `num` elements (default 10) of every batch. */
		print(num?: number, options?: PrintOptions): Output
		print(options: PrintOptions): Output
		/** As print, the way PySpark does: a local date after `Time:`, elements as Python writes them. */
		pprint(num?: number, options?: PrintOptions): Output
		/** Saves each batch as a directory of text files, `prefix-<ms>[.suffix]`. */
		saveAsTextFiles(prefix: string, suffix?: string): Output
		/** Removed from Spark: always fails and names the successor. */
		foreach(f: unknown): never
	}
}

/** `prefix-<ms>[.suffix]`. Source: Spark's `StreamingContext.rddToFileName`. */
export function rddToFileName(prefix: string | undefined, suffix: string | undefined, time: Time): string {
	const stem = prefix ? `${prefix}-${time.milliseconds}` : String(time.milliseconds)
	return suffix ? `${stem}.${suffix}` : stem
}

family(DStream, {
	foreachRDD(f, options) {
		return registerOutput(this, 'foreachRDD', f, options)
	},
	print(num?: number | PrintOptions, options: PrintOptions = {}) {
		return typeof num === 'object' ? printStream(this, 10, num) : printStream(this, num ?? 10, options)
	},
	pprint(num = 10, options = {}) {
		return printStream(this, num, options, pythonLayout)
	},
	saveAsTextFiles(prefix, suffix) {
		return registerOutput(this, 'saveAsTextFiles', async (rdd, time) => {
			await rdd.saveAsTextFile(rddToFileName(prefix, suffix, time))
		})
	},
	foreach() {
		throw new StreamError('rdd/unsupported', 'DStream.foreach was removed from Spark', {
			where: this.title,
			remedy: 'use foreachRDD((rdd, time) => …)',
		})
	},
})
