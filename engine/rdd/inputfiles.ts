/**
 * The files that an input path names: paths separated by commas, patterns in every part, directories.
 *
 * Names that begin with `_` or `.` are hidden, also when they are named outright. A directory inside a directory is kept;
 * what reads splits refuses it, what reads whole files leaves it out; unless directories are read recursively
 * (`spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive`).
 * Source: Hadoop's `FileInputFormat.listStatus`.
 */

import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { type FileStatus, type FileSystem, locate } from '../storage/filesystem.js'
import { globStatus, isPattern } from '../storage/glob.js'
import { hadoopFlag } from './hadoopconf.js'

/** A file, or a directory inside a directory, and where it is. */
export interface InputFile {
	readonly files: FileSystem
	readonly status: FileStatus
	/** As Spark shows it: `file:/data/x`. */
	readonly shown: string
}

const remedy = 'check the path; relative paths start from the working directory'

/**
 * What `path` names now, in order of paths within each part between commas.
 * @throws input/path for parts that name nothing, all of them in one message
 */
export function inputFiles(conf: SparkConf, path: string): InputFile[] {
	const isRecursive = hadoopFlag(conf, 'mapreduce.input.fileinputformat.input.dir.recursive', false)
	const problems: string[] = []
	const found = pathsOf(path).flatMap((one) => {
		const { files, path: full } = locate(one)
		const matches = globStatus(files, full).filter(isVisible)
		if (matches.length === 0) {
			// A name that is there but hidden counts as a pattern without matches, as in Hadoop.
			const isKnown = isPattern(full) || files.status(full) !== undefined
			const shown = files.shown(full)
			problems.push(isKnown ? `Input Pattern ${shown} matches 0 files` : `Input path does not exist: ${shown}`)
		}
		return matches
			.flatMap((status) => (status.isDirectory ? inside(files, status, isRecursive) : [status]))
			.map((status): InputFile => ({ files, status, shown: files.shown(status.path) }))
	})
	if (problems.length > 0) throw new StreamError('input/path', problems.join('\n'), { remedy })
	return found
}

function inside(files: FileSystem, directory: FileStatus, isRecursive: boolean): FileStatus[] {
	const children = files.list(directory.path).filter(isVisible)
	return children.flatMap((child) => (child.isDirectory && isRecursive ? inside(files, child, true) : [child]))
}

const isVisible = ({ path }: FileStatus): boolean => !/^[_.]/.test(path.slice(path.lastIndexOf('/') + 1))

/** The parts between commas; a comma inside braces belongs to the pattern. */
function pathsOf(path: string): string[] {
	const parts = ['']
	let depth = 0
	for (const sign of path) {
		if (sign === '{') depth += 1
		if (sign === '}') depth = Math.max(0, depth - 1)
		if (sign === ',' && depth === 0) parts.push('')
		else parts[parts.length - 1] += sign
	}
	if (parts.includes('')) {
		throw new StreamError('input/path', 'Can not create a Path from an empty string', { where: `'${path}'`, remedy })
	}
	return parts
}

/** @throws input/path for a directory inside a directory */
export function requireFile({ status, shown }: InputFile): void {
	if (!status.isDirectory) return
	const key = 'mapreduce.input.fileinputformat.input.dir.recursive'
	throw new StreamError(
		'input/path',
		`Path: ${status.path} is a directory, which is not supported by the record reader when \`${key}\` is false.`,
		{ where: shown, remedy: `name the files, or set spark.hadoop.${key} to true` },
	)
}
