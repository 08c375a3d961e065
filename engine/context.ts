/**
 * The StreamingContext: one graph, one batch loop, one set of receivers on a SparkContext.
 *
 *   INITIALIZED ──start──▶ ACTIVE ──stop──▶ STOPPED        live graph: STOPPED ──restart──▶ ACTIVE
 *        └─────────────stop──────────────────▲
 *
 * Source: Spark's `StreamingContext`. What is ours: `step`, `nextBatch`, `awaitBatches`, `live`, `describe`, `restart`.
 */

import { currentBatch, outsideBatch } from './base/batchscope.js'
import { callSite } from './base/callsite.js'
import { type Clock, type Disposable, ManualClock, systemClock } from './base/clock.js'
import type { SparkConf } from './base/config.js'
import { asError, requireThat, StreamError } from './base/errors.js'
import { host } from './base/host.js'
import { Duration, type DurationLike } from './base/time.js'
import { ByBatch } from './context/bybatch.js'
import { clockNamed, intervalOf, type StreamingContextOptions, triggerOf } from './context/options.js'
import { recoverOrCreate } from './context/recovering.js'
import type { Registry } from './dstream/registry.js'
import { StreamingRun } from './scheduler/run.js'
import { stopOnSignal } from './scheduler/shutdown.js'
import { ContextWaiter } from './scheduler/waiter.js'
import { SparkContext } from './sparkcontext.js'

export type { StreamingContextOptions } from './context/options.js'
export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED'

let active: StreamingContext | undefined

export class StreamingContext extends ByBatch implements Registry {
	#waiter = new ContextWaiter()
	#run: StreamingRun | undefined
	#signals: Disposable | undefined
	#ending: Promise<void> | undefined
	#state: StreamingContextState = 'INITIALIZED'
	#startSite: string | undefined
	#remember: Duration | undefined
	#batchDuration: Duration
	readonly #trigger: 'time' | 'data'
	#clock: Clock

	/**
	 * @param from a SparkContext, or the SparkConf to make one with
	 * @throws context/recovery for a checkpoint path: recovery goes through `StreamingContext.getOrCreate`
	 */
	constructor(from: SparkConf | SparkContext, batchDuration: DurationLike, options: StreamingContextOptions = {}) {
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
		const interval = intervalOf(batchDuration)
		super(from instanceof SparkContext ? from : new SparkContext(from))
		this.#batchDuration = interval
		this.#trigger = triggerOf(options.trigger)
		this.#clock = options.clock ?? clockNamed(this.conf) ?? this.sparkContext.clock
		const directory = this.conf.getOption('spark.streaming.checkpoint.directory')
		if (directory !== undefined) this.checkpoint(directory)
		host().contextMade(this)
	}

