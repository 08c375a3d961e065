/**
 * The local properties of what a context runs: a copy of those at `start()`, without the job group. Later changes of the
 * program never reach a batch; what an output operation sets ends with it. Source: Spark's `StreamingContext.start` and
 * `JobHandler`.
 */

import type { Time } from '../base/time.js'
import type { RDDContext } from '../rdd/backend.js'

const allMarked = 'spark.checkpoint.checkpointAllMarkedAncestors'

export class JobProperties {
	readonly #sparkContext: RDDContext
	readonly #hasMilliseconds: boolean
	readonly #frozen: ReadonlyMap<string, string>

	/** Copies the properties of the calling code. */
	constructor(sparkContext: RDDContext, batchMs: number) {
		const frozen = new Map(sparkContext.jobGroups.all())
		for (const key of ['spark.jobGroup.id', 'spark.job.description']) frozen.delete(key)
		frozen.set('spark.job.interruptOnCancel', 'false')
		this.#frozen = frozen
		this.#sparkContext = sparkContext
		this.#hasMilliseconds = batchMs % 1_000 !== 0
	}

	/** Runs the generation of jobs. */
	generate<R>(body: () => R): R {
		return this.#sparkContext.jobGroups.runWith(new Map([...this.#frozen, [allMarked, 'true']]), body)
	}

	/** Those of one job of the batch at `time`. */
	ofJob(time: Time, outputId: number): ReadonlyMap<string, string> {
		const ms = time.milliseconds
		const link = `[output operation ${outputId}, batch time ${this.#clockTime(ms)}]`
		return new Map([
			...this.#frozen,
			['spark.job.description', `Streaming job from <a href="/streaming/batch/?id=${ms}">${link}</a>`],
			['spark.streaming.internal.batchTime', `${ms}`],
			['spark.streaming.internal.outputOpId', `${outputId}`],
			[allMarked, 'true'],
		])
	}

	/** `14:04:40` in the zone of this process, with `.452` when the interval is no whole number of seconds. */
	#clockTime(ms: number): string {
		const date = new Date(ms)
		const two = (n: number): string => `${n}`.padStart(2, '0')
		const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
		return this.#hasMilliseconds ? `${text}.${`${date.getMilliseconds()}`.padStart(3, '0')}` : text
	}
}
