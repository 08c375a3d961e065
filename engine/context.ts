/**
 * The StreamingContext: one graph, one batch loop, one set of receivers on a SparkContext.
 *
 *   INITIALIZED ──start──▶ ACTIVE ──stop──▶ STOPPED        live graph: STOPPED ──restart──▶ ACTIVE
 *        └─────────────stop──────────────────▲
 *
 * Source: Spark's `StreamingContext`. What is ours: `step`, `nextBatch`, `awaitBatches`, `live`, `describe`, `restart`.
 */

import { callSite } from './base/callsite.js'
import { type Clock, type Disposable, systemClock } from './base/clock.js'
import type { SparkConf } from './base/config.js'
import { asError, requireThat, StreamError } from './base/errors.js'
import {
	type BatchInfo,
	type EngineEvent,
	EventBus,
	type EventKind,
	type EventOf,
	type StreamInputInfo,
	type StreamingListener,
} from './base/events.js'
import { host } from './base/host.js'
import { Duration, type DurationLike, type Time } from './base/time.js'
import { describeGraph, type GraphDescription } from './dstream/describe.js'
import type { AnyDStream, DStream } from './dstream/dstream.js'
import { DStreamGraph } from './dstream/graph.js'
import type { AnyInput, InputDStream } from './dstream/input.js'
import type { Observer } from './dstream/observer.js'
import type { Output } from './dstream/output.js'
import type { Registry } from './dstream/registry.js'
import type { Replacement } from './dstream/replacement.js'
import { InputFactory } from './input/factory.js'
import { awaitBatches, stepBatches } from './scheduler/bystep.js'
import { InputInfoTracker } from './scheduler/inputinfo.js'
import { StreamingRun } from './scheduler/run.js'
import { ContextWaiter } from './scheduler/waiter.js'
import { SparkContext } from './sparkcontext.js'

export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED'

export interface StreamingContextOptions {
	/** Drives batches and receivers (default: the SparkContext's clock, which is the system clock). */
	readonly clock?: Clock
}

/** What a host does with the groups of a live graph. */
export interface LiveGraph {
	/** What the group added takes effect at the next batch boundary. */
	release(group: string): void
	/** What the group added and has not taken effect is forgotten. */
	discard(group: string): void
	/** Everything the group added leaves at the next batch boundary. */
	removeGroup(group: string): void
	/** What a group made takes the place of others at the next batch boundary. */
	replace(replacement: Replacement): void
}

let active: StreamingContext | undefined

export class StreamingContext extends InputFactory implements Registry {
	readonly sparkContext: SparkContext
	readonly batchDuration: Duration
	readonly clock: Clock
	readonly isLive: boolean
	/** Adding and removing together what one group (a cell) made. */
	readonly live: LiveGraph
	readonly #bus: EventBus
	readonly #graph = new DStreamGraph()
	readonly #inputInfo = new InputInfoTracker()
	#waiter = new ContextWaiter()
	#run: StreamingRun | undefined
	#state: StreamingContextState = 'INITIALIZED'
	#startSite: string | undefined
	#remember: Duration | undefined
	#nextStreamId = 0
	#nextInputId = 0

	/**
	 * @param from a SparkContext, or the SparkConf to make one with
	 * @throws context/recovery for a checkpoint path: recovery goes through `StreamingContext.getOrCreate`
	 */
	constructor(from: SparkConf | SparkContext, batchDuration: DurationLike, options: StreamingContextOptions = {}) {
		super()
		requireThat(
			from !== undefined && from !== null && typeof from !== 'string',
			'Spark Streaming cannot be initialized with both SparkContext and checkpoint as null',
			{ remedy: 'give a SparkContext or a SparkConf; to recover use StreamingContext.getOrCreate(directory, create)' },
		)
		requireThat(
			batchDuration !== undefined && batchDuration !== null,
			'Batch duration for StreamingContext cannot be null',
			{ remedy: 'give one, such as Seconds(1)' },
		)
		this.batchDuration = Duration.of(batchDuration)
		this.sparkContext = from instanceof SparkContext ? from : new SparkContext(from)
		this.clock = options.clock ?? this.sparkContext.clock
		this.isLive = this.conf.getBoolean('rivulet.liveGraph', host().liveGraph)
		this.#bus = new EventBus((error) => host().notice({ level: 'error', text: `listener: ${error}`, group: undefined }))
		const graph = this.#graph
		this.live = {
			release: (group) => graph.release(group),
			discard: (group) => graph.discard(group),
			removeGroup: (group) => graph.removeGroup(group),
			replace: (replacement) => graph.replace(replacement),
		}
		const directory = this.conf.getOption('spark.streaming.checkpoint.directory')
		if (directory !== undefined) this.checkpoint(directory)
		host().contextMade(this)
	}

