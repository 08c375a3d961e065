/**
 * A clock that is set back while batches run: they wait until it has come to the next batch time again. That is said once,
 * with how long it takes; Spark waits and says nothing.
 */

import type { Clock, Disposable } from '../base/clock.js'
import { host } from '../base/host.js'
import type { Duration, Time } from '../base/time.js'

export interface Batches {
	readonly clock: Clock
	readonly batchDuration: Duration
	readonly nextTime: () => Time
}

/** Warns until it is disposed of. */
export function warnWhenSetBack({ clock, batchDuration, nextTime }: Batches): Disposable | undefined {
	return clock.onSetBack?.((byMs) => {
		const next = nextTime()
		const waitMs = next.milliseconds - clock.now()
		if (waitMs <= batchDuration.milliseconds) return
		const text = `the clock was set back by ${seconds(byMs)} s: the next batch, ${next}, is in ${seconds(waitMs)} s; set the clock right, wait, or stop and start the program`
		host().notice({ level: 'warning', text, group: undefined })
	})
}

const seconds = (ms: number): number => Math.ceil(ms / 1_000)
