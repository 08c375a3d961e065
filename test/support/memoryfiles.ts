/** Files in memory with times set by hand, for tests: paths such as `memory:/in/a.txt`. */

import { StreamError } from '../../engine/base/errors.js'
import { type FileStatus, type FileSystem, registerFileSystem } from '../../engine/storage/filesystem.js'

interface Entry {
	readonly bytes: Uint8Array | undefined
	modifiedMs: number
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** A tree in memory. Each file is written at `nowMs`, which the test sets. */
export class MemoryFiles implements FileSystem {
	nowMs = 0
	readonly #entries = new Map<string, Entry>([['/', { bytes: undefined, modifiedMs: 0 }]])

	status(path: string): FileStatus | undefined {
		const entry = this.#entries.get(path)
		if (entry === undefined) return undefined
		const { bytes, modifiedMs } = entry
		return { path, isDirectory: bytes === undefined, sizeBytes: bytes?.length ?? 0, modifiedMs }
	}
	list(directory: string): readonly FileStatus[] {
		if (this.status(directory)?.isDirectory !== true)
			throw new StreamError('input/path', `${directory} is no directory`)
		const children = [...this.#entries.keys()].filter((path) => path !== '/' && parentOf(path) === directory)
		return children.sort().map((path) => this.status(path) as FileStatus)
	}
	read(path: string, from = 0, to?: number): Uint8Array {
		const bytes = this.#entries.get(path)?.bytes
		if (bytes === undefined) throw new StreamError('input/path', `${path}: there is no such file`)
		return bytes.slice(from, to)
	}
	write(path: string, bytes: Uint8Array): void {
		this.makeDirectory(parentOf(path))
		this.#entries.set(path, { bytes, modifiedMs: this.nowMs })
	}
	/** Writes text. */
	put(path: string, text: string): void {
		this.write(path, Buffer.from(text))
	}
	makeDirectory(path: string): void {
		if (this.#entries.has(path)) return
		this.makeDirectory(parentOf(path))
		this.#entries.set(path, { bytes: undefined, modifiedMs: this.nowMs })
	}
	rename(from: string, to: string): void {
		for (const [path, entry] of [...this.#entries]) {
			if (path !== from && !path.startsWith(`${from}/`)) continue
			this.#entries.delete(path)
			this.#entries.set(to + path.slice(from.length), entry)
		}
	}
	remove(path: string): void {
		for (const each of [...this.#entries.keys()]) {
			if (each === path || each.startsWith(`${path}/`)) this.#entries.delete(each)
		}
	}
	setModified(path: string, modifiedMs: number): void {
		const entry = this.#entries.get(path)
		if (entry !== undefined) entry.modifiedMs = modifiedMs
	}
	/** Everything as it is now. */
	copy(): ReadonlyMap<string, Entry> {
		return new Map([...this.#entries].map(([path, entry]) => [path, { ...entry }]))
	}
	/** Everything as it was. */
	restore(copy: ReadonlyMap<string, Entry>): void {
		this.#entries.clear()
		for (const [path, entry] of copy) this.#entries.set(path, { ...entry })
	}
	shown(path: string): string {
		return `memory:${path}`
	}
}

/** A fresh tree behind `memory:` paths; the one before is gone. */
export function memoryFiles(): MemoryFiles {
	const files = new MemoryFiles()
	registerFileSystem('memory', (path) => ({ files, path: path.replace(/^memory:(\/\/(?=\/))?/, '') }))
	return files
}
