/**
 * Received blocks on the disk before they count, and which batch each belongs to: what a later life needs to go on
 * without losing or doubling any.
 *
 *   receivedData            a record for each block: what it is, its bytes
 *   receivedBlockMetadata   a record for each batch: the ids of its blocks, written before any of its jobs runs
 *
 * A block without a batch waits, in its old order. A block of a batch that is gone fails the jobs that read it; a lost
 * record of a batch is missed by the one after it, or by the checkpoint, and refused. A file of blocks goes when none of them is needed any more, a file of
 * batches when all blocks that it names are gone. Records of another time grid (a context that began anew on the same
 * directory) mean nothing. Source: Spark's `ReceivedBlockTracker`, `WriteAheadLogBasedBlockHandler`.
 */

import { systemClock, waitOn } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import { fromBytes, toBytes } from '../rdd/saved.js'
import type { StoredBlock } from '../storage/blocks.js'
import type { LogPlace, WriteAheadLog } from '../storage/log/log.js'
import { decodeLines } from './decodelines.js'
import { damageOfLog, hasHole, missingBlock, unknownBatches, wholeRecords } from './logdamage.js'
import type { AllocatedBlocks, ReceivedBlock } from './receivedblocks.js'

export interface BlockLogParts {
	readonly data: WriteAheadLog
	readonly batches: WriteAheadLog
	/** How a checkpoint knows a stream. */
	readonly keyOf: (streamId: number) => string
	/** How long a block may take to be written. */
	readonly timeoutMs: number
}

interface BlockHead {
	readonly zeroMs: number
	readonly stream: string
	readonly id: string
	readonly numRecords?: number
	/** Whether the bytes are saved records or lines of text. */
	readonly form: 'records' | 'lines'
}

interface BatchRecord {
	readonly zeroMs: number
	readonly timeMs: number
	/** The batch of the record before this one; undefined in the first of a time grid. */
	readonly afterMs?: number
	/** Ids of blocks by stream. */
	readonly blocks: Readonly<Record<string, readonly string[]>>
}

/** A block that is in the log. */
interface Logged {
	readonly place: LogPlace
	readonly form: BlockHead['form']
}

export class BlockLog {
	readonly #parts: BlockLogParts
	/** The time grid that records belong to. */
	#zeroMs = Number.NaN
	/** The last batch that is in the log. */
	#lastMs = Number.NEGATIVE_INFINITY
	readonly #logged = new Map<string, Logged>()
	/** How many blocks of each file are needed. */
	readonly #numNeeded = new Map<string, number>()
	/** Blocks of batches that are in no file any more, and where they would be. */
	readonly #missing = new Map<string, string>()
	/** Which files of blocks each file of batches is about. */
	readonly #about = new Map<string, Set<string>>()

	constructor(parts: BlockLogParts) {
		this.#parts = parts
	}

	/** Records belong to the time grid that begins here. To be said before the first block. */
	begin(zeroMs: number): void {
		this.#zeroMs = zeroMs
	}
	has(id: string): boolean {
		return this.#logged.has(id)
	}

