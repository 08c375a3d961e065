/** Text files: reading them as RDDs of lines, and saving an RDD as a directory of parts. Source: Spark's `textFile`, `saveAsTextFile`. */

import { requireThat } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import type { RDDContext } from './backend.js'
import { type Codec, codecOf } from './codecs.js'
import { compressionOf } from './compression.js'
import './element.js'
import { family } from './family.js'
import { fileRDD, reading } from './fileplan.js'
import { splitLines } from './lines.js'
import { RDD } from './rdd.js'
import { type PartFormat, saveParts } from './savefiles.js'
import { fileSplits } from './splits.js'
import { textOf } from './text.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * One `part-NNNNN` per partition and `_SUCCESS`, one record a line.
		 * @param codec packs the files: `gzip`, `deflate`, `zstd`, or the name of one of Hadoop's classes
		 * @throws output/path when the directory exists (not inside a batch); argument/illegal for a null record or an
		 *   unknown codec
		 */
		saveAsTextFile(path: string, codec?: string): Action<void>
	}
}

/** The lines of files in at least `minPartitions` partitions; large files are cut at line ends. */
export function textFileRDD(context: RDDContext, path: string, minPartitions: number): RDD<string> {
	const lines = fileRDD(context, {
		kind: 'HadoopRDD',
		name: path,
		list: () =>
			fileSplits(context.conf, path, { minPartitions, isSplittable: ({ shown }) => codecOf(shown) === undefined }),
		read: reading(splitLines),
		sizeOf: ({ from, to }) => to - from,
	})
	// Spark makes two RDDs of it, and so do ids and lineage here.
	return lines.map((line) => line).setName(path)
}

/** How many characters are gathered before they are made bytes. */
const pieceLength = 1 << 20

/** Text files of one line a record; a record without a line (undefined) leaves none. */
export function textFormat<T>(
	prefix: string,
	codec: Codec | undefined,
	lineOf: (x: T) => string | undefined,
): PartFormat<T, undefined> {
	return {
		prefix,
		extension: codec?.extension ?? '',
		encode(records) {
			const pieces: Buffer[] = []
			let text = ''
			for (const x of records) {
				const line = lineOf(x)
				if (line === undefined) continue
				text += `${line}\n`
				if (text.length < pieceLength) continue
				pieces.push(Buffer.from(text))
				text = ''
			}
			const bytes = Buffer.concat([...pieces, Buffer.from(text)])
			return { bytes: codec === undefined ? bytes : codec.compress(bytes), facts: undefined }
		},
	}
}

function lineOf(x: unknown): string {
	requireThat(x !== null && x !== undefined, 'text files do not allow null rows')
	return textOf(x)
}

family(RDD, {
	saveAsTextFile(path, codec) {
		return startAction(async () => {
			const { codec: packing } = compressionOf(this.sparkContext.conf, codec)
			const format = textFormat('part-', packing, lineOf)
			await saveParts(this, 'saveAsTextFile', path, format)
		})
	},
})
