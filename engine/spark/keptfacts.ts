/**
 * What Spark keeps of persisted RDDs, asked for after each job that went through one, so that it can be told at once.
 *
 * Asking takes several calls for each of them, so after jobs of batches it is done only now and then.
 */

import { systemClock } from '../base/clock.js'
import type { KeptFacts } from '../rdd/backend.js'
import { type AnyRDD, parentsOf } from '../rdd/plan.js'
import type { Application } from './application.js'
import type { Lasting } from './lasting.js'
import type { JavaRef } from './py4j.js'

/** So long facts are good enough for batches. */
const everyMs = 2_000

const nothing: KeptFacts = { partitions: [], memoryBytes: 0, diskBytes: 0 }

export class KeptOnSpark {
	readonly #app: Application
	readonly #lasting: Lasting
	#askedMs = Number.NEGATIVE_INFINITY
	readonly #facts = new WeakMap<AnyRDD, KeptFacts>()

	constructor(app: Application, lasting: Lasting) {
		this.#app = app
		this.#lasting = lasting
	}

	facts(rdd: AnyRDD): KeptFacts {
		return this.#facts.get(rdd) ?? nothing
	}
	forget(rdd: AnyRDD): void {
		this.#facts.delete(rdd)
	}

	/** Asks what is kept of the RDDs behind this one. @param isOfBatch may be left out when it was asked lately */
	async refresh(rdd: AnyRDD, isOfBatch: boolean): Promise<void> {
		const now = systemClock.now()
		if (isOfBatch && now < this.#askedMs + everyMs) return
		this.#askedMs = now
		const behind: AnyRDD[] = []
		const seen = new Set<AnyRDD>()
		const stack = [rdd]
		for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
			if (seen.has(node)) continue
			seen.add(node)
			if (this.#lasting.keptRef(node) !== undefined) behind.push(node)
			stack.push(...parentsOf(node.plan))
		}
		if (behind.length === 0) return
		const infos = await this.#infos()
		for (const node of behind) {
			const ref = await this.#lasting.keptRef(node)
			const id = ref === undefined ? undefined : await this.#app.jvm.plan.call<number>(ref, 'id')
			const info = id === undefined ? undefined : infos.get(id)
			if (info === undefined) this.#facts.delete(node)
			else this.#facts.set(node, info)
		}
	}

	/** By Spark's id. Spark says how many partitions are kept, not which: they are taken to be the first. */
	async #infos(): Promise<ReadonlyMap<number, KeptFacts>> {
		const { jvm, scala } = this.#app
		const { plan } = jvm
		return jvm.scope(async (brief) => {
			const array = brief(await plan.call<JavaRef>(scala, 'getRDDStorageInfo'))
			const length = await plan.length(array)
			const all = new Map<number, KeptFacts>()
			for (let i = 0; i < length; i++) {
				const info = brief(await plan.item<JavaRef>(array, i))
				const numKept = await plan.call<number>(info, 'numCachedPartitions')
				all.set(await plan.call<number>(info, 'id'), {
					partitions: [...Array(numKept).keys()],
					memoryBytes: await plan.call<number>(info, 'memSize'),
					diskBytes: await plan.call<number>(info, 'diskSize'),
				})
			}
			return all
		})
	}
}
