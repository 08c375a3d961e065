/** The pictures as methods of contexts, streams and RDDs. */

import { DStream, host, RDD, StreamingContext } from '../../../engine/index.js'
import type { Diagram } from './diagram.js'
import { graphDiagram } from './graph.js'
import { lineageDiagram } from './lineage.js'
import { LivePicture } from './livepicture.js'
import { type MetricsFacts, metricsDiagram } from './metrics.js'
import { windowDiagram } from './window.js'
import { windowFacts } from './windowfacts.js'

declare module '../../../engine/context.js' {
	interface StreamingContext {
		/**
		 * Draws the graph and follows it: streams from the inputs at the top to the outputs at the bottom, with windows,
		 * slides, remembered batches, records of the last batch and how long its outputs took. Streams that no output and no
		 * view uses are grey. While it is open records are counted, see `countRecords`.
		 */
		graph(): LivePicture
		/**
		 * Draws rates and delays in small charts and follows them: input rate, processing time against the batch interval,
		 * scheduling delay, total delay, waiting batches, and the rate of each input. Amber while batches take longer than
		 * the interval, with what that means.
		 */
		metrics(): LivePicture
	}
}

declare module '../../../engine/rdd/rdd.js' {
	interface RDD<T> {
		/**
		 * Draws how it comes about: its stages with their RDDs, the shuffles between them, partitions, and what is cached or
		 * checkpointed now. `toDebugString()` is Spark's text of the same.
		 */
		lineage(): Diagram
	}
}

declare module '../../../engine/dstream/dstream.js' {
	interface DStream<T> {
		/**
		 * Draws which batches are inside the window now, which have left it since the window before and which entered; with
		 * their records, where these are kept. Of the window that this stream is, or the nearest one behind it.
		 * @throws graph/state when there is none
		 */
		explainWindow(): Promise<Diagram>
	}
}

const contexts: Pick<StreamingContext, 'graph' | 'metrics'> & ThisType<StreamingContext> = {
	graph() {
		return new LivePicture({
			context: this,
			group: host().group(),
			holds: [this.countRecords()],
			draw: () =>
				graphDiagram({
					graph: this.describe({ all: true }),
					state: this.getState(),
					batchMs: this.batchDuration.milliseconds,
					isManual: this.clock.isManual,
					lastBatch: this.progress.completedBatches.at(-1),
				}),
		})
	},
	metrics() {
		return new LivePicture({ context: this, group: host().group(), draw: () => metricsDiagram(metricsFacts(this)) })
	},
}

function metricsFacts(context: StreamingContext): MetricsFacts {
	const { progress, batchDuration, inputs } = context
	const batchMs = batchDuration.milliseconds
	return {
		state: context.getState(),
		intervalMs: batchMs,
		isManual: context.clock.isManual,
		batches: progress.completedBatches,
		retained: progress.retainedBatches,
		waiting: progress.waitingBatches.length,
		totalRecords: progress.totalProcessedRecords,
		totalBatches: progress.totalCompletedBatches,
		inputs: inputs.map((input) => {
			const { receiver } = input
			return {
				name: input.title,
				perSecond: progress.ratesOf(input.id, batchMs).map(({ perSecond }) => perSecond),
				rateLimit: receiver?.rateLimit,
				waitingRecords: receiver?.waitingRecords ?? 0,
				isHeld: receiver?.isHeld ?? false,
				isActive: receiver?.info.active,
			}
		}),
	}
}

const rdds: Pick<RDD<unknown>, 'lineage'> & ThisType<RDD<unknown>> = {
	lineage() {
		return lineageDiagram(this)
	},
}

const streams: Pick<DStream<unknown>, 'explainWindow'> & ThisType<DStream<unknown>> = {
	async explainWindow() {
		return windowDiagram(await windowFacts(this))
	},
}

/** Lays methods on the prototype of a class. */
function attach(target: object, methods: object): void {
	for (const [name, value] of Object.entries(methods)) {
		Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
	}
}

attach(StreamingContext.prototype, contexts)
attach(RDD.prototype, rdds)
attach(DStream.prototype, streams)
