/**
 * What outlives the process: where checkpoints of the context go, and the one that it goes on from.
 *
 *   checkpoint(directory) ──▶ written batch by batch ··crash·· getOrCreate ──▶ recoverFrom(record) ──▶ start()
 */

import { StreamError } from '../base/errors.js'
import { Duration } from '../base/time.js'
import { streamsOf } from '../checkpoint/operators.js'
import type { CheckpointRecord } from '../checkpoint/record.js'
import { Recovery } from '../checkpoint/recovery.js'
import { type Luggage, luggageOf } from '../dstream/luggage.js'
import { type Entry, StatefulDStream } from '../dstream/stateful.js'
import { removeCheckpoint } from '../rdd/checkpoint.js'
import type { AnyRDD } from '../rdd/plan.js'
import type { StreamingRun } from '../scheduler/run.js'
import type { SparkContext } from '../sparkcontext.js'
import { ContextMembers } from './members.js'

/** A stream and the entries of its state, on their way to another SparkContext. */
export interface MovingState {
	readonly stream: StatefulDStream<unknown>
	readonly entries: readonly Entry[]
}

export abstract class DurableContext extends ContextMembers {
	/** Where checkpoints go; undefined for none. */
	protected checkpointDirectory: string | undefined
	/** What the next start goes on from. @internal */
	protected recovery: Recovery | undefined

	/** Another interval for the next start. @throws graph/duration when a window or slide does not fit; nothing changes */
	protected abstract changeInterval(interval: Duration): void
	/** Back to before the first start, the same graph. */
	protected abstract toBeginning(): void
	/** The last life between start and stop; undefined before the first. */
	protected abstract get lastRun(): StreamingRun | undefined

	/**
	 * Where states are kept, and what a later life of the program needs to go on from here; null: no recovery.
	 * @throws output/path when it cannot be made, argument/illegal for what is no directory name
	 */
	checkpoint(directory: string | null): void {
		if (directory !== null && (typeof directory !== 'string' || directory === '')) {
			throw new StreamError('argument/illegal', `${JSON.stringify(directory)} is no directory`, {
				where: 'checkpoint',
				remedy: "give a path such as '/data/checkpoints', or null for no recovery",
			})
		}
		if (directory !== null) this.sparkContext.setCheckpointDir(directory)
		this.checkpointDirectory = directory ?? undefined
	}
	/**
	 * Goes on from a checkpoint when it starts. For `getOrCreate`.
	 * @throws context/state unless it is new; graph/checkpoint for operators that are gone or do not fit
	 * @internal
	 */
	recoverFrom(record: CheckpointRecord, directory: string): void {
		const state = this.getState()
		if (state !== 'INITIALIZED') {
			throw new StreamError('context/state', `a context that is ${state} cannot go on from a checkpoint`, {
				where: 'StreamingContext.getOrCreate',
				remedy: 'let the set-up function make a new context',
			})
		}
		const allowed = this.conf.get('rivulet.checkpoint.allowDropped', '').split(',')
		const ids = allowed.map((id) => id.trim())
		if (record.batchMs !== this.batchDuration.milliseconds) this.changeInterval(new Duration(record.batchMs))
		this.recovery = new Recovery(record, this.streamGraph.ends, ids)
		if (this.checkpointDirectory === undefined) this.checkpoint(directory)
	}

	/** What the streams keep now, for `moveTo`. @internal */
	async statesNow(): Promise<MovingState[]> {
		const states: MovingState[] = []
		for (const stream of streamsOf(this.streamGraph.ends)) {
			const entries = stream instanceof StatefulDStream ? await stream.newestEntries() : undefined
			if (entries !== undefined) states.push({ stream: stream as StatefulDStream<unknown>, entries })
		}
		return states
	}
	/** What windows show and queues hold now, for `moveTo`. @internal */
	luggageNow(): Promise<Luggage> {
		return luggageOf(streamsOf(this.streamGraph.ends))
	}
	/**
	 * The same graph on another SparkContext, as before its first batch, with the states of before, and the windows.
	 * @throws context/state while it is active
	 * @internal
	 */
	moveTo(sparkContext: SparkContext, states: readonly MovingState[], luggage?: Luggage): void {
		if (this.getState() === 'ACTIVE') {
			throw new StreamError('context/state', 'a context moves when no batches run', { remedy: 'stop it first' })
		}
		this.toBeginning()
		this.sparkContext = sparkContext
		for (const { stream, entries } of states) stream.begin(entries)
		luggage?.unpack(sparkContext)
		if (this.checkpointDirectory !== undefined) sparkContext.setCheckpointDir(this.checkpointDirectory)
	}

	protected override released(): void {
		if (this.isActive) this.lastRun?.loop.released()
	}
	/** The files of an RDD that nobody needs any more go, at the latest with the checkpoints that name them. @internal */
	override removeWritten(rdd: AnyRDD): void {
		if (this.lastRun === undefined) removeCheckpoint(rdd)
		else this.lastRun.removeWritten(rdd)
	}
}
