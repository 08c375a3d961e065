/**
 * States in files: a snapshot of all columns, then what has changed since, in slices behind their checksums.
 *
 *   snapshot   frames of [first id, keys, values, live, touched]     every id, so that ids are the same when read back
 *   delta      frames of [ids, new keys, values, live, touched]      ascending; the keys of ids that are new
 *
 * Values that are all numbers are written as eight bytes each. Read back, a file that is shorter than it was, or has a
 * damaged frame, is refused as a whole.
 */

import { StreamError } from '../base/errors.js'
import { savedRecords } from '../rdd/saved.js'
import { locate } from '../storage/filesystem.js'
import { frame, recordsOf } from '../storage/log/frames.js'
import { Columns } from './columns.js'

/** A file and its length in bytes. */
export type StateFile = readonly [name: string, sizeBytes: number]

/** Where the states of a partition are: a snapshot in one or more files, then deltas; and other records beside them. */
export interface StateFiles {
	readonly states: readonly StateFile[]
	readonly others: readonly StateFile[]
}

/** So many states are written without a turn of the event loop: some milliseconds. */
export const sliceLength = 5_000

/** The frames of a snapshot of columns that nobody writes meanwhile, one slice each time. */
export function* snapshotFrames(columns: Columns, length: number): Generator<Buffer> {
	const { table, values, live, touched } = columns
	for (let from = 0; from < length; from += sliceLength) {
		const to = Math.min(length, from + sliceLength)
		const record = [
			from,
			table.keys.slice(from, to),
			packed(values.slice(from, to)),
			live.slice(from, to),
			touched?.slice(from, to),
		]
		yield frame(savedRecords.toBytes(record))
	}
}

/** What has changed, copied at once. @param length how many ids there were before */
export function deltaOf(columns: Columns, ids: Uint32Array, length: number): unknown[][] {
	const { table, values, live, touched } = columns
	const slices: unknown[][] = []
	for (let from = 0; from < ids.length; from += sliceLength) {
		const some = ids.slice(from, from + sliceLength)
		slices.push([
			some,
			Array.from(
				some.filter((id) => id >= length),
				(id) => table.keys[id],
			),
			packed(Array.from(some, (id) => values[id])),
			Uint8Array.from(some, (id) => live[id] as number),
			touched === undefined ? undefined : Float64Array.from(some, (id) => touched[id] as number),
		])
	}
	return slices
}

/** The columns that files hold. @throws input/path when one is damaged */
export async function readColumns(directory: string, names: readonly StateFile[]): Promise<Columns> {
	const { files, path } = locate(directory)
	let columns: Columns | undefined
	for (const [name, sizeBytes] of names) {
		const bytes = await files.read(`${path}/${name}`)
		const problem = problemOf(bytes, sizeBytes)
		if (problem !== undefined) throw damaged(files.shown(`${path}/${name}`), problem)
		for (const { record } of recordsOf(bytes).records) {
			const parts = [...savedRecords.fromBytes(record)] as Parts
			columns ??= new Columns(parts[4] !== undefined)
			if (typeof parts[0] === 'number') addSlice(columns, parts as SnapshotParts)
			else applyDelta(columns, parts as DeltaParts)
			await turn()
		}
	}
	return columns ?? new Columns(false)
}

/** Why files cannot be read back; undefined when they can, as far as can be known at once. */
export function damageOf(directory: string, partitions: readonly StateFiles[]): string | undefined {
	const { files, path } = locate(directory)
	for (const { states, others } of partitions) {
		for (const [name, sizeBytes] of [...states, ...others]) {
			const file = `${path}/${name}`
			if (files.status(file) === undefined) return `${files.shown(file)} is gone`
			const bytes = files.read(file)
			const problem = bytes instanceof Uint8Array ? problemOf(bytes, sizeBytes) : undefined
			if (problem !== undefined) return `${files.shown(file)} ${problem}`
		}
	}
	return undefined
}

type SnapshotParts = [number, unknown[], ArrayLike<unknown>, Uint8Array, Float64Array | undefined]
type DeltaParts = [Uint32Array, unknown[], ArrayLike<unknown>, Uint8Array, Float64Array | undefined]
type Parts = SnapshotParts | DeltaParts

function addSlice(columns: Columns, [from, keys, values, live, touched]: SnapshotParts): void {
	keys.forEach((key, i) => {
		const id = columns.idOf(key)
		if (id !== from + i) throw damaged('a snapshot of states', `has the key of ${from + i} twice`)
		if (live[i] === 1) columns.put(id, values[i], touched?.[i] ?? 0)
	})
}

function applyDelta(columns: Columns, [ids, newKeys, values, live, touched]: DeltaParts): void {
	let nextKey = 0
	for (let i = 0; i < ids.length; i += 1) {
		const id = ids[i] as number
		if (id >= columns.length && columns.idOf(newKeys[nextKey++]) !== id) {
			throw damaged('a delta of states', `does not follow on the files before it`)
		}
		if (live[i] === 1) columns.put(id, values[i], touched?.[i] ?? 0)
		else columns.remove(id)
	}
}

function packed(values: unknown[]): unknown[] | Float64Array {
	return values.every((value) => typeof value === 'number') ? Float64Array.from(values as number[]) : values
}

function problemOf(bytes: Uint8Array, sizeBytes: number): string | undefined {
	if (bytes.length !== sizeBytes) return `has ${bytes.length} bytes instead of ${sizeBytes}`
	return recordsOf(bytes).lostBytes > 0 ? 'has a wrong checksum' : undefined
}

const damaged = (file: string, problem: string): StreamError =>
	new StreamError('input/path', `${file} ${problem}`, {
		where: 'states of a checkpoint',
		remedy: 'restore the file, or remove the newest checkpoints to go on from an older one',
	})

/** Lets the event loop turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
