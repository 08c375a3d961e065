/** `chart`, `table` and `stat` on every stream: live views by name. */

import { DStream } from '../../engine/index.js'
import { LiveView, type ViewOptions } from './live.js'
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
