/** The times of an interval at which a stream fires. Source: Spark's `DStream.slice`. */

import { StreamError } from '../base/errors.js'
import type { Interval, Time } from '../base/time.js'
import type { AnyDStream } from './dstream.js'

/** Both ends included; ends off the grid are floored; none before the zero time. @throws graph/state before the start */
export function gridTimes(stream: AnyDStream, { beginTime, endTime }: Interval): Time[] {
	const zero = stream.zeroTime ?? stream.current.zeroTime
	if (zero === undefined) throw new StreamError('graph/state', `${stream} has not been initialized`)
	const slide = stream.slideDuration
	return beginTime
		.floor(slide, zero)
		.to(endTime.floor(slide, zero), slide)
		.filter((time) => time >= zero)
}
