/** Batches written down beforehand, one list each; afterwards empty batches. For lessons and tests. */

import type { Time } from '../base/time.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { parallelize } from '../rdd/make.js'
import type { RDD } from '../rdd/rdd.js'

export class ScriptInputDStream<T> extends InputDStream<T> {
	readonly #batches: readonly (readonly T[])[]

	constructor(context: Registry, batches: readonly (readonly T[])[]) {
		super(context, 'script')
		this.#batches = batches
	}

	override start(): void {}
	override stop(): void {}

	override compute(time: Time): RDD<T> {
		const zeroMs = this.zeroTime?.milliseconds ?? 0
		const index = (time.milliseconds - zeroMs) / this.slideDuration.milliseconds - 1
		const rows = this.#batches[index] ?? []
		this.context.reportInput(time, { inputStreamId: this.id, numRecords: rows.length, metadata: {} })
		return parallelize(this.context.sparkContext, rows)
	}
}
