/**
 * Saving pairs in one of Hadoop's output formats, named by its class, of the old API (files `part-00000`) and of the new
 * one (`part-r-00000`).
 *
 *   TextOutputFormat            lines `key\tvalue`; without key or value (null) only the other one
 *   SequenceFileOutputFormat    sequence files
 *
 * Source: Spark's `PairRDDFunctions.saveAsHadoopFile` and its kin, Hadoop's `TextOutputFormat`.
 */

import { StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import { type Compression, compressionOf } from './compression.js'
import { family } from './family.js'
import { type HadoopConf, hadoopText, withHadoop } from './hadoopconf.js'
import { RDD } from './rdd.js'
import { saveParts } from './savefiles.js'
import { sequenceFormat } from './sequencefiles.js'
import type { Expected } from './sequencereader.js'
import { textOf } from './text.js'
import { textFormat } from './textfiles.js'
import { writableNamed } from './writables.js'

type Pairs = RDD<readonly [unknown, unknown]>

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * Saves pairs by an output format of Hadoop's old API: `TextOutputFormat` (default) or `SequenceFileOutputFormat`.
		 * @param keyClass is a Writable such as `IntWritable`; undefined: chosen by the keys, as in `saveAsSequenceFile`
		 * @param codec packs the files: `gzip`, `deflate`, `zstd`, or the name of one of Hadoop's classes
		 * @throws output/path when the directory exists (not inside a batch); argument/illegal for an unknown class
		 */
		saveAsHadoopFile(
			this: Pairs,
			path: string,
			keyClass?: string,
			valueClass?: string,
			outputFormatClass?: string,
			codec?: string,
		): Action<void>
		/** As `saveAsHadoopFile`, by the new API: its files are named `part-r-NNNNN`, and packing is told by settings. */
		saveAsNewAPIHadoopFile(
			this: Pairs,
			path: string,
			keyClass?: string,
			valueClass?: string,
			outputFormatClass?: string,
			conf?: HadoopConf,
		): Action<void>
		/**
		 * Saves pairs as settings of Hadoop say: `mapred.output.dir`, `mapred.output.format.class`, `mapred.output.key.class`,
		 * `mapred.output.value.class`, `mapred.output.compress`, or the same under their newer names.
		 * @throws config/value without a directory
		 */
		saveAsHadoopDataset(this: Pairs, conf: HadoopConf): Action<void>
		/** As `saveAsHadoopDataset`, by the new API (`mapreduce.job.outputformat.class` …). */
		saveAsNewAPIHadoopDataset(this: Pairs, conf: HadoopConf): Action<void>
	}
}

/** What is saved how; names of classes with or without their package. */
interface HadoopOutput {
	readonly where: string
	readonly path: string
	readonly prefix: 'part-' | 'part-r-'
	readonly format: string | undefined
	readonly classes: Expected
	readonly packing: Compression
	/** Between key and value of a line. */
	readonly separator: string | undefined
}

const formats = ['TextOutputFormat', 'SequenceFileOutputFormat'] as const

async function save(rdd: Pairs, output: HadoopOutput): Promise<void> {
	const { where, path, prefix, format = 'TextOutputFormat', classes, packing, separator = '\t' } = output
	const found = formats.find(
		(one) => one === format.replace(/^org\.apache\.hadoop\.(mapred|mapreduce\.lib\.output)\./, ''),
	)
	for (const name of [classes.key, classes.value]) if (name !== undefined) writableNamed(name)
	switch (found) {
		case 'TextOutputFormat':
			return saveParts(rdd, where, path, textFormat(prefix, packing.codec, lineWith(separator)))
		case 'SequenceFileOutputFormat':
			return saveParts(rdd, where, path, sequenceFormat(prefix, classes, packing))
		case undefined:
			throw new StreamError('argument/illegal', `the output format ${format} is not known here`, {
				where,
				remedy: `use one of ${formats.join(', ')}`,
			})
		default:
			return found satisfies never
	}
}

function lineWith(separator: string): (pair: readonly [unknown, unknown]) => string | undefined {
	return ([k, v]) => {
		const parts = [k, v].filter((part) => part !== null && part !== undefined)
		return parts.length === 0 ? undefined : parts.map(textOf).join(separator)
	}
}

const separatorKey = 'mapreduce.output.textoutputformat.separator'

/** The dataset that settings describe. */
async function saveDataset(rdd: Pairs, where: string, prefix: HadoopOutput['prefix'], own: HadoopConf): Promise<void> {
	const conf = withHadoop(rdd.sparkContext.conf, own)
	const path = hadoopText(conf, 'mapreduce.output.fileoutputformat.outputdir')
	if (path === undefined) {
		throw new StreamError('config/value', 'Output directory not set.', {
			where,
			remedy: 'set mapreduce.output.fileoutputformat.outputdir',
		})
	}
	await save(rdd, {
		where,
		path,
		prefix,
		format: hadoopText(conf, 'mapreduce.job.outputformat.class'),
		classes: {
			key: hadoopText(conf, 'mapreduce.job.output.key.class'),
			value: hadoopText(conf, 'mapreduce.job.output.value.class'),
		},
		packing: compressionOf(conf, undefined),
		separator: hadoopText(conf, separatorKey),
	})
}

family(RDD, {
	saveAsHadoopFile(path, key, value, format, codec) {
		const { conf } = this.sparkContext
		return startAction(async () => {
			const packing = compressionOf(conf, codec)
			const separator = hadoopText(conf, separatorKey)
			const classes = { key, value }
			await save(this, { where: 'saveAsHadoopFile', path, prefix: 'part-', format, classes, packing, separator })
		})
	},
	saveAsNewAPIHadoopFile(path, key, value, format, own) {
		const conf = withHadoop(this.sparkContext.conf, own)
		return startAction(async () => {
			const packing = compressionOf(conf, undefined)
			const separator = hadoopText(conf, separatorKey)
			const classes = { key, value }
			await save(this, {
				where: 'saveAsNewAPIHadoopFile',
				path,
				prefix: 'part-r-',
				format,
				classes,
				packing,
				separator,
			})
		})
	},
	saveAsHadoopDataset(conf) {
		return startAction(() => saveDataset(this, 'saveAsHadoopDataset', 'part-', conf))
	},
	saveAsNewAPIHadoopDataset(conf) {
		return startAction(() => saveDataset(this, 'saveAsNewAPIHadoopDataset', 'part-r-', conf))
	},
})
