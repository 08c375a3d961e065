/** Patterns of paths: `*`, `?`, `[a-c]`, `[^a]`, `{one,two}` in any part. Source: Hadoop's `FileSystem.globStatus`. */

import type { FileStatus, FileSystem } from './filesystem.js'

const special = /[*?[{]/

/** True when the path is a pattern. */
export const isPattern = (path: string): boolean => special.test(path)

/** Everything that the pattern names, in order of path; a path without pattern signs names itself, if it is there. */
export function globStatus(files: FileSystem, pattern: string): FileStatus[] {
	return alternatives(pattern)
		.flatMap((one) => expand(files, one))
		.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
		.filter((status, i, all) => i === 0 || status.path !== all[i - 1]?.path)
}

function expand(files: FileSystem, pattern: string): FileStatus[] {
	const parts = pattern.split('/')
	const first = parts.findIndex(isPattern)
	if (first === -1) {
		const status = files.status(pattern)
		return status === undefined ? [] : [status]
	}
	const folder = parts.slice(0, first).join('/') || '/'
	if (files.status(folder)?.isDirectory !== true) return []
	const matches = matcher(parts[first] as string)
	const rest = parts.slice(first + 1)
	return files
		.list(folder)
		.filter(({ path }) => matches.test(path.slice(path.lastIndexOf('/') + 1)))
		.flatMap((status) => (rest.length === 0 ? [status] : expand(files, [status.path, ...rest].join('/'))))
}

/** `a{b,c}d` as `abd` and `acd`; nested ones too. */
function alternatives(pattern: string): string[] {
	const open = pattern.indexOf('{')
	if (open === -1) return [pattern]
	let depth = 0
	let from = open + 1
	const choices: string[] = []
	for (let i = open; i < pattern.length; i += 1) {
		const sign = pattern[i]
		if (sign === '{') depth += 1
		if (sign === '}') depth -= 1
		if ((sign === ',' && depth === 1) || depth === 0) {
			choices.push(pattern.slice(from, i))
			from = i + 1
		}
		if (depth > 0) continue
		return choices.flatMap((choice) => alternatives(pattern.slice(0, open) + choice + pattern.slice(i + 1)))
	}
	return [pattern]
}

function matcher(part: string): RegExp {
	const source = part.replace(/\[\^?[^\]]+\]|[\s\S]/g, (piece) => {
		if (piece === '*') return '.*'
		if (piece === '?') return '.'
		if (piece.length > 1) return piece.replace(/\\/g, '\\\\')
		return piece.replace(/[.+^${}()|[\]\\]/g, '\\$&')
	})
	return new RegExp(`^${source}$`, 's')
}
