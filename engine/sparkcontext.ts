/**
 * The SparkContext: makes RDDs, runs their jobs on a backend, holds the settings. One is active at a time.
 *
 * Masters: `local`, `local[N]`, `local[*]` compute on the thread that holds the context; N is the default parallelism.
 * Source: Spark's `SparkContext`.
 */

import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, resolve } from 'node:path'
import { currentBatch } from './base/batchscope.js'
import { callSite } from './base/callsite.js'
import { type Clock, systemClock } from './base/clock.js'
import { SparkConf } from './base/config.js'
import { requireThat, StreamError } from './base/errors.js'
import { host } from './base/host.js'
import { packageVersion } from './base/package.js'
import { checkSettings } from './base/settings.js'
import { LocalBackend } from './compute/local.js'
import './rdd/actions.js'
import type { Backend, JobOptions, RDDContext, Task } from './rdd/backend.js'
import { Broadcast } from './rdd/broadcast.js'
import { writeMarked } from './rdd/checkpoint.js'
import './rdd/element.js'
import { prepareLineage } from './rdd/lineage.js'
import { concatenated, emptyRDD, parallelize, unionOf } from './rdd/make.js'
import './rdd/numeric.js'
import './rdd/ordered.js'
import './rdd/pair.js'
import './rdd/pipe.js'
import type { AnyRDD } from './rdd/plan.js'
import { RDD } from './rdd/rdd.js'
import './rdd/takesample.js'
import { bytesOf, inputFiles, textFileRDD } from './rdd/textfiles.js'

let active: SparkContext | undefined

/** The number of threads a local master asks for. @throws argument/illegal for a master that is none */
function parallelismOf(master: string): number {
	if (master === 'local') return 1
	const threads = /^local\[(\d+|\*)\]$/.exec(master)?.[1]
	if (threads === '*') return cpus().length
	if (threads !== undefined) {
		if (Number(threads) > 0) return Number(threads)
		throw new StreamError('argument/illegal', `Asked to run locally with ${threads} threads`, {
			where: 'spark.master',
			remedy: 'use local, local[2] or local[*]',
		})
	}
	throw new StreamError('argument/illegal', `Could not parse Master URL: '${master}'`, {
		where: 'spark.master',
		remedy: 'use local, local[N] or local[*]',
	})
}

export interface SparkContextOptions {
	/** Drives streams made on this context (default: the system clock). */
	readonly clock?: Clock
}

export class SparkContext implements RDDContext {
	readonly backend: Backend
	readonly clock: Clock
	readonly conf: SparkConf
	readonly defaultParallelism: number
	readonly startTime = systemClock.now()
	readonly applicationId: string
	readonly version = packageVersion()
	readonly #site: string
	readonly #persistent = new Map<number, AnyRDD>()
	#nextRddId = 0
	#nextBroadcastId = 0
	#isStopped = false
	#checkpointDir: string | undefined

	/**
	 * @throws config/value without master or application name; context/active when another one is active;
	 *   config/unknown for a setting of ours that does not exist
	 */
	constructor(conf: SparkConf, options: SparkContextOptions = {}) {
		for (const [key, what] of [
			['spark.master', 'A master URL'],
			['spark.app.name', 'An application name'],
		] as const) {
			if (conf.contains(key)) continue
			throw new StreamError('config/value', `${what} must be set in your configuration`, {
				remedy: key === 'spark.master' ? "setMaster('local')" : "setAppName('…')",
			})
		}
		checkSettings(conf)
		const threads = parallelismOf(conf.get('spark.master'))
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
		this.defaultParallelism = this.conf.getInt('spark.default.parallelism', threads)
		this.backend = new LocalBackend()
		this.applicationId = `local-${this.startTime}`
		this.#site = callSite() ?? '<unknown>'
		active = this
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
	get appName(): string {
		return this.conf.get('spark.app.name')
	}
	get defaultMinPartitions(): number {
		return Math.min(this.defaultParallelism, 2)
	}

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

	/** `data` in `numSlices` partitions of equal length, order kept. */
	parallelize<T>(data: Iterable<T>, numSlices?: number): RDD<T> {
		this.#refuseStopped()
		return parallelize(this, data, numSlices)
	}
	makeRDD<T>(data: Iterable<T>, numSlices?: number): RDD<T> {
		return this.parallelize(data, numSlices)
	}
	/** Numbers from `start` to `end`, without `end`. */
	range(start: number, end: number, step = 1, numSlices?: number): RDD<number> {
		requireThat(step !== 0, 'step cannot be 0')
		const length = Math.max(0, Math.ceil((end - start) / step))
		return this.parallelize(
			Array.from({ length }, (_, i) => start + i * step),
			numSlices,
		)
	}
	emptyRDD<T>(): RDD<T> {
		return emptyRDD(this)
	}
	union<T>(first: RDD<T> | readonly RDD<T>[], ...rest: readonly RDD<T>[]): RDD<T> {
		return unionOf(this, first instanceof RDD ? [first, ...rest] : first)
	}
	/** The lines of a file, a directory or a pattern; gzipped files are unpacked. */
	textFile(path: string, minPartitions = this.defaultMinPartitions): RDD<string> {
		return textFileRDD(this, path, minPartitions)
	}
	/** Pairs of file name and whole text. */
	wholeTextFiles(path: string): RDD<[string, string]> {
		return this.binaryFiles(path).map(([name, bytes]): [string, string] => [name, Buffer.from(bytes).toString('utf8')])
	}
	/** Pairs of file name and bytes, one partition a file. */
	binaryFiles(path: string): RDD<[string, Uint8Array]> {
		const files = inputFiles(path)
		const each = files.map((file) => parallelize(this, [file], 1))
		return concatenated(this, each).map((file): [string, Uint8Array] => [`file:${file}`, bytesOf(file)])
	}

	/** A value that tasks read as `b.value`. @throws argument/illegal for an RDD */
	broadcast<T>(value: T): Broadcast<T> {
		requireThat(
			!(value instanceof RDD),
			'Can not directly broadcast RDDs; instead, call collect() and broadcast the result.',
		)
		return new Broadcast(this.#nextBroadcastId++, value)
	}

	/** Where checkpoints of RDDs go: a new folder inside `directory`. */
	setCheckpointDir(directory: string): void {
		this.#checkpointDir = resolve(directory.replace(/^file:(\/\/)?/, ''), randomUUID())
		mkdirSync(this.#checkpointDir, { recursive: true })
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
		await prepareLineage(rdd)
		const results = await this.backend.run(
			rdd,
			partitions ?? [...Array(rdd.getNumPartitions()).keys()],
			task,
			time === undefined ? options : { ...options, batchTime: time },
		)
		await writeMarked(rdd)
		return results
	}

	persisted(rdd: AnyRDD, isPersisted: boolean): void {
		if (isPersisted) this.#persistent.set(rdd.id, rdd)
		else this.#persistent.delete(rdd.id)
	}
	/** The RDDs that are persisted now, by id. */
	getPersistentRDDs(): ReadonlyMap<number, AnyRDD> {
		return this.#persistent
	}

	/** Ends it; calling it twice is no error. */
	async stop(): Promise<void> {
		if (this.#isStopped) return
		this.#isStopped = true
		if (active === this) active = undefined
		this.#persistent.clear()
		await this.backend.stop()
	}

	toString(): string {
		return `SparkContext[${basename(this.appName)}, master ${this.master}${this.#isStopped ? ', stopped' : ''}]`
	}
}
