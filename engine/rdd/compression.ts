/** Whether output is packed, and how: told by the call, or by Hadoop's settings. Source: Hadoop's `FileOutputFormat`. */

import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { type Codec, codecNamed } from './codecs.js'
import { hadoopFlag, hadoopText } from './hadoopconf.js'

/** How output is packed. */
export interface Compression {
	/** Undefined: not at all. */
	readonly codec: Codec | undefined
	/** What a sequence file packs at a time. */
	readonly unit: 'record' | 'block'
}

/**
 * A codec given in a call packs blocks; without one the settings
 * `mapreduce.output.fileoutputformat.compress[.codec|.type]` count (DefaultCodec, RECORD).
 * @throws argument/illegal for an unknown codec or type
 */
export function compressionOf(conf: SparkConf, codec: string | undefined): Compression {
	if (codec !== undefined) return { codec: codecNamed(codec), unit: 'block' }
	const key = 'mapreduce.output.fileoutputformat.compress'
	const type = hadoopText(conf, `${key}.type`) ?? 'RECORD'
	if (!['NONE', 'RECORD', 'BLOCK'].includes(type)) {
		throw new StreamError(
			'argument/illegal',
			`No enum constant org.apache.hadoop.io.SequenceFile.CompressionType.${type}`,
			{
				where: `${key}.type`,
				remedy: 'use NONE, RECORD or BLOCK',
			},
		)
	}
	const isOn = hadoopFlag(conf, key, false) && type !== 'NONE'
	return {
		codec: isOn ? codecNamed(hadoopText(conf, `${key}.codec`) ?? 'deflate') : undefined,
		unit: type === 'BLOCK' ? 'block' : 'record',
	}
}
