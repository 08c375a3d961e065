/**
 * Batches written down beforehand, one list each from its first batch on; afterwards empty batches. Time that begins
 * again begins the script again. For lessons and tests.
 */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { parallelize } from '../rdd/make.js'
import type { RDD } from '../rdd/rdd.js'

export class ScriptInputDStream<T> extends InputDStream<T> {
	readonly #batches: readonly (readonly T[])[]

	/** @throws argument/illegal unless it is a list of lists */
	constructor(context: Registry, batches: readonly (readonly T[])[]) {
		const isScript = Array.isArray(batches) && batches.every((rows) => Array.isArray(rows) || rows === undefined)
		if (!isScript) {
			throw new StreamError('argument/illegal', `${String(batches)} is no script`, {
				where: 'script',
				remedy: 'give a list of records for each batch: ssc.script([[1, 2], [], [3]])',
			})
		}
		super(context, 'script')
		this.#batches = batches
	}

	override hasData(time: Time): boolean {
		return this.#rowsAt(time).length > 0
	}
	override get madeFrom(): readonly unknown[] {
		return this.#batches
	}
	override start(): void {}
	override stop(): void {}

	override compute(time: Time): RDD<T> {
		const rows = this.#rowsAt(time)
		this.context.reportInput(time, { inputStreamId: this.id, numRecords: rows.length, metadata: {} })
		return parallelize(this.context.sparkContext, rows)
	}

	#rowsAt(time: Time): readonly T[] {
		return this.#batches[(time.milliseconds - this.floorMs) / this.slideDuration.milliseconds - 1] ?? []
	}
}
