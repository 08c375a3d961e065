/** The local disk as a FileSystem. Every access to files of streams and RDDs goes through here. */

import {
	closeSync,
	fdatasync,
	fdatasyncSync,
	fstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	readSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	write,
	writeFileSync,
	writeSync,
} from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { threadId } from 'node:worker_threads'
import { type ErrorCode, StreamError } from '../base/errors.js'
import { type Appender, type FileStatus, type FileSystem, registerFileSystem } from './filesystem.js'
import { SafeNames } from './safenames.js'

let nextTemporary = 0

/** A name that nobody else takes, in this process or another, on this thread or another. */
const temporaryName = (): string => `._temporary-${process.pid}-${threadId}-${nextTemporary++}`

const names = new SafeNames()

/** Opens a new file. Its directory is nearly always there. */
async function created(path: string): Promise<FileHandle> {
	try {
		return await open(path, 'w')
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
		makeDirectories(dirname(path))
		return open(path, 'w')
	}
}

class LocalFileSystem implements FileSystem {
	status(path: string): FileStatus | undefined {
		const found = naming('input/path', path, () => statSync(path, { throwIfNoEntry: false }))
		if (found === undefined) return undefined
		return { path, isDirectory: found.isDirectory(), sizeBytes: found.size, modifiedMs: Math.floor(found.mtimeMs) }
	}
	list(directory: string): readonly FileStatus[] {
		const found = naming('input/path', directory, () => readdirSync(directory).sort())
		// A name may vanish between the two looks: then it is not there.
		return found.map((name) => this.status(join(directory, name))).filter((status) => status !== undefined)
	}
	read(path: string, from = 0, to?: number): Uint8Array {
		return naming('input/path', path, () => {
			if (from === 0 && to === undefined) return readFileSync(path)
			const file = openSync(path, 'r')
			try {
				const end = Math.min(to ?? Number.POSITIVE_INFINITY, fstatSync(file).size)
				const bytes = Buffer.allocUnsafe(Math.max(0, end - from))
				let filled = 0
				while (filled < bytes.length) {
					const n = readSync(file, bytes, filled, bytes.length - filled, from + filled)
					if (n === 0) break
					filled += n
				}
				return bytes.subarray(0, filled)
			} finally {
				closeSync(file)
			}
		})
	}
	write(path: string, bytes: Uint8Array): void {
		naming('output/path', path, () => {
			makeDirectories(dirname(path))
			const temporary = join(dirname(path), temporaryName())
			try {
				writeFileSync(temporary, bytes)
				renameSync(temporary, path)
			} catch (thrown) {
				rmSync(temporary, { force: true })
				throw thrown
			}
		})
	}
	async writeDurably(path: string, bytes: Uint8Array): Promise<void> {
		const temporary = join(dirname(path), temporaryName())
		try {
			const file = await created(temporary)
			try {
				await file.writeFile(bytes)
				await file.sync()
			} finally {
				await file.close()
			}
			await rename(temporary, path)
		} catch (thrown) {
			// A disk that is full must not fill up with attempts.
			await rm(temporary, { force: true })
			throw named('output/path', path, thrown)
		}
		await this.syncDirectory(dirname(path))
	}
	async sync(paths: readonly string[]): Promise<void> {
		await Promise.all(paths.map(syncFile))
		for (const directory of new Set(paths.map(dirname))) await this.syncDirectory(directory)
	}
	async syncDirectory(directory: string): Promise<void> {
		try {
			await names.keep(directory)
		} catch (thrown) {
			throw named('output/path', directory, thrown)
		}
	}
	append(path: string): Appender {
		return naming('output/path', path, () => {
			makeDirectories(dirname(path))
			return new LocalAppender(path, openSync(path, 'ax'))
		})
	}
	makeDirectory(path: string): void {
		naming('output/path', path, () => makeDirectories(path))
	}
	rename(from: string, to: string): void {
		naming('output/path', from, () => renameSync(from, to))
		names.forget(from)
		names.forget(to)
	}
	remove(path: string): void {
		names.forget(path)
		naming('output/path', path, () => rmSync(path, { recursive: true, force: true }))
	}
	async removeLater(path: string): Promise<void> {
		names.forget(path)
		try {
			await rm(path, { recursive: true, force: true })
		} catch (thrown) {
			throw named('output/path', path, thrown)
		}
	}
	setModified(path: string, modifiedMs: number): void {
		naming('output/path', path, () => utimesSync(path, modifiedMs / 1_000, modifiedMs / 1_000))
	}
	shown(path: string): string {
		return `file:${path}`
	}
}

