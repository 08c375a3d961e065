/**
 * Where the parts of a saved RDD are while they are written, and how they come to be seen.
 *
 *   into a directory, Hadoop's way                     as a whole, for the directory of a batch
 *   out/_temporary/0/part-00000  while tasks run       ._temporary-out/part-00000
 *   out/part-00000               one by one            ._temporary-out/_SUCCESS
 *   out/_SUCCESS                 last                  out                         one rename
 *
 * As a whole a reader sees all of a batch or nothing, and a batch that runs again leaves no part of the run before; what
 * was there stands aside as `._replaced-out` until the new one is in its place.
 * Source: Hadoop's `FileOutputCommitter` (algorithm 1).
 */

import type { FileSystem } from '../storage/filesystem.js'

/** A directory that is written. */
export interface SaveFolder {
	/** Where a part is written. */
	pendingOf(name: string): string
	/** Shows the parts of these names, and `_SUCCESS` if `marks`. */
	commit(names: readonly string[], marks: boolean): Promise<void>
	/** Takes away what was written and is not to be seen. */
	abandon(): void
}

/** Parts that join whatever is in the directory. */
export function sharedFolder(files: FileSystem, directory: string): SaveFolder {
	const scratch = `${directory}/_temporary`
	files.remove(scratch)
	files.makeDirectory(`${scratch}/0`)
	const pendingOf = (name: string): string => `${scratch}/0/${name}`
	return {
		pendingOf,
		async commit(names, marks) {
			for (const name of names) {
				// The checksum that Hadoop's local file system had left beside an old one is no longer true.
				files.remove(`${directory}/.${name}.crc`)
				files.remove(`${directory}/${name}`)
				files.rename(pendingOf(name), `${directory}/${name}`)
			}
			files.remove(scratch)
			if (marks) await files.write(`${directory}/_SUCCESS`, new Uint8Array(0))
		},
		abandon: () => files.remove(scratch),
	}
}

/** Parts that are the whole directory. */
export function wholeFolder(files: FileSystem, directory: string): SaveFolder {
	const at = directory.lastIndexOf('/') + 1
	const beside = (kind: string): string => `${directory.slice(0, at)}._${kind}-${directory.slice(at)}`
	const scratch = beside('temporary')
	files.remove(scratch)
	files.makeDirectory(scratch)
	const pendingOf = (name: string): string => `${scratch}/${name}`
	return {
		pendingOf,
		async commit(_names, marks) {
			if (marks) await files.write(pendingOf('_SUCCESS'), new Uint8Array(0))
			const aside = beside('replaced')
			const isThere = files.status(directory) !== undefined
			if (isThere) {
				files.remove(aside)
				files.rename(directory, aside)
			}
			files.rename(scratch, directory)
			files.remove(aside)
		},
		abandon: () => files.remove(scratch),
	}
}
