/**
 * The RDD class: identity, plan, persistence. Its transformations and actions are families of methods in the files
 * beside this one (element, pair, ordered, numeric, action), which extend the interface and the prototype.
 */

import { StreamError } from '../base/errors.js'
import { operationSite } from '../base/operationsite.js'
import type { SparkContext } from '../sparkcontext.js'
import { StorageLevel } from '../storage/level.js'
import type { RDDContext } from './backend.js'
import { refuseInTask } from './nested.js'
import type { Partitioner } from './partitioner.js'
import { type Plan, parentsOf, partitionsOf } from './plan.js'

/** What a transformation says about the RDD it makes. */
export interface RDDParts {
	readonly plan: Plan
	/** Spark's class name of this RDD, for `toString` and lineage, e.g. `MapPartitionsRDD`. */
	readonly kind: string
	readonly partitioner?: Partitioner | undefined
	/** What made it, and where (`map at app.ts:12`), when it is not what the program calls now. */
	readonly callSite?: string | undefined
}

/** A resilient distributed dataset: partitions of records, computed when an action asks. */
export class RDD<out T> {
	readonly id: number
	readonly sparkContext: SparkContext
	readonly kind: string
	/** What the program called to make it, and where: `map at app.ts:12`; undefined when that is not known. @internal */
	readonly callSite: string | undefined
	/** Given by `setName`. */
	name: string | undefined
	/** The type of a record; never set. */
	declare readonly record: T
	#plan: Plan
	#partitioner: Partitioner | undefined
	#level: StorageLevel = StorageLevel.NONE
	#isLocallyCheckpointed = false
	/** What its partitions have to find out first is known, also of its lineage: see `prepareLineage`. @internal */
	isReady = false
	/** A job has gone through it: see `writeMarked`. @internal */
	isPassed = false
	#isKeptByStream = false
	#holders = 0

	/** @throws rdd/nested inside a task */
	constructor(context: RDDContext, parts: RDDParts) {
		refuseInTask(parts.kind)
		this.id = context.nextRddId()
		// The one class that makes RDDs for programs; the rooms below know only what they need of it.
		this.sparkContext = context as SparkContext
		this.kind = parts.kind
		this.callSite = parts.callSite ?? operationSite()
		this.#plan = parts.plan
		this.#partitioner = parts.partitioner
	}

	/** How its partitions come about. Changes once, when a checkpoint cuts the lineage. @internal */
	get plan(): Plan {
		return this.#plan
	}
	/** Where keys are, when it is known. */
	get partitioner(): Partitioner | undefined {
		return this.#partitioner
	}
	get context(): SparkContext {
		return this.sparkContext
	}
	/** Parents, in order. */
	get dependencies(): readonly RDD<unknown>[] {
		return parentsOf(this.#plan)
	}
	/** Its partitions, each with its index. */
	get partitions(): readonly { readonly index: number }[] {
		return Array.from({ length: this.getNumPartitions() }, (_, index) => ({ index }))
	}
	/** Hosts that would compute the partition best: none, on one machine. */
	preferredLocations(_partition: { readonly index: number }): readonly string[] {
		return []
	}
	getNumPartitions(): number {
		return partitionsOf(this.#plan)
	}
	setName(name: string): this {
		this.name = name
		return this
	}

	/**
	 * Keeps the computed partitions at `level` (default MEMORY_ONLY), as far as `rivulet.memory.limit` allows. Beyond it
	 * the partitions of other RDDs that were used least recently go to the disk (levels with one) or are dropped and
	 * computed again when they are needed. Serialized levels give each reader records of its own; they and the levels
	 * with a disk take plain data only. Replicated levels keep one copy on one machine.
	 * @throws rdd/level when another level was already set
	 */
	persist(level: StorageLevel = StorageLevel.MEMORY_ONLY): this {
		if (this.#isLocallyCheckpointed) return this.#setLevel(level.withDisk())
		if (!this.#level.equals(StorageLevel.NONE) && !this.#level.equals(level)) {
			throw new StreamError(
				'rdd/level',
				'Cannot change storage level of an RDD after it was already assigned a level',
				{ remedy: 'unpersist() it first' },
			)
		}
		return this.#setLevel(level)
	}
	/** As persist, for a stream that keeps its batches: in memory records stay objects, at any level. @internal */
	keepForStream(level: StorageLevel): this {
		if (this.#level === StorageLevel.NONE) this.#isKeptByStream = true
		return this.persist(level)
	}
	#setLevel(level: StorageLevel): this {
		this.#level = level.equals(StorageLevel.NONE) ? StorageLevel.NONE : level
		this.sparkContext.persisted(this, this.#level !== StorageLevel.NONE)
		return this
	}
	cache(): this {
		return this.persist()
	}
	/** Frees the kept partitions; the RDD can be persisted again. */
	unpersist(_blocking = false): this {
		this.#setLevel(StorageLevel.NONE)
		this.#isKeptByStream = false
		if (this.#holders === 0) this.sparkContext.backend.forget(this)
		return this
	}
	getStorageLevel(): StorageLevel {
		return this.#level
	}
	/** Keeps what is computed from now on until the result is called, unseen by the program's own levels. @internal */
	hold(): () => void {
		this.#holders += 1
		return () => {
			this.#holders -= 1
			if (this.#holders === 0 && this.#level === StorageLevel.NONE) this.sparkContext.backend.forget(this)
		}
	}
	/** The level at which partitions are kept: the program's, otherwise in memory while somebody holds it. @internal */
	get keptLevel(): StorageLevel {
		return this.#level === StorageLevel.NONE && this.#holders > 0 ? StorageLevel.MEMORY_ONLY : this.#level
	}

	/** Cuts the lineage: from now on partitions come from `plan`. Used by checkpoints only. @internal */
	replacePlan(plan: Plan): void {
		this.#plan = plan
	}
	/** True when what is kept of it is, or will be, the only copy: its lineage is cut by `localCheckpoint`. @internal */
	get isLocallyCheckpointed(): boolean {
		return this.#isLocallyCheckpointed
	}
	/** True when a stream keeps it, and not the program by `persist`. @internal */
	get isKeptByStream(): boolean {
		return this.#isKeptByStream
	}
	/** From now on it is kept at levels with a disk only (default MEMORY_AND_DISK); others may follow. @internal */
	markLocallyCheckpointed(): void {
		this.#isLocallyCheckpointed = true
		const before = this.#level
		this.persist(before === StorageLevel.NONE ? StorageLevel.MEMORY_AND_DISK : before)
		// What was kept without a disk behind it might be dropped.
		if (!this.#level.equals(before)) this.sparkContext.backend.forget(this)
	}

	/** `[name ]Kind[id] at callSite`. */
	toString(): string {
		const name = this.name === undefined ? '' : `${this.name} `
		return `${name}${this.kind}[${this.id}]${this.callSite === undefined ? '' : ` at ${this.callSite}`}`
	}
}
