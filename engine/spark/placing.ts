/**
 * Frames brought to the partitions that the workers have chosen, so that Spark knows which RDDs are placed alike.
 *
 * Spark is told a number for each partitioner and takes equal ones for equal: hash partitioners with as many partitions
 * have the same, all others one of their own. Source: PySpark's `partitionBy`.
 */

import { HashPartitioner, type Partitioner } from '../rdd/partitioner.js'
import { type Application, python } from './application.js'
import type { JavaRef } from './py4j.js'

/** Numbers of hash partitioners are below, those of all others above. */
const firstOther = 2 ** 32

export class Placing {
	readonly #app: Application
	readonly #others = new WeakMap<Partitioner, number>()
	/** Partitions with one empty frame each, by the partitioner's number. */
	readonly #separators = new Map<number, Promise<JavaRef>>()
	/** Those of partitioners that go with the program's. */
	readonly #gone = new FinalizationRegistry<number>((id) => this.#drop(id))
	#nextOther = firstOther

	constructor(app: Application) {
		this.#app = app
	}

	/** Frames, each behind the number of its partition, brought there. Without a partitioner nothing else is placed alike. */
	placed(sent: JavaRef, numPartitions: number, partitioner?: Partitioner): Promise<JavaRef> {
		return this.#placed(sent, numPartitions, partitioner === undefined ? this.#nextOther++ : this.#idOf(partitioner))
	}

	/** An RDD placed by the partitioner that has one empty frame in each partition. `frames` makes an RDD of frames. */
	separator(partitioner: Partitioner, frames: (all: Buffer[]) => Promise<JavaRef>): Promise<JavaRef> {
		const id = this.#idOf(partitioner)
		const { numPartitions } = partitioner
		let making = this.#separators.get(id)
		if (making === undefined) {
			making = this.#separator(id, numPartitions, frames)
			this.#separators.set(id, making)
			making.catch(() => this.#separators.delete(id))
			if (id >= firstOther) this.#gone.register(partitioner, id)
		}
		return making
	}

	async #separator(id: number, numPartitions: number, frames: (all: Buffer[]) => Promise<JavaRef>): Promise<JavaRef> {
		const targets = Array.from({ length: numPartitions }, (_, target) => {
			const number = Buffer.alloc(8)
			number.writeBigInt64BE(BigInt(target))
			return [number, Buffer.alloc(0)]
		})
		const sent = await frames(targets.flat())
		try {
			return await this.#placed(sent, numPartitions, id)
		} finally {
			this.#app.jvm.free(sent)
		}
	}

	#placed(sent: JavaRef, numPartitions: number, id: number): Promise<JavaRef> {
		const { plan } = this.#app.jvm
		return this.#app.jvm.scope(async (brief) => {
			const rdd = brief(await plan.call<JavaRef>(sent, 'rdd'))
			const pairwise = brief(await plan.make(`${python}.PairwiseRDD`, rdd))
			const pairs = brief(await plan.call<JavaRef>(pairwise, 'asJavaPairRDD'))
			const placing = brief(await plan.make(`${python}.PythonPartitioner`, numPartitions, BigInt(id)))
			const placed = brief(await plan.call<JavaRef>(pairs, 'partitionBy', placing))
			return plan.call<JavaRef>(`${python}.PythonRDD`, 'valueOfPair', placed)
		})
	}

	#idOf(partitioner: Partitioner): number {
		if (partitioner instanceof HashPartitioner) return partitioner.numPartitions
		let id = this.#others.get(partitioner)
		if (id === undefined) {
			id = this.#nextOther++
			this.#others.set(partitioner, id)
		}
		return id
	}

	#drop(id: number): void {
		const making = this.#separators.get(id)
		this.#separators.delete(id)
		// One that could not be made has nothing to be freed.
		making?.then((ref) => this.#app.jvm.free(ref)).catch(() => undefined)
	}
}
