/**
 * Reading Hadoop's SequenceFile, version 6 (layout: sequencewriter.ts), whole or in splits.
 *
 * A split holds the records behind the sync marks that begin in it, and the first one those behind the header too:
 *
 *   header │ r r │ sync │ r r r │ sync │ r r │        split at ^: [header … before the second sync), [second sync …)
 *                              ^
 * Source: Hadoop's `SequenceFile.Reader`, `SequenceFileRecordReader`.
 */

import { StreamError } from '../base/errors.js'
import { ByteReader } from './bytereader.js'
import { type Codec, codecNamed, unpacked } from './codecs.js'
import type { Reading } from './reading.js'
import type { FileSplit } from './splits.js'
import { type Writable, writableNamed } from './writables.js'

/** What the beginning of a file says. */
export interface SequenceHeader {
	readonly key: Writable
	readonly value: Writable
	readonly codec: Codec | undefined
	readonly isInBlocks: boolean
	readonly metadata: ReadonlyMap<string, string>
	readonly sync: Buffer
	/** Where the first record or block is. */
	readonly end: number
}

/** The classes that a program expects; undefined: whatever the file says. */
export interface Expected {
	readonly key?: string | undefined
	readonly value?: string | undefined
}

/** Long enough for a header without much metadata. */
const headerBytes = 16 * 1024
/** How much is read beyond a split for the next sync mark. */
const tailBytes = 128 * 1024

/** The records of a split. @throws input/path for a file that is none, damaged, or of other classes than expected */
export function* sequenceRecords(split: FileSplit, expected: Expected = {}): Reading<Iterable<[unknown, unknown]>> {
	const { file, from, to } = split
	const { files, status, shown } = file
	const size = status.sizeBytes
	let head = yield files.read(status.path, 0, Math.min(size, headerBytes))
	let header = headerOf(head, shown, head.length < size)
	if (header === undefined) {
		head = yield files.read(status.path, 0, size)
		header = headerOf(head, shown, false) as SequenceHeader
	}
	requireClass(expected.key, header.key, 'keys', shown)
	requireClass(expected.value, header.value, 'values', shown)
	const begin = Math.max(from, header.end)
	const next = Math.max(to, header.end)
	if (begin >= size) return []
	let readTo = Math.min(size, next + tailBytes)
	for (;;) {
		const bytes = yield files.read(status.path, begin, readTo)
		const start = from === 0 ? 0 : syncFrom(bytes, header.sync, 0)
		const stop = next >= size ? bytes.length : syncFrom(bytes, header.sync, next - begin)
		const isAll = readTo >= size || bytes.length < readTo - begin
		if (isAll || (start !== -1 && stop !== -1)) {
			const end = stop === -1 ? bytes.length : stop
			if (start === -1 || start >= end) return []
			const reader = new ByteReader(bytes, shown, start, end)
			return header.isInBlocks ? blocks(reader, header, shown) : records(reader, header, shown)
		}
		readTo = Math.min(size, readTo + (readTo - begin))
	}
}

/** Everything in a file that was just written. */
export function sequenceContent(bytes: Buffer, shown: string): Iterable<[unknown, unknown]> {
	const header = headerOf(bytes, shown, false) as SequenceHeader
	const reader = new ByteReader(bytes, shown, header.end)
	return header.isInBlocks ? blocks(reader, header, shown) : records(reader, header, shown)
}

/** Undefined when `hasMore` bytes than these have to be seen. */
function headerOf(bytes: Buffer, shown: string, hasMore: boolean): SequenceHeader | undefined {
	if (bytes.toString('latin1', 0, 3) !== 'SEQ') {
		throw new StreamError('input/path', `${shown} not a SequenceFile`, { remedy: 'read it as the format that it has' })
	}
	const version = bytes[3]
	if (version !== 6) {
		throw new StreamError('input/path', `${shown}: a SequenceFile of version ${version}, only 6 can be read`, {
			remedy: 'write it again with Hadoop 1 or later',
		})
	}
	try {
		const reader = new ByteReader(bytes, shown, 4)
		const [keyClass, valueClass] = [reader.text(), reader.text()]
		const [isPacked, isInBlocks] = [reader.int8() !== 0, reader.int8() !== 0]
		const codec = isPacked ? codecNamed(reader.text()) : undefined
		const metadata = new Map<string, string>()
		for (let i = reader.int32(); i > 0; i -= 1) metadata.set(reader.text(), reader.text())
		const sync = Buffer.from(reader.raw(16))
		const [key, value] = [writableNamed(keyClass), writableNamed(valueClass)]
		return { key, value, codec, isInBlocks, metadata, sync, end: reader.position }
	} catch (thrown) {
		// What ends too early may only not have been read yet.
		if (thrown instanceof StreamError && thrown.code === 'input/path' && hasMore) return undefined
		if (!(thrown instanceof StreamError && thrown.code === 'argument/illegal')) throw thrown
		const { message, remedy = 'write it with other classes' } = thrown
		throw new StreamError('input/path', `${shown}: ${message}`, { remedy, cause: thrown })
	}
}

function requireClass(wanted: string | undefined, { className }: Writable, what: string, shown: string): void {
	if (wanted === undefined || writableNamed(wanted).className === className) return
	throw new StreamError('input/path', `${shown}: its ${what} are ${className}, not ${wanted}`, {
		remedy: 'leave the class out to read whatever the file has',
	})
}

/** The first sync mark that begins at `at` or later, its escape included; -1 for none. */
function syncFrom(bytes: Buffer, sync: Buffer, at: number): number {
	const found = bytes.indexOf(sync, at + 4)
	return found === -1 ? -1 : found - 4
}

function* records(reader: ByteReader, header: SequenceHeader, shown: string): Iterable<[unknown, unknown]> {
	const { key, value, codec, sync } = header
	while (!reader.isAtEnd) {
		const length = reader.int32()
		if (length === -1) {
			if (!reader.raw(16).equals(sync)) reader.damaged('no sync mark where one must be')
			continue
		}
		const keyLength = reader.int32()
		if (keyLength < 0 || length < keyLength) reader.damaged('a length that is none')
		const k = key.read(inside(reader, keyLength, shown))
		const bytes = reader.raw(length - keyLength)
		const plain = codec === undefined ? bytes : unpacked(codec, bytes, shown)
		yield [k, value.read(new ByteReader(plain, shown))]
	}
}

const inside = (reader: ByteReader, length: number, shown: string): ByteReader =>
	new ByteReader(reader.raw(length), shown)

function* blocks(reader: ByteReader, header: SequenceHeader, shown: string): Iterable<[unknown, unknown]> {
	const { key, value, sync } = header
	const codec = header.codec as Codec
	while (!reader.isAtEnd) {
		if (reader.int32() !== -1 || !reader.raw(16).equals(sync)) reader.damaged('no sync mark where one must be')
		const count = reader.length()
		const column = (): ByteReader => new ByteReader(unpacked(codec, reader.raw(reader.length()), shown), shown)
		const [keyLengths, keys, valueLengths, values] = [column(), column(), column(), column()] as const
		for (let i = 0; i < count; i += 1) {
			const [keyLength, valueLength] = [keyLengths.length(), valueLengths.length()]
			const k = key.read(inside(keys, keyLength, shown))
			yield [k, value.read(inside(values, valueLength, shown))]
		}
	}
}
