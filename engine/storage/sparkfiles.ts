/** Files that a program gives to its tasks: copies in a private folder. Source: `SparkContext.addFile`, `SparkFiles`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StreamError } from '../base/errors.js'
import { type FileSystem, locate } from './filesystem.js'
import { localFiles } from './localfiles.js'

let root: string | undefined
const added = new Map<string, string>()

function rootDirectory(): string {
	root ??= mkdtempSync(join(tmpdir(), 'rivulet-files-'))
	return root
}

const nameOf = (path: string): string => path.replace(/\/+$/, '').replace(/^.*\//, '')

/** Where the files of the active context are. */
export const SparkFiles = {
	/** The path of an added file by its name. */
	get(name: string): string {
		return join(rootDirectory(), name)
	},
	getRootDirectory(): string {
		return rootDirectory()
	},
} as const

/**
 * Copies a file, or with `isRecursive` a directory, into the folder. The same path again changes nothing.
 * @throws input/path when nothing is there; argument/illegal for a directory without `isRecursive`, and for a name that
 *   another file has
 */
export async function addSparkFile(path: string, isRecursive: boolean): Promise<void> {
	const found = locate(path)
	const shown = found.files.shown(found.path)
	const status = found.files.status(found.path)
	if (status === undefined) {
		throw new StreamError('input/path', `File ${shown} does not exist`, { where: 'addFile', remedy: 'check the path' })
	}
	if (status.isDirectory && !isRecursive) {
		throw new StreamError('argument/illegal', `Added file ${shown} is a directory and recursive is not turned on.`, {
			where: 'addFile',
			remedy: 'write addFile(path, true)',
		})
	}
	const name = nameOf(found.path)
	const before = added.get(name)
	if (before === shown) return
	if (before !== undefined) {
		throw new StreamError('argument/illegal', `a file named ${name} has been added already: ${before}`, {
			where: 'addFile',
			remedy: 'give the file another name',
		})
	}
	added.set(name, shown)
	try {
		await copy(found.files, found.path, SparkFiles.get(name))
	} catch (thrown) {
		added.delete(name)
		throw thrown
	}
}

async function copy(files: FileSystem, from: string, to: string): Promise<void> {
	if (files.status(from)?.isDirectory !== true) {
		await localFiles.write(to, await files.read(from))
		return
	}
	localFiles.makeDirectory(to)
	for (const child of files.list(from)) await copy(files, child.path, join(to, nameOf(child.path)))
}

/** The paths that were added. */
export const listSparkFiles = (): readonly string[] => [...added.values()]

/** Removes the folder with everything in it. */
export function removeSparkFiles(): void {
	if (root !== undefined) rmSync(root, { recursive: true, force: true })
	root = undefined
	added.clear()
}
