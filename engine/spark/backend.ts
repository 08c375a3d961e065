/**
 * The backend that computes plans on a real Spark: a job there for each job here.
 *
 * Each job has a group of Spark's of its own, by which it is cancelled, and runs on a connection of its own. What a task
 * makes of its partition comes back in one frame. Errors of tasks come back as those of the program.
 */

import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { whileInterruptible } from '../base/interrupts.js'
import type { Backend, JobOptions, KeptFacts, Task } from '../rdd/backend.js'
import type { AnyRDD } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'
import { Application, python } from './application.js'
import { SparkCheckpoints } from './checkpoints.js'
import { noExecutors, watchExecutors } from './executorwatch.js'
import { decodeRecords } from './frames.js'
import { type HeldFacts, heldFacts } from './held.js'
import type { Calls } from './jvm.js'
import { KeptOnSpark } from './keptfacts.js'
import { Lasting } from './lasting.js'
import { batchTimeProperty } from './program.js'
import type { JavaRef } from './py4j.js'
import { servedFrames } from './served.js'
import { Translation } from './translation.js'
import { faultIn } from './worker/fault.js'

export class SparkBackend implements Backend {
	readonly #app: Application
	readonly #lasting: Lasting
	readonly #kept: KeptOnSpark
	readonly #checkpoints: SparkCheckpoints
	/** So long the first job may wait for an executor, in ms. */
	readonly #executorWait: number
	#nextJob = 0
	#hasExecutors = false

	private constructor(app: Application, isOneMachine: boolean, executorWait: number) {
		this.#app = app
		this.#executorWait = executorWait
		this.#checkpoints = new SparkCheckpoints(app, isOneMachine)
		this.#lasting = new Lasting(app, (directory) => this.#checkpoints.read(directory))
		this.#kept = new KeptOnSpark(app, this.#lasting)
	}

	/** Starts Spark. @throws cluster/spark, cluster/gateway, cluster/java, config/value */
	static async start(conf: SparkConf): Promise<SparkBackend> {
		const wait = conf.getTimeAsMs('rivulet.cluster.executorWait', '60s')
		return new SparkBackend(await Application.start(conf), conf.get('spark.master').startsWith('local'), wait)
	}

