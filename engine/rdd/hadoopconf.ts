/**
 * Hadoop's settings: keys of a SparkConf that begin with `spark.hadoop.`, under the names that Hadoop gives them. A
 * configuration that goes with one call is laid over them; names that Hadoop has replaced are still understood.
 */

import type { SparkConf } from '../base/config.js'

/** Settings under Hadoop's names, e.g. `{ 'mapreduce.output.fileoutputformat.compress': 'true' }`. */
export type HadoopConf = Readonly<Record<string, string | number | boolean>>

/** `conf` with the settings of one call over it. */
export function withHadoop(conf: SparkConf, own: HadoopConf | undefined): SparkConf {
	if (own === undefined) return conf
	const both = conf.clone()
	for (const [key, value] of Object.entries(own)) both.set(named(key), String(value))
	return both
}

/** A whole number of bytes or things. */
export function hadoopInt(conf: SparkConf, key: string, fallback: number): number {
	return conf.getInt(nameIn(conf, key), fallback)
}

/** A switch. */
export function hadoopFlag(conf: SparkConf, key: string, fallback: boolean): boolean {
	return conf.getBoolean(nameIn(conf, key), fallback)
}

/** A text; undefined where it is not set. */
export function hadoopText(conf: SparkConf, key: string): string | undefined {
	return conf.getOption(nameIn(conf, key))
}

const named = (key: string): string => `spark.hadoop.${key}`

function nameIn(conf: SparkConf, key: string): string {
	const old = oldNames[key]
	return old !== undefined && !conf.contains(named(key)) && conf.contains(named(old)) ? named(old) : named(key)
}

/** What a setting was called before. */
const oldNames: Readonly<Record<string, string>> = {
	'mapreduce.input.fileinputformat.inputdir': 'mapred.input.dir',
	'mapreduce.input.fileinputformat.input.dir.recursive': 'mapred.input.dir.recursive',
	'mapreduce.input.fileinputformat.split.minsize': 'mapred.min.split.size',
	'mapreduce.job.output.key.class': 'mapred.output.key.class',
	'mapreduce.job.output.value.class': 'mapred.output.value.class',
	'mapreduce.job.outputformat.class': 'mapred.output.format.class',
	'mapreduce.output.fileoutputformat.outputdir': 'mapred.output.dir',
	'mapreduce.output.fileoutputformat.compress': 'mapred.output.compress',
	'mapreduce.output.fileoutputformat.compress.codec': 'mapred.output.compression.codec',
	'mapreduce.output.fileoutputformat.compress.type': 'mapred.output.compression.type',
}
