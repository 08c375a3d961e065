/**
 * The contexts of a session: `sc` and `ssc` made at first use, and what each cell has made in them.
 *
 *   cell runs (group g2)  ──ok────▶  g2 takes the place of what the cell's run before (g1) made
 *                         ──throws─▶  discard g2, g1 stays
 *
 * A context that the program makes takes the place of an untouched one of ours; `ssc` is the newest unstopped context.
 */

import {
	type BatchInfo,
	DStream,
	type DurationLike,
	type EngineEvent,
	SparkConf,
	SparkContext,
	StreamingContext,
	type Succession,
} from '../../engine/index.js'
import { dropViews } from '../display/index.js'
import { sessionFolder } from './folder.js'
import type { StreamShapes } from './messages.js'
import type { Execution } from './owner.js'

export interface ContextsParts {
	/** Hears of every engine event. */
	readonly onEvent: (event: EngineEvent) => void
	/** A stream that other cells hang on was replaced. */
	readonly onStale: (group: string, name: string) => void
}

/** What a top-level name holds: a stream, who bound it, and what its records are, if that is known. */
interface Bound {
	readonly stream: DStream<unknown>
	readonly group: string
	readonly shape: string | undefined
}

export class Contexts {
	readonly #parts: ContextsParts
	readonly #all: StreamingContext[] = []
	/** The groups of each owner that have something in the graphs. */
	readonly #groupsOf = new Map<string, readonly string[]>()
	/** Runs that took effect before they ended, because they waited for a batch. */
	readonly #released = new Set<string>()
	/** The streams that top-level names hold, and the group that bound them. */
	readonly #bound = new Map<string, Bound>()
	/** What the streams of a group are, where the checker has said it. */
	readonly #shapes = new Map<string, StreamShapes>()
	/** Contexts that were made because somebody said `ssc`. */
	readonly #ours = new Set<StreamingContext>()
	/** Groups that hang on a stream that is gone. */
	readonly #stale = new Set<string>()
	#master = process.env.RIVULET_MASTER ?? 'local'
	lastBatch: BatchInfo | undefined

	constructor(parts: ContextsParts) {
		this.#parts = parts
	}

