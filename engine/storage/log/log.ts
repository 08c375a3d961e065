/**
 * A write-ahead log: records that are on the disk before they count.
 *
 *   append ─┐                       one write and one sync for all that wait
 *   append ─┼─▶ waiting ──flush──▶ log-<startMs>-<stopMs>  ──▶ each append resolves
 *   append ─┘
 *
 * A file takes records for one rolling interval. A write that fails is tried again with a new file. A file of an earlier
 * life is never written to again: its tail may be torn. Source: Spark's `FileBasedWriteAheadLog`,
 * `BatchedWriteAheadLog`; the checksum, and one record a frame also in a group, are ours.
 */

import type { Clock } from '../../base/clock.js'
import { asError, StreamError } from '../../base/errors.js'
import { type Appender, type FileSystem, locate, readNow } from '../filesystem.js'
import { frame, recordAt, recordsOf } from './frames.js'

/** Where a record is. */
export interface LogPlace {
	readonly path: string
	readonly offset: number
	/** Of the frame. */
	readonly sizeBytes: number
}

export interface LogOptions {
	readonly directory: string
	readonly clock: Clock
	/** How long one file is written to. */
	readonly rollingMs: number
	/** How often a write is tried. */
	readonly maxFailures: number
	/** A file for each write, for file systems that cannot append. */
	readonly closeAfterWrite: boolean
}

interface Waiting {
	readonly bytes: Uint8Array
	readonly written: (place: LogPlace) => void
	readonly failed: (error: Error) => void
}

interface Segment {
	readonly path: string
	readonly untilMs: number
	readonly appender: Appender
	sizeBytes: number
}

const pattern = /^log-(\d+)-(\d+)$/

export class WriteAheadLog {
	readonly #options: LogOptions
	readonly #files: FileSystem
	readonly #path: string
	#segment: Segment | undefined
	/** When the newest file begins: also after the clock was set back, a new one is not older. */
	#startMs: number
	#waiting: Waiting[] = []
	#flushing: Promise<void> | undefined
	#isClosed = false

	constructor(options: LogOptions) {
		this.#options = options
		const { files, path } = locate(options.directory)
		this.#files = files
		this.#path = path
		files.makeDirectory(path)
		this.#startMs = this.#found().at(-1)?.startMs ?? 0
	}

	get directory(): string {
		return this.#files.shown(this.#path)
	}
	/** The files of the log, oldest first. */
	get paths(): readonly string[] {
		return this.#found().map(({ path }) => path)
	}
	#found(): readonly { readonly path: string; readonly startMs: number; readonly stopMs: number }[] {
		return this.#files
			.list(this.#path)
			.flatMap(({ path }) => {
				const match = pattern.exec(path.slice(path.lastIndexOf('/') + 1))
				return match === null ? [] : [{ path, startMs: Number(match[1]), stopMs: Number(match[2]) }]
			})
			.sort((a, b) => a.startMs - b.startMs || a.stopMs - b.stopMs)
	}
	/** The file that is written to now. */
	get currentPath(): string | undefined {
		return this.#segment?.path
	}

