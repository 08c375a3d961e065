/**
 * The folders in which lives of a context keep written RDDs, each with a mark that says to which time grid it belongs.
 * So what a life leaves that was killed before its first checkpoint is found and removed by a later one, and folders of
 * other programs in the same directory are left alone.
 */

import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import { locate } from '../storage/filesystem.js'

const mark = '_life'

/** Says that the folder belongs to the time grid that begins at `zeroMs`. */
export function markFolder(folder: string, zeroMs: number): void {
	const { files, path } = locate(folder)
	const failed = (thrown: unknown): void => {
		const text = `${folder} cannot be marked: ${asError(thrown).message}`
		host().notice({ level: 'warning', text, group: undefined })
	}
	try {
		const written = files.write(`${path}/${mark}`, Buffer.from(String(zeroMs)))
		if (written instanceof Promise) written.catch(failed)
	} catch (thrown) {
		failed(thrown)
	}
}

/** The folders in `directory` that belong to the time grid. */
export function foldersOf(directory: string, zeroMs: number): string[] {
	const { files, path } = locate(directory)
	return files.list(path).flatMap((status) => {
		const file = `${status.path}/${mark}`
		if (!status.isDirectory || files.status(file) === undefined) return []
		const bytes = files.read(file)
		const isOurs = bytes instanceof Uint8Array && Buffer.from(bytes).toString() === String(zeroMs)
		return isOurs ? [files.shown(status.path)] : []
	})
}