	async run<T, R>(
		rdd: RDD<T>,
		partitions: readonly number[],
		task: Task<T, R>,
		options: JobOptions = {},
	): Promise<R[]> {
		const job = this.#nextJob++
		requireLive(options.signal)
		if (partitions.length === 0) return []
		options.onStage?.(job)
		const translation = new Translation(this.#app, this.#lasting)
		const planned = this.#lasting.planning(options.batchTime?.milliseconds)
		let frames: Buffer[]
		try {
			const made = await translation.stage(rdd, { kind: 'result', task: task as Task<unknown, unknown> })
			frames = await this.#job(`rivulet-${job}`, rdd, options, (calls) => this.#frames(calls, rdd, made, partitions))
		} catch (thrown) {
			// Its files go with it: what fails first is not what happened.
			throw this.#app.jvm.lost ?? thrown
		} finally {
			translation.end()
			planned()
		}
		await this.#kept.refresh(rdd, options.batchTime !== undefined)
		const byPartition = new Map<unknown, R>()
		for (const frame of frames) {
			const [partition, result] = await decodeRecords(frame)
			byPartition.set(partition, result as R)
		}
		const results = partitions.map((partition) => byPartition.get(partition) as R)
		partitions.forEach((partition, i) => void options.onResult?.(partition, results[i]))
		return results
	}

	forget(rdd: AnyRDD): void {
		this.#kept.forget(rdd)
		this.#lasting.forget(rdd)
	}
	kept(rdd: AnyRDD): KeptFacts {
		return this.#kept.facts(rdd)
	}
	/** The executors write it. */
	async store(rdd: AnyRDD): Promise<string> {
		const translation = new Translation(this.#app, this.#lasting)
		const planned = this.#lasting.planning()
		try {
			const made = await translation.stage(rdd, { kind: 'records' })
			const root = String(rdd.sparkContext.getCheckpointDir())
			const group = `rivulet-${this.#nextJob++}`
			return await this.#job(group, rdd, {}, (calls) => this.#checkpoints.write(calls, made, root))
		} finally {
			translation.end()
			planned()
		}
	}
	/** What Spark's driver holds for the program now. */
	held(): Promise<HeldFacts> {
		return heldFacts(this.#app)
	}
	get isLost(): boolean {
		return this.#app.jvm.lost !== undefined
	}
	async stop(): Promise<void> {
		await this.#app.stop()
	}

	/** Runs a job. @throws the program's error, task/cancelled, cluster/java, cluster/executors */
	#job<R>(group: string, rdd: AnyRDD, options: JobOptions, body: (calls: Calls) => Promise<R>): Promise<R> {
		const { jvm } = this.#app
		return jvm.withConnection(async (calls) => {
			await this.#app.packages.send()
			await this.#describe(calls, group, rdd, options)
			let problem: unknown
			const cancel = (): void => {
				jvm.control.call(this.#app.scala, 'cancelJobGroup', group).catch((thrown: unknown) => {
					problem ??= thrown
				})
			}
			requireLive(options.signal)
			options.signal?.addEventListener('abort', cancel)
			let interruption: Error | undefined
			const deaf = whileInterruptible((error) => {
				interruption = error
				cancel()
			})
			const limit = this.#hasExecutors
				? undefined
				: watchExecutors(this.#app, this.#executorWait, (found) => {
						problem = found
						cancel()
					})
			try {
				const result = await body(calls)
				this.#hasExecutors = true
				return result
			} catch (thrown) {
				if (interruption !== undefined) throw interruption
				requireLive(options.signal)
				const isOver = /SparkContext (has been|was) shut ?down/.test(String(thrown))
				if (isOver && !this.#hasExecutors) throw problem ?? noExecutors(this.#app, this.#executorWait)
				throw problem ?? jobError(thrown)
			} finally {
				limit?.dispose()
				deaf()
				options.signal?.removeEventListener('abort', cancel)
			}
		})
	}

	/** The frames of some partitions, from a job. */
	#frames(calls: Calls, rdd: AnyRDD, made: JavaRef, partitions: readonly number[]): Promise<Buffer[]> {
		return this.#app.jvm.scope(async (brief) => {
			const triple = brief(await this.#served(calls, rdd, made, partitions))
			const [port, secret, server] = [
				await calls.item<number>(triple, 0),
				await calls.item<string>(triple, 1),
				await calls.item<JavaRef>(triple, 2),
			]
			brief(server)
			return servedFrames(port, secret)
		})
	}

	/** Starts the job: all partitions, or some. */
	async #served(calls: Calls, rdd: AnyRDD, made: JavaRef, partitions: readonly number[]): Promise<JavaRef> {
		const isAll = partitions.length === rdd.getNumPartitions() && partitions.every((partition, i) => partition === i)
		return this.#app.jvm.scope(async (brief) => {
			if (isAll) {
				const scala = brief(await calls.call<JavaRef>(made, 'rdd'))
				return calls.call<JavaRef>(`${python}.PythonRDD`, 'collectAndServe', scala)
			}
			const list = brief(await calls.list(partitions))
			return calls.call<JavaRef>(`${python}.PythonRDD`, 'runJob', this.#app.scala, made, list)
		})
	}

	/** What Spark shows of the job, and what its tasks are told. */
	async #describe(calls: Calls, group: string, rdd: AnyRDD, { batchTime }: JobOptions): Promise<void> {
		const { java } = this.#app
		const properties = rdd.sparkContext.jobGroups.all()
		await calls.call(java, 'setJobGroup', group, properties.get('spark.job.description') ?? String(rdd), true)
		await calls.call(java, 'setLocalProperty', batchTimeProperty, batchTime?.milliseconds.toString() ?? null)
		await calls.call(java, 'setLocalProperty', 'spark.scheduler.pool', properties.get('spark.scheduler.pool') ?? null)
	}
}

function requireLive(signal: AbortSignal | undefined): void {
	if (signal?.aborted !== true) return
	if (signal.reason instanceof StreamError) throw signal.reason
	throw new StreamError('task/cancelled', 'the job was cancelled', { cause: signal.reason })
}

/** The program's own error, when it is one. */
function jobError(thrown: unknown): unknown {
	if (!(thrown instanceof StreamError) || typeof thrown.cause !== 'string') return thrown
	return faultIn(thrown.cause) ?? thrown
}
