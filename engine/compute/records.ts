/**
 * The records of one partition: from the plan to an iterable, on this thread.
 *
 * Chains of element steps become one generated loop; partition functions get iterators. A value is a promise only where
 * something outside has to be waited for (a source, mapPartitionsAsync), so that tasks without such run synchronously.
 */

import { systemClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import { blockNotFound, requireBlocks } from '../rdd/blockrdd.js'
import { meterOf } from '../rdd/meter.js'
import type { AnyRDD, BlocksPlan, Plan, ShuffledPlan, Step } from '../rdd/plan.js'
import { isThenable, refusePromise, requireMany } from '../rdd/result.js'
import { inTask, type RunningTask } from '../rdd/taskcontext.js'
import { KeptPartitions } from './kept.js'
import { mergeBuckets } from './shuffle.js'
import type { ShuffledPartition, ShuffleOutputs } from './shuffleoutputs.js'
import { type ElementStep, pulling } from './stage.js'

type Records = Iterable<unknown>
export type MaybeLater<T> = T | Promise<T>

/** Runs `next` on the value, now or when it is there, as part of the task. */
export function after<A, B>(task: RunningTask, value: MaybeLater<A>, next: (value: A) => MaybeLater<B>): MaybeLater<B> {
	return value instanceof Promise ? value.then((there) => inTask(task, () => next(there))) : next(value)
}

/** A chain of element steps and the RDD it starts from. */
export interface Chain {
	readonly base: AnyRDD
	readonly steps: readonly ElementStep[]
}

/** Runs a shuffle whose output is missing, for a task that waits for it. */
export type ShuffleAgain = (rdd: AnyRDD, task: RunningTask) => Promise<void>

export class RecordReader {
	readonly #kept: KeptPartitions
	readonly #shuffles: ShuffleOutputs
	readonly #shuffleAgain: ShuffleAgain

	constructor(kept: KeptPartitions, shuffles: ShuffleOutputs, shuffleAgain: ShuffleAgain) {
		this.#kept = kept
		this.#shuffles = shuffles
		this.#shuffleAgain = shuffleAgain
	}

	/** The element steps above the next RDD that is kept, metered, shuffled, or anything but an element step. */
	chain(rdd: AnyRDD): Chain {
		const steps: ElementStep[] = []
		let base = rdd
		for (;;) {
			const { plan } = base
			if (isSeen(base) || plan.kind !== 'narrow' || !isElementStep(plan.step)) break
			steps.unshift(plan.step)
			base = plan.parent
		}
		return { base, steps }
	}

	/** The records of a partition; computed and kept when the RDD is persisted. */
	read(rdd: AnyRDD, partition: number, task: RunningTask): MaybeLater<Records> {
		if (!KeptPartitions.wants(rdd)) return this.#metered(rdd, partition, task)
		const kept = this.#kept.read(rdd, partition)
		if (kept !== undefined) return kept
		return after(task, this.#metered(rdd, partition, task), (records) => {
			return KeptPartitions.wants(rdd) ? this.#kept.keep(rdd, partition, records) : records
		})
	}

	#metered(rdd: AnyRDD, partition: number, task: RunningTask): MaybeLater<Records> {
		const records = this.#compute(rdd, partition, task)
		const meter = meterOf(rdd)
		return meter === undefined ? records : after(task, records, (there) => meter.counted(partition, there))
	}

	#compute(rdd: AnyRDD, partition: number, task: RunningTask): MaybeLater<Records> {
		const plan: Plan = rdd.plan
		switch (plan.kind) {
			case 'source':
				return plan.read(partition, task)
			case 'blocks':
				return this.#block(rdd, plan.blockIds[partition] as string, plan, task)
			case 'narrow':
				return this.#narrow(rdd, plan.parent, plan.step, partition, task)
			case 'union':
				if (plan.aligned)
					return this.#concat(
						plan.parents.map((parent) => [parent, partition]),
						task,
					)
				return this.#concat([locate(plan.parents, partition)], task)
			case 'coalesced':
				return this.#concat(
					(plan.groups[partition] ?? []).map((i) => [plan.parent, i]),
					task,
				)
			case 'shuffled':
				return this.#shuffled(rdd, plan, partition, task)
			case 'zipped': {
				const parts = plan.parents.map((parent) => this.read(parent, partition, task))
				const all = allOf(parts)
				return after(task, all instanceof Promise ? all.then(withTurn) : all, (there) => {
					if (plan.whole !== undefined) return plan.whole(there, partition)
					const made = plan.fn(there.map(iterate), partition, task)
					return Array.isArray(made) ? made : requireMany('zipPartitions', made)
				})
			}
			case 'cartesian': {
				const n = plan.right.getNumPartitions()
				const sides = [
					this.read(plan.left, Math.floor(partition / n), task),
					this.read(plan.right, partition % n, task),
				]
				return after(task, allOf(sides), ([left, right]) => pairs(left as Records, [...(right as Records)]))
			}
			default:
				return plan satisfies never
		}
	}

	#narrow(rdd: AnyRDD, parent: AnyRDD, step: Step, partition: number, task: RunningTask): MaybeLater<Records> {
		if (step.op === 'partition') {
			return after(task, this.read(parent, partition, task), (records) => {
				const made: unknown = step.fn(iterate(records), partition, task)
				return Array.isArray(made) ? made : requireMany('mapPartitions', made)
			})
		}
		if (step.op === 'partitionAsync') {
			return after(task, this.read(parent, partition, task), async (records) =>
				requireMany('mapPartitionsAsync', await step.fn(iterate(records), partition, task)),
			)
		}
		const { base, steps } = this.chain(isSeen(rdd) ? parent : rdd)
		const pull = pulling(isSeen(rdd) ? [...steps, step] : steps)
		return after(task, this.read(base, partition, task), pull)
	}

	#block(rdd: AnyRDD, id: string, plan: BlocksPlan, task: RunningTask): MaybeLater<Records> {
		requireBlocks(rdd)
		return after(task, plan.read(id), (records) => {
			if (records === undefined) throw blockNotFound(id, rdd)
			return records
		})
	}

	#shuffled(rdd: AnyRDD, plan: ShuffledPlan, partition: number, task: RunningTask): MaybeLater<Records> {
		const outputs = this.#shuffles.get(rdd)
		// Partitions behind which the shuffle was not prepared were kept then, and have been pushed out or lost since.
		if (outputs === undefined || outputs[partition]?.isLetGo === true) {
			return after(task, this.#shuffleAgain(rdd, task), () => this.#shuffled(rdd, plan, partition, task))
		}
		// A range partitioner may have found fewer partitions than it was asked for.
		const output = outputs[partition]
		return output === undefined ? [] : finalRecords(output, plan)
	}

	#concat(parts: readonly (readonly [AnyRDD, number])[], task: RunningTask): MaybeLater<Records> {
		const [only] = parts
		if (only !== undefined && parts.length === 1) return this.read(only[0], only[1], task)
		return after(task, allOf(parts.map(([rdd, i]) => this.read(rdd, i, task))), chained)
	}
}

