/** Files in memory on a disk that fails when a test says so: `memory:` paths, with files that grow and durable writes. */

import { StreamError } from '../../engine/base/errors.js'
import { type Appender, registerFileSystem } from '../../engine/storage/filesystem.js'
import { MemoryFiles } from './memoryfiles.js'

export type Operation = 'write' | 'append' | 'rename'

/**
 * What goes wrong: `fails` writes nothing, `full` a part, `unsynced` everything but fails nevertheless, and `short` only a
 * part, without a word.
 */
export type Fault = 'fails' | 'full' | 'unsynced' | 'short'

const messages: Readonly<Record<Exclude<Fault, 'short'>, string>> = {
	fails: 'input/output error',
	full: 'no space left on the disk',
	unsynced: 'fsync: input/output error',
}

export class FaultyFiles extends MemoryFiles {
	/** Asked before each operation. */
	fault: (operation: Operation, path: string) => Fault | undefined = () => undefined

	override write(path: string, bytes: Uint8Array): void {
		this.#perform('write', path, bytes, (part) => super.write(path, part))
	}
	async writeDurably(path: string, bytes: Uint8Array): Promise<void> {
		this.write(path, bytes)
	}
	append(path: string): Appender {
		super.write(path, new Uint8Array())
		const add = (bytes: Uint8Array): void =>
			this.#perform('append', path, bytes, (part) => super.write(path, Buffer.concat([this.read(path), part])))
		return { write: async (bytes) => add(bytes), writeNow: add, close: () => undefined }
	}
	override rename(from: string, to: string): void {
		this.#perform('rename', from, new Uint8Array(), () => super.rename(from, to))
	}

	#perform(operation: Operation, path: string, bytes: Uint8Array, done: (part: Uint8Array) => void): void {
		const fault = this.fault(operation, path)
		if (fault === undefined || fault === 'unsynced') done(bytes)
		// Writes that are seen whole or not at all leave nothing when they fail.
		if (fault === 'short' || (fault === 'full' && operation === 'append')) done(bytes.subarray(0, bytes.length >> 1))
		if (fault !== undefined && fault !== 'short') throw new StreamError('output/path', `${path}: ${messages[fault]}`)
	}
}

/** A fresh disk behind `memory:` paths. */
export function faultyFiles(): FaultyFiles {
	const files = new FaultyFiles()
	registerFileSystem('memory', (path) => ({ files, path: path.replace(/^memory:(\/\/(?=\/))?/, '') }))
	return files
}
