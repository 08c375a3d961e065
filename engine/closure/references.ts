/**
 * Values that travel by name instead of by their code: what a module exports.
 *
 *   Node's own modules    by the module's name and the member
 *   packages              by the file's address and the export; their code is never taken apart
 *   the engine            by the file within it and the export, so that two builds of it understand each other
 *
 * A file of the program's own is not named: loading it again would run it again.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageFile } from '../base/package.js'
import { isNode, type Node, parseModule } from './parse.js'
import { original } from './relocated.js'
import type { Surroundings } from './scopes.js'

/** A module and, unless all of it is meant, the name of an export. */
export interface Reference {
	readonly kind: 'builtin' | 'module' | 'commonjs' | 'engine'
	/** `node:path`, the address or path of a file, or the path of a file in the engine without its ending. */
	readonly module: string
	readonly member: string | undefined
}

const builtins =
	`path url util crypto zlib buffer querystring string_decoder assert events os fs fs/promises child_process
stream timers/promises perf_hooks path/posix path/win32 util/types dns http https net`.split(/\s+/)

const engineRoot = new URL('..', import.meta.url).href

/** The path of a script within the engine, without its ending; undefined for any other script. */
export function enginePathOf(url: string): string | undefined {
	const address = addressOf(url)
	if (!address.startsWith(engineRoot)) return undefined
	return address.slice(engineRoot.length).replace(/\.[jt]s(\?.*)?$/, '')
}

/** The built file of the engine that a path means. */
export const engineFile = (path: string): string => packageFile(`dist/engine/${path}.js`)

const named = new Set<string>()

/** Notes that captured code refers to a module: whoever receives it needs its file. */
export function nameReference(reference: Reference): Reference {
	if (reference.kind === 'commonjs') named.add(reference.module)
	if (reference.kind === 'module') named.add(fileURLToPath(reference.module))
	return reference
}

/** The files of packages that anything captured so far refers to. */
export const namedFiles = (): ReadonlySet<string> => named

/** True for scripts of installed packages. */
export const isPackaged = (url: string): boolean => /[\\/]node_modules[\\/]/.test(url)

const addressOf = (url: string): string => (url.startsWith('/') ? pathToFileURL(url).href : url)
const pathOf = (url: string): string | undefined => {
	if (url.startsWith('/')) return url
	return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : undefined
}

/** The module whose namespace, or whole `module.exports`, a value is. */
export function moduleOf(value: object): Reference | undefined {
	const whole: unknown = Reflect.get(value, Symbol.toStringTag) === 'Module' ? Reflect.get(value, 'default') : value
	for (const name of builtins) {
		const builtin: unknown = process.getBuiltinModule(name)
		if (builtin !== undefined && (builtin === whole || builtin === value)) {
			return { kind: 'builtin', module: `node:${name}`, member: undefined }
		}
	}
	for (const [file, loaded] of Object.entries(commonJs())) {
		if (loaded?.exports === value && isPackaged(file))
			return { kind: 'commonjs', module: original(file), member: undefined }
	}
	return undefined
}

/** The export that a function is, by the script that it comes from; undefined when its code has to travel. */
export function exportOf(fn: object, around: Surroundings): Reference | undefined {
	const { url } = around.place
	if (url.startsWith('node:')) return builtinMember(fn, url)
	const enginePath = enginePathOf(url)
	if (enginePath !== undefined) {
		const { name } = fn as { readonly name: string }
		const visible = around.find(name)
		if (visible !== undefined && visible.value !== fn) return undefined
		return exportsIn(engineFile(enginePath)).get(name) === name
			? { kind: 'engine', module: enginePath, member: name }
			: undefined
	}
	return isPackaged(url) ? packagedMember(fn, url, around) : undefined
}

function builtinMember(fn: object, url: string): Reference | undefined {
	const own = url.slice('node:'.length)
	for (const name of [own, ...builtins]) {
		const module: unknown = process.getBuiltinModule(name)
		if (module === fn) return { kind: 'builtin', module: `node:${name}`, member: undefined }
		const member = memberOf(module, fn)
		if (member !== undefined) return { kind: 'builtin', module: `node:${name}`, member }
	}
	return undefined
}

function packagedMember(fn: object, url: string, around: Surroundings): Reference | undefined {
	const file = pathOf(url)
	if (file === undefined) return undefined
	const loaded = commonJs()[file]
	for (const [path, { exports }] of [
		...(loaded === undefined ? [] : [[file, loaded] as const]),
		...Object.entries(commonJs()).filter(([path]) => isPackaged(path)),
	] as [string, { exports: unknown }][]) {
		if (exports === fn) return { kind: 'commonjs', module: original(path), member: undefined }
		const member = memberOf(exports, fn)
		if (member !== undefined) return { kind: 'commonjs', module: original(path), member }
	}
	const local = around.moduleNameOf(fn)
	if (local === undefined) return undefined
	for (const [exported, name] of exportsIn(file)) {
		if (name === local) return { kind: 'module', module: pathToFileURL(original(file)).href, member: exported }
	}
	return undefined
}

function memberOf(module: unknown, value: unknown): string | undefined {
	if (module === null || (typeof module !== 'object' && typeof module !== 'function')) return undefined
	const described = Object.entries(Object.getOwnPropertyDescriptors(module))
	return described.find(([, one]) => one.value === value)?.[0]
}

const require = createRequire(import.meta.url)
const commonJs = (): NodeJS.Dict<NodeJS.Module> => require.cache

const remembered = new Map<string, ReadonlyMap<string, string>>()

/** The exports of an ES module that are its own: exported name to local name. Empty for what cannot be read. */
function exportsIn(file: string): ReadonlyMap<string, string> {
	let exports = remembered.get(file)
	if (exports === undefined) {
		exports = existsSync(file) ? exportsOf(readFileSync(file, 'utf8')) : new Map()
		remembered.set(file, exports)
	}
	return exports
}

function exportsOf(text: string): ReadonlyMap<string, string> {
	const found = new Map<string, string>()
	let body: readonly Node[]
	try {
		body = parseModule(text)
	} catch {
		// No ES module (CommonJS with a return at its top, another language): it exports nothing by this way.
		return found
	}
	for (const node of body) {
		if (node.type === 'ExportDefaultDeclaration') {
			const { id, type, name } = node.declaration as Node
			if (isNode(id)) found.set('default', id.name as string)
			else if (type === 'Identifier') found.set('default', name as string)
		}
		if (node.type !== 'ExportNamedDeclaration' || isNode(node.source)) continue
		for (const one of node.specifiers as Node[]) {
			found.set((one.exported as Node).name as string, (one.local as Node).name as string)
		}
		const declared = node.declaration
		if (!isNode(declared)) continue
		const ids = Array.isArray(declared.declarations)
			? (declared.declarations as Node[]).map(({ id }) => id)
			: [declared.id]
		for (const id of ids) if (isNode(id) && id.type === 'Identifier') found.set(id.name as string, id.name as string)
	}
	return found
}