function finalRecords(output: ShuffledPartition, plan: ShuffledPlan): Records {
	output.records ??= mergeBuckets(output.buckets, plan)
	output.buckets.length = 0
	return output.records
}

/** True for RDDs whose own records are wanted, so that no loop may run through them. */
export const isSeen = (rdd: AnyRDD): boolean => KeptPartitions.wants(rdd) || meterOf(rdd) !== undefined

/** True for steps that see one record at a time. */
export const isElementStep = (step: Step): step is ElementStep =>
	step.op !== 'partition' && step.op !== 'partitionAsync'

/** Which parent's which partition is partition `index` of their concatenation. */
export function locate(parents: readonly AnyRDD[], index: number): readonly [AnyRDD, number] {
	let rest = index
	for (const parent of parents) {
		const n = parent.getNumPartitions()
		if (rest < n) return [parent, rest]
		rest -= n
	}
	throw new StreamError('rdd/partitions', `a union has no partition ${index}`)
}

function allOf(values: readonly MaybeLater<Records>[]): MaybeLater<readonly Records[]> {
	return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly Records[])
}

/** So long states of one batch after another are computed without a turn of the event loop. */
const longestMs = 10
let turnedMs = 0

/**
 * The same. After a recovery a task computes the states of all batches since the checkpoint that they were read from,
 * and who waits for the process must be answered meanwhile.
 */
async function withTurn<T>(value: T): Promise<T> {
	if (systemClock.now() - turnedMs > longestMs) {
		await new Promise((resolve) => setImmediate(resolve))
		turnedMs = systemClock.now()
	}
	return value
}

function* chained(parts: readonly Records[]): IterableIterator<unknown> {
	for (const part of parts) yield* part
}

function* pairs(left: Records, right: readonly unknown[]): IterableIterator<[unknown, unknown]> {
	for (const a of left) for (const b of right) yield [a, b]
}

function* again(records: Records): IterableIterator<unknown> {
	yield* records
}

/** A one-shot iterator that can be iterated itself. */
export function iterate(records: Records): IterableIterator<unknown> {
	if (isThenable(records)) refusePromise('a source', records)
	const iterator = records[Symbol.iterator]()
	return Symbol.iterator in iterator ? (iterator as IterableIterator<unknown>) : again(records)
}
