/**
 * Whether a batch has anything to do, for contexts with `trigger: 'data'`: something came, a window still shows
 * something (and once more when it has become empty), or a timeout of a state is due.
 */

import type { Time } from '../base/time.js'
import type { AnyDStream } from '../dstream/dstream.js'
import type { DStreamGraph } from '../dstream/graph.js'
import { reachable } from '../dstream/replacement.js'

export class DataTrigger {
	readonly #graph: DStreamGraph
	/** The last batch for which something came. */
	#lastDataMs = Number.NEGATIVE_INFINITY

	constructor(graph: DStreamGraph) {
		this.#graph = graph
	}

	/** Asked once for each batch, in order. */
	isDue(time: Time): boolean {
		const { ends, inputs } = this.#graph
		const streams = [...reachable(ends)].filter((stream) => stream.isInitialized)
		const asked = inputs.filter((input) => streams.includes(input))
		if (asked.some((input) => input.hasData(time))) {
			this.#lastDataMs = time.milliseconds
			return true
		}
		return ends.some((stream) => this.#shows(stream, time)) || streams.some((stream) => stream.wakes(time))
	}

	#shows(stream: AnyDStream, time: Time): boolean {
		const { lingerMs } = stream
		const untilMs = this.#lastDataMs + lingerMs + stream.slideDuration.milliseconds
		return lingerMs > 0 && time.milliseconds < untilMs && stream.isTimeValid(time)
	}

	/** The batch at `time` is left out. */
	skip(time: Time): void {
		for (const stream of reachable(this.#graph.ends)) if (stream.isInitialized) stream.skip(time)
	}
}
