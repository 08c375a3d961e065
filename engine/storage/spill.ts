/**
 * Where blocks go that are not kept in memory: one temporary directory a process, made when it is first needed.
 *
 *   <tmp>/rivulet-kept-<host>-<pid>-<random>/0, 1, 2 …
 *
 * It is removed when the context stops and when the process exits. What a process left behind that was killed is removed
 * by the next one on the same host that needs such a directory.
 */

import { mkdtempSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { StreamError } from '../base/errors.js'
import { localFiles } from './localfiles.js'

/** A file of this process, and how to know that it is whole. */
export interface SpilledFile {
	readonly path: string
	readonly sizeBytes: number
	readonly checksum: number
}

const prefix = (): string => `rivulet-kept-${hostname()}-`

export class SpillDirectory {
	readonly #parent: string
	#path: string | undefined
	#nextFile = 0
	readonly #onExit = (): void => this.remove()

	/** `parent`: where the directory is made (default: the system's temporary directory). */
	constructor(parent: string = tmpdir()) {
		this.#parent = parent
	}

	/** The directory; undefined until something has been written. */
	get path(): string | undefined {
		return this.#path
	}

	/** @throws output/path when the disk refuses */
	write(bytes: Uint8Array): SpilledFile {
		this.#path ??= this.#make()
		const path = join(this.#path, String(this.#nextFile++))
		localFiles.write(path, bytes)
		return { path, sizeBytes: bytes.length, checksum: crc32(bytes) }
	}

	/** Its bytes; undefined when the file is gone or is not what was written. */
	read({ path, sizeBytes, checksum }: SpilledFile): Uint8Array | undefined {
		try {
			const bytes = localFiles.read(path) as Uint8Array
			return bytes.length === sizeBytes && crc32(bytes) === checksum ? bytes : undefined
		} catch (thrown) {
			// Whatever keeps the file from being read, it is lost for the caller, who knows how to go on.
			if (thrown instanceof StreamError) return undefined
			throw thrown
		}
	}

	delete(file: SpilledFile): void {
		localFiles.remove(file.path)
	}

	/** Removes the directory with everything in it; a later write makes another one. */
	remove(): void {
		if (this.#path === undefined) return
		process.off('exit', this.#onExit)
		localFiles.remove(this.#path)
		this.#path = undefined
	}

	#make(): string {
		localFiles.makeDirectory(this.#parent)
		this.#removeStale()
		const path = makeOwn(join(this.#parent, `${prefix()}${process.pid}-`))
		process.on('exit', this.#onExit)
		return path
	}

	#removeStale(): void {
		for (const { path } of localFiles.list(this.#parent)) {
			const name = path.slice(this.#parent.length + 1)
			const pid = name.startsWith(prefix()) ? /^(\d+)-/.exec(name.slice(prefix().length))?.[1] : undefined
			if (pid === undefined || isAlive(Number(pid))) continue
			try {
				localFiles.remove(path)
			} catch (thrown) {
				// Another user's, or another process is removing it, too: it is not in our way.
				if (!(thrown instanceof StreamError)) throw thrown
			}
		}
	}
}

/** A directory that begins with `start` and that nobody else may read. @throws output/path */
function makeOwn(start: string): string {
	try {
		return mkdtempSync(start)
	} catch (thrown) {
		throw new StreamError('output/path', `${start}…: ${(thrown as Error).message}`, {
			where: 'the temporary directory',
			remedy: 'set TMPDIR to a directory that can be written',
			cause: thrown,
		})
	}
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0)
	} catch (thrown) {
		return (thrown as NodeJS.ErrnoException).code !== 'ESRCH'
	}
}
