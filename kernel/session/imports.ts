/**
 * What `import` means in a cell: modules found from the cell's directory, Rivulet itself the session's own instance.
 *
 * V8's REPL mode knows no import, so the language worker rewrites it to `$rv.import(specifier, …)`. Local files are
 * loaded afresh when they have changed.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as rivulet from '../../engine/index.js'
import { packageFile, StreamError } from '../../engine/index.js'
import * as display from '../display/index.js'
import type { FromSession, ToSession } from './messages.js'
import { LocalModules, type Target } from './modules.js'
import { wireTslab } from './tslab.js'

const own: Readonly<Record<string, { readonly module: object; readonly file: string }>> = {
	rivulet: { module: rivulet, file: 'dist/engine/index.js' },
	'rivulet/display': { module: display, file: 'dist/kernel/display/index.js' },
}

/** Imports of cells, and of the TypeScript files that cells import. */
export class Imports {
	readonly #modules: LocalModules
	/** What a local file held when it was first loaded. */
	readonly #first = new Map<string, string>()

	/** @param ask asks the front for a TypeScript file as JavaScript */
	constructor(ask: (question: Extract<FromSession, { readonly kind: 'compile' }>) => void) {
		this.#modules = new LocalModules(ask, (directory, specifier) => this.#targetOf(directory, specifier))
	}

	/** The front's answer. */
	answered(answer: Extract<ToSession, { readonly kind: 'compiled' }>): void {
		this.#modules.answered(answer)
	}

	/** The module's namespace object. @throws language/import when it cannot be found or loaded */
	async import(directory: string, specifier: string): Promise<object> {
		const ours = own[specifier]
		if (ours !== undefined) return ours.module
		if (isBuiltin(specifier)) return import(specifier)
		const file = locate(directory, specifier)
		if (extname(file) === '.json') return { default: JSON.parse(readFileSync(file, 'utf8')) }
		const found = await import(isTypeScript(file) ? await this.#modules.addressOf(file) : this.#addressOf(file))
		if (specifier === 'tslab') wireTslab(file)
		return found
	}

	/** `require` of a cell in a directory: CommonJS packages, JSON, Node's own modules, and Rivulet itself. */
	requireFrom(directory: string): NodeJS.Require {
		const real = createRequire(join(directory, 'cell.js'))
		const found = (specifier: string): unknown => {
			const ours = own[specifier]
			return ours === undefined ? real(isBuiltin(specifier) ? specifier : locate(directory, specifier)) : ours.module
		}
		const { resolve: resolved, cache, extensions, main } = real
		return Object.assign(found, { resolve: resolved, cache, extensions, main })
	}

	/** The address of a file; another one when a local file has changed since it was loaded. */
	#addressOf(file: string): string {
		const { href } = pathToFileURL(file)
		if (file.includes('/node_modules/') || !existsSync(file)) return href
		const digest = createHash('sha1').update(readFileSync(file)).digest('hex')
		const first = this.#first.get(file)
		if (first === undefined) this.#first.set(file, digest)
		return first === undefined || first === digest ? href : `${href}?${digest}`
	}

	/** What an import of a TypeScript file means. */
	#targetOf(directory: string, specifier: string): Target {
		const ours = own[specifier]
		if (ours !== undefined) return { url: pathToFileURL(packageFile(ours.file)).href }
		if (isBuiltin(specifier)) return { url: specifier }
		const file = locate(directory, specifier)
		if (isTypeScript(file)) return { file }
		// Node wants an attribute on an import of JSON, TypeScript does not.
		if (extname(file) === '.json') return { url: `data:text/javascript,${encodeURIComponent(jsonModule(file))}` }
		return { url: this.#addressOf(file) }
	}
}

const jsonModule = (file: string): string => `export default ${JSON.stringify(JSON.parse(readFileSync(file, 'utf8')))}`

const isTypeScript = (file: string): boolean => ['.ts', '.tsx', '.mts'].includes(extname(file))

/** The files that a path without a file of its own name may mean, as TypeScript reads it. */
function candidates(file: string): readonly string[] {
	return [
		file,
		file.replace(/\.(m?)js$/, '.$1ts'),
		...['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json'].map((ending) => file + ending),
		...['index.ts', 'index.js'].map((name) => join(file, name)),
	]
}

function locate(directory: string, specifier: string): string {
	const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier
	if (path.startsWith('.') || isAbsolute(path)) {
		const file = resolve(directory, path)
		const found = candidates(file).find((one) => statSync(one, { throwIfNoEntry: false })?.isFile() === true)
		if (found !== undefined) return found
		throw missing(specifier, directory, 'check the path: it starts from the folder of the notebook or shell')
	}
	try {
		return createRequire(join(directory, 'cell.js')).resolve(path)
	} catch {
		// Packages without an entry for `require` are found by their `import` condition.
		const file = moduleEntry(directory, path)
		if (file !== undefined) return file
		const [name] = packageOf(path)
		throw missing(specifier, directory, `install it there: npm install ${name}, in a notebook %npm add ${name}`)
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
