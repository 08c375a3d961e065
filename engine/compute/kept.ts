/**
 * The partitions of persisted RDDs that this machine keeps between jobs.
 *
 *   partition asked for ── kept ──▶ its records
 *                      └─ not kept, pushed out, lost ──▶ computed from lineage, kept again
 *
 * They hang on the RDD by weak reference, so they go with it, files included; `forget` frees them before.
 */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { KeptFacts } from '../rdd/backend.js'
import type { AnyRDD } from '../rdd/plan.js'
import { savedRecords } from '../rdd/saved.js'
import { StorageLevel } from '../storage/level.js'
import { arePacked, type PackedRecords } from '../storage/sizes.js'
import type { Block, Keeping, Store } from '../storage/store.js'
import { chunked, gather } from './gather.js'
import { letGo, type ShuffleOutputs } from './shuffleoutputs.js'

/** About how many bytes of records are written at once when not all of them are in memory. */
const chunkBytes = 4 * 2 ** 20
/** So many bytes of objects may be gathered on their way to become bytes. */
const passingBytes = 64 * 2 ** 20

/** Partitions of persisted RDDs. */
export class KeptPartitions {
	readonly #store: Store
	readonly #shuffles: ShuffleOutputs
	readonly #kept = new WeakMap<AnyRDD, Map<number, Block>>()
	/** RDDs whose loss of a partition has been told. */
	readonly #told = new WeakSet<AnyRDD>()

	constructor(store: Store, shuffles: ShuffleOutputs) {
		this.#store = store
		this.#shuffles = shuffles
	}

	/** True when the RDD is to be kept. */
	static wants(rdd: AnyRDD): boolean {
		return rdd.keptLevel !== StorageLevel.NONE
	}

	/** The kept records; undefined when they have to be computed. */
	read(rdd: AnyRDD, partition: number): Iterable<unknown> | undefined {
		const blocks = this.#kept.get(rdd)
		const block = blocks?.get(partition)
		if (block === undefined) return undefined
		const records = block.read()
		if (records === undefined) {
			blocks?.delete(partition)
			this.#tellLost(rdd, partition)
		}
		return records
	}

	/**
	 * Keeps what was computed, as far as there is room, and gives it to the reader. Of a partition that turns out larger
	 * than memory may hold no more is gathered: the rest goes to the disk in chunks, or, at a level without one, to the
	 * reader as it is computed.
	 * @throws rdd/unsupported for records that have to be bytes and cannot
	 */
	keep(rdd: AnyRDD, partition: number, records: Iterable<unknown>): Iterable<unknown> {
		if (Array.isArray(records)) {
			// A source gives the program's own array, which may change later.
			const own: readonly unknown[] = rdd.plan.kind === 'source' ? [...records] : records
			this.#put(rdd, partition, own)
			return own
		}
		if (arePacked(records)) {
			this.#put(rdd, partition, records)
			return records
		}
		const level = rdd.keptLevel
		const gathered = gather(records, this.#mostBytes(level, keepsObjects(rdd, level)))
		if ('all' in gathered) {
			this.#put(rdd, partition, gathered.all)
			return gathered.all
		}
		const { rest, bytesPerRecord } = gathered
		if (!level.useDisk) return rest
		return this.#putChunks(rdd, partition, chunked(rest, Math.ceil(chunkBytes / bytesPerRecord)))
	}

	/** How much of a partition may be in memory as objects on its way to where it is kept. */
	#mostBytes(level: StorageLevel, areObjects: boolean): number {
		const { limitBytes } = this.#store
		if (!level.useMemory) return Math.min(limitBytes, passingBytes)
		// Bytes may fit where objects do not; they take more than a quarter of them.
		return areObjects ? limitBytes : Math.min(4 * limitBytes, Math.max(limitBytes, passingBytes))
	}

