/**
 * What outlives a job in Spark: shuffles, persisted RDDs, data that came from the driver. Each is made once and goes with
 * the plan it belongs to; what is forgotten while jobs are being planned is freed after them.
 *
 * Of what batches use, all goes that was in none of the last three: this process may not collect its garbage for a long
 * time, and data of the driver lies in the memory of Spark's. What a later batch needs after all is made again.
 */

import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { AnyRDD, Plan } from '../rdd/plan.js'
import { type Application, python } from './application.js'
import { Placing } from './placing.js'
import type { JavaRef } from './py4j.js'

type Making = Promise<JavaRef>

/** Something that belongs to a plan, and the last batch that has used it. */
interface Used {
	readonly plan: WeakRef<Plan>
	readonly making: Making
	batchMs: number
}

/** What was in none of so many batches goes. */
const numRecent = 3

export class Lasting {
	readonly #app: Application
	readonly #readStored: (directory: string) => Making
	readonly #byPlan = new WeakMap<Plan, Making>()
	/** What batches have used. */
	readonly #used = new Map<Making, Used>()
	/** Times of the last batches, the newest one last. */
	#recent: readonly number[] = []
	readonly #kept = new WeakMap<AnyRDD, Making>()
	readonly #numbered = new Map<number, Making>()
	readonly #gone = new FinalizationRegistry<Making>((making) => {
		this.#used.delete(making)
		this.#later(() => this.#free(making))
	})
	readonly #waiting: (() => void)[] = []
	/** Where frames go. */
	readonly placing: Placing
	#numPlanning = 0
	#nextFile = 0

	/** @param readStored opens what Spark has written of a checkpointed RDD */
	constructor(app: Application, readStored: (directory: string) => Making) {
		this.#app = app
		this.#readStored = readStored
		this.placing = new Placing(app)
	}

	/** While the result is not called, nothing is freed. @param batchMs the batch whose job is planned */
	planning(batchMs?: number): () => void {
		this.#numPlanning += 1
		if (batchMs !== undefined && !this.#recent.includes(batchMs)) this.#begin(batchMs)
		return () => {
			this.#numPlanning -= 1
			if (this.#numPlanning === 0) for (const free of this.#waiting.splice(0)) free()
		}
	}

	/** A new batch: what none of the last ones has used is freed. */
	#begin(batchMs: number): void {
		this.#recent = [...this.#recent, batchMs].slice(-numRecent)
		for (const [making, used] of this.#used) {
			if (this.#recent.includes(used.batchMs)) continue
			this.#used.delete(making)
			this.#gone.unregister(making)
			const plan = used.plan.deref()
			if (plan !== undefined) this.#byPlan.delete(plan)
			this.#later(() => this.#free(making))
		}
	}

	/** The placed frames of a shuffle. */
	shuffled(plan: Plan, make: () => Making): Making {
		return this.#ofPlan(plan, make)
	}

	/** The frames of a persisted RDD. */
	kept(rdd: AnyRDD, make: () => Making): Making {
		let making = this.#kept.get(rdd)
		if (making === undefined) {
			making = make()
			this.#kept.set(rdd, making)
			making.catch(() => this.#kept.delete(rdd))
			this.#gone.register(rdd, making, making)
		}
		return making
	}

	/** Frees what Spark keeps of an RDD. */
	forget(rdd: AnyRDD): void {
		const making = this.#kept.get(rdd)
		if (making === undefined) return
		this.#kept.delete(rdd)
		this.#gone.unregister(making)
		this.#later(() => {
			making
				.then(async (ref) => {
					const { jvm } = this.#app
					jvm.free(await jvm.plan.call(ref, 'unpersist', false), ref)
				})
				.catch(tell)
		})
	}

	/** What Spark keeps, or will, of an RDD. */
	keptRef(rdd: AnyRDD): Making | undefined {
		return this.#kept.get(rdd)
	}

	/** Partitions with one empty frame each, for stages that need no data. */
	numbered(numPartitions: number): Making {
		let making = this.#numbered.get(numPartitions)
		if (making === undefined) {
			making = this.#fromFrames(numPartitions, async function* () {
				for (let i = 0; i < numPartitions; i++) yield Buffer.alloc(0)
			})
			this.#numbered.set(numPartitions, making)
			making.catch(() => this.#numbered.delete(numPartitions))
		}
		return making
	}

	/** One empty frame in each partition, placed by the partitioner: goes between RDDs that are put side by side. */
	separator(partitioner: Partitioner): Making {
		return this.placing.separator(partitioner, (all) =>
			this.#fromFrames(1, async function* () {
				yield* all
			}),
		)
	}

	/** One frame a partition, sent from here. */
	given(plan: Plan, numPartitions: number, frames: () => AsyncIterable<Buffer>): Making {
		return this.#ofPlan(plan, () => this.#fromFrames(numPartitions, frames))
	}

	/** The frames that Spark has written. */
	stored(plan: Plan, directory: string): Making {
		return this.#ofPlan(plan, () => this.#readStored(directory))
	}

	#ofPlan(plan: Plan, make: () => Making): Making {
		let making = this.#byPlan.get(plan)
		if (making === undefined) {
			making = make()
			this.#byPlan.set(plan, making)
			making.catch(() => this.#byPlan.delete(plan))
			this.#gone.register(plan, making, making)
		}
		const batchMs = this.#recent.at(-1)
		if (batchMs === undefined) return making
		const used = this.#used.get(making)
		if (used === undefined) this.#used.set(making, { plan: new WeakRef(plan), making, batchMs })
		else used.batchMs = batchMs
		return making
	}

	async #fromFrames(numPartitions: number, frames: () => AsyncIterable<Buffer>): Making {
		const { jvm, java, scratch } = this.#app
		if (numPartitions === 0) return jvm.plan.call<JavaRef>(java, 'emptyRDD')
		const path = join(scratch, `frames-${this.#nextFile++}`)
		const file = openSync(path, 'wx', 0o600)
		try {
			for await (const frame of frames()) {
				const length = Buffer.alloc(4)
				length.writeInt32BE(frame.length)
				writeSync(file, length)
				for (let at = 0; at < frame.length; ) at += writeSync(file, frame, at, frame.length - at)
			}
			return await jvm.plan.call<JavaRef>(`${python}.PythonRDD`, 'readRDDFromFile', java, path, numPartitions)
		} finally {
			closeSync(file)
			rmSync(path, { force: true })
		}
	}

	#later(free: () => void): void {
		if (this.#numPlanning === 0) free()
		else this.#waiting.push(free)
	}
	#free(making: Making): void {
		making.then((ref) => this.#app.jvm.free(ref)).catch(() => undefined)
	}
}

/** Once Spark has ended there is nothing to free. */
function tell(thrown: unknown): void {
	const { code, message } = asError(thrown) as { readonly code?: string; readonly message: string }
	if (code === 'cluster/gateway') return
	host().notice({ level: 'warning', text: `Spark did not free a persisted RDD: ${message}`, group: undefined })
}
