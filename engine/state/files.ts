/**
 * States in files: a snapshot of all columns, then what has changed since, in slices behind their checksums.
 *
 *   snapshot   frames of [first id, keys, values, live, touched, number of ids]     every id, so that ids stay the same
 *   delta      frames of [ids, new keys, values, live, touched]                      ascending; keys of ids that are new
 *
 * Values that are all numbers are written as eight bytes each. Read back, a file that is shorter than it was, or has a
 * damaged frame, is refused as a whole.
 */

import { StreamError } from '../base/errors.js'
import { KeyTable } from '../rdd/keytable.js'
import { ownFromBytes, savedRecords } from '../rdd/saved.js'
import { textOf } from '../rdd/text.js'
import { locate } from '../storage/filesystem.js'
import { frame, frameAt, recordsOf } from '../storage/log/frames.js'
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

/** Ids that are copied without a turn of the event loop: about a millisecond. */
const chunkLength = 10 * sliceLength

/** Some columns as they were, of ids that follow on each other. */
export interface Chunk extends ChangedColumns {
	readonly from: number
}

/** A copy of all columns of a version, made in turns; the version may be followed by others meanwhile. */
export async function copiedColumns(version: { readonly columns: Columns }, length: number): Promise<Chunk[]> {
	const chunks: Chunk[] = []
	let from = 0
	do {
		if (from > 0) await turn()
		const { values, live, touched } = version.columns
		const to = Math.min(length, from + chunkLength)
		chunks.push({ from, values: values.slice(from, to), live: live.slice(from, to), touched: touched?.slice(from, to) })
		from += chunkLength
	} while (from < length)
	return chunks
}

/** The frames of a snapshot, one slice each time. @param keys may grow meanwhile */
export function* snapshotFrames(chunks: Chunk[], keys: readonly unknown[], length: number): Generator<Buffer> {
	for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
		const { from, values, live, touched } = chunk
		let at = 0
		// Also without any state: the frame says whether states time out.
		do {
			const to = Math.min(values.length, at + sliceLength)
			const record = [
				from + at,
				keys.slice(from + at, from + to),
				packed(values.slice(at, to)),
				live.slice(at, to),
				touched?.slice(at, to),
				length,
			]
			yield framed(record, (i) => keys[from + at + i])
			at += sliceLength
		} while (at < values.length)
	}
}

/**
 * The frames of what has changed, which is copied before this returns.
 * @param length how many ids there were before
 */
export function deltaFrames(columns: Columns, ids: Uint32Array, length: number): Generator<Buffer> {
	const { values, live, touched } = columns
	const copy: ChangedColumns = {
		values: [],
		live: new Uint8Array(ids.length),
		touched: touched === undefined ? undefined : new Float64Array(ids.length),
	}
	for (let i = 0; i < ids.length; i += 1) {
		const id = ids[i] as number
		copy.values.push(values[id])
		copy.live[i] = live[id] as number
		if (copy.touched !== undefined) copy.touched[i] = touched?.[id] as number
	}
	return changedFrames(copy, ids, columns.table.keys, length)
}

/** Columns of changed ids. */
interface ChangedColumns {
	readonly values: unknown[]
	readonly live: Uint8Array
	readonly touched: Float64Array | undefined
}

function* changedFrames(
	{ values, live, touched }: ChangedColumns,
	ids: Uint32Array,
	keys: readonly unknown[],
	length: number,
): Generator<Buffer> {
	for (let from = 0; from < ids.length; from += sliceLength) {
		const to = from + sliceLength
		const some = ids.slice(from, to)
		const newKeys: unknown[] = []
		for (const id of some) if (id >= length) newKeys.push(keys[id])
		const record = [some, newKeys, packed(values.slice(from, to)), live.slice(from, to), touched?.slice(from, to)]
		yield framed(record, (i) => keys[some[i] as number])
	}
}

/** A frame of columns. @throws rdd/unsupported with the key of a state that bytes cannot hold */
function framed(record: readonly unknown[], keyOf: (index: number) => unknown): Buffer {
	try {
		return frame(savedRecords.toBytes(record))
	} catch (thrown) {
		const values = record[2] as ArrayLike<unknown>
		for (let i = 0; i < values.length; i += 1) savedAlone(values[i], keyOf(i))
		throw thrown
	}
}

/** @throws rdd/unsupported with the key of a state that bytes cannot hold */
function savedAlone(value: unknown, key: unknown): void {
	try {
		savedRecords.toBytes([value])
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
		const { code, message, remedy } = thrown
		const text = `the state of key ${textOf(key)}: ${message}`
		throw new StreamError(code, text, { cause: thrown, ...(remedy === undefined ? {} : { remedy }) })
	}
}

/** The columns that files hold. @throws input/path when one is damaged */
export async function readColumns(directory: string, names: readonly StateFile[]): Promise<Columns> {
	const { files, path } = locate(directory)
	let columns: Columns | undefined
	for (const [name, sizeBytes] of names) {
		const bytes = await files.read(`${path}/${name}`)
		const refused = (problem: string): StreamError => damaged(files.shown(`${path}/${name}`), problem)
		if (bytes.length !== sizeBytes) throw refused(wrongLength(bytes, sizeBytes))
		for (let offset = 0; offset < bytes.length; ) {
			const framed = frameAt(bytes, offset)
			if (framed === undefined) throw refused('has a wrong checksum')
			offset = framed.end
			const parts = ownFromBytes(framed.record) as Parts
			columns ??= new Columns(parts[4] !== undefined, new KeyTable(parts[5]))
			if (typeof parts[0] === 'number') addSlice(columns, parts as SnapshotParts)
			else applyDelta(columns, parts as DeltaParts)
			await turn()
		}
	}
	return columns ?? new Columns(false)
}

/**
 * Why files cannot be read back; undefined when they can, as far as can be known at once.
 * @param sound the files that were looked at before; those of a snapshot belong to many checkpoints
 */
export function damageOf(
	directory: string,
	partitions: readonly StateFiles[],
	sound = new Set<string>(),
): string | undefined {
	const { files, path } = locate(directory)
	for (const { states, others } of partitions) {
		for (const [name, sizeBytes] of [...states, ...others]) {
			const file = `${path}/${name}`
			if (sound.has(files.shown(file))) continue
			if (files.status(file) === undefined) return `${files.shown(file)} is gone`
			const bytes = files.read(file)
			const problem = bytes instanceof Uint8Array ? problemOf(bytes, sizeBytes) : undefined
			if (problem !== undefined) return `${files.shown(file)} ${problem}`
			sound.add(files.shown(file))
		}
	}
	return undefined
}

type SnapshotParts = [number, unknown[], ArrayLike<unknown>, Uint8Array, Float64Array | undefined, number]
type DeltaParts = [Uint32Array, unknown[], ArrayLike<unknown>, Uint8Array, Float64Array | undefined, undefined?]
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
	if (bytes.length !== sizeBytes) return wrongLength(bytes, sizeBytes)
	return recordsOf(bytes).lostBytes > 0 ? 'has a wrong checksum' : undefined
}

const wrongLength = (bytes: Uint8Array, sizeBytes: number): string =>
	`has ${bytes.length} bytes instead of ${sizeBytes}`

const damaged = (file: string, problem: string): StreamError =>
	new StreamError('input/path', `${file} ${problem}`, {
		where: 'states of a checkpoint',
		remedy: 'restore the file, or remove the newest checkpoints to go on from an older one',
	})

/** Lets the event loop turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
