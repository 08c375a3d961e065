/**
 * Actions that answer in time with what is known then, and exactly later. Source: Spark's `countApprox` and its kin,
 * `ApproximateActionListener`, `PartialResult`.
 */

import { requireThat } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import type { Task } from './backend.js'
import {
	type ApproximateEvaluator,
	type BoundedDouble,
	countEvaluator,
	groupedCountEvaluator,
	meanEvaluator,
	sumEvaluator,
} from './evaluators.js'
import { family } from './family.js'
import { KeyMap } from './keys.js'
import type { PairRDD } from './pair.js'
import { RDD } from './rdd.js'
import type { KeyOf } from './shape.js'
import { counting } from './sink.js'
import { StatCounter } from './statcounter.js'

/** What was known in time, and what is known in the end. */
export class PartialResult<R> {
	readonly initialValue: R
	/** True when all was done in time. */
	readonly isInitialValueFinal: boolean
	readonly #final: Promise<R>

	constructor(initialValue: R, isInitialValueFinal: boolean, final: Promise<R>) {
		this.initialValue = initialValue
		this.isInitialValueFinal = isInitialValueFinal
		this.#final = final
	}

	/** The value of all partitions; rejects with the error that the job ended with after the first answer. */
	getFinalValue(): Promise<R> {
		return this.#final
	}
	toString(): string {
		return `(${this.isInitialValueFinal ? 'final' : 'partial'}: ${String(this.initialValue)})`
	}
}

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * The count as far as it is known after `timeoutMs`; exact when the job has ended by then.
		 * @throws argument/illegal for a confidence outside [0, 1]
		 */
		countApprox(timeoutMs: number, confidence?: number): Action<PartialResult<BoundedDouble>>
		/** As countApprox, of each value. @throws argument/illegal for a confidence outside [0, 1] */
		countByValueApprox(timeoutMs: number, confidence?: number): Action<PartialResult<Map<T, BoundedDouble>>>
		/** As countApprox, of each key. @throws argument/illegal for a confidence outside [0, 1] */
		countByKeyApprox(
			this: PairRDD,
			timeoutMs: number,
			confidence?: number,
		): Action<PartialResult<Map<KeyOf<T>, BoundedDouble>>>
		/** The sum as far as it is known after `timeoutMs`. */
		sumApprox(this: RDD<number>, timeoutMs: number, confidence?: number): Action<PartialResult<BoundedDouble>>
		/** The mean as far as it is known after `timeoutMs`. */
		meanApprox(this: RDD<number>, timeoutMs: number, confidence?: number): Action<PartialResult<BoundedDouble>>
	}
}

/** Runs a job, and answers with what `evaluator` makes of its results when it has ended or `timeoutMs` have passed. */
export function approximately<T, U, R>(
	rdd: RDD<T>,
	task: Task<T, U>,
	evaluator: ApproximateEvaluator<U, R>,
	timeoutMs: number,
): Action<PartialResult<R>> {
	const { clock } = rdd.sparkContext
	return startAction(
		() =>
			new Promise((resolve, reject) => {
				const onResult = (partition: number, result: unknown): void => evaluator.merge(partition, result as U)
				const final = rdd.sparkContext.runJob(rdd, task, undefined, { onResult }).then(() => evaluator.currentResult())
				const timer = clock.at(clock.now() + timeoutMs, () =>
					resolve(new PartialResult(evaluator.currentResult(), false, final)),
				)
				final
					.finally(() => timer.dispose())
					// An error after the first answer is for those who ask for the final value.
					.then((value) => resolve(new PartialResult(value, true, final)), reject)
			}),
	)
}

function requireConfidence(confidence: number): void {
	const shown = Number.isInteger(confidence) ? confidence.toFixed(1) : confidence
	requireThat(confidence >= 0 && confidence <= 1, `confidence (${shown}) must be in [0,1]`)
}

/** The counts of `keyOf(record)` in one partition. */
const countingBy =
	(keyOf: (x: unknown) => unknown) =>
	(records: Iterable<unknown>): KeyMap<number> => {
		const counts = new KeyMap<number>()
		for (const x of records) counts.set(keyOf(x), (counts.get(keyOf(x)) ?? 0) + 1)
		return counts
	}
const countingValues = countingBy((x) => x)
const countingKeys = countingBy((x) => (x as readonly [unknown, unknown])[0])
const statsOf = (records: Iterable<number>): StatCounter => new StatCounter(records)

family(RDD, {
	countApprox(timeoutMs, confidence = 0.95) {
		requireConfidence(confidence)
		return approximately(
			this,
			counting(),
			countEvaluator(() => this.getNumPartitions(), confidence),
			timeoutMs,
		)
	},
	countByValueApprox(timeoutMs, confidence = 0.95) {
		requireConfidence(confidence)
		const evaluator = groupedCountEvaluator(() => this.getNumPartitions(), confidence)
		return approximately(this, countingValues, evaluator, timeoutMs) as never
	},
	countByKeyApprox(timeoutMs, confidence = 0.95) {
		requireConfidence(confidence)
		const evaluator = groupedCountEvaluator(() => this.getNumPartitions(), confidence)
		return approximately(this as RDD<unknown>, countingKeys, evaluator, timeoutMs) as never
	},
	sumApprox(timeoutMs, confidence = 0.95) {
		return approximately(
			this,
			statsOf,
			sumEvaluator(() => this.getNumPartitions(), confidence),
			timeoutMs,
		)
	},
	meanApprox(timeoutMs, confidence = 0.95) {
		return approximately(
			this,
			statsOf,
			meanEvaluator(() => this.getNumPartitions(), confidence),
			timeoutMs,
		)
	},
})
