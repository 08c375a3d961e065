/** Listeners of a streaming context, as programs of Spark write them. Source: Spark's `StreamingListener`. */

import type { EventOf } from './events.js'

type Heard = void | Promise<void>

/**
 * Hears of batches, output operations and receivers; extend it and override what is wanted, or give an object with some
 * of its methods. The last three methods are ours.
 */
export class StreamingListener {
	/** The context runs. */
	onStreamingStarted(_event: EventOf<'streamingStarted'>): Heard {}
	onReceiverStarted(_event: EventOf<'receiverStarted'>): Heard {}
	onReceiverError(_event: EventOf<'receiverError'>): Heard {}
	onReceiverStopped(_event: EventOf<'receiverStopped'>): Heard {}
	/** The jobs of a batch are queued. */
	onBatchSubmitted(_event: EventOf<'batchSubmitted'>): Heard {}
	/** The first job of a batch starts. */
	onBatchStarted(_event: EventOf<'batchStarted'>): Heard {}
	/** All jobs of a batch have ended, failed ones too. */
	onBatchCompleted(_event: EventOf<'batchCompleted'>): Heard {}
	onOutputOperationStarted(_event: EventOf<'outputOperationStarted'>): Heard {}
	onOutputOperationCompleted(_event: EventOf<'outputOperationCompleted'>): Heard {}
	/** A batch time without jobs. */
	onBatchSkipped(_event: EventOf<'batchSkipped'>): Heard {}
	/** Streams or outputs were added or removed. */
	onGraphChanged(_event: EventOf<'graphChanged'>): Heard {}
	onStreamingStopped(_event: EventOf<'streamingStopped'>): Heard {}
}
