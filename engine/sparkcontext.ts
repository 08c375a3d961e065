/**
 * The SparkContext: makes RDDs, runs their jobs on a backend, holds the settings. One is active at a time.
 *
 * Masters: `local`, `local[N]`, `local[*]` compute on the thread that holds the context; N is the default parallelism.
 * Any other is that of a cluster, which a real Spark computes on.
 * Source: Spark's `SparkContext`.
 */

import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { backendOf, coresOf } from './backends.js'
import { currentBatch } from './base/batchscope.js'
import { callSite } from './base/callsite.js'
import { checkSettings, requireSettings } from './base/checksettings.js'
import { type Clock, systemClock } from './base/clock.js'
import { SparkConf } from './base/config.js'
import { requireThat, StreamError } from './base/errors.js'
import { host } from './base/host.js'
import { setLogLevel } from './base/log.js'
import { isCluster } from './base/master.js'
import { packageVersion } from './base/package.js'
import { settingsFor } from './base/recovering.js'
import { noticeIdleSettings } from './base/sparksettings.js'
import { type AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from './rdd/accumulator.js'
import type { Action } from './rdd/action.js'
import './rdd/actions.js'
import { approximately, type PartialResult } from './rdd/approximate.js'
import { type FutureAction, startFuture } from './rdd/async.js'
import './rdd/barrier.js'
import type { Backend, JobOptions, RDDContext, Task } from './rdd/backend.js'
import { Broadcast } from './rdd/broadcast.js'
import { writeMarked } from './rdd/checkpoint.js'
import './rdd/debugstring.js'
import './rdd/distinctcount.js'
import './rdd/element.js'
import type { ApproximateEvaluator } from './rdd/evaluators.js'
import { JobGroups } from './rdd/jobgroups.js'
import { prepareLineage, requirePartitions } from './rdd/lineage.js'
import './rdd/numeric.js'
import './rdd/ordered.js'
import './rdd/pair.js'
import { type MemoryStatus, PersistentRDDs } from './rdd/persistent.js'
import './rdd/pipe.js'
import type { AnyRDD } from './rdd/plan.js'
import { RDD } from './rdd/rdd.js'
import './rdd/samplebykey.js'
import './rdd/takesample.js'

import { RDDFactory } from './rddfactory.js'
import { locate } from './storage/filesystem.js'
import { localFiles } from './storage/localfiles.js'
import { addSparkFile, listSparkFiles, removeSparkFiles } from './storage/sparkfiles.js'
import { memoryLimit, Store } from './storage/store.js'

let active: SparkContext | undefined

export interface SparkContextOptions {
	/** Drives streams made on this context (default: the system clock). */
	readonly clock?: Clock
}

export class SparkContext extends RDDFactory implements RDDContext {
	/** @internal */
	readonly backend: Backend
	/** @internal */
	readonly storage: Store
	readonly clock: Clock
	readonly conf: SparkConf
	readonly defaultParallelism: number
	readonly startTime = systemClock.now()
	readonly applicationId: string
	readonly version = packageVersion()
	readonly #site: string
	readonly #persistent = new PersistentRDDs()
	readonly #jobs = new JobGroups()
	/** Local properties as a whole, for streams. @internal */
	readonly jobGroups: Pick<JobGroups, 'all' | 'runWith'> = this.#jobs
	#nextRddId = 0
	#nextBroadcastId = 0
	#isStopped = false
	#checkpointDir: string | undefined

	/**
	 * @throws config/value without master or application name; context/active when another one is active;
	 *   config/unknown for a setting of ours that does not exist
	 */
	constructor(conf: SparkConf, options?: SparkContextOptions)
	constructor(master: string, appName: string, conf?: SparkConf, options?: SparkContextOptions)
	constructor(
		first: SparkConf | string,
		second: SparkContextOptions | string = {},
		third: SparkConf = new SparkConf(),
		fourth: SparkContextOptions = {},
	) {
		super()
		const given = typeof first === 'string' ? third.clone().setMaster(first) : first
		if (typeof second === 'string') given.setAppName(second)
		const conf = settingsFor(given)
		const options = typeof second === 'string' ? fourth : second
		requireSettings(conf)
		checkSettings(conf)
		const cores = coresOf(conf)
		host().makeRoom()
		if (active !== undefined) {
			throw new StreamError(
				'context/active',
				`Only one SparkContext should be running in this JVM (see SPARK-2243).The currently running SparkContext was created at:\n${active.#site}`,
				{ remedy: 'stop the other SparkContext first, or use SparkContext.getOrCreate()' },
			)
		}
		this.conf = conf.clone()
		this.clock = options.clock ?? systemClock
		this.defaultParallelism = this.conf.getInt('spark.default.parallelism', cores)
		this.storage = new Store({ limitBytes: memoryLimit(this.conf) })
		this.backend = backendOf(this.conf, this.storage)
		this.applicationId = `local-${this.startTime}`
		this.#site = callSite() ?? '<unknown>'
		active = this
		noticeIdleSettings(this.conf)
	}

	/** The active context, or a new one with `conf`. */
	static getOrCreate(conf: SparkConf = new SparkConf()): SparkContext {
		return (
			active ?? new SparkContext(conf.setIfMissing('spark.master', 'local').setIfMissing('spark.app.name', 'rivulet'))
		)
	}
	/** The context that is not stopped. */
	static getActive(): SparkContext | undefined {
		return active
	}

	get isStopped(): boolean {
		return this.#isStopped
	}
	get master(): string {
		return this.conf.get('spark.master')
	}
	/** A copy of its settings. */
	getConf(): SparkConf {
		return this.conf.clone()
	}
	/** True when everything runs on this machine. */
	get isLocal(): boolean {
		return !isCluster(this.master)
	}
	get sparkUser(): string {
		return userInfo().username
	}
	get appName(): string {
		return this.conf.get('spark.app.name')
	}

	/** @internal */
	nextRddId(): number {
		this.#refuseStopped()
		return this.#nextRddId++
	}
	#refuseStopped(): void {
		if (!this.#isStopped) return
		throw new StreamError(
			'context/stopped',
			`Cannot call methods on a stopped SparkContext.\nThis stopped SparkContext was created at:\n${this.#site}`,
			{ remedy: 'make a new SparkContext' },
		)
	}

	/** A value that tasks read as `b.value`. @throws argument/illegal for an RDD */
	broadcast<T>(value: T): Broadcast<T> {
		requireThat(
			!(value instanceof RDD),
			'Can not directly broadcast RDDs; instead, call collect() and broadcast the result.',
		)
		return new Broadcast(this.#nextBroadcastId++, value)
	}

	/** A counter of whole numbers. */
	longAccumulator(name?: string): LongAccumulator {
		return this.register(new LongAccumulator(), name)
	}
	/** A counter of numbers. */
	doubleAccumulator(name?: string): DoubleAccumulator {
		return this.register(new DoubleAccumulator(), name)
	}
	/** A list that tasks add to. */
	collectionAccumulator<T>(name?: string): CollectionAccumulator<T> {
		return this.register(new CollectionAccumulator<T>(), name)
	}
	/** @throws context/state when it was registered before */
	register<A extends AccumulatorV2<never, unknown>>(accumulator: A, name?: string): A {
		accumulator.register(name)
		return accumulator
	}

	/** A property of the jobs that the calling code starts from here on; null removes it. */
	setLocalProperty(key: string, value: string | null): void {
		this.#jobs.set(key, value)
	}
	getLocalProperty(key: string): string | undefined {
		return this.#jobs.get(key)
	}
	/** Puts the jobs that the calling code starts from here on into a group. */
	setJobGroup(group: string, description: string, _interruptOnCancel = false): void {
		this.#jobs.setGroup(group, description)
	}
	clearJobGroup(): void {
		this.#jobs.setGroup(undefined, undefined)
	}
	setJobDescription(description: string): void {
		this.#jobs.set('spark.job.description', description)
	}
	addJobTag(tag: string): void {
		this.#jobs.setTags([...new Set([...this.#jobs.tags, tag])])
	}
	removeJobTag(tag: string): void {
		this.#jobs.setTags(this.#jobs.tags.filter((other) => other !== tag))
	}
	getJobTags(): ReadonlySet<string> {
		return new Set(this.#jobs.tags)
	}
	clearJobTags(): void {
		this.#jobs.setTags([])
	}
	/** Ends the running jobs of a group between two of their tasks. */
	cancelJobGroup(group: string): void {
		this.#jobs.cancelGroup(group)
	}
	cancelJobsWithTag(tag: string): void {
		this.#jobs.cancelTag(tag)
	}
	/** Ends a running job between two of its tasks. */
	cancelJob(jobId: number, reason = ''): void {
		this.#jobs.cancelJob(jobId, reason)
	}
	/** Ends the running job that a stage belongs to. */
	cancelStage(stageId: number, reason = ''): void {
		this.#jobs.cancelStage(stageId, reason)
	}
	cancelAllJobs(): void {
		this.#jobs.cancelAll()
	}

	/** The lowest level that the engine writes about its work: ALL, DEBUG, INFO, WARN (default), ERROR, OFF … */
	setLogLevel(level: string): void {
		setLogLevel(level)
	}

	/** Copies a file, or with `isRecursive` a directory, to where `SparkFiles.get(name)` finds it. */
	async addFile(path: string, isRecursive = false): Promise<void> {
		this.#refuseStopped()
		await addSparkFile(path, isRecursive)
	}
	listFiles(): readonly string[] {
		return listSparkFiles()
	}
	/** @throws rdd/unsupported always */
	addJar(path: string): never {
		throw new StreamError('rdd/unsupported', `there is no JVM to load ${path}`, { remedy: 'import a module' })
	}
	/** Where its pages are: nowhere. */
	get uiWebUrl(): string | undefined {
		return undefined
	}

	/** Where checkpoints of RDDs go: a new folder inside `directory`. */
	setCheckpointDir(directory: string): void {
		const { files, path } = locate(`${directory}/${randomUUID()}`)
		files.makeDirectory(path)
		this.#checkpointDir = files === localFiles ? path : files.shown(path)
	}
	getCheckpointDir(): string | undefined {
		return this.#checkpointDir
	}

	/** Runs `task` over partitions of `rdd` (default: all) and resolves to the results in order. */
	async runJob<T, R>(
		rdd: RDD<T>,
		task: Task<T, R>,
		partitions?: readonly number[],
		options: JobOptions = {},
	): Promise<R[]> {
		if (this.#isStopped) {
			throw new StreamError('context/stopped', 'SparkContext has been shutdown', { remedy: 'make a new SparkContext' })
		}
		const time = options.batchTime ?? currentBatch()?.time
		if (partitions !== undefined) requirePartitions(rdd, partitions)
		await prepareLineage(rdd)
		const all = partitions ?? [...Array(rdd.getNumPartitions()).keys()]
		const results = await this.#jobs.run(options, (job) =>
			this.backend.run(rdd, all, task, time === undefined ? job : { ...job, batchTime: time }),
		)
		const property = this.#jobs.get('spark.checkpoint.checkpointAllMarkedAncestors')
		await writeMarked(rdd, property === undefined ? time !== undefined : property === 'true')
		return results
	}

	/** As runJob, can be cancelled; `onResult` takes the partitions' results, `result` says what came of them. */
	submitJob<T, U, R>(
		rdd: RDD<T>,
		process: Task<T, U>,
		partitions: readonly number[],
		onResult: (partition: number, result: U) => void,
		result: () => R,
	): FutureAction<R> {
		const take = onResult as (partition: number, result: unknown) => void
		return startFuture(async (job) => {
			await this.runJob(rdd, process, partitions, { ...job, onResult: take })
			return result()
		})
	}
	/** Runs a job and answers with what `evaluator` makes of the results that are there after `timeoutMs`. @internal */
	runApproximateJob<T, U, R>(
		rdd: RDD<T>,
		task: Task<T, U>,
		evaluator: ApproximateEvaluator<U, R>,
		timeoutMs: number,
	): Action<PartialResult<R>> {
		return approximately(rdd, task, evaluator, timeoutMs)
	}

	/** @internal */
	persisted(rdd: AnyRDD, isPersisted: boolean): void {
		this.#persistent.set(rdd, isPersisted)
	}
	/** The RDDs that are persisted now, by id. */
	getPersistentRDDs(): ReadonlyMap<number, AnyRDD> {
		return this.#persistent.all()
	}

	/** What is kept in memory and on the disk, in all and of each persisted RDD: plain data. */
	memoryStatus(): MemoryStatus {
		return this.#persistent.status(this.storage, this.backend)
	}

	/** Ends it; calling it twice is no error. */
	async stop(): Promise<void> {
		if (this.#isStopped) return
		this.#isStopped = true
		if (active === this) active = undefined
		this.#persistent.clear()
		await this.backend.stop()
		this.storage.close()
		removeSparkFiles()
	}

	override toString(): string {
		return `SparkContext[${basename(this.appName)}, master ${this.master}${this.#isStopped ? ', stopped' : ''}]`
	}
}
