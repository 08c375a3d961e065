/**
 * Compiles files with ts-node: strict rules of our own, and what a tsconfig.json adds to them. The files of a program are
 * checked too; the files that cells import have been checked with the cell.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { create, type Service, TSError } from 'ts-node'

/** Where the compiler looks for things. */
export interface CompilerPlace {
	/** The folder of the program: where the search for a tsconfig.json starts. */
	readonly directory: string
	/** The folder of this package's package.json. */
	readonly packageFolder: string
	/** `off`: the files are compiled only. */
	readonly types?: 'off'
}

/** JavaScript with its source map, or the checker's report with code frames and colours. */
export type Compiled =
	| { readonly js: string; readonly report?: undefined }
	| { readonly js?: undefined; readonly report: string }

const require = createRequire(import.meta.url)
let service: Service | undefined

/** Compiles one file as a module; files it imports are compiled when they are loaded themselves. */
export function compile(code: string, file: string, place: CompilerPlace): Compiled {
	try {
		// A tsconfig.json that cannot be read is reported as its files are.
		service ??= compiler(place)
		return { js: service.compile(code, file) }
	} catch (thrown) {
		if (thrown instanceof TSError) return { report: thrown.diagnosticText }
		throw thrown
	}
}

function compiler({ directory, packageFolder, types }: CompilerPlace): Service {
	return create({
		esm: true,
		cwd: process.cwd(),
		projectSearchDir: directory,
		compiler: require.resolve('typescript'),
		pretty: true,
		transpileOnly: types === 'off',
		swc: false,
		compilerOptions: {
			strict: true,
			target: 'es2022',
			lib: ['es2023', 'esnext.disposable'],
			module: 'esnext',
			moduleResolution: 'bundler',
			moduleDetection: 'force',
			// Imports of cells are resolved by their own rules.
			rewriteRelativeImportExtensions: types !== 'off',
			noUncheckedIndexedAccess: false,
			skipLibCheck: true,
			types: ['node'],
			typeRoots: [dirname(dirname(require.resolve('@types/node/package.json')))],
			paths: packagePaths(packageFolder),
			sourceMap: true,
			noEmit: false,
		},
	})
}

/** Where the checker finds the types of `rivulet` and its sub-paths: the package's own exports. */
function packagePaths(packageFolder: string): Record<string, string[]> {
	const { exports } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
		readonly exports: Readonly<Record<string, string | { readonly types?: string }>>
	}
	const paths: Record<string, string[]> = {}
	for (const [path, target] of Object.entries(exports)) {
		if (typeof target === 'object' && target.types !== undefined) {
			paths[`rivulet${path.slice(1)}`] = [join(packageFolder, target.types)]
		}
	}
	return paths
}
