/**
 * Records as bytes and back: what a checkpoint of an RDD holds, and a partition that is kept serialized or on the disk.
 *
 * What structured clone carries comes back as it was, cycles and shared references within a record included, and
 * instances of this engine do. An instance of another class would come back without its class, so it is refused.
 */

import { DefaultDeserializer, deserialize, serialize } from 'node:v8'
import { StreamError } from '../base/errors.js'
import type { PackedRecords } from '../storage/sizes.js'
import type { RecordCodec } from '../storage/store.js'
import { packed, unpacked } from './plaindata.js'
import { savedMarks } from './savedkinds.js'

/** The records as bytes. @throws rdd/unsupported for an instance of a class of the program, or a function */
export function toBytes(records: readonly unknown[] | PackedRecords): Buffer {
	const plain = Array.from(records, packed)
	try {
		return serialize(plain)
	} catch (thrown) {
		throw new StreamError('rdd/unsupported', `a record (${String(thrown)}) cannot be written as bytes`, {
			remedy: 'use plain data: numbers, texts, arrays, objects, dates',
		})
	}
}

/**
 * The records of `toBytes`; what they hold of byte arrays may lie on `bytes`.
 * @throws rdd/unsupported when a newer version of Node has written them
 */
export function fromBytes(bytes: Uint8Array): unknown[] {
	refuseNewer(bytes)
	return withoutMarks(deserialize(bytes) as unknown[], bytes)
}
/** The same; nothing of them lies on `bytes`. */
export function ownFromBytes(bytes: Uint8Array): unknown[] {
	refuseNewer(bytes)
	const reader = new OwnBytes(bytes)
	reader.readHeader()
	return withoutMarks(reader.readValue() as unknown[], bytes)
}

class OwnBytes extends DefaultDeserializer {
	/** Called for each view of bytes. */
	_readHostObject(): unknown {
		const read = (DefaultDeserializer.prototype as unknown as { _readHostObject: () => ArrayBufferView })
			._readHostObject
		const view = read.call(this)
		if (Buffer.isBuffer(view)) return Buffer.from(view)
		if (view instanceof DataView) {
			return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
		}
		return (view as Uint8Array).slice()
	}
}

function withoutMarks(records: unknown[], bytes: Uint8Array): unknown[] {
	// Marks are rare, and a look for their bytes costs far less than a walk through every record.
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
	return savedMarks.some((mark) => text.includes(mark, 0, 'latin1')) ? records.map(unpacked) : records
}

/** V8 reads what earlier versions wrote, never what a later one writes: the byte after the mark says which. */
const [formatMark, format = 0] = serialize(undefined)

function refuseNewer(bytes: Uint8Array): void {
	const [mark, version = 0] = bytes
	if (mark !== formatMark || version <= format) return
	const text = `records in format ${version} of V8, of which Node ${process.version} reads up to ${format}`
	throw new StreamError('rdd/unsupported', text, { remedy: 'use the version of Node that wrote them, or a newer one' })
}

/** The one way in which this engine writes records. */
export const savedRecords: RecordCodec = { toBytes, fromBytes }
