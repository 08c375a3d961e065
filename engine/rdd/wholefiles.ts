/** Files read whole: as one text, as bytes, or as records of one length. Source: Spark's `wholeTextFiles`, `binaryFiles`, `binaryRecords`. */

import { StreamError } from '../base/errors.js'
import type { RDDContext } from './backend.js'
import { codecOf, unpacked } from './codecs.js'
import './element.js'
import { fileRDD, reading } from './fileplan.js'
import type { InputFile } from './inputfiles.js'
import type { RDD } from './rdd.js'
import { type Reading, settleEach } from './reading.js'
import { type FileSplit, fileSplits, packByCore, packByCount, packedFiles } from './splits.js'

/** Pairs of file name and text, packed files unpacked; several small files make one partition. */
export function wholeTextRDD(context: RDDContext, path: string, minPartitions: number): RDD<[string, string]> {
	const files = fileRDD(context, {
		kind: 'WholeTextFileRDD',
		list: () => packedFiles(context.conf, path, packByCount(minPartitions)),
		read: (part) => settleEach(part, textOfFile),
	})
	// Spark makes two RDDs of it, and so do ids and lineage here.
	return files.map((file): [string, string] => file).setName(path)
}

/** Pairs of file name and bytes as they are in the file; several small files make one partition. */
export function binaryFilesRDD(context: RDDContext, path: string, minPartitions: number): RDD<[string, Uint8Array]> {
	return fileRDD(context, {
		kind: 'BinaryFileRDD',
		name: path,
		list: () => packedFiles(context.conf, path, packByCore(context, minPartitions)),
		read: (part) => settleEach(part, bytesOfFile),
	})
}

/** Records of `length` bytes each, in splits of whole records. */
export function binaryRecordsRDD(context: RDDContext, path: string, length: number): RDD<Uint8Array> {
	const records = fileRDD(context, {
		kind: 'NewHadoopRDD',
		name: path,
		list: () => {
			if (!(Number.isInteger(length) && length > 0)) {
				throw new StreamError(
					'argument/illegal',
					`Fixed record length ${length} is invalid.  It should be set to a value greater than zero`,
					{ where: 'binaryRecords' },
				)
			}
			return fileSplits(context.conf, path, { unitBytes: length, isSplittable: isPlain })
		},
		read: reading((split) => recordsOf(split, length)),
	})
	return records.map((bytes) => bytes)
}

function* textOfFile({ files, status, shown }: InputFile): Reading<[string, string]> {
	const codec = codecOf(shown)
	const bytes = yield files.read(status.path)
	return [shown, (codec === undefined ? bytes : unpacked(codec, bytes, shown)).toString('utf8')]
}

function* bytesOfFile({ files, status, shown }: InputFile): Reading<[string, Uint8Array]> {
	const bytes = yield files.read(status.path)
	return [shown, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)]
}

function isPlain({ shown }: InputFile): boolean {
	if (codecOf(shown) === undefined) return true
	throw new StreamError('input/path', 'FixedLengthRecordReader does not support reading compressed files', {
		where: shown,
		remedy: 'unpack the file',
	})
}

function* recordsOf({ file, from, to }: FileSplit, length: number): Reading<Uint8Array[]> {
	const bytes = yield file.files.read(file.status.path, from, to)
	if (bytes.length % length !== 0) {
		throw new StreamError(
			'input/path',
			`${file.status.sizeBytes} bytes are no whole number of records of ${length} bytes`,
			{ where: file.shown, remedy: 'check the record length, or wait until the file is complete' },
		)
	}
	// Copies, so that a record that is kept does not keep the whole split.
	return Array.from({ length: bytes.length / length }, (_, i) =>
		Uint8Array.prototype.slice.call(bytes, i * length, (i + 1) * length),
	)
}
