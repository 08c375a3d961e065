/**
 * Received blocks by name: records, or the bytes they are read from when somebody asks.
 *
 * Under the memory limit they share with persisted partitions. Levels with a disk spill; without one a block that does
 * not fit is refused. A block that was taken is never dropped (in Spark a memory-only one may be): it is the only copy.
 */

import { StreamError } from '../base/errors.js'
import type { StorageLevel } from './level.js'
import type { Block, RecordCodec, Store } from './store.js'

/** Bytes that `decode` turns into records at each read. */
export interface ReceivedBytes {
	readonly bytes: Uint8Array
	readonly decode: (bytes: Uint8Array) => Iterable<unknown>
}
/** What a receiver stored. */
export type StoredBlock = { readonly records: readonly unknown[] } | ReceivedBytes

export class BlockStore {
	readonly #store: Store
	readonly #codec: RecordCodec
	readonly #blocks = new Map<string, Block>()

	/** `codec` writes records that have to leave memory. */
	constructor(store: Store, codec: RecordCodec) {
		this.#store = store
		this.#codec = codec
		store.freeWith(this, this.#blocks)
	}

	/** Bytes of all blocks that are in memory now. */
	get memoryBytes(): number {
		let sum = 0
		for (const block of this.#blocks.values()) sum += block.memoryBytes
		return sum
	}

	/** Keeps a block. In memory records stay objects. @throws receiver/store when there is no room for it */
	put(id: string, content: StoredBlock, level: StorageLevel): void {
		this.remove(id)
		const codec = 'bytes' in content ? { toBytes: this.#codec.toBytes, fromBytes: content.decode } : this.#codec
		let cause: unknown
		try {
			const title = `block ${id}`
			const block = this.#store.put(content, { level, codec, title, isShared: true, canBeDropped: false })
			if (block !== undefined) {
				this.#blocks.set(id, block)
				return
			}
		} catch (thrown) {
			cause = thrown
		}
		throw refused(id, level, this.#store, cause)
	}

	/** Its records; undefined when it is not there any more. */
	read(id: string): Iterable<unknown> | undefined {
		return this.#blocks.get(id)?.read()
	}

	/** Its bytes and how they are read; undefined for a block of records, and where `read` is. */
	bytes(id: string): ReceivedBytes | undefined {
		const block = this.#blocks.get(id)
		const bytes = block?.bytes()
		return block === undefined || bytes === undefined ? undefined : { bytes, decode: block.keeping.codec.fromBytes }
	}

	has(id: string): boolean {
		return this.#blocks.has(id)
	}

	remove(id: string): void {
		this.#blocks.get(id)?.free()
		this.#blocks.delete(id)
	}
}

function refused(id: string, level: StorageLevel, store: Store, cause: unknown): StreamError {
	const why = cause === undefined ? `the memory limit of ${store.limitBytes} bytes is reached` : String(cause)
	return new StreamError('receiver/store', `Could not store ${id} to block manager with storage level ${level}`, {
		where: why,
		remedy: 'let batches keep up, raise rivulet.memory.limit, or give the receiver a level with a disk',
		cause,
	})
}
