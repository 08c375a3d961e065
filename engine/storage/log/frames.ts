/**
 * Records in a log file: each behind its length and checksum, so that what a crash has torn is found.
 *
 *   length (4 bytes, big-endian, at least 1) · crc32 of the record (4 bytes) · record      … and so on
 *
 * A record that is damaged while those after it are whole is left out; a tail that makes no sense is cut.
 */

import { crc32 } from 'node:zlib'

const headBytes = 8

/** A record and where it begins in its file. */
export interface Framed {
	readonly record: Uint8Array
	/** Of the frame, not of the record. */
	readonly offset: number
}

/** The record as it is written; an empty one cannot be. */
export function frame(record: Uint8Array): Buffer {
	const bytes = Buffer.allocUnsafe(headBytes + record.length)
	bytes.writeUInt32BE(record.length, 0)
	bytes.writeUInt32BE(crc32(record), 4)
	bytes.set(record, headBytes)
	return bytes
}

/** The record of the frame that begins at `offset`; undefined when it is torn or damaged. */
export function recordAt(file: Uint8Array, offset = 0): Uint8Array | undefined {
	const end = endAt(file, offset)
	if (end === undefined) return undefined
	const record = file.subarray(offset + headBytes, end)
	return crc32(record) === view(file).getUint32(offset + 4) ? record : undefined
}

/** The same, and where the frame ends. */
export function frameAt(
	file: Uint8Array,
	offset: number,
): { readonly record: Uint8Array; readonly end: number } | undefined {
	const record = recordAt(file, offset)
	return record === undefined ? undefined : { record, end: offset + headBytes + record.length }
}

/** All whole records of a file in order, and how many bytes of it are none. */
export function recordsOf(file: Uint8Array): { readonly records: readonly Framed[]; readonly lostBytes: number } {
	const records: Framed[] = []
	let lostBytes = 0
	let offset = 0
	for (;;) {
		const end = endAt(file, offset)
		if (end === undefined) break
		const record = recordAt(file, offset)
		if (record === undefined) lostBytes += end - offset
		else records.push({ record, offset })
		offset = end
	}
	return { records, lostBytes: lostBytes + file.length - offset }
}

/** The record of a file that is one frame; undefined when it is torn, damaged, or more than that. */
export function onlyRecord(file: Uint8Array): Uint8Array | undefined {
	return endAt(file, 0) === file.length ? recordAt(file) : undefined
}

/** Where the frame at `offset` ends; undefined when the file does not reach so far. */
function endAt(file: Uint8Array, offset: number): number | undefined {
	if (offset + headBytes > file.length) return undefined
	const length = view(file).getUint32(offset)
	const end = offset + headBytes + length
	return length === 0 || end > file.length ? undefined : end
}

const view = (file: Uint8Array): DataView => new DataView(file.buffer, file.byteOffset, file.length)
