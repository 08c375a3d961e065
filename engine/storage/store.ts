/**
 * What is kept between jobs, persisted partitions and received blocks alike, under one limit of memory.
 *
 *            put                        room needed by another owner
 *   content ─────▶ memory ─────────────────▶ disk (levels with a disk)   ──read──▶ memory again, when it fits
 *             │                         └──▶ nowhere (levels without)
 *             └──▶ disk, or nowhere, when there is no room
 *
 * The least recently used blocks of other owners make room, and only when that is enough; a block that alone is larger
 * than the limit displaces nothing. Sizes of objects are estimates, those of bytes exact. Source: Spark's `BlockManager`,
 * `MemoryStore.evictBlocksToFreeSpace`.
 */

import { getHeapStatistics } from 'node:v8'
import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { StorageLevel } from './level.js'
import { arePacked, estimateBytes, type PackedRecords } from './sizes.js'
import { SpillDirectory, type SpilledFile } from './spill.js'

/** Records as bytes and back. */
export interface RecordCodec {
	/** @throws rdd/unsupported for a record that bytes cannot hold */
	toBytes(records: readonly unknown[] | PackedRecords): Uint8Array
	fromBytes(bytes: Uint8Array): Iterable<unknown>
}

/** Records, or the bytes they are read from. Bytes stay bytes at every level. */
export type Content = { readonly records: readonly unknown[] | PackedRecords } | { readonly bytes: Uint8Array }

/** How a block is kept. */
export interface Keeping {
	readonly level: StorageLevel
	readonly codec: RecordCodec
	/** What it is called in notices: `a partition of RDD 3`. */
	readonly title: string
	/** Blocks of one owner do not push each other out; undefined: it may push out any. */
	readonly owner?: unknown
	/** In memory records stay the objects that they are, also at a serialized level. */
	readonly isShared?: boolean
	/** False for the only copy, which cannot be made again (default true). */
	readonly canBeDropped?: boolean
	/** It left memory to make room: it is on the disk now, or nowhere. */
	readonly onPushedOut?: (isOnDisk: boolean) => void
}

/** A block that was kept. */
export interface Block {
	readonly keeping: Keeping
	readonly memoryBytes: number
	readonly diskBytes: number
	/** Its records; undefined when its file is gone or damaged, or it was freed. */
	read(): Iterable<unknown> | undefined
	/** Its bytes, of a block that was given as bytes; not to be changed. Undefined for others, and where `read` is. */
	bytes(): Uint8Array | undefined
	/** Frees memory and file. */
	free(): void
}

/** The setting `rivulet.memory.limit`; half of what V8 may use of memory when it is not set. */
export function memoryLimit(conf: SparkConf): number {
	return conf.getSizeAsBytes('rivulet.memory.limit', Math.floor(getHeapStatistics().heap_size_limit / 2))
}

export interface StoreOptions {
	readonly limitBytes: number
	/** Where files go (default: the system's temporary directory). */
	readonly directory?: string
}