	get conf(): SparkConf {
		return this.sparkContext.conf
	}
	get isActive(): boolean {
		return this.#state === 'ACTIVE'
	}
	get zeroTime(): Time | undefined {
		return this.#graph.zeroTime
	}
	getState(): StreamingContextState {
		return this.#state
	}

	/** Keeps the RDDs of all streams at least that long. @throws argument/illegal when called twice */
	remember(duration: DurationLike): void {
		requireThat(
			this.#remember === undefined,
			`Remember duration already set as ${this.#remember}. Cannot set it again.`,
		)
		this.#remember = Duration.of(duration)
	}
	/** Where state and recovery data are kept. */
	checkpoint(directory: string | null): void {
		if (directory !== null) this.sparkContext.setCheckpointDir(directory)
	}

	// Registry: what nodes ask.

	admit(): void {
		if (this.#state === 'INITIALIZED' || this.isLive) return
		const when = this.#state === 'ACTIVE' ? 'starting' : 'stopping'
		throw new StreamError(
			'context/state',
			`Adding new inputs, transformations, and output operations after ${when} a context is not supported`,
			{ remedy: "set 'rivulet.liveGraph' to true to change the graph while it runs" },
		)
	}
	nextStreamId(): number {
		return this.#nextStreamId++
	}
	addInput(stream: InputDStream<unknown>): number {
		this.#graph.addInput(stream)
		return this.#nextInputId++
	}
	addOutput(output: Output): void {
		this.#graph.addOutput(output)
	}
	removeOutput(output: Output): void {
		this.#graph.removeOutput(output)
	}
	removeStream(stream: DStream<unknown>): void {
		this.#graph.removeStream(stream)
	}
	addObserver(observer: Observer): Disposable {
		this.#graph.addObserver(observer)
		return { dispose: () => this.#graph.removeObserver(observer) }
	}
	reportInput(time: Time, info: StreamInputInfo): void {
		this.#inputInfo.report(time, info)
	}

	/** The output operations that take part now. */
	get outputs(): readonly Output[] {
		return this.#graph.outputs
	}
	/** The input streams that take part now. */
	get inputs(): readonly AnyInput[] {
		return this.#graph.inputs
	}
	/** The graph as plain data. */
	describe(): GraphDescription {
		const streams: AnyDStream[] = [...this.#graph.outputs, ...this.#graph.observers].map((end) => end.stream)
		return describeGraph([...this.#graph.inputs, ...streams], this.#graph.outputs)
	}

	on<K extends EventKind>(kind: K, listener: (event: EventOf<K>) => void | Promise<void>): () => void {
		return this.#bus.on(kind, listener)
	}
	/** Every event. Returns the way to stop listening. */
	onAny(listener: (event: EngineEvent) => void | Promise<void>): () => void {
		return this.#bus.onAny(listener)
	}
	addStreamingListener(listener: StreamingListener): void {
		this.#bus.addListener(listener)
	}
	removeStreamingListener(listener: StreamingListener): void {
		this.#bus.removeListener(listener)
	}

	/**
	 * Starts receivers and batches. Already active: nothing happens (a warning).
	 * @throws context/state when stopped, context/active when another context runs, argument/illegal for what the checks
	 *   of the graph find (the context is then stopped)
	 */
	start(): void {
		if (this.#state === 'ACTIVE') {
			host().notice({ level: 'warning', text: 'StreamingContext has already been started', group: host().group() })
			return
		}
		if (this.#state === 'STOPPED') {
			if (this.isLive) {
				this.restart()
				return
			}
			throw new StreamError('context/state', 'StreamingContext has already been stopped', {
				remedy: 'make a new StreamingContext',
			})
		}
		if (active !== undefined) {
			throw new StreamError(
				'context/active',
				`Only one StreamingContext may be started in this JVM. Currently running StreamingContext was started at${active.#startSite ?? ''}`,
				{ remedy: 'stop the other context first' },
			)
		}
		try {
			if (this.sparkContext.isStopped) throw new StreamError('context/stopped', 'LiveListenerBus is stopped.')
			requireThat(
				this.isLive || this.#graph.outputs.length > 0,
				'No output operations registered, so nothing to execute',
				{ remedy: 'end a stream with print() or foreachRDD(…)' },
			)
			this.#begin()
		} catch (thrown) {
			this.#state = 'STOPPED'
			void this.#run?.stop(false)
			throw asError(thrown)
		}
	}

	#begin(): void {
		this.#run = new StreamingRun({
			sparkContext: this.sparkContext,
			clock: this.clock,
			bus: this.#bus,
			graph: this.#graph,
			inputInfo: this.#inputInfo,
			batchDuration: this.batchDuration,
			isLive: this.isLive,
			remember: () => this.#remember,
			report: (error) => this.#waiter.notifyError(error),
		})
		this.#run.prepare()
		this.#startSite = callSite() ?? ''
		this.#state = 'ACTIVE'
		active = this
		this.#bus.post({ kind: 'streamingStarted', time: systemClock.now() })
		this.#run.start()
	}

	/** Starts a stopped context again from the same graph, state empty. Live graphs only. */
	restart(): void {
		this.#graph.reset()
		this.#waiter = new ContextWaiter()
		this.#state = 'INITIALIZED'
		this.start()
	}

	/**
	 * Stops receivers and batches. Called twice: only the SparkContext is stopped, when asked.
	 * @param stopSparkContext default: `spark.streaming.stopSparkContextByDefault`, in a live graph false
	 * @param stopGracefully everything received is processed first, within `spark.streaming.gracefulStopTimeout`
	 * @throws context/state from inside a listener
	 */
	async stop(stopSparkContext?: boolean, stopGracefully = false): Promise<void> {
		if (this.#bus.isDelivering) {
			throw new StreamError('context/state', 'Cannot stop StreamingContext within listener bus thread.', {
				remedy: 'call stop from outside the listener',
			})
		}
		if (this.#state === 'ACTIVE') await this.#end(stopGracefully)
		this.#state = 'STOPPED'
		const stopAll = stopSparkContext ?? this.conf.getBoolean('spark.streaming.stopSparkContextByDefault', !this.isLive)
		if (stopAll) await this.sparkContext.stop()
	}

	async #end(gracefully: boolean): Promise<void> {
		await this.#run?.stop(gracefully)
		this.#bus.post({ kind: 'streamingStopped', time: systemClock.now() })
		if (active === this) active = undefined
		this.#state = 'STOPPED'
		await this.#bus.drained()
		this.#waiter.notifyStop()
	}

	/** Resolves when the context has stopped; rejects with an error of a batch, also when asked later. */
	async awaitTermination(): Promise<void> {
		host().waitsForBatch()
		await this.#waiter.waitForStopOrError(systemClock)
	}
	/** True when it stopped within `timeoutMs`; a negative time waits for ever. */
	awaitTerminationOrTimeout(timeoutMs: number): Promise<boolean> {
		return this.#waiter.waitForStopOrError(systemClock, timeoutMs)
	}

	/**
	 * Moves a ManualClock on by `n` batches, each awaited until it is completed, without jobs or failed; starts the
	 * context if it was not. Resolves to the facts of each batch.
	 * @throws the first error of these batches, after all of them; time/manual with the system clock or from inside an
	 *   output operation
	 */
	async step(n = 1): Promise<BatchInfo[]> {
		host().waitsForBatch()
		if (this.#state === 'INITIALIZED' && this.clock.isManual) this.start()
		const infos = await stepBatches(this.#running('step'), this.clock, n)
		await this.#bus.drained()
		return infos
	}
	/** The next batch with outputs that is over. @throws its error */
	async nextBatch(): Promise<BatchInfo> {
		const [info] = await this.awaitBatches(1)
		return info as BatchInfo
	}
	/** The next `n` batches with outputs. @throws the first error among them */
	awaitBatches(n: number): Promise<BatchInfo[]> {
		host().waitsForBatch()
		return awaitBatches(this.#running('awaitBatches'), n)
	}
	#running(what: string): StreamingRun {
		if (this.#state !== 'ACTIVE' || this.#run === undefined) {
			throw new StreamError('context/state', `the context is ${this.#state}, not ACTIVE`, {
				where: what,
				remedy: this.#state === 'STOPPED' ? 'make a new StreamingContext' : 'call ssc.start() first',
			})
		}
		return this.#run
	}

	/** The context that is started and not stopped. */
	static getActive(): StreamingContext | undefined {
		return active
	}
	/** The active context, or what `create` makes. */
	static getActiveOrCreate(create: () => StreamingContext): StreamingContext {
		return active ?? create()
	}
}
