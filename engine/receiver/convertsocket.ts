/**
 * Records that a function of the program makes of the bytes a TCP server sends. The function runs anew for each
 * connection, and is not asked for more while the receiver is held back. Source: Spark's `SocketReceiver`.
 */

import { StreamError } from '../base/errors.js'
import type { StorageLevel } from '../storage/level.js'
import { PullingSocketReceiver } from './pullsocket.js'

/** Makes records of the bytes of one connection, cut anywhere into chunks. */
export type SocketConverter<T> = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<T>

export class ConvertingSocketReceiver<T> extends PullingSocketReceiver<T, T> {
	readonly #convert: SocketConverter<T>

	constructor(host: string, port: number, convert: SocketConverter<T>, storageLevel: StorageLevel) {
		super(host, port, storageLevel)
		this.#convert = convert
	}
	protected override pieces(chunks: AsyncIterable<Uint8Array>): AsyncIterable<T> {
		const pieces: unknown = this.#convert(chunks)
		if (
			typeof pieces === 'object' &&
			pieces !== null &&
			(Symbol.asyncIterator in pieces || Symbol.iterator in pieces)
		) {
			return pieces as AsyncIterable<T>
		}
		const given = pieces instanceof Promise ? 'a promise' : String(pieces)
		throw new StreamError('argument/illegal', `the converter gave ${given}, nothing to iterate over`, {
			where: 'socketStream',
			remedy: 'give a generator: async function* (chunks) { … }',
		})
	}
	protected override keep(record: T): Promise<void> {
		return this.support.storeOne(record)
	}
}
