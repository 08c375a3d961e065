/** The same RDD in every batch; the smallest model of an input stream of one's own. Source: Spark's `ConstantInputDStream`. */

import { requireThat } from '../base/errors.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { emptyRDD } from '../rdd/make.js'
import type { RDD } from '../rdd/rdd.js'

export class ConstantInputDStream<T> extends InputDStream<T> {
	#rdd: RDD<T>

	/** @throws argument/illegal for a missing RDD */
	constructor(context: Registry, rdd: RDD<T>) {
		requireThat(
			rdd !== null && rdd !== undefined,
			'parameter rdd null is illegal, which will lead to NPE in the following transformation',
		)
		super(context, 'ConstantInputDStream')
		this.#rdd = rdd
	}
	override get heldRDDs(): readonly RDD<T>[] {
		return [this.#rdd]
	}
	override exchangeRDDs(otherOf: (rdd: RDD<T>) => RDD<T> | undefined): void {
		this.#rdd = otherOf(this.#rdd) ?? emptyRDD(this.context.sparkContext)
	}
	override start(): void {}
	override stop(): void {}
	/** @internal */
	override compute(): RDD<T> {
		return this.#rdd
	}
}
