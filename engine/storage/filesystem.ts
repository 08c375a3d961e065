/**
 * Where files are: one contract for the local disk and for remote stores, chosen by the scheme of a path.
 *
 *   /data/x, data/x, file:/data/x      local
 *   scheme://…                         whatever was registered for that scheme
 *
 * What asks for facts (`status`, `list`) and what moves names (`rename`, `remove`) is synchronous, because batches are
 * generated without waiting; a remote store answers it through a helper thread. Contents may come later.
 */

import { StreamError } from '../base/errors.js'

/** What is known of a file or directory without reading it. */
export interface FileStatus {
	/** Absolute, in the form its file system takes. */
	readonly path: string
	readonly isDirectory: boolean
	readonly sizeBytes: number
	/** Milliseconds since the epoch. */
	readonly modifiedMs: number
}

/** A tree of files. Paths are those of `locate`. */
export interface FileSystem {
	/** Undefined when nothing is there. */
	status(path: string): FileStatus | undefined
	/** Direct children in order of their names. @throws input/path when there is no such directory or it cannot be read */
	list(directory: string): readonly FileStatus[]
	/** The bytes from `from` up to, without, `to` (default: all of them). @throws input/path */
	read(path: string, from?: number, to?: number): Uint8Array | Promise<Uint8Array>
	/** Writes a file so that a reader sees all of it or nothing; its directories are made. @throws output/path */
	write(path: string, bytes: Uint8Array): void | Promise<void>
	/** The same, and when it resolves the file outlives a crash of the machine. Left out where `write` does all that. */
	writeDurably?(path: string, bytes: Uint8Array): Promise<void>
	/**
	 * When it resolves these files, which are written, outlive a crash of the machine, with their names and those of the
	 * directories above: many for about the price of one. Left out where `write` does all that.
	 */
	sync?(paths: readonly string[]): Promise<void>
	/** When it resolves, the names in a directory outlive a crash of the machine. Left out where they always do. */
	syncDirectory?(directory: string): Promise<void>
	/** Opens a file that is not there yet, to be written bit by bit. Left out where files cannot grow. @throws output/path */
	append?(path: string): Appender
	/** Makes a directory and those above it; there already: nothing happens. @throws output/path */
	makeDirectory(path: string): void
	/** @throws output/path */
	rename(from: string, to: string): void
	/** Removes a file, or a directory with everything in it; not there: nothing happens. */
	remove(path: string): void
	/** The same without holding up the process. Left out where `remove` takes no time. */
	removeLater?(path: string): Promise<void>
	/** Sets the time of the last change. */
	setModified(path: string, modifiedMs: number): void
	/** The path as Spark shows it: `file:/data/x`. */
	shown(path: string): string
}

/** A file that grows; what was written outlives a crash of the machine, and the file's name with it. */
export interface Appender {
	/** @throws output/path */
	write(bytes: Uint8Array): Promise<void>
	/** The same without waiting. @throws output/path */
	writeNow(bytes: Uint8Array): void
	close(): void
}

/** A path and the file system it belongs to. */
export interface Located {
	readonly files: FileSystem
	/** Absolute, without a scheme where the file system has none. */
	readonly path: string
}

/** How a file system is found: it is given the whole path, scheme included. */
export type FileSystemOpener = (path: string) => Located

const openers = new Map<string, FileSystemOpener>()

/** Paths that begin with `scheme:` are opened by `opener` from now on. */
export function registerFileSystem(scheme: string, opener: FileSystemOpener): void {
	openers.set(scheme, opener)
}

/** Which file system a path belongs to; without a scheme the local one. @throws input/path for an unknown scheme */
export function locate(path: string): Located {
	const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]+):/.exec(path)?.[1] ?? 'file'
	const open = openers.get(scheme)
	if (open === undefined) {
		const known = [...openers.keys()].map((each) => `${each}:`).join(' or ')
		throw new StreamError('input/path', `No FileSystem for scheme "${scheme}"`, {
			where: path,
			remedy: `use ${known}, on a cluster of a disk that all its machines see (HDFS or a bucket can be mounted), or make ${scheme}: known by registerFileSystem('${scheme}', …)`,
		})
	}
	return open(path)
}

/**
 * The bytes of a file that is needed at once: checkpoints and logs are read where nothing can wait.
 * @throws input/path, also on a file system whose contents come later
 */
export function readNow(files: FileSystem, path: string, from?: number, to?: number): Uint8Array {
	const bytes = files.read(path, from, to)
	if (bytes instanceof Uint8Array) return bytes
	// Nobody waits for it any more.
	bytes.catch(() => undefined)
	throw new StreamError('input/path', `${files.shown(path)}: its file system cannot be read at once`, {
		where: 'checkpoints and logs',
		remedy: 'keep checkpoints on a local or mounted disk, or let read() of that file system return bytes',
	})
}
