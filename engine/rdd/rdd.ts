/**
 * The RDD class: identity, plan, persistence. Its transformations and actions are families of methods in the files
 * beside this one (element, pair, ordered, numeric, action), which extend the interface and the prototype.
 */

import { StreamError } from '../base/errors.js'
import { StorageLevel } from '../storage/level.js'
import type { RDDContext } from './backend.js'
import type { Partitioner } from './partitioner.js'
import { type Plan, parentsOf, partitionsOf } from './plan.js'

/** What a transformation says about the RDD it makes. */
export interface RDDParts {
	readonly plan: Plan
	/** Spark's class name of this RDD, for `toString` and lineage, e.g. `MapPartitionsRDD`. */
	readonly kind: string
	readonly partitioner?: Partitioner | undefined
	/** Where the user made it, `file:line`, when known. */
	readonly callSite?: string | undefined
}

/** A resilient distributed dataset: partitions of records, computed when an action asks. */
export class RDD<T> {
	readonly id: number
	readonly sparkContext: RDDContext
	readonly kind: string
	readonly callSite: string | undefined
	/** Given by `setName`. */
	name: string | undefined
	/** The type of a record; never set. */
	declare readonly record: T
	#plan: Plan
	#partitioner: Partitioner | undefined
	#level: StorageLevel = StorageLevel.NONE
	#locallyCheckpointed = false

	constructor(context: RDDContext, parts: RDDParts) {
		this.id = context.nextRddId()
		this.sparkContext = context
		this.kind = parts.kind
		this.callSite = parts.callSite
		this.#plan = parts.plan
		this.#partitioner = parts.partitioner
	}

	/** How its partitions come about. Changes once, when a checkpoint cuts the lineage. */
	get plan(): Plan {
		return this.#plan
	}
	/** Where keys are, when it is known. */
	get partitioner(): Partitioner | undefined {
		return this.#partitioner
	}
	get context(): RDDContext {
		return this.sparkContext
	}
	/** Parents, in order. */
	get dependencies(): readonly RDD<unknown>[] {
		return parentsOf(this.#plan)
	}
	getNumPartitions(): number {
		return partitionsOf(this.#plan)
	}
	setName(name: string): this {
		this.name = name
		return this
	}

	/**
	 * Keeps the computed partitions at `level` (default MEMORY_ONLY).
	 * @throws rdd/level when another level was already set
	 */
	persist(level: StorageLevel = StorageLevel.MEMORY_ONLY): this {
		if (!this.#level.equals(StorageLevel.NONE) && !this.#level.equals(level) && !this.#locallyCheckpointed) {
			throw new StreamError(
				'rdd/level',
				'Cannot change storage level of an RDD after it was already assigned a level',
				{ remedy: 'unpersist() it first' },
			)
		}
		this.#level = level
		this.sparkContext.persisted(this, !level.equals(StorageLevel.NONE))
		return this
	}
	cache(): this {
		return this.persist()
	}
	/** Frees the kept partitions; the RDD can be persisted again. */
	unpersist(_blocking = false): this {
		this.#level = StorageLevel.NONE
		this.sparkContext.persisted(this, false)
		this.sparkContext.backend.forget(this)
		return this
	}
	getStorageLevel(): StorageLevel {
		return this.#level
	}

	/** Cuts the lineage: from now on partitions come from `plan`. Used by checkpoints only. */
	replacePlan(plan: Plan): void {
		this.#plan = plan
	}
	/** Marks it as checkpointed in local storage, which allows another level to be set. */
	markLocallyCheckpointed(level: StorageLevel): void {
		this.#locallyCheckpointed = true
		this.#level = level
	}

	/** `[name ]Kind[id] at callSite`. */
	toString(): string {
		const name = this.name === undefined ? '' : `${this.name} `
		return `${name}${this.kind}[${this.id}]${this.callSite === undefined ? '' : ` at ${this.callSite}`}`
	}
}
