/**
 * Object files: sequence files of NullWritable and BytesWritable, each value up to ten records.
 *
 * Records that Java can have too (strings, booleans, numbers, null, tuples of these) are written as Java serializes an
 * array, so that Spark's `objectFile` reads them; the other records of plain data as V8 serializes them, which only
 * Rivulet reads. Both kinds, and Spark's own files, are read.
 * Source: Spark's `saveAsObjectFile`, `objectFile`.
 */

import { type Action, startAction } from './action.js'
import type { RDDContext } from './backend.js'
import { ByteReader } from './bytereader.js'
import { compressionOf } from './compression.js'
import { family } from './family.js'
import { javaValue } from './javareader.js'
import { isJavaValue, javaArray, type NumbersSeen, noteNumbers, widest } from './javawriter.js'
import { RDD } from './rdd.js'
import { fromBytes, toBytes } from './saved.js'
import { type PartFormat, saveParts } from './savefiles.js'
import { sequenceRDD } from './sequencefiles.js'
import { sequenceContent } from './sequencereader.js'
import { writeSequence } from './sequencewriter.js'
import { writableNamed } from './writables.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * One object file `part-NNNNN` per partition and `_SUCCESS`, for `sc.objectFile`. Strings, booleans, numbers, null and
		 * tuples of these are written as Java does (numbers of one place as Integer, Long or Double, whichever holds all of
		 * them), so that Spark reads them too; partitions with other plain data only Rivulet reads.
		 * @throws output/path when the directory exists (not inside a batch); rdd/unsupported for instances of classes and
		 *   functions
		 */
		saveAsObjectFile(path: string): Action<void>
	}
}

const groupSize = 10

/** The records of object files. */
export function objectFileRDD(context: RDDContext, path: string, minPartitions: number): RDD<unknown> {
	const expected = { key: 'NullWritable', value: 'BytesWritable' }
	const groups = sequenceRDD(context, path, expected, { kind: 'HadoopRDD', minPartitions })
	return groups.flatMap(([, bytes]) => group(bytes as Uint8Array, path))
}

function group(bytes: Uint8Array, shown: string): Iterable<unknown> {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
	if (buffer.length < 2 || buffer.readUInt16BE(0) !== 0xaced) return fromBytes(buffer)
	const reader = new ByteReader(buffer, shown)
	const records = javaValue(reader)
	return Array.isArray(records) || records instanceof Uint8Array ? records : reader.damaged('no array of records')
}

const layout = (conf: RDDContext['conf']) => ({
	key: writableNamed('NullWritable'),
	value: writableNamed('BytesWritable'),
	...compressionOf(conf, undefined),
})

/** Numbers that were seen in a partition; undefined for one that Java cannot read anyway. */
type Seen = NumbersSeen | undefined

function objectFormat(conf: RDDContext['conf']): PartFormat<unknown, Seen> {
	const written = (records: readonly unknown[], toGroup: (group: readonly unknown[]) => Uint8Array): Buffer => {
		const groups = Array.from({ length: Math.ceil(records.length / groupSize) }, (_, i): [null, Uint8Array] => [
			null,
			toGroup(records.slice(i * groupSize, (i + 1) * groupSize)),
		])
		return writeSequence(groups, layout(conf))
	}
	return {
		prefix: 'part-',
		extension: '',
		encode(iterator) {
			const records = [...iterator]
			if (!records.every((record) => isJavaValue(record))) return { bytes: written(records, toBytes), facts: undefined }
			const seen: Parameters<typeof noteNumbers>[1] = new Map()
			for (const record of records) noteNumbers(record, seen)
			return { bytes: written(records, (some) => javaArray(some, seen)), facts: seen }
		},
		revise(all) {
			const union: Parameters<typeof noteNumbers>[1] = new Map()
			for (const seen of all) {
				for (const [place, classes] of seen ?? []) union.set(place, new Set([...(union.get(place) ?? []), ...classes]))
			}
			const isNarrower = (seen: NumbersSeen): boolean =>
				[...seen].some(([place, classes]) => widest(classes) !== widest(union.get(place) ?? classes))
			return all.map((seen) => {
				if (seen === undefined || !isNarrower(seen)) return undefined
				return (bytes) => {
					const records = [...sequenceContent(bytes, 'a part')].flatMap(([, some]) => [
						...group(some as Uint8Array, 'a part'),
					])
					return written(records, (some) => javaArray(some, union))
				}
			})
		},
	}
}

family(RDD, {
	saveAsObjectFile(path) {
		return startAction(() => saveParts(this, 'saveAsObjectFile', path, objectFormat(this.sparkContext.conf)))
	},
})
