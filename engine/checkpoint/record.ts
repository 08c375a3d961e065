/**
 * What a metadata checkpoint holds, and its bytes: data, never code.
 *
 *   rivulet checkpoint 2 <crc32 of the rest, hexadecimal> <length of the rest>\n
 *   { … }                                                                          JSON
 *
 * A file that is cut or changed anywhere is refused as a whole. Source: Spark's `Checkpoint`.
 */

import { crc32 } from 'node:zlib'
import { StreamError } from '../base/errors.js'
import type { StateFiles } from '../state/files.js'

/** The records of an RDD that are in files. */
export interface WrittenRecord {
	readonly timeMs: number
	readonly directory: string
	readonly numPartitions: number
	/** Keys are where a HashPartitioner of so many partitions placed them. */
	readonly hash?: number
	/** Written by a backend in its own form, which only such a backend reads. */
	readonly stored?: true
	/** The files of states, for each partition. */
	readonly states?: readonly StateFiles[]
}

/** A stream of the graph. */
export interface OperatorRecord {
	/** Its explicit name, or operator and position: `updateStateByKey-0`. Undefined for streams that keep nothing. */
	readonly id?: string
	/** Operator and position, also of one with a name. */
	readonly place?: string
	/** Spark's class name. */
	readonly kind: string
	readonly operator: string
	readonly slideMs: number
	readonly windowMs?: number
	/** Places of its parents in the list. */
	readonly parents: readonly number[]
	readonly written?: readonly WrittenRecord[]
	/** What an input keeps. */
	readonly data?: unknown
	/** Why a checkpoint with this operator cannot be read. */
	readonly refusal?: string
}

export interface CheckpointRecord {
	/** The batch that it was made for. */
	readonly timeMs: number
	readonly zeroMs: number
	readonly batchMs: number
	readonly directory: string
	readonly settings: readonly (readonly [string, string])[]
	/** The last batch whose received blocks were in the log; undefined without a log. */
	readonly loggedMs?: number
	/** Batches that were submitted and had not ended, oldest first. */
	readonly pending: readonly number[]
	/** Parents before children. */
	readonly operators: readonly OperatorRecord[]
	readonly outputs: readonly string[]
	/** Folders of this life and those before it that may hold written RDDs. */
	readonly folders: readonly string[]
}

const head = /^rivulet checkpoint (\d+) ([0-9a-f]+) (\d+)$/
const version = 2

export function recordBytes(record: CheckpointRecord): Uint8Array {
	const body = Buffer.from(`${JSON.stringify(record)}\n`)
	return Buffer.concat([
		Buffer.from(`rivulet checkpoint ${version} ${crc32(body).toString(16)} ${body.length}\n`),
		body,
	])
}

/** @throws context/recovery when it is no checkpoint, damaged, or of a kind that this version does not know */
export function recordOf(bytes: Uint8Array): CheckpointRecord {
	const end = bytes.indexOf(10)
	const line = head.exec(Buffer.from(bytes.subarray(0, Math.max(0, end))).toString('latin1'))
	if (line === null) throw unreadable('its first line is damaged, or it is no checkpoint of Rivulet')
	const body = bytes.subarray(end + 1)
	if (Number(line[1]) !== version) throw unreadable(`it has format ${line[1]}, this version reads ${version}`)
	if (body.length !== Number(line[3])) throw unreadable(`it has ${body.length} bytes instead of ${line[3]}`)
	if (crc32(body) !== Number.parseInt(line[2] as string, 16)) throw unreadable('its checksum is wrong')
	const record = JSON.parse(Buffer.from(body).toString('utf8')) as CheckpointRecord
	const refusal = record.operators.find((operator) => operator.refusal !== undefined)?.refusal
	if (refusal !== undefined) throw unreadable(refusal)
	return record
}

const unreadable = (why: string): StreamError => new StreamError('context/recovery', why)
