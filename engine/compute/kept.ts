/**
 * What this machine keeps of RDDs between jobs: persisted partitions, and the output of shuffles.
 *
 * Both hang on the RDD by weak reference, so they go with it, files included; `forget` frees them before.
 *
 *   partition asked for ── kept ──▶ its records
 *                      └─ not kept, pushed out, lost ──▶ computed from lineage, kept again
 *
 * A shuffle whose result was kept elsewhere than in the shuffle's own arrays (as bytes, in a file) is let go, partition by
 * partition; who still needs it makes the shuffle run again.
 */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { KeptFacts } from '../rdd/backend.js'
import type { AnyRDD } from '../rdd/plan.js'
import { savedRecords } from '../rdd/saved.js'
import { StorageLevel } from '../storage/level.js'
import { estimateBytes } from '../storage/sizes.js'
import type { Block, Keeping, Store } from '../storage/store.js'

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
		return rdd.getStorageLevel() !== StorageLevel.NONE
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
	 * than the limit, at a level without a disk, no more is gathered: the rest comes as it is computed.
	 * @throws rdd/unsupported for records that have to be bytes and cannot
	 */
	keep(rdd: AnyRDD, partition: number, records: Iterable<unknown>): Iterable<unknown> {
		if (Array.isArray(records)) {
			// A source gives the program's own array, which may change later.
			const own: readonly unknown[] = rdd.plan.kind === 'source' ? [...records] : records
			this.#put(rdd, partition, own)
			return own
		}
		const level = rdd.getStorageLevel()
		// Bytes take less than objects; a quarter is less than they ever take.
		const limitBytes = this.#store.limitBytes * (keepsObjects(rdd, level) ? 1 : 4)
		let nextLook = level.useDisk ? Number.POSITIVE_INFINITY : 1_024
		const all: unknown[] = []
		const iterator = records[Symbol.iterator]()
		for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
			all.push(next.value)
			if (all.length !== nextLook) continue
			nextLook *= 2
			if (estimateBytes(all) > limitBytes) return continued(all, iterator)
		}
		this.#put(rdd, partition, all)
		return all
	}

	#put(rdd: AnyRDD, partition: number, records: readonly unknown[]): void {
		const level = rdd.getStorageLevel()
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
		records: readonly unknown[],
	): Keeping {
		const { id, isLocallyCheckpointed } = rdd
		const codec = {
			toBytes: (all: readonly unknown[]) => asBytes(all, `RDD ${id} at ${level}`),
			fromBytes: savedRecords.fromBytes,
		}
		// Whatever may go to the disk later is refused at once, not when memory happens to be short.
		if (level.useDisk && keepsObjects(rdd, level) && !rdd.isKeptByStream) codec.toBytes(records.slice(0, 1))
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

/** What was gathered, then the rest. */
function* continued(gathered: unknown[], rest: Iterator<unknown>): IterableIterator<unknown> {
	try {
		for (const record of gathered) yield record
		gathered.length = 0
		for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value
	} finally {
		rest.return?.()
	}
}

const keepsObjects = (rdd: AnyRDD, level: StorageLevel): boolean => level.deserialized || rdd.isKeptByStream

function asBytes(records: readonly unknown[], where: string): Uint8Array {
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

/** What the map side of a shuffle left for one partition, and its final records once somebody has read them. */
export interface ShuffledPartition {
	readonly buckets: (readonly (readonly [unknown, unknown])[])[]
	records: readonly unknown[] | undefined
	/** True when it is kept elsewhere and nothing is left here. */
	isLetGo: boolean
}

/** Outputs of shuffles by the RDD that reads them. */
export class ShuffleOutputs {
	readonly #outputs = new WeakMap<AnyRDD, ShuffledPartition[]>()

	get(rdd: AnyRDD): ShuffledPartition[] | undefined {
		return this.#outputs.get(rdd)
	}
	set(rdd: AnyRDD, output: ShuffledPartition[]): void {
		this.#outputs.set(rdd, output)
	}
	forget(rdd: AnyRDD): void {
		this.#outputs.delete(rdd)
	}
}

/** Frees one partition of a shuffle whose records are kept elsewhere. */
function letGo(output: ShuffledPartition | undefined): void {
	if (output === undefined) return
	output.records = undefined
	output.buckets.length = 0
	output.isLetGo = true
}
