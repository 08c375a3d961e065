/**
 * Blocks of records that a TCP server sends ready-made: for each block its length in four bytes, big-endian, then so
 * many bytes of `v8.serialize([…records])`.
 *
 *   00 00 00 2a | 42 bytes | 00 00 01 00 | 256 bytes | …
 *
 * The bytes are stored as they are and read in the batch. Source: Spark's `RawNetworkReceiver`, whose bytes are those of
 * Spark's serializer.
 */

import { StreamError } from '../base/errors.js'
import { PullingSocketReceiver } from './pullsocket.js'

/** No block is longer: a length beyond this is no length, but something else on the wire. */
const maxBlockBytes = 1 << 30

export class RawSocketReceiver<T> extends PullingSocketReceiver<T, Uint8Array> {
	protected override pieces(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
		return blocksIn(chunks)
	}
	protected override keep(block: Uint8Array): Promise<void> {
		return this.store(block)
	}
	protected override atEnd(): never {
		throw new StreamError('receiver/store', 'End of channel', { where: 'RawSocketReceiver' })
	}
}

/**
 * The blocks in a sequence of chunks that are cut anywhere.
 * @throws receiver/store for a length that is none, and for an end inside a block
 */
export async function* blocksIn(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
	const head = Buffer.alloc(4)
	let headBytes = 0
	let block: Buffer | undefined
	let filled = 0
	for await (const chunk of chunks) {
		let from = 0
		while (from < chunk.length) {
			if (block === undefined) {
				const n = Math.min(4 - headBytes, chunk.length - from)
				head.set(chunk.subarray(from, from + n), headBytes)
				headBytes += n
				from += n
				if (headBytes < 4) break
				const length = head.readInt32BE()
				if (length < 0 || length > maxBlockBytes) {
					throw new StreamError('receiver/store', `${length} is no length of a block`, {
						remedy: 'send the length of each block in four bytes, big-endian, before its bytes',
					})
				}
				block = Buffer.alloc(length)
				filled = 0
			}
			const n = Math.min(block.length - filled, chunk.length - from)
			block.set(chunk.subarray(from, from + n), filled)
			filled += n
			from += n
			if (filled < block.length) break
			yield block
			block = undefined
			headBytes = 0
		}
	}
	if (block !== undefined || headBytes > 0) {
		throw new StreamError('receiver/store', 'End of channel', { where: 'inside a block' })
	}
}
