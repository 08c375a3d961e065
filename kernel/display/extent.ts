/** How much time a batch of a stream covers: the window that it, or a stream it is made of, has. */

import { type DStream, Duration } from '../../engine/index.js'

/** Any stream, whatever its records are. */
export type AnyStream = Pick<DStream<unknown>, 'context' | 'operator' | 'sources'>

/** Streams that hold more than the window that goes into them. */
const withState = /^(updateStateByKey|mapWithState|stateSnapshots)/

/** Milliseconds that the window reaches back; undefined for streams without one. */
export function windowOf(stream: AnyStream): number | undefined {
	const own = (stream as { readonly windowDuration?: unknown }).windowDuration
	if (own instanceof Duration) return own.milliseconds
	if (withState.test(stream.operator)) return undefined
	const lengths = stream.sources.map(windowOf).filter((length) => length !== undefined)
	return lengths.length === 0 ? undefined : Math.max(...lengths)
}
