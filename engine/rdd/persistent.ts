/**
 * The RDDs of a context that are persisted now, without keeping any of them alive.
 *
 * A weak reference keeps its target until the event loop turns. Streams persist and release many RDDs within one turn,
 * so references are made weak at the next turn only, for those that are persisted still.
 */

import type { Store } from '../storage/store.js'
import type { Backend } from './backend.js'
import type { AnyRDD } from './plan.js'

/** What is kept, and where: plain data. */
export interface MemoryStatus {
	/** The setting `rivulet.memory.limit`. */
	readonly limitBytes: number
	/** Persisted partitions and received blocks in memory; objects are estimated. */
	readonly usedBytes: number
	/** Persisted partitions and received blocks in files. */
	readonly diskBytes: number
	/** Persisted RDDs in order of their ids. */
	readonly rdds: readonly {
		readonly id: number
		readonly name: string
		/** `Memory Deserialized 1x Replicated`. */
		readonly level: string
		readonly numPartitions: number
		/** How many of them are kept now. */
		readonly numKept: number
		readonly memoryBytes: number
		readonly diskBytes: number
	}[]
}

export class PersistentRDDs {
	readonly #fresh = new Map<number, AnyRDD>()
	readonly #older = new Map<number, WeakRef<AnyRDD>>()
	#isTurning = false

	set(rdd: AnyRDD, isPersisted: boolean): void {
		this.#older.delete(rdd.id)
		if (!isPersisted) {
			this.#fresh.delete(rdd.id)
			return
		}
		this.#fresh.set(rdd.id, rdd)
		if (this.#isTurning) return
		this.#isTurning = true
		setImmediate(() => this.#turn()).unref()
	}

	/** By id, in order. */
	all(): ReadonlyMap<number, AnyRDD> {
		const there = [...this.#older.values()].map((weak) => weak.deref()).filter((rdd) => rdd !== undefined)
		return new Map([...there, ...this.#fresh.values()].sort((a, b) => a.id - b.id).map((rdd) => [rdd.id, rdd]))
	}

	clear(): void {
		this.#fresh.clear()
		this.#older.clear()
	}

	status(storage: Store, backend: Backend): MemoryStatus {
		const { limitBytes, usedBytes, diskBytes } = storage
		const rdds = [...this.all().values()].map((rdd) => {
			const { partitions, memoryBytes, diskBytes } = backend.kept(rdd)
			return {
				id: rdd.id,
				name: rdd.name ?? rdd.kind,
				level: rdd.getStorageLevel().description,
				numPartitions: rdd.getNumPartitions(),
				numKept: partitions.length,
				memoryBytes,
				diskBytes,
			}
		})
		return { limitBytes, usedBytes, diskBytes, rdds }
	}

	#turn(): void {
		this.#isTurning = false
		for (const [id, weak] of this.#older) if (weak.deref() === undefined) this.#older.delete(id)
		for (const [id, rdd] of this.#fresh) this.#older.set(id, new WeakRef(rdd))
		this.#fresh.clear()
	}
}
