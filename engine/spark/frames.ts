/**
 * Records in frames: the elements that Spark moves, none of which it understands.
 *
 *   0 records   plain data, as the engine writes it            (the common case)
 *   1 graph     records with instances of the program's classes, captured like the variables of functions
 *   2 parts     several frames in one
 *   3 one       a portable record that is alone: the engine's function that makes it, and what it is made of
 */

import { deserialize, serialize } from 'node:v8'
import { StreamError } from '../base/errors.js'
import { receiveFunction, shipFunction } from '../closure/ship.js'
import { type PortableParts, portableParts } from '../rdd/portable.js'
import { fromBytes, toBytes } from '../rdd/saved.js'
import { Cargo, unloadCargo } from './cargo.js'

const plain = 0
const graph = 1
const many = 2
const one = 3

/** So many records go into one frame at the most. */
export const recordsPerFrame = 4_096

const tagged = (tag: number, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(tag), bytes])

/** Records as one frame. @throws task/closure for a record that cannot travel */
export function encodeRecords(records: readonly unknown[]): Buffer {
	const portable = records.length === 1 ? portableParts(records[0]) : undefined
	if (portable !== undefined) return encodePortable(portable)
	try {
		return tagged(plain, toBytes(records))
	} catch (thrown) {
		if (!(thrown instanceof StreamError) || thrown.code !== 'rdd/unsupported') throw thrown
		return tagged(graph, shipFunction(records, { name: 'a record', site: undefined }, new Cargo().carriers).bytes)
	}
}

/** The records of a frame. Those with classes have to wait for their modules. */
export function decodeRecords(frame: Buffer): unknown[] | Promise<unknown[]> {
	if (frame[0] === plain) return fromBytes(frame.subarray(1))
	if (frame[0] === one) return decodePortable(frame)
	return receiveFunction(frame.subarray(1), unloadCargo) as Promise<unknown[]>
}

const makers = new WeakMap<PortableParts['make'], Buffer>()

/** The length of the captured function that makes it, that function, and its parts as records. */
function encodePortable({ make, parts }: PortableParts): Buffer {
	let maker = makers.get(make)
	if (maker === undefined) {
		const { bytes } = shipFunction(make)
		maker = Buffer.alloc(4 + bytes.length)
		maker.writeInt32BE(bytes.length)
		maker.set(bytes, 4)
		makers.set(make, maker)
	}
	return Buffer.concat([Buffer.of(one), maker, encodeRecords(parts)])
}

async function decodePortable(frame: Buffer): Promise<unknown[]> {
	const end = 5 + frame.readInt32BE(1)
	const make = (await receiveFunction(frame.subarray(5, end))) as PortableParts['make']
	return [make(await decodeRecords(frame.subarray(end)))]
}

/** Frames of whole partitions in one. */
export const encodeParts = (parts: readonly Buffer[]): Buffer => tagged(many, serialize(parts))

/** The frames in a frame: its parts, or itself. */
export function partsOf(frame: Buffer): readonly Buffer[] {
	if (frame[0] !== many) return [frame]
	return (deserialize(frame.subarray(1)) as Uint8Array[]).map((part) => Buffer.from(part))
}
