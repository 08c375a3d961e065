/**
 * Which stages are worth a worker thread: measured while they run, per stage and not per operator.
 *
 * Moving a record to a thread costs about what 0.4 us of work on it costs, and a message 0.1 ms, so stages of cheap
 * functions and small batches stay. A stage is known again by its functions, which are those of the last batch.
 */

import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import type { ThreadOptions } from './threadrun.js'
import type { Path } from './threadstage.js'
import type { End } from './threadwork.js'

/** `auto`: stages that are worth it; `always`: all that can; `never`: none. */
export type ThreadMode = 'auto' | 'always' | 'never'

const modes: readonly string[] = ['auto', 'always', 'never']

/**
 * The threads that the settings ask for; none for a master of one thread.
 * @throws config/value for a value of `rivulet.threads` that is none of the three
 */
export function threadOptions(conf: SparkConf, size: number): ThreadOptions | undefined {
	const mode = conf.get('rivulet.threads', 'auto')
	if (!modes.includes(mode)) {
		throw new StreamError('config/value', `rivulet.threads should be one of ${modes.join(', ')}, but was ${mode}`, {
			where: 'rivulet.threads',
		})
	}
	if (size < 2 || mode === 'never') return undefined
	return { size, mode: mode as ThreadMode, maxFailures: conf.getInt('spark.task.maxFailures', 4) }
}

/** Work on a record below this is not worth moving it; milliseconds. */
const leastMsPerRecord = 0.0005
/** A stage that takes less than this in all stays; milliseconds. */
const leastMs = 10
/** A stage that holds the thread of the context longer than this moves even when it gets no faster; milliseconds. */
const longMs = 100
/** So many records of a stage that was never seen are worth a try. */
const manyRecords = 50_000

/** What is known of one stage. */
export class StageFacts {
	readonly #mode: ThreadMode
	#msPerRecord: number | undefined
	#lastRecords = 0
	#lastMs = 0
	/** True once it has turned out that it cannot run on threads. */
	staysHere = false
	readonly #next = new WeakMap<object, StageFacts>()

	constructor(mode: ThreadMode) {
		this.#mode = mode
	}

	/** The stage that has one more function. */
	at(fn: object): StageFacts {
		let facts = this.#next.get(fn)
		if (facts === undefined) {
			facts = new StageFacts(this.#mode)
			this.#next.set(fn, facts)
		}
		return facts
	}

	/** Notes what a batch of it took on one thread; `records` is 0 when that was not counted. */
	measured(ms: number, records: number): void {
		this.#lastMs = ms
		if (records === 0) return
		this.#lastRecords = records
		const now = ms / records
		// The latest run counts most: the first ones are those of code that is still interpreted.
		this.#msPerRecord = this.#msPerRecord === undefined ? now : 0.3 * this.#msPerRecord + 0.7 * now
	}

	/** True when no number of records makes it worth it. */
	isNeverWorth(numPartitions: number): boolean {
		if (this.#mode === 'always') return false
		if (this.#msPerRecord !== undefined) return this.#msPerRecord < leastMsPerRecord
		return numPartitions === 1 && this.#lastMs <= longMs
	}

	/** @param records about how many there are in all; undefined when that is not known */
	isWorth(records: number | undefined, numPartitions: number): boolean {
		if (this.#mode === 'always') return true
		const each = this.#msPerRecord
		if (each === undefined) {
			if (this.#lastMs > longMs) return true
			return numPartitions > 1 && records !== undefined && records >= manyRecords
		}
		const totalMs = each * (records ?? this.#lastRecords)
		if (totalMs > longMs && each >= leastMsPerRecord) return true
		return numPartitions > 1 && totalMs >= leastMs && each >= leastMsPerRecord
	}
}

/** Decides for one context. */
export class ThreadChoice {
	readonly #mode: ThreadMode
	readonly #root: StageFacts
	readonly #size: number

	constructor(mode: ThreadMode, size: number) {
		this.#mode = mode
		this.#size = size
		this.#root = new StageFacts(mode)
	}

	/** False for stages that only move records. */
	isConceivable({ layers }: Path, end: End): boolean {
		if (this.#mode === 'never' || this.#size < 2) return false
		if (layers.length > 0) return true
		return end.kind === 'shuffle' ? end.combine !== undefined : this.#mode === 'always' && end.kind === 'task'
	}

	/** What is known of a stage. */
	factsOf({ layers }: Path, end: End): StageFacts {
		let facts = this.#root
		for (const layer of layers) {
			if (layer.kind === 'partition') facts = facts.at(layer.fn)
			else for (const { fn } of layer.steps) facts = facts.at(fn)
		}
		if (end.kind !== 'shuffle' || end.combine === undefined) {
			// Nothing to know it by.
			return facts === this.#root ? new StageFacts(this.#mode) : facts
		}
		return facts.at(end.combine.create).at(end.combine.mergeValue)
	}
}
