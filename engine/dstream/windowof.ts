/** Which streams are windows. */

import type { Duration } from '../base/time.js'
import type { AnyDStream } from './dstream.js'
import { ReducedWindowedDStream } from './reducewindow.js'
import { WindowedDStream } from './window.js'

/** How far each batch of the stream reaches back; undefined when it is no window. */
export function windowOf(stream: AnyDStream): Duration | undefined {
	const isWindow = stream instanceof WindowedDStream || stream instanceof ReducedWindowedDStream
	return isWindow ? stream.windowDuration : undefined
}
