/** The same RDD in every batch; the smallest model of an input stream of one's own. Source: Spark's `ConstantInputDStream`. */

import { requireThat } from '../base/errors.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import type { RDD } from '../rdd/rdd.js'

export class ConstantInputDStream<T> extends InputDStream<T> {
	readonly #rdd: RDD<T>

	/** @throws argument/illegal for a missing RDD */
	constructor(context: Registry, rdd: RDD<T>) {
		requireThat(
			rdd !== null && rdd !== undefined,
			'parameter rdd null is illegal, which will lead to NPE in the following transformation',
		)
		super(context, 'ConstantInputDStream')
		this.#rdd = rdd
	}
	override start(): void {}
	override stop(): void {}
	/** @internal */
	override compute(): RDD<T> {
		return this.#rdd
	}
}
