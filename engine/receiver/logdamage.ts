/**
 * Damage of the logs of received blocks, and what is said of it. A crash tears the end of a file, which no receiver was
 * told is safe; anything else that is gone did count.
 */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { LogPlace, WriteAheadLog } from '../storage/log/log.js'

/** A record that names the one before it. */
export interface LinkedRecord {
	readonly timeMs: number
	readonly afterMs?: number
}

/** All records that are whole; what is not is told. */
export function wholeRecords(log: WriteAheadLog): readonly (readonly [Uint8Array, LogPlace])[] {
	const { records, lost } = log.readAll()
	for (const [path, bytes] of lost) {
		const text = `${bytes} bytes of ${path} are torn or damaged and left out`
		host().notice({ level: 'warning', text, group: undefined })
	}
	return records
}

/** True when a record is gone that another one names; what came before the oldest file has been removed. */
export function hasHole(
	records: readonly { readonly record: LinkedRecord; readonly place: LogPlace }[],
	oldest: string | undefined,
): boolean {
	const times = new Set<number | undefined>(records.map(({ record }) => record.timeMs))
	return records.some(
		({ record: { afterMs }, place: { path, offset } }) =>
			afterMs !== undefined && !times.has(afterMs) && !(path === oldest && offset === 0),
	)
}

/** Where to look for damage. */
export function damageOfLog(log: WriteAheadLog): string {
	const paths = [...log.readAll().lost.keys()]
	return paths.length > 0 ? paths.join(', ') : `${log.directory}, of which a file is gone or empty`
}

/** Blocks may come a second time. */
export const unknownBatches = (log: WriteAheadLog, timeMs: number): StreamError =>
	new StreamError('context/recovery', `which blocks batches up to ${timeMs} ms had is not known any more`, {
		where: damageOfLog(log),
		remedy: 'restore the log, or begin anew in another checkpoint directory',
	})

/** A block of a batch cannot be read. */
export const missingBlock = (id: string, where: string): StreamError =>
	new StreamError('rdd/lost', `Could not read data from write ahead log record of block ${id}`, {
		where,
		remedy: 'restore the log, or let the stream begin anew in another checkpoint directory',
	})