class LocalAppender implements Appender {
	readonly #path: string
	readonly #file: number
	#writing: Promise<void> = Promise.resolve()
	/** Of the file in its directory. */
	#isNameSafe = false
	#isClosed = false

	constructor(path: string, file: number) {
		this.#path = path
		this.#file = file
	}

	write(bytes: Uint8Array): Promise<void> {
		const written = this.#writing.then(() => this.#write(bytes))
		this.#writing = written.catch(() => undefined)
		return written
	}
	async #write(bytes: Uint8Array): Promise<void> {
		try {
			for (let from = 0; from < bytes.length; ) {
				const { bytesWritten } = await writeLater(this.#file, bytes, from)
				from += bytesWritten
			}
			await Promise.all([syncLater(this.#file), this.#isNameSafe ? undefined : names.keep(dirname(this.#path))])
			this.#isNameSafe = true
		} catch (thrown) {
			throw named('output/path', this.#path, thrown)
		}
	}
	writeNow(bytes: Uint8Array): void {
		naming('output/path', this.#path, () => {
			for (let from = 0; from < bytes.length; ) from += writeSync(this.#file, bytes, from)
			fdatasyncSync(this.#file)
			if (!this.#isNameSafe) names.keepNow(dirname(this.#path))
			this.#isNameSafe = true
		})
	}
	close(): void {
		if (this.#isClosed) return
		this.#isClosed = true
		void this.#writing.then(() => closeSync(this.#file))
	}
}

async function syncFile(path: string): Promise<void> {
	try {
		// Windows syncs only what is open for writing.
		const file = await open(path, 'r+')
		await file.datasync().finally(() => file.close())
	} catch (thrown) {
		throw named('output/path', path, thrown)
	}
}

const writeLater = promisify(write)
const syncLater = promisify(fdatasync)

function makeDirectories(path: string): void {
	try {
		mkdirSync(path, { recursive: true })
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
		// Node says that nothing is there also of a file system that can only be read; one directory is refused truly.
		let missing = path
		while (statSync(dirname(missing), { throwIfNoEntry: false }) === undefined) missing = dirname(missing)
		mkdirSync(missing)
		mkdirSync(path, { recursive: true })
	}
}

/** Runs `body`; what the operating system refuses names the path. */
function naming<R>(code: ErrorCode, path: string, body: () => R): R {
	try {
		return body()
	} catch (thrown) {
		throw named(code, path, thrown)
	}
}

function named(code: ErrorCode, path: string, thrown: unknown): StreamError {
	const fault = thrown as NodeJS.ErrnoException
	return new StreamError(code, `${path}: ${faults[fault.code ?? ''] ?? fault.message}`, {
		remedy:
			remedies[fault.code ?? ''] ??
			'check the path and its permissions; relative paths start from the working directory',
		cause: thrown,
	})
}

const faults: Readonly<Record<string, string>> = {
	ENOENT: 'there is no such file or directory',
	EACCES: 'permission denied',
	EROFS: 'the file system can only be read',
	EDQUOT: 'the disk quota is used up',
	ENOTDIR: 'not a directory',
	EISDIR: 'a directory, not a file',
	ENOSPC: 'no space left on the disk',
}

const noSpace = 'free some space, or use a directory on another disk'
const remedies: Readonly<Record<string, string>> = {
	ENOSPC: noSpace,
	EDQUOT: noSpace,
	EROFS: 'mount it for writing, or use a directory on another disk',
}

/** The local disk. */
export const localFiles: FileSystem = new LocalFileSystem()

registerFileSystem('file', (path) => ({ files: localFiles, path: resolve(path.replace(/^file:(\/\/(?=\/))?/, '')) }))
