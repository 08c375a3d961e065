/**
 * The backend that computes plans on the thread that holds the context.
 *
 * A job first runs the shuffles it needs, parents before children, then its own task on each partition. Between two tasks
 * it lets the event loop turn when more than 20 ms have passed. Functions see live variables; records are shared.
 */

import { systemClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import type { Backend, JobOptions, KeptFacts, Task } from '../rdd/backend.js'
import { PairColumns } from '../rdd/columns.js'
import { type AnyRDD, parentsOf, type ShuffledPlan } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'
import { isSinkTask } from '../rdd/sink.js'
import { inTask, type TaskContext } from '../rdd/taskcontext.js'
import type { Store } from '../storage/store.js'
import { KeptPartitions } from './kept.js'
import { after, iterate, type MaybeLater, RecordReader } from './records.js'
import { type Bucket, toBuckets, toColumnBuckets } from './shuffle.js'
import { type ShuffledPartition, ShuffleOutputs } from './shuffleoutputs.js'
import { combinedBy, combining, pushing } from './stage.js'
import { taskError } from './userfault.js'

/** The longest that tasks run without a turn of the event loop, when each is shorter. */
const turnMs = 20

type Pair = readonly [unknown, unknown]

export class LocalBackend implements Backend {
	readonly #shuffles = new ShuffleOutputs()
	readonly #kept: KeptPartitions
	readonly #running = new WeakMap<AnyRDD, Promise<void>>()
	readonly #reader: RecordReader
	#nextStage = 0

	/** `store` holds the partitions of persisted RDDs. */
	constructor(store: Store) {
		this.#kept = new KeptPartitions(store, this.#shuffles)
		this.#reader = new RecordReader(this.#kept, this.#shuffles, (rdd, task) => this.#shuffleAgain(rdd, task))
	}

	async run<T, R>(
		rdd: RDD<T>,
		partitions: readonly number[],
		task: Task<T, R>,
		options: JobOptions = {},
	): Promise<R[]> {
		await this.#prepare(rdd, options)
		const results: R[] = []
		const done = (partition: number, result: R): void => {
			results.push(result)
			options.onResult?.(partition, result)
		}
		const { base, steps } = this.#reader.chain(rdd)
		if (isSinkTask(task) && steps.length > 0) {
			const push = pushing(steps)
			await this.#tasks(partitions, options, (partition, context) =>
				after(context, this.#reader.read(base, partition, context), (records) => {
					const sink = task.open()
					push(records, sink.each as (x: unknown) => void)
					done(partition, sink.end())
				}),
			)
			return results
		}
		await this.#tasks(partitions, options, (partition, context) =>
			after(context, this.#reader.read(rdd, partition, context), (records) =>
				after(context, performed(task, records, context), (result) => done(partition, result)),
			),
		)
		return results
	}

	forget(rdd: AnyRDD): void {
		this.#kept.forget(rdd)
	}
	kept(rdd: AnyRDD): KeptFacts {
		return this.#kept.facts(rdd)
	}

	async stop(): Promise<void> {}

	/** Runs one task a partition, one after another. @throws task/user, task/cancelled */
	async #tasks(
		partitions: Iterable<number>,
		options: JobOptions,
		body: (partition: number, context: TaskContext) => MaybeLater<void>,
	): Promise<void> {
		const stageId = this.#nextStage++
		options.onStage?.(stageId)
		let turnedMs = systemClock.now()
		for (const partition of partitions) {
			requireLive(options.signal)
			const task = new LocalTask(partition, stageId, options)
			try {
				const pending = inTask(task, () => host().guard(() => body(partition, task)))
				if (pending instanceof Promise) await pending
			} catch (thrown) {
				throw taskError(thrown)
			} finally {
				task.completed()
			}
			if (systemClock.now() - turnedMs > turnMs) {
				await new Promise((resolve) => setImmediate(resolve))
				turnedMs = systemClock.now()
			}
		}
		requireLive(options.signal)
	}

	/** Runs the shuffles behind `rdd` that have not run; stops where partitions are kept. */
	async #prepare(rdd: AnyRDD, options: JobOptions): Promise<void> {
		const order: AnyRDD[] = []
		const seen = new Set<AnyRDD>()
		const stack: (readonly [AnyRDD, boolean])[] = [[rdd, false]]
		for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
			const [node, isDone] = next
			if (isDone) {
				order.push(node)
				continue
			}
			if (seen.has(node) || this.#kept.hasAll(node)) continue
			seen.add(node)
			if (node.plan.kind === 'shuffled') {
				if (this.#shuffles.get(node) !== undefined) continue
				stack.push([node, true])
			}
			for (const parent of [...parentsOf(node.plan)].reverse()) stack.push([parent, false])
		}
		for (const shuffled of order) await this.#shuffleOnce(shuffled, options)
	}

	/** The shuffle, for a task that found its output missing or let go. */
	async #shuffleAgain(rdd: AnyRDD, task: TaskContext): Promise<void> {
		if (this.#shuffles.get(rdd)?.some((output) => output.isLetGo) === true) this.#shuffles.forget(rdd)
		await this.#prepare(rdd, task instanceof LocalTask ? task.options : {})
	}

	/** Two jobs that need the same shuffle share one run of it. */
	async #shuffleOnce(rdd: AnyRDD, options: JobOptions): Promise<void> {
		if (this.#shuffles.get(rdd) !== undefined) return
		let running = this.#running.get(rdd)
		if (running === undefined) {
			running = this.#shuffle(rdd, rdd.plan as ShuffledPlan, options).finally(() => this.#running.delete(rdd))
			this.#running.set(rdd, running)
		}
		await running
	}

	async #shuffle(rdd: AnyRDD, plan: ShuffledPlan, options: JobOptions): Promise<void> {
		const { parent, partitioner, combiner } = plan
		await partitioner.prepare()
		const output: ShuffledPartition[] = Array.from({ length: partitioner.numPartitions }, () => ({
			buckets: [],
			records: undefined,
			isLetGo: false,
		}))
		const { base, steps } = this.#reader.chain(parent)
		const mapSide = combiner?.mapSide === true ? combining(steps, combiner) : undefined
		const push = mapSide === undefined && steps.length > 0 ? pushing(steps) : undefined
		const toOutput = (records: Iterable<unknown>): readonly Bucket[] => {
			if (mapSide !== undefined) return toColumnBuckets(combinedBy(mapSide, records).columns, partitioner)
			if (push === undefined) return toBuckets(records as Iterable<Pair>, partitioner)
			const pairs: Pair[] = []
			push(records, (pair) => {
				pairs.push(pair as Pair)
			})
			return toBuckets(pairs, partitioner)
		}
		await this.#tasks(Array(parent.getNumPartitions()).keys(), options, (partition, context) =>
			after(context, this.#reader.read(base, partition, context), (records) => {
				toOutput(records).forEach((bucket, i) => void output[i]?.buckets.push(bucket))
			}),
		)
		this.#shuffles.set(rdd, output)
	}
}

