/**
 * A signal to a program that asked for `spark.streaming.stopGracefullyOnShutdown`: everything received is processed
 * before the process ends; a second signal ends it at once.
 *
 * Without the setting a signal ends the process as it does any other. A host that listens to signals itself (`rivulet
 * run`, a session) is left alone. Source: Spark's shutdown hook in `StreamingContext.start`.
 */

import { constants } from 'node:os'
import type { Disposable } from '../base/clock.js'
import { asError } from '../base/errors.js'
import { host } from '../base/host.js'

const signals = ['SIGTERM', 'SIGINT'] as const

/** Calls `stop` at the first signal and ends the process when it has resolved. Dispose it when the context stops. */
export function stopOnSignal(stop: () => Promise<void>): Disposable {
	if (signals.some((signal) => process.listenerCount(signal) > 0)) return { dispose: () => undefined }
	let isStopping = false
	const onSignal = (signal: (typeof signals)[number]): void => {
		const leave = (): never => process.exit(128 + constants.signals[signal])
		if (isStopping) leave()
		isStopping = true
		stop().then(leave, (thrown) => {
			host().notice({ level: 'error', text: `the context could not be stopped: ${asError(thrown)}`, group: undefined })
			leave()
		})
	}
	for (const signal of signals) process.on(signal, onSignal)
	return {
		dispose() {
			// While it stops, the handler stays: a second signal must end the process.
			if (!isStopping) for (const signal of signals) process.off(signal, onSignal)
		},
	}
}
