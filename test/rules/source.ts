/** The source files of the package and what they import, for the rules of the house. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Import {
	/** A path from the package's root for our own files, otherwise the module's name. */
	readonly target: string
	readonly isOurs: boolean
	/** True when nothing of it is left at run time. */
	readonly isTypeOnly: boolean
}

export interface SourceFile {
	/** From the package's root: `engine/base/time.ts`. */
	readonly path: string
	readonly text: string
	readonly lines: number
	readonly imports: readonly Import[]
}

function* walk(folder: string): Iterable<string> {
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		const path = `${folder}/${entry.name}`
		if (entry.isDirectory()) yield* walk(path)
		else if (/\.(ts|tsx)$/.test(entry.name)) yield path
	}
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm
const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g

function importsOf(path: string, text: string): Import[] {
	const found: Import[] = []
	const add = (specifier: string, isTypeOnly: boolean): void => {
		const isOurs = specifier.startsWith('.')
		const target = isOurs
			? relative(root, normalize(join(root, dirname(path), specifier))).replace(/\.js$/, '.ts')
			: specifier.startsWith('node:')
				? specifier
				: specifier
						.split('/')
						.slice(0, specifier.startsWith('@') ? 2 : 1)
						.join('/')
		found.push({ target, isOurs, isTypeOnly })
	}
	for (const match of text.matchAll(statement)) add(match[2] as string, match[1] !== undefined)
	for (const match of text.matchAll(dynamic)) add(match[1] as string, false)
	return found
}

/** All files of engine/, kernel/ and repl/. */
export const sources: readonly SourceFile[] = ['engine', 'kernel', 'repl'].flatMap((top) =>
	[...walk(top)].map((path) => {
		const text = readFileSync(join(root, path), 'utf8')
		return { path, text, lines: text.trimEnd().split('\n').length, imports: importsOf(path, text) }
	}),
)
