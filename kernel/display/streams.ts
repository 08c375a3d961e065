/** `chart`, `table` and `stat` on every stream, `show` on every context: live views by name. */

import { DStream, StreamingContext } from '../../engine/index.js'
import { LiveView, type ViewOptions } from './live.js'
import { viewsOf } from './openviews.js'
import { displaySink } from './sink.js'
import type { ChartSpec } from './spec.js'

declare module '../../engine/dstream/dstream.js' {
	interface DStream<T> {
		/**
		 * Opens a chart that follows the stream. Without a specification the operator and the records choose: bars for pairs,
		 * a line for one number a batch.
		 *
		 * Fields for `spec`, any Vega-Lite unit or layer specification without `data`: `key` and `value` of pairs, `value` of
		 * numbers and strings, `_1`, `_2`, … of longer tuples, the fields of objects; over batches also `time`.
		 * @throws display/spec when the specification has data of its own or draws nothing
		 */
		chart(spec?: ChartSpec, options?: ViewOptions): LiveView
		/** Opens a table of the last batch, or with `mode: 'append'` of the last batches. */
		table(options?: ViewOptions): LiveView
		/** Opens one big number with its recent line: the number each batch holds, otherwise how many records it has. */
		stat(options?: ViewOptions): LiveView
	}
}

declare module '../../engine/context.js' {
	interface StreamingContext {
		/**
		 * Shows every live view of the context once more in the cell that asks, with its history: after a page was
		 * reloaded, which loses them. Where the old displays are still there, they go on too. After the stop it shows the
		 * last pictures.
		 */
		show(): void
	}
}

const rows: Pick<DStream<unknown>, 'chart' | 'table' | 'stat'> & ThisType<DStream<unknown>> = {
	chart(spec, options) {
		return new LiveView(this, { ...options, ...(spec === undefined ? {} : { spec }) })
	},
	table(options) {
		return new LiveView(this, { ...options, look: 'table' })
	},
	stat(options) {
		return new LiveView(this, { ...options, look: 'stat' })
	},
}

for (const [name, value] of Object.entries(rows)) {
	Object.defineProperty(DStream.prototype, name, { value, writable: true, configurable: true, enumerable: false })
}

Object.defineProperty(StreamingContext.prototype, 'show', {
	value(this: StreamingContext): void {
		const views = viewsOf(this)
		for (const view of views) view.show?.()
		if (views.length > 0) return
		displaySink().display({ 'text/plain': 'no view is open: end a cell with a stream, or call chart() on one' }, {})
	},
	writable: true,
	configurable: true,
	enumerable: false,
})
