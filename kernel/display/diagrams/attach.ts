/** The pictures as methods of contexts, streams and RDDs. */

import { host, StreamingContext } from '../../../engine/index.js'
import { graphDiagram } from './graph.js'
import { LivePicture } from './livepicture.js'

declare module '../../../engine/context.js' {
	interface StreamingContext {
		/**
		 * Draws the graph and follows it: streams from the inputs at the top to the outputs at the bottom, with windows,
		 * slides, remembered batches, records of the last batch and how long its outputs took. Streams that no output and no
		 * view uses are grey. While it is open records are counted, see `countRecords`.
		 */
		graph(): LivePicture
	}
}

const contexts: Pick<StreamingContext, 'graph'> & ThisType<StreamingContext> = {
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
					lastBatch: this.progress.lastCompletedBatch,
				}),
		})
	},
}

/** Lays methods on the prototype of a class. */
function attach(target: object, methods: object): void {
	for (const [name, value] of Object.entries(methods)) {
		Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
	}
}

attach(StreamingContext.prototype, contexts)
