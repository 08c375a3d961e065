/**
 * What the engine writes about its own work, for those who asked for it: `sc.setLogLevel('INFO')`.
 *
 * Lines go the way of notices (stderr of a program, the cell or transcript of a session). Warnings that a person must
 * see are notices of their own, whatever the level. Source: Spark's `Logging`, `SparkContext.setLogLevel`.
 */

import { requireThat } from './errors.js'
import { host } from './host.js'

/** From everything to nothing, as Spark orders them in its message. */
export const logLevels = ['ALL', 'DEBUG', 'ERROR', 'FATAL', 'INFO', 'OFF', 'TRACE', 'WARN'] as const
export type LogLevel = (typeof logLevels)[number]

const weight: Readonly<Record<LogLevel, number>> = {
	ALL: 0,
	TRACE: 1,
	DEBUG: 2,
	INFO: 3,
	WARN: 4,
	ERROR: 5,
	FATAL: 6,
	OFF: 7,
}

let threshold: LogLevel = 'WARN'

/** Sets the lowest level that is written (default WARN), in any case of letters. @throws argument/illegal */
export function setLogLevel(level: string): void {
	const wanted = logLevels.find((known) => known === String(level).toUpperCase())
	requireThat(wanted !== undefined, `Supplied level ${level} did not match one of: ${logLevels.join(',')}`)
	threshold = wanted
}

/** Writes a line at level INFO, if anybody asked for it. */
export function logInfo(text: () => string): void {
	if (weight[threshold] <= weight.INFO) host().notice({ level: 'info', text: text(), group: undefined })
}
