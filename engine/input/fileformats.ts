/**
 * How a file of a stream becomes records: text by lines, bytes whole, records of equal length, or a function of the
 * program. One RDD a file; its partitions are the file's splits.
 */

import { requireThat } from '../base/errors.js'
import type { RDDContext } from '../rdd/backend.js'
import { codecOf } from '../rdd/codecs.js'
import { fileRDD, reading } from '../rdd/fileplan.js'
import type { InputFile } from '../rdd/inputfiles.js'
import { numberedLines } from '../rdd/lines.js'
import type { RDD } from '../rdd/rdd.js'
import { settle } from '../rdd/reading.js'
import { sequenceRecords } from '../rdd/sequencereader.js'
import { type FileSplit, splitsOf } from '../rdd/splits.js'

/** Gives the RDD of one file. */
export type FileFormat<T> = (context: RDDContext, file: InputFile) => RDD<T>

const kind = 'NewHadoopRDD'

/** Pairs of the position of a line in its file and the line; packed files (`.gz`, `.deflate`) are unpacked. */
export const textFormat: FileFormat<[number, string]> = (context, file) =>
	fileRDD<FileSplit, [number, string]>(context, {
		kind,
		list: () => splitsOf(context.conf, [file], { isSplittable: ({ shown }) => codecOf(shown) === undefined }),
		read: reading(numberedLines),
	})

/** Pairs of the records of a sequence file. */
export const sequenceFormat: FileFormat<[unknown, unknown]> = (context, file) =>
	fileRDD<FileSplit, [unknown, unknown]>(context, {
		kind,
		list: () => splitsOf(context.conf, [file], { isSplittable: () => true }),
		read: reading((split) => sequenceRecords(split)),
	})

/** A format made of a function of a file's bytes; the file is one partition. */
export function bytesFormat<T>(records: (bytes: Uint8Array, path: string) => Iterable<T>): FileFormat<T> {
	return (context, file) =>
		fileRDD<InputFile, T>(context, {
			kind: 'BinaryFileRDD',
			list: () => [file],
			read: ({ files, status, shown }) =>
				settle(
					(function* () {
						// What was appended after the file was chosen is not part of the batch.
						const bytes = yield files.read(status.path, 0, status.sizeBytes)
						return records(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), shown)
					})(),
				),
		})
}

/** Pairs of the file's path and its bytes. */
export const wholeFormat: FileFormat<[string, Uint8Array]> = bytesFormat((bytes, path) => [[path, bytes]])

/** Records of `length` bytes each; a last one that is shorter fails the task. */
export function recordsFormat(length: number): FileFormat<Uint8Array> {
	return bytesFormat(function* (bytes) {
		for (let from = 0; from < bytes.length; from += length) {
			const record = bytes.slice(from, from + length)
			requireThat(
				record.length === length,
				`Byte array does not have correct length. ${record.length} did not equal recordLength: ${length}`,
			)
			yield record
		}
	})
}
