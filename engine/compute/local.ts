/**
 * The backend that computes plans in this process: on the thread that holds the context, and with `local[N]` stages that
 * are worth it on worker threads.
 *
 * A job first runs the shuffles it needs, parents before children, then its own task on each partition. Between two tasks
 * it lets the event loop turn when more than 20 ms have passed. Functions see live variables; records are shared.
 */

import { stopwatch, systemClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import type { Backend, JobOptions, KeptFacts, Task } from '../rdd/backend.js'
import { arePairs, PairColumns } from '../rdd/columns.js'
import type { Partitioner } from '../rdd/partitioner.js'
import { type AnyRDD, parentsOf, type ShuffledPlan } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'
import { isSinkTask } from '../rdd/sink.js'
import { inTask, type RunningTask } from '../rdd/taskcontext.js'
import type { Store } from '../storage/store.js'
import { KeptPartitions } from './kept.js'
import { after, iterate, type MaybeLater, RecordReader } from './records.js'
import { type Bucket, toBuckets, toColumnBuckets } from './shuffle.js'
import { type ShuffledPartition, ShuffleOutputs } from './shuffleoutputs.js'
import { combinedBy, combining, pushing } from './stage.js'
import { lengthOf, type StageRequest, type ThreadOptions, ThreadRunner } from './threadrun.js'
import { endOfShuffle, endOfTask } from './threadstage.js'
import type { End } from './threadwork.js'
import { taskError } from './userfault.js'

/** The longest that tasks run without a turn of the event loop, when each is shorter. */
const turnMs = 20

type Pair = readonly [unknown, unknown]

/** One task a partition. */
interface Stage {
	readonly partitions: readonly number[]
	readonly options: JobOptions
	/** The same for worker threads. */
	readonly threads: Pick<StageRequest, 'rdd' | 'end' | 'done'>
	/** The task of one partition on this thread; `saw` is told the records that it reads. */
	readonly body: (
		partition: number,
		context: RunningTask,
		index: number,
		saw: (records: Iterable<unknown>) => void,
	) => MaybeLater<void>
}

export class LocalBackend implements Backend {
	readonly #shuffles = new ShuffleOutputs()
	readonly #kept: KeptPartitions
	readonly #running = new WeakMap<AnyRDD, Promise<void>>()
	readonly #reader: RecordReader
	readonly #threads: ThreadRunner | undefined
	#nextStage = 0

	/** `store` holds the partitions of persisted RDDs; without `threads` all tasks run on this thread. */
	constructor(store: Store, threads?: ThreadOptions) {
		this.#threads = threads === undefined ? undefined : new ThreadRunner(threads)
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
		const done = (index: number, result: R): void => {
			results[index] = result
			options.onResult?.(partitions[index] as number, result)
		}
		const { base, steps } = this.#reader.chain(rdd)
		const isFused = isSinkTask(task) && steps.length > 0
		const push = isFused ? pushing(steps) : undefined
		const from = isFused ? base : rdd
		const stage: Stage = {
			partitions,
			options,
			threads: { rdd, end: endOfTask(task as Task<never, unknown>), done: (index, result) => done(index, result as R) },
			body: (partition, context, index, saw) =>
				after(context, this.#reader.read(from, partition, context), (records) => {
					saw(records)
					if (push === undefined || !isSinkTask(task)) {
						return after(context, performed(task, records, context), (value) => done(index, value))
					}
					const sink = task.open()
					push(records, sink.each as (x: unknown) => void)
					return done(index, sink.end())
				}),
		}
		await this.#tasks(stage)
		return results
	}

	forget(rdd: AnyRDD): void {
		this.#kept.forget(rdd)
	}
	kept(rdd: AnyRDD): KeptFacts {
		return this.#kept.facts(rdd)
	}

	async stop(): Promise<void> {
		await this.#threads?.close()
	}

	/** Runs one task a partition, one after another where no thread has run it. @throws task/user, task/cancelled */
	async #tasks({ partitions, options, body, threads }: Stage): Promise<void> {
		const stageId = this.#nextStage++
		options.onStage?.(stageId)
		requireLive(options.signal)
		const request = this.#request(stageId, { partitions, options, threads })
		const isDone = request === undefined ? undefined : await this.#onThreads(request)
		let turnedMs = systemClock.now()
		let numRecords = 0
		const elapsedMs = stopwatch()
		for (const [index, partition] of partitions.entries()) {
			if (isDone?.has(index) === true) continue
			requireLive(options.signal)
			const task = new LocalTask(partition, stageId, options)
			try {
				const saw = (records: Iterable<unknown>): void => {
					numRecords += lengthOf(records) ?? 0
				}
				const pending = inTask(task, () => host().guard(() => body(partition, task, index, saw)))
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
		if (request !== undefined && isDone?.size === 0) this.#threads?.measured(request, elapsedMs(), numRecords)
		requireLive(options.signal)
	}

	async #onThreads(request: StageRequest): Promise<ReadonlySet<number> | undefined> {
		try {
			return await this.#threads?.run(request)
		} catch (thrown) {
			throw taskError(thrown)
		}
	}

	/** The stage for worker threads; undefined where there are none. */
	#request(stageId: number, { partitions, options, threads }: Omit<Stage, 'body'>): StageRequest | undefined {
		if (this.#threads === undefined) return undefined
		const read: StageRequest['read'] = (rdd, partition) => {
			const task = new LocalTask(partition, stageId, options)
			return inTask(task, () => host().guard(() => this.#reader.read(rdd, partition, task)))
		}
		return { ...threads, partitions, options, stageId, read }
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
	async #shuffleAgain(rdd: AnyRDD, task: RunningTask): Promise<void> {
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
		const { parent, partitioner, combiner, dictionary } = plan
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
			if (mapSide !== undefined) return toColumnBuckets(combinedBy(mapSide, records, dictionary), partitioner)
			if (push === undefined) return toBuckets(records as Iterable<Pair>, partitioner)
			const pairs: Pair[] = []
			push(records, (pair) => {
				pairs.push(pair as Pair)
			})
			return toBuckets(pairs, partitioner)
		}
		const sent: (readonly Bucket[])[] = []
		const end = endOfShuffle(plan)
		await this.#tasks({
			partitions: [...Array(parent.getNumPartitions()).keys()],
			options,
			threads: {
				rdd: parent,
				end,
				done: (i, made) => {
					sent[i] = placed(made as Bucket[], end, partitioner)
				},
			},
			body: (partition, context, index, saw) =>
				after(context, this.#reader.read(base, partition, context), (records) => {
					saw(records)
					sent[index] = toOutput(records)
				}),
		})
		for (const buckets of sent) buckets.forEach((bucket, i) => void output[i]?.buckets.push(bucket))
		this.#shuffles.set(rdd, output)
	}
}

/** The result of a task over a partition. */
function performed<T, R>(task: Task<T, R>, records: Iterable<unknown>, context: RunningTask): R | Promise<R> {
	if (isSinkTask(task) && task.whole !== undefined) {
		if (Array.isArray(records) || arePairs(records)) return task.whole(records)
	}
	return task(iterate(records) as IterableIterator<T>, context)
}

/** The buckets that a thread made; where it could not place keys, they are placed here. */
function placed(made: readonly Bucket[], end: End, partitioner: Partitioner): readonly Bucket[] {
	const [only] = made
	const isPlaced = end.kind === 'shuffle' && end.buckets === partitioner.numPartitions
	if (isPlaced || only === undefined) return made
	return only instanceof PairColumns ? toColumnBuckets(only, partitioner) : toBuckets(only, partitioner)
}

function requireLive(signal: AbortSignal | undefined): void {
	if (signal?.aborted !== true) return
	if (signal.reason instanceof StreamError) throw signal.reason
	throw new StreamError('task/cancelled', 'the job was cancelled', { cause: signal.reason })
}

class LocalTask implements RunningTask {
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