export class Store {
	readonly limitBytes: number
	readonly #spill: SpillDirectory
	/** All blocks that take memory, the least recently used first. */
	readonly #inMemory = new Set<KeptBlock>()
	readonly #onDisk = new Set<KeptBlock>()
	readonly #holders = new FinalizationRegistry<ReadonlyMap<unknown, Block>>((blocks) => {
		for (const block of blocks.values()) block.free()
	})
	#usedBytes = 0
	#diskBytes = 0
	#isClosed = false

	constructor({ limitBytes, directory }: StoreOptions) {
		this.limitBytes = limitBytes
		this.#spill = new SpillDirectory(directory)
	}

	/** Bytes in memory, at most the limit. */
	get usedBytes(): number {
		return this.#usedBytes
	}
	/** Bytes in files. */
	get diskBytes(): number {
		return this.#diskBytes
	}

	/**
	 * Keeps the content as the level says; undefined when there is no room and the level has no disk, and after close.
	 * @throws rdd/unsupported for records that have to be bytes and cannot, output/path when the disk refuses
	 */
	put(content: Content, keeping: Keeping): Block | undefined {
		if (this.#isClosed) return undefined
		const block = new KeptBlock(this, content, keeping)
		if (keeping.level.useMemory) {
			const form = block.inMemory(content)
			if (this.#admit(block, form)) return block
		}
		if (!keeping.level.useDisk) return undefined
		this.#write(block, 'bytes' in content ? content.bytes : keeping.codec.toBytes(content.records))
		return block
	}

	/**
	 * Writes chunks of records to the disk as they come, so that they are never in memory together; read one by one, too.
	 * Undefined after close. @throws rdd/unsupported, output/path as put does
	 */
	putChunks(chunks: Iterable<readonly unknown[]>, keeping: Keeping): Block | undefined {
		if (this.#isClosed) return undefined
		const block = new KeptBlock(this, { records: [] }, keeping)
		try {
			for (const chunk of chunks) this.#write(block, keeping.codec.toBytes(chunk))
		} catch (thrown) {
			block.free()
			throw thrown
		}
		return block
	}

	/** Frees all of `blocks` once nobody holds `holder` any more. The blocks must not refer to it. */
	freeWith(holder: object, blocks: ReadonlyMap<unknown, Block>): void {
		this.#holders.register(holder, blocks)
	}

	/** Frees everything, removes the files and takes nothing more. */
	close(): void {
		this.#isClosed = true
		for (const block of [...this.#inMemory, ...this.#onDisk]) block.free()
		this.#spill.remove()
	}

	/** The records of a block, which has been used just now. */
	read(block: KeptBlock): Iterable<unknown> | undefined {
		const { form, keeping } = block
		if (block.isReceived) {
			const bytes = this.bytesOf(block)
			return bytes === undefined ? undefined : keeping.codec.fromBytes(bytes)
		}
		if (form !== undefined) {
			this.#used(block)
			// A view that is read from bytes may lie on them: a reader gets bytes of its own.
			return 'records' in form ? form.records : keeping.codec.fromBytes(copy(form.bytes))
		}
		if (block.files.length > 1) return this.#readChunks(block)
		const bytes = this.#fromDisk(block)
		if (bytes === undefined) return undefined
		if (!keeping.level.useMemory) return keeping.codec.fromBytes(bytes)
		if (!block.keepsObjects) {
			return keeping.codec.fromBytes(this.#admit(block, { bytes }) ? copy(bytes) : bytes)
		}
		const records = [...keeping.codec.fromBytes(bytes)]
		this.#admit(block, { records })
		return records
	}

	/** The bytes of a block that was received, which has been used just now. */
	bytesOf(block: KeptBlock): Uint8Array | undefined {
		const { form, keeping } = block
		if (form !== undefined) {
			this.#used(block)
			return 'bytes' in form ? form.bytes : undefined
		}
		const bytes = this.#fromDisk(block)
		if (bytes !== undefined && keeping.level.useMemory) this.#admit(block, { bytes })
		return bytes
	}

	free(block: KeptBlock): void {
		this.#leaveMemory(block)
		this.#onDisk.delete(block)
		this.#diskBytes -= block.diskBytes
		for (const file of block.files.splice(0)) this.#spill.delete(file)
	}

	#used(block: KeptBlock): void {
		this.#inMemory.delete(block)
		this.#inMemory.add(block)
	}

	/** What was written of a block in one piece; a block whose file is gone is freed. */
	#fromDisk(block: KeptBlock): Uint8Array | undefined {
		const [file] = block.files
		if (file === undefined) return undefined
		const bytes = this.#spill.read(file)
		if (bytes === undefined) this.free(block)
		return bytes
	}

	/** The records of all chunks; they are looked through before the first is given, so that a loss is known in time. */
	#readChunks(block: KeptBlock): Iterable<unknown> | undefined {
		const files = [...block.files]
		if (files.some((file) => this.#spill.read(file) === undefined)) {
			this.free(block)
			return undefined
		}
		return recordsOf(files, block.keeping, this.#spill)
	}

	/** Puts a block into memory when there is room, or can be made. */
	#admit(block: KeptBlock, form: Content): boolean {
		const sizeBytes = 'bytes' in form ? form.bytes.length : estimateBytes(form.records)
		if (!this.#makeRoom(sizeBytes, block.keeping.owner)) return false
		block.form = form
		block.memoryBytes = sizeBytes
		this.#usedBytes += sizeBytes
		this.#inMemory.add(block)
		if ('records' in form && arePacked(form.records)) {
			const { records } = form
			records.onResize = () => this.#resize(block, records)
		}
		return true
	}

	#resize(block: KeptBlock, records: PackedRecords): void {
		if (!this.#inMemory.has(block)) return
		const sizeBytes = estimateBytes(records)
		this.#usedBytes += sizeBytes - block.memoryBytes
		block.memoryBytes = sizeBytes
	}

	/** True when `sizeBytes` more fit, after blocks of other owners were pushed out; none is when that is not enough. */
	#makeRoom(sizeBytes: number, owner: unknown): boolean {
		if (sizeBytes > this.limitBytes) return false
		while (this.#usedBytes + sizeBytes > this.limitBytes) {
			const victims: KeptBlock[] = []
			let freedBytes = 0
			for (const block of this.#inMemory) {
				if (this.#usedBytes - freedBytes + sizeBytes <= this.limitBytes) break
				if (!block.canLeave || (owner !== undefined && block.keeping.owner === owner)) continue
				victims.push(block)
				freedBytes += block.memoryBytes
			}
			if (this.#usedBytes - freedBytes + sizeBytes > this.limitBytes) return false
			// One that cannot be written stays; then the rest is looked at anew.
			for (const block of victims) this.#pushOut(block)
		}
		return true
	}

	#pushOut(block: KeptBlock): void {
		const { form, keeping } = block
		if (form === undefined) return
		if (keeping.level.useDisk && block.files.length === 0) {
			try {
				this.#write(block, 'bytes' in form ? form.bytes : keeping.codec.toBytes(form.records))
			} catch (thrown) {
				block.isStuck = true
				const fate = block.canLeave ? 'it is dropped and made again when it is needed' : 'it stays in memory'
				const text = `${keeping.title} cannot be written to the disk, ${fate}: ${String(thrown)}`
				host().notice({ level: 'warning', text, group: undefined })
				if (!block.canLeave) return
			}
		}
		this.#leaveMemory(block)
		keeping.onPushedOut?.(block.files.length > 0)
	}

	#leaveMemory(block: KeptBlock): void {
		if (!this.#inMemory.delete(block)) return
		this.#usedBytes -= block.memoryBytes
		block.memoryBytes = 0
		block.form = undefined
	}

	#write(block: KeptBlock, bytes: Uint8Array): void {
		block.files.push(this.#spill.write(bytes))
		this.#diskBytes += bytes.length
		this.#onDisk.add(block)
	}
}

/** The state of one block; the store alone changes it. */
class KeptBlock implements Block {
	readonly #store: Store
	readonly keeping: Keeping
	/** True for bytes as they came; their records are read by a codec of their own. */
	readonly isReceived: boolean
	form: Content | undefined
	memoryBytes = 0
	/** Several for what was written in chunks. */
	readonly files: SpilledFile[] = []
	/** Its records cannot be written. */
	isStuck = false

	constructor(store: Store, content: Content, keeping: Keeping) {
		this.#store = store
		this.keeping = keeping
		this.isReceived = 'bytes' in content
	}

	get diskBytes(): number {
		return this.files.reduce((sum, file) => sum + file.sizeBytes, 0)
	}
	get keepsObjects(): boolean {
		return this.keeping.level.deserialized || this.keeping.isShared === true
	}
	/** True when it may be pushed out of memory. */
	get canLeave(): boolean {
		if (this.keeping.canBeDropped !== false) return true
		return this.keeping.level.useDisk && !this.isStuck
	}
	/** What the content is in memory. */
	inMemory(content: Content): Content {
		if ('bytes' in content || this.keepsObjects) return content
		return { bytes: this.keeping.codec.toBytes(content.records) }
	}
	read(): Iterable<unknown> | undefined {
		return this.#store.read(this)
	}
	bytes(): Uint8Array | undefined {
		return this.isReceived ? this.#store.bytesOf(this) : undefined
	}
	free(): void {
		this.#store.free(this)
	}
}

function* recordsOf(files: readonly SpilledFile[], keeping: Keeping, spill: SpillDirectory): IterableIterator<unknown> {
	for (const file of files) {
		const bytes = spill.read(file)
		if (bytes === undefined) {
			throw new StreamError('rdd/lost', `${keeping.title} was freed or lost while it was read`, {
				where: file.path,
				remedy: 'unpersist it after the jobs that read it',
			})
		}
		yield* keeping.codec.fromBytes(bytes)
	}
}

const copy = (bytes: Uint8Array): Uint8Array => Uint8Array.prototype.slice.call(bytes)