/** The result of a task over a partition. */
function performed<T, R>(task: Task<T, R>, records: Iterable<unknown>, context: TaskContext): R | Promise<R> {
	if (isSinkTask(task) && task.whole !== undefined) {
		if (Array.isArray(records) || records instanceof PairColumns) return task.whole(records)
	}
	return task(iterate(records) as IterableIterator<T>, context)
}

function requireLive(signal: AbortSignal | undefined): void {
	if (signal?.aborted !== true) return
	if (signal.reason instanceof StreamError) throw signal.reason
	throw new StreamError('task/cancelled', 'the job was cancelled', { cause: signal.reason })
}

class LocalTask implements TaskContext {
	readonly partitionId: number
	readonly stageId: number
	readonly attemptNumber = 0
	readonly batchTime: Time | undefined
	/** Those of the job it belongs to. */
	readonly options: JobOptions
	readonly #listeners: (() => void)[] = []

	constructor(partitionId: number, stageId: number, options: JobOptions) {
		this.partitionId = partitionId
		this.stageId = stageId
		this.batchTime = options.batchTime
		this.options = options
	}

	addTaskCompletionListener(listener: () => void): void {
		this.#listeners.push(listener)
	}
	completed(): void {
		for (const listener of this.#listeners) listener()
	}
}
