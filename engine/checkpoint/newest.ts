/**
 * Which checkpoint a context goes on from: the newest in a directory that can be read.
 *
 *   checkpoint-5000      newest first, the main file of a time before the one that it took the place of
 *   checkpoint-5000.bk
 *   checkpoint-4000 …
 *
 * One that is damaged is passed over with a warning. Where only the newest written records of an operator are damaged or
 * gone, the checkpoint counts without them: it goes on from those before, and computes the batches since again. Source: Spark's `Checkpoint.getCheckpointFiles`, `CheckpointReader`.
 */

import { asError, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { damageOfParts, damageOfStored } from '../rdd/checkpointfiles.js'
import { damageOf } from '../state/files.js'
import { type FileStatus, locate, readNow } from '../storage/filesystem.js'
import { type CheckpointRecord, recordOf, type WrittenRecord } from './record.js'
import { relocated } from './relocated.js'

/** A file of a metadata checkpoint. */
export interface CheckpointFile {
	readonly path: string
	readonly name: string
	readonly timeMs: number
}

const pattern = /^checkpoint-(\d+)[\w.]*$/

/** The checkpoints in a directory, oldest first; of one time the file that was written last comes last. */
export function checkpointFiles(directory: string): CheckpointFile[] {
	const { files, path } = locate(directory)
	if (files.status(path)?.isDirectory !== true) return []
	return inOrder(files.list(path).flatMap((status) => fileOf(status)))
}

/** Oldest first; of one time the file that was written last comes last. */
export const inOrder = (files: readonly CheckpointFile[]): CheckpointFile[] =>
	[...files].sort((a, b) => a.timeMs - b.timeMs || Number(b.name.endsWith('.bk')) - Number(a.name.endsWith('.bk')))

function fileOf({ path, isDirectory }: FileStatus): CheckpointFile[] {
	const name = path.slice(path.lastIndexOf('/') + 1)
	const match = isDirectory ? null : pattern.exec(name)
	return match === null ? [] : [{ path, name, timeMs: Number(match[1]) }]
}

/**
 * The newest checkpoint that can be read; undefined when there is none at all.
 * @throws context/recovery when there are some and none can be read
 */
export function newestCheckpoint(directory: string): CheckpointRecord | undefined {
	const found = checkpointFiles(directory).reverse()
	const problems: Problem[] = []
	let cause: unknown
	for (const file of found) {
		try {
			const record = readRecord(directory, file)
			if (problems.length > 0) {
				const text = `${listed(problems)}: going on from ${file.name}, the newest that can be read`
				host().notice({ level: 'warning', text, group: undefined })
			}
			return record
		} catch (thrown) {
			cause ??= thrown
			problems.push([file.name, asError(thrown).message])
		}
	}
	if (found.length === 0) return undefined
	throw new StreamError('context/recovery', `Failed to read checkpoint from directory ${directory}`, {
		where: listed(problems),
		remedy: 'give the directory of an intact checkpoint, or remove these files to begin anew',
		cause,
	})
}

/** A file, and why it cannot be read. */
type Problem = readonly [name: string, why: string]

/** What is wrong with which files, newest first; what is wrong with several in a row is said once. */
function listed(problems: readonly Problem[]): string {
	const rows: { readonly why: string; readonly names: string[] }[] = []
	for (const [name, why] of problems) {
		const last = rows.at(-1)
		if (last?.why === why) last.names.push(name)
		else rows.push({ why, names: [name] })
	}
	return rows
		.map(({ why, names }) => {
			const [first, second] = names
			const more = names.length > 2 ? ` to ${names.at(-1)} (${names.length - 1} files)` : ''
			return `${first} cannot be read: ${why}${second === undefined ? '' : `; likewise ${second}${more}`}`
		})
		.join('; ')
}

/** The record without what is damaged of written records. @throws context/recovery when an operator has no others */
function withoutDamage(record: CheckpointRecord): CheckpointRecord {
	const sound = new Set<string>()
	const operators = record.operators.map((operator) => {
		if (operator.written === undefined) return operator
		const problems: string[] = []
		const whole = operator.written.filter((written) => {
			const damage = damageOfWritten(written, sound)
			if (damage !== undefined) problems.push(damage)
			return damage === undefined
		})
		if (problems.length === 0) return operator
		if (whole.length === 0)
			throw new StreamError('context/recovery', problems.join('; '), { where: String(operator.id) })
		const text = `${operator.id}: ${problems.join('; ')}: going on from those of batch ${whole.at(-1)?.timeMs} ms`
		host().notice({ level: 'warning', text, group: undefined })
		return { ...operator, written: whole }
	})
	return { ...record, operators }
}

/** @param sound the files of states that were looked at before */
function damageOfWritten(
	{ timeMs, directory, numPartitions, states, stored }: WrittenRecord,
	sound: Set<string>,
): string | undefined {
	const damageOfRecords = stored === true ? damageOfStored : damageOfParts
	const damage = states === undefined ? damageOfRecords(directory, numPartitions) : damageOf(directory, states, sound)
	if (damage === undefined) return undefined
	return `the ${states === undefined ? 'records' : 'states'} of batch ${timeMs} ms cannot be read: ${damage}`
}

function readRecord(directory: string, file: CheckpointFile): CheckpointRecord {
	const { files } = locate(directory)
	return withoutDamage(relocated(recordOf(readNow(files, file.path)), directory))
}
