/**
 * Module hooks for `rivulet run`: TypeScript files are checked and compiled, `rivulet` is this package.
 *
 * Runs in Node's hooks thread, so no compiler works beside the program's batches. All files that a program imports
 * statically are checked before its first line runs. A report of the checker becomes an error whose message is the
 * report: of an error only its name and message survive the way between the threads.
 */

import { existsSync, readFileSync } from 'node:fs'
import type { LoadHook, ResolveHook } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type CompilerPlace, compile } from '../../kernel/language/compile.js'

/** What `rivulet run` hands to the hooks thread, so that nothing of the engine is loaded there. */
export interface LoaderOptions extends CompilerPlace {
	/** Begins the message of an error that is a report of the checker; what follows are its lines, with colours. */
	readonly reportMark: string
}

let options: LoaderOptions = { directory: process.cwd(), packageFolder: process.cwd(), reportMark: '' }

/** Called once by `module.register`. */
export function initialize(given: LoaderOptions): void {
	options = given
}

/** `rivulet` from anywhere; `./x.js` where only `./x.ts` is there; no extension at all for TypeScript's habit. */
export const resolve: ResolveHook = async (specifier, context, next) => {
	if (specifier === 'rivulet' || specifier.startsWith('rivulet/')) {
		return next(specifier, { ...context, parentURL: pathToFileURL(join(options.packageFolder, 'package.json')).href })
	}
	const source = /^\.{0,2}\//.test(specifier) ? typescriptFile(specifier, context.parentURL) : undefined
	return next(source ?? specifier, context)
}

/** The URL of the TypeScript file that a relative specifier means, when no file of its own name is there. */
function typescriptFile(specifier: string, parentURL: string | undefined): string | undefined {
	if (parentURL === undefined || !parentURL.startsWith('file:')) return undefined
	const url = new URL(specifier, parentURL)
	const path = fileURLToPath(url)
	if (existsSync(path) && /\.[^./]+$/.test(path)) return undefined
	const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.mjs$/, '.mts'), `${path}.ts`, `${path}/index.ts`]
	const found = candidates.find((candidate) => candidate !== path && existsSync(candidate))
	return found === undefined ? undefined : pathToFileURL(found).href
}

/** Checks and compiles TypeScript, leaves the rest to Node. */
export const load: LoadHook = async (url, context, next) => {
	if (!url.startsWith('file:') || !/\.m?ts$/.test(new URL(url).pathname)) return next(url, context)
	const file = fileURLToPath(url)
	const compiled = compile(readFileSync(file, 'utf8'), file, options)
	if (compiled.report !== undefined) throw new SyntaxError(`${options.reportMark}${compiled.report}`)
	return { format: 'module', source: compiled.js, shortCircuit: true }
}
