/**
 * A checkpoint whose directory was copied or moved: what it names in the directory it was written to is looked for in the
 * one it is read from. So a new version of a program can run on a copy, beside the old one, and neither touches the
 * files of the other.
 */

import { locate } from '../storage/filesystem.js'
import type { CheckpointRecord } from './record.js'

/** True when `path` is `folder` or in it, however both are written. */
export function isInside(path: string, folder: string): boolean {
	const inner = locate(path)
	const outer = locate(folder)
	return inner.files === outer.files && `${inner.path}/`.startsWith(`${outer.path}/`)
}

/** The record as it would be if it had been written to `directory`. */
export function relocated(record: CheckpointRecord, directory: string): CheckpointRecord {
	const from = locate(record.directory)
	const to = locate(directory)
	const home = to.files.shown(to.path)
	if (from.files.shown(from.path) === home) return record
	const move = (path: string): string =>
		isInside(path, record.directory) ? `${home}${locate(path).path.slice(from.path.length)}` : path
	return {
		...record,
		directory: home,
		folders: record.folders.map(move),
		operators: record.operators.map((operator) =>
			operator.written === undefined
				? operator
				: { ...operator, written: operator.written.map((each) => ({ ...each, directory: move(each.directory) })) },
		),
	}
}
