/**
 * Batches from files that appear in a directory.
 *
 *   file             time of its last change
 *   ── a ── b ──────── c ───────── d ──▶      the batch at t takes the files changed in (threshold, t] that no batch
 *         (threshold          t]              took before; threshold = max(start, t − remember window)
 *
 * The directory may be a pattern of directories; only direct children count. Files must be moved in whole: a file that
 * grows after it was taken is not read again. One that is moved in with an old time (before the window) never counts.
 * Spark forgets the names of files with the batches that took them; so does this.
 *
 * Source: Spark's `FileInputDStream`.
 */

import { asError, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { Duration, type Time } from '../base/time.js'
import { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import type { InputFile } from '../rdd/inputfiles.js'
import { concatenated } from '../rdd/make.js'
import { RDD } from '../rdd/rdd.js'
import { type FileStatus, locate } from '../storage/filesystem.js'
import { globStatus, isPattern } from '../storage/glob.js'
import '../storage/localfiles.js'
import type { FileFormat } from './fileformats.js'

/** Which files count. */
export interface FileFilter {
	/** Given the path as Spark shows it, `file:/data/x.txt` (default: names that do not begin with a dot). */
	readonly filter?: ((path: string) => boolean) | undefined
	/** Only files changed after the stream was made (default true). */
	readonly newFilesOnly?: boolean | undefined
}

export interface FileStreamParts<T> extends FileFilter {
	readonly operator: string
	readonly format: FileFormat<T>
	/** What the format was made from. */
	readonly formatFrom: unknown
}

/** What a checkpoint keeps of a file stream: since when files count, and the names that each batch took. */
interface TakenFiles {
	readonly initialMs: number
	readonly taken: readonly (readonly [number, readonly string[]])[]
}

const isVisible = (path: string): boolean => !path.slice(path.lastIndexOf('/') + 1).startsWith('.')

export class FileInputDStream<T> extends InputDStream<T> {
	readonly directory: string
	readonly #parts: FileStreamParts<T>
	#initialMs: number
	readonly #minRememberMs: number
	/** The names that each batch took, and all of them. */
	readonly #taken = new Map<number, readonly string[]>()
	readonly #recent = new Set<string>()
	#told = ''
	/** What was found when somebody asked whether there is anything. */
	#listed: { readonly timeMs: number; readonly files: readonly InputFile[] } | undefined

	/** @throws input/path for a scheme without a file system; argument/illegal for what is no directory name */
	constructor(context: Registry, directory: string, parts: FileStreamParts<T>) {
		if (typeof directory !== 'string' || directory === '') {
			throw new StreamError('argument/illegal', `${JSON.stringify(directory)} is no directory`, {
				where: parts.operator,
				remedy: "give a path such as '/data/in' or a pattern of directories such as '/data/*'",
			})
		}
		locate(directory)
		super(context, parts.operator)
		this.directory = directory
		this.#parts = parts
		this.#initialMs = parts.newFilesOnly === false ? 0 : context.clock.now()
		const { conf } = context
		const older = conf.get('spark.streaming.minRememberDuration', '60s')
		this.#minRememberMs = 1_000 * conf.getTimeAsSeconds('spark.streaming.fileStream.minRememberDuration', older)
		this.remember(this.#window)
	}

	override get className(): string {
		return 'FileInputDStream'
	}
	override hasData(time: Time): boolean {
		this.#listed = { timeMs: time.milliseconds, files: this.#newFiles(time) }
		return this.#listed.files.length > 0
	}
	override get madeFrom(): readonly unknown[] {
		const { operator, formatFrom, filter, newFilesOnly } = this.#parts
		return [operator, this.directory, formatFrom, filter, newFilesOnly]
	}
	/** How far back the time of a file may lie: the shortest multiple of the slide that spans the setting. */
	get #window(): Duration {
		const slideMs = this.slideDuration.milliseconds
		return new Duration(slideMs * Math.ceil(this.#minRememberMs / slideMs))
	}

	override start(): void {}
	override stop(): void {}

	override compute(time: Time): RDD<T> {
		const files = this.#listed?.timeMs === time.milliseconds ? this.#listed.files : this.#newFiles(time)
		this.#listed = undefined
		const names = files.map(({ shown }) => shown)
		this.#taken.set(time.milliseconds, names)
		for (const name of names) this.#recent.add(name)
		const metadata = { files: names, Description: names.join('\n') }
		this.context.reportInput(time, { inputStreamId: this.id, numRecords: 0, metadata })
		const { sparkContext } = this.context
		return concatenated(
			sparkContext,
			files.map((file) => this.#rddOf(file)),
		)
	}

	/** The RDD of a file; of a directory that was moved in, of the files in it. */
	#rddOf(file: InputFile): RDD<T> {
		const { sparkContext } = this.context
		const { files, status, shown } = file
		if (status.isDirectory) {
			const inner = files.list(status.path).map((child) => ({ files, status: child, shown: files.shown(child.path) }))
			const read = inner.filter((child) => !child.status.isDirectory && isVisible(child.shown))
			return concatenated(
				sparkContext,
				read.map((child) => this.#rddOf(child)),
			)
		}
		if (status.sizeBytes === 0) {
			const text = `File ${shown} has no data in it. Spark Streaming can only ingest files that have been "moved" to the directory assigned to the file stream.`
			host().notice({ level: 'error', text: `${this.displayName}: ${text}`, group: this.group })
		}
		return this.#parts.format(sparkContext, file)
	}

	override clearMetadata(time: Time): void {
		super.clearMetadata(time)
		const oldestMs = time.milliseconds - (this.rememberDuration?.milliseconds ?? 0)
		for (const [ms, names] of this.#taken) {
			if (ms >= oldestMs) continue
			this.#taken.delete(ms)
			for (const name of names) this.#recent.delete(name)
		}
	}

	override checkpointData(): TakenFiles {
		return { initialMs: this.#initialMs, taken: [...this.#taken] }
	}
	/** Batches of an earlier life hold the files that they took, which must still be there when they are read. */
	override recover(data: TakenFiles): void {
		this.#initialMs = data.initialMs
		for (const [ms, names] of data.taken) {
			this.#taken.set(ms, names)
			for (const name of names) this.#recent.add(name)
			const parts = names.map((name) => this.#rddOfName(name))
			this.generated.set(ms, concatenated(this.context.sparkContext, parts))
		}
	}
	#rddOfName(shown: string): RDD<T> {
		const { files, path } = locate(shown)
		const status = files.status(path)
		if (status !== undefined) return this.#rddOf({ files, status, shown })
		const read = (): never => {
			throw new StreamError('input/path', `Input path does not exist: ${shown}`, {
				where: this.displayName,
				remedy: 'leave files where they are as long as batches may be run again',
			})
		}
		return new RDD<T>(this.context.sparkContext, {
			kind: 'HadoopRDD',
			plan: { kind: 'source', numPartitions: 1, read },
		})
	}

	#newFiles(time: Time): InputFile[] {
		const fromMs = Math.max(this.#initialMs, time.milliseconds - this.#window.milliseconds)
		const { files, path } = locate(this.directory)
		const counts = this.#parts.filter ?? isVisible
		const began = this.context.clock.now()
		let children: readonly FileStatus[]
		try {
			children = this.#directories(path).flatMap((directory) => files.list(directory))
		} catch (thrown) {
			this.#tell(`the files of ${this.directory} cannot be listed: ${asError(thrown).message}`)
			return []
		}
		const tookMs = this.context.clock.now() - began
		if (tookMs > this.slideDuration.milliseconds) {
			this.#tell(
				`listing ${this.directory} took ${tookMs} ms, longer than the slide of ${this.slideDuration}: move old files away`,
			)
		} else if (children.length > 0) this.#told = ''
		return children
			.filter(({ modifiedMs }) => modifiedMs > fromMs && modifiedMs <= time.milliseconds)
			.map((status): InputFile => ({ files, status, shown: files.shown(status.path) }))
			.filter(({ shown }) => !this.#recent.has(shown) && counts(shown))
	}

	/** The directories that the path names now; none there: said once until there is one. */
	#directories(path: string): readonly string[] {
		const { files } = locate(this.directory)
		const found = isPattern(path) ? globStatus(files, path) : [files.status(path)].filter((x) => x !== undefined)
		const directories = found.filter(({ isDirectory }) => isDirectory).map((status) => status.path)
		if (directories.length === 0) {
			const isFile = found.length > 0
			this.#tell(
				isFile ? `${this.directory} is a file, not a directory` : `there is no directory ${this.directory} yet`,
			)
		}
		return directories
	}

	/** A warning in its cell, the same one not twice in a row. */
	#tell(text: string): void {
		if (text === this.#told) return
		this.#told = text
		host().notice({ level: 'warning', text: `${this.displayName}: ${text}; batches go on`, group: this.group })
	}
}