	/** Resolves when the record is on the disk. @throws output/path when every attempt failed, context/state when closed */
	append(record: Uint8Array): Promise<LogPlace> {
		this.#refuseClosed()
		return new Promise((written, failed) => {
			this.#waiting.push({ bytes: frame(record), written, failed })
			this.#flushing ??= this.#flush()
		})
	}
	/** The same without waiting; not while other appends wait. */
	appendNow(record: Uint8Array): LogPlace {
		this.#refuseClosed()
		const bytes = frame(record)
		for (let attempt = 1; ; attempt += 1) {
			try {
				const segment = this.#writable()
				segment.appender.writeNow(bytes)
				return this.#placed(segment, bytes.length)
			} catch (thrown) {
				this.#closeSegment()
				if (attempt >= this.#options.maxFailures) throw thrown
			}
		}
	}

	async #flush(): Promise<void> {
		// Whoever appends in the same turn of the event loop shares the write.
		await new Promise((resolve) => setImmediate(resolve))
		while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0))
		this.#flushing = undefined
	}
	async #write(group: readonly Waiting[]): Promise<void> {
		for (let attempt = 1; ; attempt += 1) {
			try {
				const segment = this.#writable()
				await segment.appender.write(Buffer.concat(group.map(({ bytes }) => bytes)))
				for (const { bytes, written } of group) written(this.#placed(segment, bytes.length))
				return
			} catch (thrown) {
				this.#closeSegment()
				if (attempt < this.#options.maxFailures) continue
				for (const { failed } of group) failed(asError(thrown))
				return
			}
		}
	}
	#placed(segment: Segment, sizeBytes: number): LogPlace {
		const place = { path: segment.path, offset: segment.sizeBytes, sizeBytes }
		segment.sizeBytes += sizeBytes
		return place
	}

	/** The file to write to now: a new one when the interval of the last one is over. */
	#writable(): Segment {
		const { clock, rollingMs, closeAfterWrite } = this.#options
		const nowMs = clock.now()
		const segment = this.#segment
		if (segment !== undefined && nowMs <= segment.untilMs && !(closeAfterWrite && segment.sizeBytes > 0)) return segment
		this.#closeSegment()
		const startMs = Math.max(nowMs, this.#startMs)
		let stopMs = startMs + rollingMs
		const pathOf = (): string => `${this.#path}/log-${startMs}-${stopMs}`
		while (this.#files.status(pathOf()) !== undefined) stopMs += 1
		const path = pathOf()
		const appender = this.#files.append?.(path) ?? wholeFile(this.#files, path)
		this.#startMs = startMs
		this.#segment = { path, untilMs: nowMs + rollingMs, appender, sizeBytes: 0 }
		return this.#segment
	}
	#closeSegment(): void {
		this.#segment?.appender.close()
		this.#segment = undefined
	}

	/** The record that is there. @throws rdd/lost when it is not */
	read(place: LogPlace): Uint8Array {
		const record = recordAt(readNow(this.#files, place.path, place.offset, place.offset + place.sizeBytes))
		if (record !== undefined) return record
		const { path, offset, sizeBytes } = place
		throw new StreamError(
			'rdd/lost',
			`Could not read data from write ahead log record ${path}, ${offset}, ${sizeBytes}`,
			{
				where: 'write-ahead log',
				remedy: 'the file is damaged: restore it, or let the stream begin anew',
			},
		)
	}
	/** Every whole record with its place, oldest file first, and the bytes of each file that hold none. */
	readAll(): {
		readonly records: readonly (readonly [Uint8Array, LogPlace])[]
		readonly lost: ReadonlyMap<string, number>
	} {
		const lost = new Map<string, number>()
		const records = this.paths.flatMap((path) => {
			const found = recordsOf(readNow(this.#files, path))
			if (found.lostBytes > 0) lost.set(path, found.lostBytes)
			return found.records.map(
				({ record, offset }) => [record, { path, offset, sizeBytes: record.length + 8 }] as const,
			)
		})
		return { records, lost }
	}

	/** Removes a file, unless it is written to now. */
	remove(path: string): void {
		if (path !== this.currentPath) this.#files.remove(path)
	}

	/** Resolves when everything that waits is written. Called twice: nothing. */
	async close(): Promise<void> {
		this.#isClosed = true
		await this.#flushing
		this.#closeSegment()
	}
	#refuseClosed(): void {
		if (!this.#isClosed) return
		throw new StreamError('context/state', 'the write-ahead log is closed', { remedy: 'store nothing after the end' })
	}
}

/** For file systems that cannot append: every write is the whole file. */
function wholeFile(files: FileSystem, path: string): Appender {
	const chunks: Uint8Array[] = []
	const all = (bytes: Uint8Array): Uint8Array => {
		chunks.push(bytes)
		return Buffer.concat(chunks)
	}
	return {
		write: async (bytes) =>
			files.writeDurably === undefined ? files.write(path, all(bytes)) : files.writeDurably(path, all(bytes)),
		writeNow(bytes) {
			const written = files.write(path, all(bytes))
			if (!(written instanceof Promise)) return
			// Nobody waits for it any more.
			written.catch(() => undefined)
			throw new StreamError('output/path', `${files.shown(path)}: its file system cannot be written at once`, {
				where: 'write-ahead log',
				remedy: 'keep checkpoints on a local or mounted disk, or let append() of that file system be there',
			})
		},
		close: () => undefined,
	}
}
