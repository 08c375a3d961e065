/** Received blocks in memory, by name: the records, or the bytes they are read from when somebody asks. */

import { StreamError } from '../base/errors.js'

/** The contents of a block. `decode` turns stored bytes into records, once per read. */
export interface StoredBlock {
	readonly numRecords: number | undefined
	readonly sizeBytes: number
	read(): Iterable<unknown>
}

export class BlockStore {
	readonly #blocks = new Map<string, StoredBlock>()
	#sizeBytes = 0

	/** Bytes of all stored blocks, as far as they are known. */
	get sizeBytes(): number {
		return this.#sizeBytes
	}

	put(id: string, block: StoredBlock): void {
		this.remove(id)
		this.#blocks.set(id, block)
		this.#sizeBytes += block.sizeBytes
	}

	/** @throws rdd/lost when the block is gone */
	read(id: string): Iterable<unknown> {
		const block = this.#blocks.get(id)
		if (block === undefined) {
			throw new StreamError('rdd/lost', `Could not compute split, block ${id} not found`, {
				remedy: 'keep received data longer: ssc.remember(duration)',
			})
		}
		return block.read()
	}

	remove(id: string): void {
		const block = this.#blocks.get(id)
		if (block === undefined) return
		this.#sizeBytes -= block.sizeBytes
		this.#blocks.delete(id)
	}
}
