/**
 * What `import` means in a cell: modules found from the cell's directory, Rivulet itself the session's own instance.
 *
 * V8's REPL mode knows no import, so the language worker rewrites it to `$rv.import(specifier, …)`.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as rivulet from '../../engine/index.js'
import { StreamError } from '../../engine/index.js'
import * as display from '../display/index.js'
import { wireTslab } from './tslab.js'

const own: Readonly<Record<string, object>> = { rivulet, 'rivulet/display': display }

/** The module's namespace object. @throws language/import when it cannot be found or loaded */
export async function importFrom(directory: string, specifier: string): Promise<object> {
	const ours = own[specifier]
	if (ours !== undefined) return ours
	if (isBuiltin(specifier)) return import(specifier)
	const file = locate(directory, specifier)
	const kind = extname(file)
	if (kind === '.json') return { default: JSON.parse(readFileSync(file, 'utf8')) }
	if (kind === '.ts' || kind === '.tsx' || kind === '.mts') {
		throw new StreamError('language/import', `cannot import the TypeScript file ${specifier}`, {
			where: file,
			remedy: 'compile it to JavaScript first, or run it with: rivulet run',
		})
	}
	const found = await import(pathToFileURL(file).href)
	if (specifier === 'tslab') wireTslab(file)
	return found
}

function locate(directory: string, specifier: string): string {
	const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier
	if (path.startsWith('.') || isAbsolute(path)) {
		const file = resolve(directory, path)
		const found = [file, `${file}.js`, `${file}.mjs`, file.replace(/\.js$/, '.ts'), join(file, 'index.js')].find(
			(candidate) => extname(candidate) !== '' && existsSync(candidate),
		)
		if (found !== undefined) return found
		throw missing(specifier, directory, 'check the path: it starts from the folder of the notebook or shell')
	}
	try {
		return createRequire(join(directory, 'cell.js')).resolve(path)
	} catch {
		// Packages without an entry for `require` are found by their `import` condition.
		const file = moduleEntry(directory, path)
		if (file !== undefined) return file
		throw missing(specifier, directory, `install it there: npm install ${packageOf(path)[0]}`)
	}
}

function missing(specifier: string, directory: string, remedy: string): StreamError {
	return new StreamError('language/import', `cannot find module '${specifier}'`, { where: directory, remedy })
}

/** The package's name and the sub-path in it, `.` for none. */
function packageOf(specifier: string): [string, string] {
	const parts = specifier.split('/')
	const length = specifier.startsWith('@') ? 2 : 1
	return [parts.slice(0, length).join('/'), ['.', ...parts.slice(length)].join('/')]
}

function moduleEntry(directory: string, specifier: string): string | undefined {
	const [name, subpath] = packageOf(specifier)
	for (let folder = directory; ; folder = dirname(folder)) {
		const root = join(folder, 'node_modules', name)
		if (existsSync(join(root, 'package.json'))) {
			const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
			const entry = target(manifest.exports?.[subpath] ?? (subpath === '.' ? manifest.exports : undefined))
			return entry === undefined ? undefined : join(root, entry)
		}
		if (folder === dirname(folder)) return undefined
	}
}

/** The file that Node's conditions choose. */
function target(entry: unknown): string | undefined {
	if (typeof entry === 'string') return entry
	if (typeof entry !== 'object' || entry === null) return undefined
	for (const [condition, inner] of Object.entries(entry)) {
		if (['node', 'import', 'default'].includes(condition)) return target(inner)
	}
	return undefined
}
