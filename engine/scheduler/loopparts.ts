/** What the batch loop needs of the context that it drives. */

import type { Clock } from '../base/clock.js'
import type { EventBus } from '../base/events.js'
import type { Duration, Time } from '../base/time.js'
import type { DStreamGraph } from '../dstream/graph.js'
import type { AnyInput } from '../dstream/input.js'
import type { InputInfoTracker } from './inputinfo.js'
import type { JobProperties } from './jobproperties.js'

/** Parts of a context, and what it does for the loop. */
export interface LoopParts {
	readonly clock: Clock
	readonly bus: EventBus
	readonly graph: DStreamGraph
	readonly inputInfo: InputInfoTracker
	readonly batchDuration: Duration
	readonly concurrentJobs: number
	/** The local properties of what runs. */
	readonly properties: JobProperties
	readonly isLive: boolean
	/** Whether every batch time has a batch, or only those for which something came. */
	readonly trigger: 'time' | 'data'
	/** How many batches of input a live graph remembers. */
	readonly backfillBatches: number
	/** How many bytes of each input at most. */
	readonly backfillBytes: number
	/** How long RDDs are to be remembered at least; undefined unless set by the user. */
	readonly remember: () => Duration | undefined
	readonly checkpointDirectory: () => string | undefined
	readonly allocateBlocks: (time: Time) => void
	/** The batch at this time is over, whatever became of it. */
	readonly batchOver: (time: Time) => void
	/** Blocks and input facts before this time are needed no more. */
	readonly cleanup: (thresholdMs: number) => void
	/** Writes a checkpoint for the batch at `time`; `pending` are the batches that have not ended, or failed. */
	readonly checkpoint: (time: Time, pending: Iterable<number>) => void
	readonly startInput: (input: AnyInput) => void
	readonly stopInput: (input: AnyInput) => void
	/** An error that `awaitTermination` throws. */
	readonly report: (error: Error) => void
}
