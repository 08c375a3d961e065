/**
 * Writing Hadoop's SequenceFile, version 6.
 *
 *   "SEQ" 6 │ Text key class │ Text value class │ u8 packed? │ u8 in blocks? │ [Text codec class]
 *           │ i32 number of metadata entries │ 16 bytes of sync mark
 *   record  │ i32 length of key and value │ i32 length of key │ key │ value          (record: the value is packed)
 *   sync    │ i32 -1 │ the sync mark                      before a record, about every 100 KB; before every block
 *   block   │ sync │ vint records │ 4 × (vint length, packed): key lengths, keys, value lengths, values
 *
 * Source: Hadoop's `SequenceFile`.
 */

import { randomBytes } from 'node:crypto'
import { ByteWriter } from './bytewriter.js'
import type { Codec } from './codecs.js'
import type { Writable } from './writables.js'

/** What is written how. */
export interface SequenceLayout {
	readonly key: Writable
	readonly value: Writable
	/** Undefined: plain. */
	readonly codec?: Codec | undefined
	/** What is packed at a time: each value, or the keys and the values of many records (default). */
	readonly unit?: 'record' | 'block'
}

/** How often a mark is set, in bytes, so that a reader can begin in the middle. */
export const syncInterval = 5 * 1024 * (4 + 16)
/** How much a block holds before it is packed: Hadoop's `io.seqfile.compress.blocksize`. */
const blockBytes = 1_000_000

/** A whole file. Records must fit the classes of the layout. */
export function writeSequence(records: Iterable<readonly [unknown, unknown]>, layout: SequenceLayout): Buffer {
	const { key, value, codec, unit = 'block' } = layout
	const sync = randomBytes(16)
	const out = new ByteWriter()
	out.raw(Buffer.from('SEQ')).int8(6).text(key.className).text(value.className)
	out.int8(codec === undefined ? 0 : 1).int8(codec !== undefined && unit === 'block' ? 1 : 0)
	if (codec !== undefined) out.text(codec.className)
	out.int32(0).raw(sync)
	if (codec !== undefined && unit === 'block') writeBlocks(out, records, layout, codec, sync)
	else writeRecords(out, records, layout, codec, sync)
	return out.take()
}

function writeRecords(
	out: ByteWriter,
	records: Iterable<readonly [unknown, unknown]>,
	{ key, value }: SequenceLayout,
	codec: Codec | undefined,
	sync: Buffer,
): void {
	const keys = new ByteWriter()
	const values = new ByteWriter()
	let lastSync = out.length
	for (const [k, v] of records) {
		key.write(keys, k as never)
		value.write(values, v as never)
		const keyBytes = keys.take()
		const plain = values.take()
		const valueBytes = codec === undefined ? plain : codec.compress(plain)
		if (out.length >= lastSync + syncInterval) {
			out.int32(-1).raw(sync)
			lastSync = out.length
		}
		out
			.int32(keyBytes.length + valueBytes.length)
			.int32(keyBytes.length)
			.raw(keyBytes)
			.raw(valueBytes)
	}
}

function writeBlocks(
	out: ByteWriter,
	records: Iterable<readonly [unknown, unknown]>,
	{ key, value }: SequenceLayout,
	codec: Codec,
	sync: Buffer,
): void {
	const columns = [new ByteWriter(), new ByteWriter(), new ByteWriter(), new ByteWriter()] as const
	const [keyLengths, keys, valueLengths, values] = columns
	let count = 0
	const close = (): void => {
		if (count === 0) return
		out.int32(-1).raw(sync).vint(count)
		for (const column of columns) {
			const packed = codec.compress(column.take())
			out.vint(packed.length).raw(packed)
		}
		count = 0
	}
	for (const [k, v] of records) {
		const [keyStart, valueStart] = [keys.length, values.length]
		key.write(keys, k as never)
		value.write(values, v as never)
		keyLengths.vint(keys.length - keyStart)
		valueLengths.vint(values.length - valueStart)
		count += 1
		if (keys.length + values.length >= blockBytes) close()
	}
	close()
}