	/** The SparkContext, made when there is none. */
	get sparkContext(): SparkContext {
		const active = SparkContext.getActive()
		if (active !== undefined) return active
		const sc = new SparkContext(new SparkConf().setMaster(this.#master).setAppName('rivulet'))
		sc.setCheckpointDir(sessionFolder())
		return sc
	}

	/** Contexts that are made from now on run there. */
	useMaster(url: string): void {
		this.#master = url
	}

	/** The newest StreamingContext that is not gone, if there is one. */
	get newest(): StreamingContext | undefined {
		return this.#all.filter((ssc) => !ssc.sparkContext.isStopped).at(-1)
	}

	/** The newest unstopped StreamingContext, made when there is none; a stopped one while it can be started again. */
	get streamingContext(): StreamingContext {
		if (this.newest !== undefined) return this.newest
		const interval = (process.env.RIVULET_INTERVAL ?? '1s') as DurationLike
		const ssc = new StreamingContext(this.sparkContext, interval)
		this.#ours.add(ssc)
		return ssc
	}

	/** Called by the engine for every StreamingContext. */
	made(context: object): void {
		if (!(context instanceof StreamingContext)) return
		this.#all.push(context)
		context.onAny((event) => {
			if (event.kind === 'batchCompleted') this.lastBatch = event.batchInfo
			if (event.kind === 'graphChanged') this.#forgetShapes()
			this.#parts.onEvent(event)
		})
		// Inverse windows and state just work: their data goes to a private folder.
		if (context.sparkContext.getCheckpointDir() === undefined) {
			context.sparkContext.setCheckpointDir(sessionFolder())
		}
	}

	/** Called by the engine before a SparkContext is made: ours goes when nothing hangs on it. */
	makeRoom(): void {
		const sc = SparkContext.getActive()
		if (sc === undefined) return
		const mine = this.#all.filter((ssc) => ssc.sparkContext === sc)
		const isUntouched = mine.every(
			(ssc) => this.#ours.has(ssc) && !ssc.isActive && ssc.inputs.length === 0 && ssc.outputs.length === 0,
		)
		if (isUntouched) void sc.stop()
	}

	/** What the run made takes the place of what the run before had made, because the cell begins to wait for a batch. */
	release(execution: Execution): void {
		if (!this.#released.has(execution.group)) {
			this.#released.add(execution.group)
			this.#takePlace(execution, [])
		}
		for (const ssc of this.#all) ssc.live.release(execution.group)
	}

	/** The run has ended well: its things, and what its names hold now, replace what was there before. */
	succeeded(execution: Execution, bound: ReadonlyMap<string, unknown>, shapes: StreamShapes | undefined): void {
		if (shapes !== undefined) this.checked(execution.group, shapes)
		const known = this.#shapes.get(execution.group)?.names
		const before = this.#groupsOf.get(execution.owner) ?? []
		const successions = [...bound].flatMap(([name, value]) =>
			this.#bind(name, value, [execution.group, ...before], known?.[name]),
		)
		this.#takePlace(execution, successions)
		for (const ssc of this.#all) ssc.live.release(execution.group)
		this.#released.delete(execution.group)
	}

	/** The checker says what the streams of a run hold, perhaps after the run. */
	checked(group: string, shapes: StreamShapes): void {
		this.#shapes.set(group, shapes)
		for (const [name, bound] of this.#bound) {
			if (bound.group === group) this.#bound.set(name, { ...bound, shape: shapes.names[name] })
		}
	}

	/** The run threw: what it made is forgotten, unless it had taken effect; the graph and the bindings before stay. */
	failed({ group }: Execution): void {
		for (const ssc of this.#all) ssc.live.discard(group)
		if (!this.#released.delete(group)) dropViews(group)
	}

	#takePlace({ owner, group }: Execution, successions: readonly Succession[]): void {
		const groups = (this.#groupsOf.get(owner) ?? []).filter((before) => before !== group)
		const fits = (before: DStream<unknown>, after: DStream<unknown>): boolean => {
			const [old, now] = [before, after].map((stream) => this.#shapes.get(stream.group ?? '')?.states[lineOf(stream)])
			return old === undefined || now === undefined || old === now
		}
		this.#groupsOf.set(owner, [group])
		for (const before of groups) dropViews(before)
		for (const ssc of this.#all) {
			const mine = successions.filter(({ after }) => after.context === ssc)
			if (groups.length + mine.length > 0) ssc.live.replace({ by: group, groups, successions: mine, fits })
		}
	}

	/** Runs that were replaced need no shapes any more once that has taken effect. */
	#forgetShapes(): void {
		const live = new Set([...this.#groupsOf.values()].flat())
		for (const { group } of this.#bound.values()) live.add(group)
		for (const group of this.#shapes.keys()) if (!live.has(group)) this.#shapes.delete(group)
	}

	/** The owners are gone: everything they made leaves. */
	forget(owners: readonly string[]): void {
		for (const owner of owners) {
			for (const group of this.#groupsOf.get(owner) ?? []) this.#removeGroup(group)
			this.#groupsOf.delete(owner)
		}
	}

	#removeGroup(group: string): void {
		this.#shapes.delete(group)
		for (const ssc of this.#all) ssc.live.removeGroup(group)
		dropViews(group)
	}

	/** A stream without a name takes that of the variable that holds it. */
	name(name: string, value: unknown): void {
		if (value instanceof DStream && value.name === undefined) value.named(name)
	}

	/**
	 * A top-level name holds `value` now. The stream that it held before, unless another name holds it too, is succeeded
	 * by the new one; where there is none that fits, it leaves.
	 */
	#bind(name: string, value: unknown, mine: readonly string[], shape: string | undefined): Succession[] {
		const before = this.#bound.get(name)
		if (before?.stream === value) return []
		this.#bound.delete(name)
		if (value instanceof DStream) this.#bound.set(name, { stream: value, group: mine[0] as string, shape })
		if (before === undefined) return []
		const isHeld = [...this.#bound.values()].some(({ stream }) => stream.current === before.stream.current)
		if (isHeld || (value instanceof DStream && dependsOn(value, before.stream))) return []
		const hasShape = shape === undefined || before.shape === undefined || shape === before.shape
		if (value instanceof DStream && hasShape && hasPlace(value, before.stream))
			return [{ before: before.stream, after: value }]
		this.#replace(name, before.stream, [...mine, before.group])
		return []
	}

	/** Removes a stream; groups that hang on it, but for those that know, are told that they are stale. */
	#replace(name: string, before: DStream<unknown>, knowing: readonly string[]): void {
		const stale = new Set<string>()
		for (const { group, stream } of this.#all.flatMap((ssc) => ssc.outputs)) {
			if (group !== undefined && !knowing.includes(group) && dependsOn(stream, before)) stale.add(group)
		}
		before.remove()
		for (const group of stale) {
			dropViews(group)
			this.#stale.add(group)
			this.#parts.onStale(group, name)
		}
	}

	/** True when what the group made hangs on a stream that is gone. */
	isStale(group: string | undefined): boolean {
		return group !== undefined && this.#stale.has(group)
	}

	/** What the records of a stream are that a name holds, as the checker writes types. */
	shapeOf(name: string): string | undefined {
		return this.#bound.get(name)?.shape
	}

	/** Stops every context; everything received is processed first when `gracefully`. */
	async stopAll(gracefully: boolean): Promise<void> {
		for (const ssc of this.#all) if (ssc.isActive) await ssc.stop(true, gracefully)
	}
}

/** The line in which a stream was made. */
const lineOf = ({ site }: DStream<unknown>): number => Number(/:(\d+)$/.exec(site ?? '')?.[1])

/** True when what hangs on `before` can hang on `after`. */
function hasPlace(after: DStream<unknown>, before: DStream<unknown>): boolean {
	return after.context === before.context && after.slideDuration.equals(before.slideDuration)
}

function dependsOn(stream: DStream<unknown>, on: DStream<unknown>): boolean {
	return stream.current === on.current || stream.sources.some((parent) => dependsOn(parent, on))
}
