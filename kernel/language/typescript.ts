/**
 * The one door to the TypeScript compiler: its module, the options cells are checked with, and its parser.
 *
 * Loading the compiler takes about a second: only the language worker imports this file.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import ts from 'typescript'
import { packageFile } from '../../engine/index.js'

export { ts }

/** The declaration files of `rivulet` and its sub-paths, from the package's own exports. */
function ownModules(): Record<string, string[]> {
	const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
		readonly exports: Readonly<Record<string, string | { readonly types?: string }>>
	}
	const found: Record<string, string[]> = {}
	for (const [path, target] of Object.entries(manifest.exports)) {
		if (typeof target !== 'string' && target.types !== undefined) {
			found[`rivulet${path.slice(1)}`] = [packageFile(target.types)]
		}
	}
	return found
}

/** The folder that holds `@types/node`, wherever the package manager put it; none when it is missing. */
function typeRoots(): string[] {
	const from = createRequire(packageFile('package.json'))
	for (const folder of from.resolve.paths('@types/node') ?? []) {
		if (existsSync(`${folder}/@types/node/package.json`)) return [`${folder}/@types`]
	}
	return []
}

/** The options of every cell: strict, but an element of an array is not `undefined` to the checker. */
export function compilerOptions(): ts.CompilerOptions {
	const roots = typeRoots()
	return {
		target: ts.ScriptTarget.ESNext,
		module: ts.ModuleKind.ESNext,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
		moduleDetection: ts.ModuleDetectionKind.Force,
		lib: ['lib.esnext.d.ts'],
		types: roots.length === 0 ? [] : ['node'],
		typeRoots: roots,
		paths: ownModules(),
		strict: true,
		skipLibCheck: true,
		noEmit: true,
		allowJs: true,
		allowImportingTsExtensions: true,
		resolveJsonModule: true,
		esModuleInterop: true,
		useDefineForClassFields: true,
	}
}

/** The folder of TypeScript's own `lib.*.d.ts` files. */
export const libFolder = (): string => dirname(ts.getDefaultLibFilePath({}))

/** What the parser found wrong; the property is the compiler's own, absent from its declarations. */
export function parseErrors(source: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
	return (source as ts.SourceFile & { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] })
		.parseDiagnostics
}

/** Parses text as a module, so that `await` may stand at the top; parents are set. A file `.js` is JavaScript. */
export function parseModule(file: string, text: string): ts.SourceFile {
	const options: ts.CreateSourceFileOptions = {
		languageVersion: ts.ScriptTarget.ESNext,
		impliedNodeFormat: ts.ModuleKind.ESNext,
		jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
		setExternalModuleIndicator: (source) => {
			Object.assign(source, { externalModuleIndicator: true })
		},
	}
	return ts.createSourceFile(file, text, options, true, file.endsWith('.js') ? ts.ScriptKind.JS : ts.ScriptKind.TS)
}
