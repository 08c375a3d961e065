/**
 * Which programs need no module hooks: JavaScript whose imports mean the same to Node as to `rivulet run`.
 *
 * Hooks cost a thread and a round trip for each module, a third of the time to the first result. So the text of a program
 * is looked through first; whatever is not plain there (TypeScript, packages that may import `rivulet` themselves, a name
 * that is computed) says no, and a word too much in a comment or a string does no harm: it only costs the hooks.
 */

import { readFileSync, realpathSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Imports whose specifier is written out. */
const imports = /\b(?:from|import)\s*\(?\s*(?:'([^'\n]*)'|"([^"\n]*)")/g
/** Imports of which the above sees nothing, and ways to others: computed, behind a comment, in another thread. */
const others = [
	/\bimport\s*\(\s*[^'"\s]/,
	/\bimport\s*\(\s*(?:'[^'\n]*'|"[^"\n]*")\s*[^),\s]/,
	/\b(?:from|import)\s*\(?\s*\/[/*]/,
	/\bimport\s*\.\s*meta\s*\.\s*resolve|\brequire\b|\bWorker\b/,
]

/** True when the program at `path` and all that it imports are modules that Node loads as they are. */
export function isPlain(path: string, packageFolder: string): boolean {
	const ours = realpathSync(join(packageFolder, 'dist')) + sep
	const seen = new Set<string>()
	const isPlainFile = (file: string): boolean => {
		if (file.startsWith(ours) || seen.has(file)) return true
		seen.add(file)
		if (!/\.m?js$/.test(file)) return false
		const text = readFileSync(file, 'utf8')
		if (others.some((other) => other.test(text))) return false
		for (const [, single, double] of text.matchAll(imports)) {
			const specifier = (single ?? double) as string
			if (isBuiltin(specifier)) continue
			const target = targetOf(specifier, file)
			if (target === undefined || !isPlainFile(target)) return false
			// Another copy of this package than the one that runs the program.
			if (isOurName(specifier) && !target.startsWith(ours)) return false
		}
		return true
	}
	return isPlainFile(realpathSync(path))
}

const isOurName = (specifier: string): boolean => specifier === 'rivulet' || specifier.startsWith('rivulet/')

/** The file that an import means; undefined for other packages, and when there is none. */
function targetOf(specifier: string, file: string): string | undefined {
	try {
		if (isOurName(specifier)) return realpathSync(createRequire(file).resolve(specifier))
		if (!/^(?:\.{0,2}\/|file:)/.test(specifier)) return undefined
		return realpathSync(fileURLToPath(new URL(specifier, pathToFileURL(file))))
	} catch {
		// Whatever is wrong with it, Node says so when it imports it.
		return undefined
	}
}
