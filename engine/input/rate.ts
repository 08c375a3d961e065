/**
 * Numbered records at a steady rate, taken from the clock: for demonstrations and lessons.
 *
 * The batch at t holds the records numbered floor(rate · (t − B − zero)) up to floor(rate · (t − zero)), exclusive: so
 * the same batches every time on a ManualClock, and no drift. `f` makes a record of its number.
 */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { parallelize } from '../rdd/make.js'
import type { RDD } from '../rdd/rdd.js'

export class RateInputDStream<T> extends InputDStream<T> {
	/** Records a second; another one holds from the next start on. */
	perSecond: number
	readonly #make: (i: number) => T

	/** @throws argument/illegal unless `perSecond` is a positive number */
	constructor(context: Registry, perSecond: number, make: (i: number) => T, operator = 'rateStream') {
		if (!(perSecond > 0 && Number.isFinite(perSecond))) {
			throw new StreamError('argument/illegal', `${String(perSecond)} records per second is no rate`, {
				where: operator,
				remedy: 'give a positive number',
			})
		}
		super(context, operator)
		this.perSecond = perSecond
		this.#make = make
	}

	override hasData(time: Time): boolean {
		const [from, to] = this.#numbersAt(time)
		return to > from
	}
	override get madeFrom(): readonly unknown[] {
		return [this.operator, this.perSecond, this.#make]
	}
	override start(): void {}
	override stop(): void {}

	override compute(time: Time): RDD<T> {
		const [from, to] = this.#numbersAt(time)
		const rows = Array.from({ length: to - from }, (_, i) => this.#make(from + i))
		this.context.reportInput(time, { inputStreamId: this.id, numRecords: rows.length, metadata: {} })
		return parallelize(this.context.sparkContext, rows)
	}

	/** The number of the first record of a batch, and of the first one after it. */
	#numbersAt(time: Time): readonly [number, number] {
		const sinceMs = time.milliseconds - (this.zeroTime?.milliseconds ?? 0)
		const from = Math.floor((this.perSecond * (sinceMs - this.slideDuration.milliseconds)) / 1_000)
		return [from, Math.floor((this.perSecond * sinceMs) / 1_000)]
	}
}