	get batchDuration(): Duration {
		return this.#batchDuration
	}
	override get clock(): Clock {
		return this.#clock
	}
	override getState(): StreamingContextState {
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
				this.#again()
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
				this.isLive || this.streamGraph.outputs.length > 0,
				'No output operations registered, so nothing to execute',
				{ remedy: 'end a stream with print() or foreachRDD(…)' },
			)
			this.#begin()
		} catch (thrown) {
			this.#state = 'STOPPED'
			if (active === this) active = undefined
			this.#signals?.dispose()
			void this.#run?.stop(false)
			throw asError(thrown)
		}
	}

	#begin(): void {
		this.#run = new StreamingRun({
			sparkContext: this.sparkContext,
			clock: this.clock,
			bus: this.events,
			graph: this.streamGraph,
			inputInfo: this.inputInfo,
			batchDuration: this.batchDuration,
			isLive: this.isLive,
			trigger: this.#trigger,
			remember: () => this.#remember,
			report: (error) => this.#waiter.notifyError(error),
			checkpointDirectory: this.checkpointDirectory,
			recovery: this.recovery,
		})
		this.#run.prepare()
		this.#startSite = callSite() ?? ''
		this.#state = 'ACTIVE'
		active = this
		if (this.conf.getBoolean('spark.streaming.stopGracefullyOnShutdown', false)) {
			this.#signals = stopOnSignal(() => this.stop(false, true))
		}
		// As in Spark, batches that run again are submitted before the context has started.
		if (this.recovery !== undefined) this.#run.start()
		this.events.post({ kind: 'streamingStarted', time: systemClock.now() })
		if (this.recovery === undefined) this.#run.start()
	}

	/**
	 * Starts again from the same graph, state empty; stops first when it is active. Live graphs only.
	 * @param options.batchDuration another batch interval; streams without a slide duration of their own follow it
	 * @throws context/state in a strict graph; graph/duration when a window or slide does not fit the interval, nothing
	 *   has changed then
	 */
	async restart(options: { readonly batchDuration?: DurationLike } = {}): Promise<void> {
		if (!this.isLive) {
			throw new StreamError('context/state', 'only a context with a live graph can be started again', {
				where: 'restart',
				remedy: "set 'rivulet.liveGraph' to true, or make a new StreamingContext",
			})
		}
		const before = this.#batchDuration
		const after = options.batchDuration === undefined ? before : Duration.of(options.batchDuration)
		this.changeInterval(after)
		// What runs is finished on the grid that it began on.
		this.#batchDuration = before
		if (this.#state === 'ACTIVE') await this.stop(false)
		this.#batchDuration = after
		this.#again()
	}
	protected override changeInterval(interval: Duration): void {
		if (interval.milliseconds <= 0) {
			throw new StreamError('argument/duration', `${interval} is no batch interval`, { remedy: 'give a positive one' })
		}
		const before = this.#batchDuration
		this.#batchDuration = interval
		try {
			this.streamGraph.checkDurations()
		} catch (thrown) {
			this.#batchDuration = before
			throw thrown
		}
	}
	#again(): void {
		this.toBeginning()
		this.start()
	}
	protected override toBeginning(): void {
		this.streamGraph.reset()
		this.inputInfo.cleanup(Number.POSITIVE_INFINITY)
		this.#waiter = new ContextWaiter()
		this.#run = undefined
		this.recovery = undefined
		this.#state = 'INITIALIZED'
	}

	/** Drives this context by a ManualClock from now on, and gives that. @throws context/state while it is active */
	useManualClock(startMs = 0): ManualClock {
		if (this.#state === 'ACTIVE') {
			throw new StreamError('context/state', 'the clock cannot change while batches run', {
				where: 'useManualClock',
				remedy: 'call it before ssc.start(), or after await ssc.stop(false)',
			})
		}
		const clock = new ManualClock(startMs)
		this.#clock = clock
		return clock
	}
	/**
	 * Back to before the first batch: time 0, state empty, the same graph. The next `step()` is the first batch again.
	 * What was taken from queues and sockets does not come back.
	 * @throws time/manual with the system clock
	 */
	async rewind(): Promise<void> {
		const clock = this.#clock
		if (!(clock instanceof ManualClock)) {
			throw new StreamError('time/manual', 'rewind() needs a ManualClock', {
				remedy: 'call ssc.useManualClock() before ssc.start()',
			})
		}
		if (this.#state === 'ACTIVE') await this.stop(false)
		clock.setTime(0)
		this.toBeginning()
	}

	/**
	 * Stops receivers and batches. Called twice: only the SparkContext is stopped, when asked, once the first stop is over.
	 * A graceful stop from inside an output operation goes on after that: it resolves at once.
	 * @param stopSparkContext default: `spark.streaming.stopSparkContextByDefault`, in a live graph false
	 * @param stopGracefully everything received is processed first, within `spark.streaming.gracefulStopTimeout`
	 * @throws context/state from inside a listener
	 */
	async stop(stopSparkContext?: boolean, stopGracefully = false): Promise<void> {
		if (this.events.isDelivering) {
			throw new StreamError('context/state', 'Cannot stop StreamingContext within listener bus thread.', {
				remedy: 'call stop from outside the listener',
			})
		}
		const stopAll = stopSparkContext ?? this.conf.getBoolean('spark.streaming.stopSparkContextByDefault', !this.isLive)
		if (this.#state === 'ACTIVE') {
			const isFirst = this.#ending === undefined
			this.#ending ??= stopGracefully ? outsideBatch(() => this.#end(true)) : this.#end(false)
			// An output operation must not wait for a stop that waits for it.
			if (currentBatch() !== undefined && (stopGracefully || !isFirst)) {
				const ended = this.#ending.then(() => (stopAll ? this.sparkContext.stop() : undefined))
				ended.catch((thrown: unknown) => this.#waiter.notifyError(asError(thrown)))
				return
			}
			await this.#ending
		}
		this.#state = 'STOPPED'
		if (stopAll) await this.sparkContext.stop()
	}

	async #end(gracefully: boolean): Promise<void> {
		await this.#run?.stop(gracefully)
		// Stopped twice at the same time: it has stopped once.
		if (this.#state !== 'ACTIVE') return
		this.events.post({ kind: 'streamingStopped', time: systemClock.now() })
		if (active === this) active = undefined
		this.#signals?.dispose()
		this.#state = 'STOPPED'
		this.#ending = undefined
		await this.events.drained()
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

	/** @internal */
	protected override get lastRun(): StreamingRun | undefined {
		return this.#run
	}
	/** @internal */
	protected override running(what: string): StreamingRun {
		if (this.#state !== 'ACTIVE' || this.#run === undefined) {
			throw new StreamError('context/state', `the context is ${this.#state}, not ACTIVE`, {
				where: what,
				remedy: this.#state === 'STOPPED' && !this.isLive ? 'make a new StreamingContext' : 'call ssc.start() first',
			})
		}
		return this.#run
	}

	/** The context that is started and not stopped. */
	static getActive(): StreamingContext | undefined {
		return active
	}
	/**
	 * The active context; without one what `create` makes, with a directory as `getOrCreate`.
	 * @throws as getOrCreate
	 */
	static getActiveOrCreate(create: () => StreamingContext): StreamingContext
	static getActiveOrCreate(
		directory: string,
		create: () => StreamingContext,
		hadoopConf?: unknown,
		createOnError?: boolean,
	): StreamingContext
	static getActiveOrCreate(
		first: string | (() => StreamingContext),
		create?: () => StreamingContext,
		hadoopConf?: unknown,
		createOnError = false,
	): StreamingContext {
		if (active !== undefined) return active
		if (typeof first === 'function') return first()
		return StreamingContext.getOrCreate(first, create as () => StreamingContext, hadoopConf, createOnError)
	}
	/**
	 * What `create` makes, which goes on from the newest checkpoint in `directory` when there is one: with the settings
	 * and the interval of then, states and windows as they were, batches run again that may not have ended.
	 * @param createOnError checkpoints that cannot be read are passed over
	 * @throws context/recovery when none of the checkpoints can be read; graph/checkpoint when `create` leaves out or
	 *   changes what the checkpoint holds
	 */
	static getOrCreate(
		directory: string,
		create: () => StreamingContext,
		_hadoopConf?: unknown,
		createOnError = false,
	): StreamingContext {
		const isContext = (made: unknown): made is StreamingContext => made instanceof StreamingContext
		return recoverOrCreate(directory, create, createOnError, isContext)
	}
}
