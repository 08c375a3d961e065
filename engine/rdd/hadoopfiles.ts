/**
 * Hadoop's input formats by the names of their classes, of the old API (`org.apache.hadoop.mapred`) and of the new one
 * (`org.apache.hadoop.mapreduce.lib.input`).
 *
 *   TextInputFormat            [position of the line in bytes, line]
 *   KeyValueTextInputFormat    [text before the first tab, text behind it]
 *   SequenceFileInputFormat    [key, value] of sequence files
 *
 * Source: Spark's `hadoopFile`, `newAPIHadoopFile`.
 */

import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import type { RDDContext } from './backend.js'
import { codecOf } from './codecs.js'
import './element.js'
import { fileRDD, reading } from './fileplan.js'
import { hadoopText } from './hadoopconf.js'
import { numberedLines, splitLines } from './lines.js'
import type { RDD } from './rdd.js'
import type { Reading } from './reading.js'
import { sequenceRDD } from './sequencefiles.js'
import type { Expected } from './sequencereader.js'
import { type FileSplit, fileSplits } from './splits.js'
import { writableNamed } from './writables.js'

/** What is read, and how. */
export interface HadoopInput {
	readonly path: string
	/** The class of the input format, with or without its package. */
	readonly format: string
	/** The classes that the program expects; undefined: those of the files. */
	readonly classes: Expected
	/** Undefined, as in the new API: a partition a block. */
	readonly minPartitions?: number | undefined
	/** The settings of Hadoop that count for it. */
	readonly conf: SparkConf
}

/** The pairs of files. @throws argument/illegal for an unknown format or class */
export function hadoopRDD(context: RDDContext, input: HadoopInput): RDD<[unknown, unknown]> {
	const { path, classes, minPartitions, conf } = input
	const kind = minPartitions === undefined ? 'NewHadoopRDD' : 'HadoopRDD'
	const format = formatNamed(input.format)
	if (format === 'SequenceFileInputFormat') return sequenceRDD(context, path, classes, { kind, conf, minPartitions })
	requireClasses(format, classes)
	const separator = hadoopText(conf, 'mapreduce.input.keyvaluelinerecordreader.key.value.separator') ?? '\t'
	const read: (split: FileSplit) => Reading<Iterable<[unknown, unknown]>> =
		format === 'TextInputFormat' ? numberedLines : (split) => keyValues(split, separator.slice(0, 1))
	const rules = { isSplittable: ({ shown }: { shown: string }) => codecOf(shown) === undefined }
	return fileRDD(context, {
		kind,
		name: path,
		list: () => fileSplits(conf, path, minPartitions === undefined ? rules : { ...rules, minPartitions }),
		read: reading(read),
	})
}

/** The path that settings name. @throws config/value when they name none */
export function inputPathIn(conf: SparkConf): string {
	const path = hadoopText(conf, 'mapreduce.input.fileinputformat.inputdir')
	if (path !== undefined) return path
	throw new StreamError('config/value', 'No input paths specified in job', {
		where: 'hadoopRDD',
		remedy: 'set mapreduce.input.fileinputformat.inputdir',
	})
}

const formats = ['TextInputFormat', 'KeyValueTextInputFormat', 'SequenceFileInputFormat'] as const
type Format = (typeof formats)[number]

function formatNamed(name: string): Format {
	const found = formats.find(
		(one) => one === name.replace(/^org\.apache\.hadoop\.(mapred|mapreduce\.lib\.input)\./, ''),
	)
	if (found !== undefined) return found
	throw new StreamError('argument/illegal', `the input format ${name} is not known here`, {
		remedy: `use one of ${formats.join(', ')}`,
	})
}

/** The classes of text formats are fixed. */
function requireClasses(format: Format, { key, value }: Expected): void {
	const own = format === 'TextInputFormat' ? 'LongWritable' : 'Text'
	for (const [wanted, has] of [
		[key, own],
		[value, 'Text'],
	] as const) {
		if (wanted === undefined || writableNamed(wanted) === writableNamed(has)) continue
		throw new StreamError('argument/illegal', `${format} gives ${has}, not ${wanted}`, {
			remedy: 'leave the class out',
		})
	}
}

function* keyValues(split: FileSplit, separator: string): Reading<Iterable<[string, string]>> {
	const lines = yield* splitLines(split)
	return cut(lines, separator)
}

function* cut(lines: Iterable<string>, separator: string): Iterable<[string, string]> {
	for (const line of lines) {
		const at = line.indexOf(separator)
		yield at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
	}
}
