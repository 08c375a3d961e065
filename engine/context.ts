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
import type { Registry } from './dstream/registry.js'
import { StreamingRun } from './scheduler/run.js'
import { stopOnSignal } from './scheduler/shutdown.js'
import { ContextWaiter } from './scheduler/waiter.js'
import { SparkContext } from './sparkcontext.js'

export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED'

export interface StreamingContextOptions {
	/** Drives batches and receivers (default: the SparkContext's clock, which is the system clock). */
	readonly clock?: Clock
	/**
	 * `data`: batches for which nothing came are left out, unless a window still shows something or a timeout is due
	 * (default `time`: a batch at every multiple of the interval, as in Spark).
	 */
	readonly trigger?: 'time' | 'data'
}

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
		const interval = Duration.of(batchDuration)
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
	/** Where state and recovery data are kept. */
	checkpoint(directory: string | null): void {
		if (directory !== null) this.sparkContext.setCheckpointDir(directory)
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
		})
		this.#run.prepare()
		this.#startSite = callSite() ?? ''
		this.#state = 'ACTIVE'
		active = this
		if (this.conf.getBoolean('spark.streaming.stopGracefullyOnShutdown', false)) {
			this.#signals = stopOnSignal(() => this.stop(false, true))
		}
		this.events.post({ kind: 'streamingStarted', time: systemClock.now() })
		this.#run.start()
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
		this.#toBeginning()
		this.start()
	}
	#toBeginning(): void {
		this.streamGraph.reset()
		this.inputInfo.cleanup(Number.POSITIVE_INFINITY)
		this.#waiter = new ContextWaiter()
		this.#run = undefined
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
		this.#toBeginning()
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
	/** The active context, or what `create` makes. */
	static getActiveOrCreate(create: () => StreamingContext): StreamingContext {
		return active ?? create()
	}
}

/** The clock that a setting names by Spark's class; undefined without. @throws config/value for another class */
function clockNamed(conf: SparkConf): Clock | undefined {
	const name = conf.getOption('spark.streaming.clock')?.replace('org.apache.spark.streaming.', 'org.apache.spark.')
	if (name === undefined) return undefined
	if (name === 'org.apache.spark.util.SystemClock') return systemClock
	if (name === 'org.apache.spark.util.ManualClock') return new ManualClock()
	throw new StreamError('config/value', `Illegal value for config key spark.streaming.clock: ${name}`, {
		where: 'SparkConf',
		remedy: 'use org.apache.spark.util.SystemClock or ManualClock, or give { clock } to the StreamingContext',
	})
}

/** @throws argument/illegal */
function triggerOf(trigger: unknown = 'time'): 'time' | 'data' {
	if (trigger === 'time' || trigger === 'data') return trigger
	throw new StreamError('argument/illegal', `${String(trigger)} is no trigger`, { remedy: "use 'time' or 'data'" })
}