	/**
	 * Resolves when the block is on the disk.
	 * @throws rdd/unsupported for records that bytes cannot hold; output/path; receiver/store when it takes too long: it
	 *   does not count then, but a later life may find it
	 */
	async addBlock(streamId: number, id: string, content: StoredBlock, numRecords: number | undefined): Promise<void> {
		const { keyOf, data } = this.#parts
		const isLines = 'bytes' in content && content.decode === decodeLines
		const form = isLines ? 'lines' : 'records'
		const head: BlockHead = {
			zeroMs: this.#zeroMs,
			stream: keyOf(streamId),
			id,
			form,
			...(numRecords === undefined ? {} : { numRecords }),
		}
		const appended = data.append(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytesOf(content, isLines)]))
		this.#remember(id, { place: await this.#inTime(appended, id), form })
	}
	async #inTime(appended: Promise<LogPlace>, id: string): Promise<LogPlace> {
		const { timeoutMs } = this.#parts
		const over = new AbortController()
		const late = timeUp(timeoutMs, over.signal).catch(() => undefined)
		try {
			const place = await Promise.race([appended, late])
			if (place !== undefined) return place
		} finally {
			over.abort()
		}
		appended.catch(() => undefined)
		throw new StreamError('receiver/store', `${id} is not written after ${timeoutMs / 1_000} s`, {
			where: 'write-ahead log of a receiver',
			remedy: 'use a faster disk, or raise spark.streaming.receiver.blockStoreTimeout',
		})
	}
	#remember(id: string, logged: Logged): void {
		// A write whose sync failed was tried again: the record is there twice, and the later one counts.
		const before = this.#logged.get(id)?.place.path
		if (before !== undefined) this.#numNeeded.set(before, (this.#numNeeded.get(before) ?? 1) - 1)
		this.#logged.set(id, logged)
		const { path } = logged.place
		this.#numNeeded.set(path, (this.#numNeeded.get(path) ?? 0) + 1)
	}

	/** The blocks belong to the batch; on the disk when this returns. @throws output/path */
	addBatch(timeMs: number, allocated: AllocatedBlocks): void {
		const { keyOf, batches } = this.#parts
		const blocks: Record<string, readonly string[]> = {}
		for (const [streamId, those] of allocated) blocks[keyOf(streamId)] = those.map(({ id }) => id)
		const after = this.#lastMs === Number.NEGATIVE_INFINITY ? {} : { afterMs: this.#lastMs }
		const record: BatchRecord = { zeroMs: this.#zeroMs, timeMs, ...after, blocks }
		const { path } = batches.appendNow(Buffer.from(JSON.stringify(record)))
		this.#lastMs = timeMs
		this.#isAbout(path, record)
	}
	#isAbout(path: string, { blocks }: BatchRecord): void {
		const about = this.#about.get(path) ?? new Set<string>()
		this.#about.set(path, about)
		for (const id of Object.values(blocks).flat()) {
			const file = this.#logged.get(id)?.place.path
			if (file !== undefined) about.add(file)
		}
	}

	/** The records of a block; undefined when it is not in the log. @throws rdd/lost when it is damaged */
	read(id: string): Iterable<unknown> | undefined {
		const logged = this.#logged.get(id)
		if (logged === undefined) {
			const where = this.#missing.get(id)
			if (where !== undefined) throw missingBlock(id, where)
			return undefined
		}
		const record = this.#parts.data.read(logged.place)
		const bytes = record.subarray(record.indexOf(10) + 1)
		return logged.form === 'lines' ? decodeLines(bytes) : fromBytes(bytes)
	}

	/** Nobody reads these blocks again: files that hold no others go. */
	forget(ids: readonly string[]): void {
		for (const id of ids) {
			const path = this.#logged.get(id)?.place.path
			this.#logged.delete(id)
			if (path !== undefined) this.#numNeeded.set(path, (this.#numNeeded.get(path) ?? 1) - 1)
		}
		this.#tidy()
	}
	#tidy(): void {
		const { data, batches } = this.#parts
		for (const [path, needed] of this.#numNeeded) {
			if (needed > 0 || path === data.currentPath) continue
			data.remove(path)
			this.#numNeeded.delete(path)
			for (const about of this.#about.values()) about.delete(path)
		}
		// The newest files say which batch was the last; a record lacks the one before it only in the oldest file.
		const older = batches.paths.slice(0, -2)
		for (const path of older) {
			if ((this.#about.get(path)?.size ?? 0) > 0) break
			batches.remove(path)
			this.#about.delete(path)
		}
	}

	/**
	 * What an earlier life had received, by the streams of this one: blocks that wait, those of each batch, and the last
	 * batch. What is damaged is told and left out.
	 * @param idOf the stream of each key, also of those that it had before
	 * @param allocatedMs the last batch that was in the log when the checkpoint was taken
	 * @throws context/recovery when it is not known which blocks belonged to batches
	 */
	recover(idOf: ReadonlyMap<string, number>, allocatedMs = Number.NEGATIVE_INFINITY): RecoveredBlocks {
		const { data, batches } = this.#parts
		const zeroMs = this.#zeroMs
		const blocks = new Map<string, WaitingBlock>()
		for (const [record, place] of wholeRecords(data)) {
			const head = headOf<BlockHead>(record, record.indexOf(10))
			this.#numNeeded.set(place.path, this.#numNeeded.get(place.path) ?? 0)
			const streamId = idOf.get(head?.stream ?? '')
			if (head?.zeroMs !== zeroMs || streamId === undefined) continue
			blocks.set(head.id, {
				streamId,
				block: { id: head.id, numRecords: head.numRecords, sizeBytes: place.sizeBytes },
			})
			this.#remember(head.id, { place, form: head.form })
		}
		let lostIn: string | undefined
		const allocated = new Map<number, Map<number, ReceivedBlock[]>>()
		const known = new Set<string>()
		const records = wholeRecords(batches).flatMap(([bytes, place]) => {
			const record = headOf<BatchRecord>(bytes, bytes.length)
			return record?.zeroMs === zeroMs ? [{ record, place }] : []
		})
		for (const { record, place } of records) {
			this.#isAbout(place.path, record)
			this.#lastMs = Math.max(this.#lastMs, record.timeMs)
			const those = allocated.get(record.timeMs) ?? new Map<number, ReceivedBlock[]>()
			for (const [stream, ids] of Object.entries(record.blocks)) {
				const streamId = idOf.get(stream)
				// A record whose sync failed was written again.
				const fresh = streamId === undefined ? [] : ids.filter((id) => !known.has(id))
				for (const id of fresh) {
					known.add(id)
					if (!blocks.has(id)) {
						lostIn ??= damageOfLog(data)
						this.#missing.set(id, lostIn)
					}
					const block = blocks.get(id)?.block ?? { id, numRecords: undefined, sizeBytes: 0 }
					blocks.delete(id)
					those.set(streamId as number, [...(those.get(streamId as number) ?? []), block])
				}
			}
			allocated.set(record.timeMs, those)
		}
		const lastMs = this.#lastMs
		if (lastMs < allocatedMs || hasHole(records, batches.paths[0]))
			throw unknownBatches(batches, Math.max(lastMs, allocatedMs))
		this.#tidy()
		return { waiting: [...blocks.values()], batches: allocated, lastMs }
	}

	/** Resolves when everything is written. */
	async close(): Promise<void> {
		await this.#parts.data.close()
		await this.#parts.batches.close()
	}
}

/** A thread that stood still for this long is not the disk's fault. */
const stallMs = 1_000

/** Resolves after `ms`, and again as much when nothing could be done meanwhile: many batches are made at a recovery. */
async function timeUp(ms: number, signal: AbortSignal): Promise<undefined> {
	for (let hasStalled = true; hasStalled; ) {
		const dueMs = systemClock.now() + ms
		await waitOn(systemClock, ms, signal)
		hasStalled = systemClock.now() - dueMs > stallMs
	}
}

/** A block of a stream. */
interface WaitingBlock {
	readonly streamId: number
	readonly block: ReceivedBlock
}

/** What an earlier life had received. */
export interface RecoveredBlocks {
	readonly waiting: readonly WaitingBlock[]
	readonly batches: ReadonlyMap<number, AllocatedBlocks>
	readonly lastMs: number
}

/** The JSON at the beginning of a record. Its checksum was right: anything else was written by something else. */
function headOf<H>(record: Uint8Array, end: number): H | undefined {
	try {
		return JSON.parse(Buffer.from(record.subarray(0, Math.max(0, end))).toString('utf8')) as H
	} catch (thrown) {
		if (thrown instanceof SyntaxError) return undefined
		throw thrown
	}
}

function bytesOf(content: StoredBlock, isLines: boolean): Uint8Array {
	if ('bytes' in content && isLines) return content.bytes
	const records = 'bytes' in content ? [...content.decode(content.bytes)] : content.records
	try {
		return toBytes(records)
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
		throw new StreamError(thrown.code, thrown.message, {
			where: 'write-ahead log of a receiver',
			remedy: 'store plain data: numbers, texts, arrays, objects, dates',
			cause: thrown,
		})
	}
}
