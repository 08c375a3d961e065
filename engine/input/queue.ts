/**
 * Batches from a queue of RDDs that the program fills, also while the context runs.
 *
 * One element a batch (`oneAtATime`), or everything that is there; an empty queue gives the default RDD. The queue is
 * read when, and only when, somebody asks for a batch time (a live graph always asks). Plain arrays in the queue become
 * RDDs when they are read. Source: Spark's `QueueInputDStream`.
 */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { concatenated, emptyRDD, parallelize } from '../rdd/make.js'
import { RDD } from '../rdd/rdd.js'

/** A queue that a stream reads and the program pushes to: `q.push([1, 2, 3])` is one batch of three records. */
export class Queue<T> {
	readonly #items: (RDD<T> | readonly T[])[] = []

	/** Adds a batch: an RDD or the records of one. @throws argument/illegal for what is no batch; nothing is added then */
	push(...batches: (RDD<T> | readonly T[])[]): void {
		batches.forEach(requireBatch)
		this.#items.push(...batches)
	}
	/** Takes the oldest batch out. */
	shift(): RDD<T> | readonly T[] | undefined {
		return this.#items.shift()
	}
	/** How many batches wait. */
	get length(): number {
		return this.#items.length
	}
	clear(): void {
		this.#items.length = 0
	}
	/** What waits, oldest first. @internal */
	get waiting(): readonly (RDD<T> | readonly T[])[] {
		return this.#items
	}
	/** Puts other batches in the place of all that wait. @internal */
	refill(batches: readonly (RDD<T> | readonly T[])[]): void {
		this.#items.splice(0, this.#items.length, ...batches)
	}
}

/** A queue, or an array used as one: what is pushed to it later is seen. */
export type QueueLike<T> = Queue<T> | (RDD<T> | readonly T[])[]

/** So many batches later nobody is likely to read a batch again. */
const longAgo = 128

export class QueueInputDStream<T> extends InputDStream<T> {
	readonly #queue: QueueLike<T>
	readonly #oneAtATime: boolean
	#defaultRDD: RDD<T> | null | undefined
	/** What packs the records of the program's arrays, by batch time. */
	readonly #fresh = new Map<number, () => void>()
	/** The same, of those that were packed once. */
	readonly #older = new Map<number, () => void>()

	/**
	 * @param defaultRDD undefined: one empty partition when the queue is empty; null: no partitions
	 * @throws argument/illegal for what is no queue
	 */
	constructor(context: Registry, queue: QueueLike<T>, oneAtATime: boolean, defaultRDD: RDD<T> | null | undefined) {
		if (!(queue instanceof Queue || Array.isArray(queue))) {
			throw new StreamError('argument/illegal', `${String(queue)} is no queue`, {
				where: 'queueStream',
				remedy: 'give what ssc.queue() makes, or an array of RDDs or arrays',
			})
		}
		super(context, 'queueStream')
		this.#queue = queue
		this.#oneAtATime = oneAtATime
		this.#defaultRDD = defaultRDD
	}

	override hasData(): boolean {
		return this.#queue.length > 0
	}
	override get madeFrom(): readonly unknown[] {
		return [this.#queue, this.#oneAtATime, this.#defaultRDD === null]
	}
	/** What is in a queue is the program's: a checkpoint cannot hold it. */
	override get checkpointRefusal(): string {
		return "queueStream doesn't support checkpointing"
	}
	get #waiting(): readonly (RDD<T> | readonly T[])[] {
		return this.#queue instanceof Queue ? this.#queue.waiting : this.#queue
	}
	override get heldRDDs(): readonly RDD<T>[] {
		return [...this.#waiting, this.#defaultRDD].filter((one) => one instanceof RDD)
	}
	override exchangeRDDs(otherOf: (rdd: RDD<T>) => RDD<T> | undefined): void {
		const others: (RDD<T> | readonly T[])[] = []
		for (const one of this.#waiting) {
			const other = one instanceof RDD ? otherOf(one) : one
			if (other !== undefined) others.push(other)
		}
		if (this.#queue instanceof Queue) this.#queue.refill(others)
		else this.#queue.splice(0, this.#queue.length, ...others)
		if (this.#defaultRDD instanceof RDD) this.#defaultRDD = otherOf(this.#defaultRDD)
	}
	override start(): void {}
	override stop(): void {}

	/** What windows still need of a batch that is over takes less memory, and of one that was long ago as little as can be. */
	override clearMetadata(time: Time): void {
		super.clearMetadata(time)
		const longAgoMs = time.milliseconds - longAgo * this.slideDuration.milliseconds
		// Without windows the next batch forgets this one.
		const isKept = (this.rememberDuration?.milliseconds ?? 0) > 2 * this.slideDuration.milliseconds
		packed(this.#fresh, time.milliseconds - (isKept ? 0 : 1), (ms, pack) => {
			if (!this.generatedRDDs.has(ms)) return
			pack()
			this.#older.set(ms, pack)
		})
		packed(this.#older, longAgoMs, (ms, pack) => {
			if (this.generatedRDDs.has(ms)) pack()
		})
	}

	override compute(time: Time): RDD<T> {
		const sc = this.context.sparkContext
		const taken: RDD<T>[] = []
		while (this.#queue.length > 0) {
			const item = this.#queue.shift() as RDD<T> | readonly T[]
			requireBatch(item)
			taken.push(item instanceof RDD ? item : this.#made(item, time))
			if (this.#oneAtATime) break
		}
		const first = taken[0]
		if (first === undefined)
			return this.#defaultRDD === undefined ? parallelize<T>(sc, [], 1) : (this.#defaultRDD ?? emptyRDD<T>(sc))
		return this.#oneAtATime ? first : concatenated(sc, taken)
	}
	#made(records: readonly T[], time: Time): RDD<T> {
		const rdd = parallelize(this.context.sparkContext, records)
		const before = this.#fresh.get(time.milliseconds)
		this.#fresh.set(time.milliseconds, () => {
			before?.()
			if (rdd.plan.kind === 'source') rdd.plan.pack?.()
		})
		return rdd
	}
}

/** Takes those of times up to `ms` out, oldest first. */
function packed(from: Map<number, () => void>, ms: number, take: (ms: number, pack: () => void) => void): void {
	for (const [at, pack] of from) {
		if (at > ms) return
		from.delete(at)
		take(at, pack)
	}
}

/** @throws argument/illegal for what is neither an RDD nor records */
function requireBatch(item: unknown): void {
	if (item instanceof RDD && item.sparkContext.isStopped) {
		throw new StreamError('context/stopped', `${item} belongs to a SparkContext that is stopped`, {
			where: 'queueStream',
			remedy: 'make it again with the sc of now, or push its records as an array',
		})
	}
	if (item instanceof RDD || (typeof item === 'object' && item !== null && Symbol.iterator in item)) return
	throw new StreamError('argument/illegal', `${String(item)} is no batch`, {
		where: 'queueStream',
		remedy: 'push an RDD or an array of records: queue.push([1, 2, 3])',
	})
}