	/** Writes what is too much for memory, and reads it back. */
	#putChunks(rdd: AnyRDD, partition: number, chunks: Iterable<readonly unknown[]>): Iterable<unknown> {
		const blocks = this.#blocksOf(rdd)
		blocks.get(partition)?.free()
		blocks.delete(partition)
		const block = this.#store.putChunks(chunks, this.#keeping(rdd, partition, rdd.keptLevel, blocks, []))
		if (block === undefined) throw new StreamError('context/stopped', 'SparkContext has been shutdown')
		blocks.set(partition, block)
		const written = block.read()
		if (written !== undefined) return written
		throw new StreamError('rdd/lost', `partition ${partition} of ${rdd} is damaged as soon as it is written`, {
			remedy: 'look after the disk of the temporary directory',
		})
	}

	#put(rdd: AnyRDD, partition: number, records: readonly unknown[] | PackedRecords): void {
		const level = rdd.keptLevel
		const blocks = this.#blocksOf(rdd)
		blocks.get(partition)?.free()
		const block = this.#store.put({ records }, this.#keeping(rdd, partition, level, blocks, records))
		if (block === undefined) {
			blocks.delete(partition)
			return
		}
		blocks.set(partition, block)
		const isShared = block.memoryBytes > 0 && keepsObjects(rdd, level)
		if (!isShared) letGo(this.#shuffles.get(rdd)?.[partition])
	}

	/** True when all of its partitions are kept, so nothing behind the RDD will be asked. */
	hasAll(rdd: AnyRDD): boolean {
		return KeptPartitions.wants(rdd) && this.#kept.get(rdd)?.size === rdd.getNumPartitions()
	}

	/** What is kept of an RDD now. */
	facts(rdd: AnyRDD): KeptFacts {
		const blocks = this.#kept.get(rdd) ?? new Map<number, Block>()
		const all = [...blocks.values()]
		return {
			partitions: [...blocks.keys()].sort((a, b) => a - b),
			memoryBytes: all.reduce((sum, block) => sum + block.memoryBytes, 0),
			diskBytes: all.reduce((sum, block) => sum + block.diskBytes, 0),
		}
	}

	forget(rdd: AnyRDD): void {
		const blocks = this.#kept.get(rdd)
		if (blocks === undefined) return
		for (const block of blocks.values()) block.free()
		blocks.clear()
	}

	#blocksOf(rdd: AnyRDD): Map<number, Block> {
		let blocks = this.#kept.get(rdd)
		if (blocks === undefined) {
			blocks = new Map()
			this.#kept.set(rdd, blocks)
			this.#store.freeWith(rdd, blocks)
		}
		return blocks
	}

	/** Holds nothing of the RDD itself: what is kept must not keep it alive. */
	#keeping(
		rdd: AnyRDD,
		partition: number,
		level: StorageLevel,
		blocks: Map<number, Block>,
		records: readonly unknown[] | PackedRecords,
	): Keeping {
		const { id, isLocallyCheckpointed } = rdd
		const codec = {
			toBytes: (all: readonly unknown[] | PackedRecords) => asBytes(all, `RDD ${id} at ${level}`),
			fromBytes: savedRecords.fromBytes,
		}
		// Whatever may go to the disk later is refused at once, not when memory happens to be short.
		if (level.useDisk && keepsObjects(rdd, level) && !rdd.isKeptByStream) codec.toBytes(firstOf(records))
		const shuffled = this.#shuffles.get(rdd)?.[partition]
		return {
			level,
			codec,
			title: `partition ${partition} of RDD ${id}`,
			owner: id,
			isShared: rdd.isKeptByStream,
			canBeDropped: !isLocallyCheckpointed,
			onPushedOut: (isOnDisk) => {
				if (!isOnDisk) blocks.delete(partition)
				letGo(shuffled)
			},
		}
	}

	#tellLost(rdd: AnyRDD, partition: number): void {
		if (this.#told.has(rdd)) return
		this.#told.add(rdd)
		const fate = rdd.isLocallyCheckpointed ? 'it cannot be computed again' : 'it is computed again'
		const text = `partition ${partition} of ${rdd} was kept in a file that is gone or damaged: ${fate}`
		host().notice({ level: 'warning', text, group: undefined })
	}
}

function firstOf(records: Iterable<unknown>): readonly unknown[] {
	for (const record of records) return [record]
	return []
}

const keepsObjects = (rdd: AnyRDD, level: StorageLevel): boolean => level.deserialized || rdd.isKeptByStream

function asBytes(records: readonly unknown[] | PackedRecords, where: string): Uint8Array {
	try {
		return savedRecords.toBytes(records)
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
		throw new StreamError(thrown.code, thrown.message, {
			where,
			remedy: 'persist it with MEMORY_ONLY, or use plain data: numbers, texts, arrays, objects, dates',
			cause: thrown,
		})
	}
}
