/**
 * What streams ask of their context, and what programs ask about the graph: who takes part, numbers, events.
 *
 * The life of the context (start, stop, batches) is the StreamingContext's.
 */

import type { Clock, Disposable } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { type EngineEvent, EventBus, type EventKind, type EventOf, type StreamInputInfo } from '../base/events.js'
import { host } from '../base/host.js'
import type { StreamingListener } from '../base/listener.js'
import type { Duration, Time } from '../base/time.js'
import { Census } from '../dstream/census.js'
import { describeGraph, type GraphDescription } from '../dstream/describe.js'
import type { AnyDStream, DStream } from '../dstream/dstream.js'
import { DStreamGraph } from '../dstream/graph.js'
import type { AnyInput, InputDStream } from '../dstream/input.js'
import type { Observer } from '../dstream/observer.js'
import type { Output } from '../dstream/output.js'
import type { Registry } from '../dstream/registry.js'
import type { Replacement } from '../dstream/replacement.js'
import { InputFactory } from '../input/factory.js'
import type { AnyRDD } from '../rdd/plan.js'
import { InputInfoTracker } from '../scheduler/inputinfo.js'
import { StreamingProgress } from '../scheduler/progress.js'
import type { SparkContext } from '../sparkcontext.js'

export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED'

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

export abstract class ContextMembers extends InputFactory implements Registry {
	#sparkContext: SparkContext
	/** @internal */
	readonly isLive: boolean
	/** Adding and removing together what one group (a cell) made. */
	readonly live: LiveGraph
	/** Batches that wait, run and are completed; totals; receivers. @internal */
	readonly progress: StreamingProgress
	protected readonly events: EventBus
	/** @internal */
	protected readonly streamGraph = new DStreamGraph()
	readonly #census = new Census()
	/** Observers that have been taken back; they leave the graph at the next batch boundary. */
	readonly #disposed = new WeakSet<Observer>()
	/** @internal */
	protected readonly inputInfo = new InputInfoTracker()
	#nextStreamId = 0
	#nextInputId = 0

	constructor(sparkContext: SparkContext) {
		super()
		this.#sparkContext = sparkContext
		this.isLive = this.conf.getBoolean('rivulet.liveGraph', host().liveGraph)
		this.events = new EventBus((error) =>
			host().notice({ level: 'error', text: `listener: ${error}`, group: undefined }),
		)
		const progress = new StreamingProgress(this.conf.getInt('spark.streaming.ui.retainedBatches', 1_000))
		this.progress = progress
		this.events.onAny((event) => progress.hear(event))
		const graph = this.streamGraph
		const census = this.#census
		this.live = {
			release: (group) => {
				graph.release(group)
				this.released()
			},
			discard: (group) => {
				graph.discard(group)
				census.forget([group])
			},
			removeGroup: (group) => {
				graph.removeGroup(group)
				census.forget([group])
			},
			replace: (replacement) => {
				graph.replace(replacement)
				census.forget(replacement.groups)
			},
		}
	}

	abstract get batchDuration(): Duration
	abstract get clock(): Clock
	abstract getState(): StreamingContextState
	abstract removeWritten(rdd: AnyRDD): void
	/** Edits of the graph may take effect. */
	protected abstract released(): void

	get sparkContext(): SparkContext {
		return this.#sparkContext
	}
	protected set sparkContext(sparkContext: SparkContext) {
		this.#sparkContext = sparkContext
	}
	get conf(): SparkConf {
		return this.sparkContext.conf
	}
	/** @internal */
	get isActive(): boolean {
		return this.getState() === 'ACTIVE'
	}
	/** @internal */
	get zeroTime(): Time | undefined {
		return this.streamGraph.zeroTime
	}

	/** @internal */
	admit(): void {
		const state = this.getState()
		if (state === 'INITIALIZED' || this.isLive) return
		const when = state === 'ACTIVE' ? 'starting' : 'stopping'
		throw new StreamError(
			'context/state',
			`Adding new inputs, transformations, and output operations after ${when} a context is not supported`,
			{ remedy: "set 'rivulet.liveGraph' to true to change the graph while it runs" },
		)
	}
	/** @internal */
	nextStreamId(stream?: AnyDStream): number {
		if (stream !== undefined) this.#census.add(stream)
		return this.#nextStreamId++
	}
	/** @internal */
	addInput(stream: InputDStream<unknown>): number {
		this.streamGraph.addInput(stream)
		return this.#nextInputId++
	}
	/** @internal */
	addOutput(output: Output): void {
		this.streamGraph.addOutput(output)
	}
	/** @internal */
	removeOutput(output: Output): void {
		this.streamGraph.removeOutput(output)
	}
	/** @internal */
	removeStream(stream: DStream<unknown>): void {
		this.streamGraph.removeStream(stream)
	}
	/** @internal */
	addObserver(observer: Observer): Disposable {
		this.streamGraph.addObserver(observer)
		return {
			dispose: () => {
				this.#disposed.add(observer)
				this.streamGraph.removeObserver(observer)
			},
		}
	}
	/** @internal */
	reportInput(time: Time, info: StreamInputInfo): void {
		this.inputInfo.report(time, info)
	}

	/** The output operations that take part now. */
	get outputs(): readonly Output[] {
		return this.streamGraph.outputs
	}
	/** The input streams that take part now. */
	get inputs(): readonly AnyInput[] {
		return this.streamGraph.inputs
	}
	/** What joins at the next batch boundary. */
	get waiting(): { readonly inputs: readonly AnyInput[]; readonly outputs: readonly Output[] } {
		return this.streamGraph.waiting
	}
	/** The graph as plain data. @param options.all streams that no output, input or view reads, too (default false) */
	describe(options: { readonly all?: boolean } = {}): GraphDescription {
		const { inputs, outputs } = this.streamGraph
		const observers = this.streamGraph.observers.filter((observer) => !this.#disposed.has(observer))
		return describeGraph({ inputs, outputs, observers, others: options.all === true ? this.#census.streams : [] })
	}
	/**
	 * Counts the records of every stream from the next batch on, while jobs compute them: `describe()` has them. Nothing
	 * is computed for it, but operators are no longer fused into one loop. Dispose the result to end it.
	 */
	countRecords(): Disposable {
		const graph = this.streamGraph
		graph.numMeters++
		let isOver = false
		return {
			dispose: () => {
				if (!isOver) graph.numMeters--
				isOver = true
			},
		}
	}

	on<K extends EventKind>(kind: K, listener: (event: EventOf<K>) => void | Promise<void>): () => void {
		return this.events.on(kind, listener)
	}
	/** Every event. Returns the way to stop listening. */
	onAny(listener: (event: EngineEvent) => void | Promise<void>): () => void {
		return this.events.onAny(listener)
	}
	/** A StreamingListener, or an object with some of its methods; listeners hear in the order of their registration. */
	addStreamingListener(listener: Partial<StreamingListener>): void {
		this.events.addListener(listener)
	}
	removeStreamingListener(listener: Partial<StreamingListener>): void {
		this.events.removeListener(listener)
	}
}
