/**
 * Local TypeScript files that cells import: as JavaScript for the session, and what the checker finds in them.
 *
 *     import { f } from './lib.ts'      session: compile ./lib.ts please      here: { js, map, imports }
 *
 * The session finds out itself what the imports of a module mean, and puts addresses in their place. `import()` and
 * `import.meta` of a module are those of a cell.
 */

import { dirname, relative } from 'node:path'
import { packageFile } from '../../engine/index.js'
import type { CompiledModule } from '../session/messages.js'
import type { Diagnostic } from './contract.js'
import { isInstalled } from './installed.js'
import { finding, messageOf, reportLines } from './report.js'
import { transformModule } from './transform.js'
import { parseErrors, parseModule, ts } from './typescript.js'

/** A module, or the report of what is wrong with its syntax. */
export type ModuleAnswer = { readonly module: CompiledModule } | { readonly report: readonly string[] }

/** Compiles the text of a file with ts-node, which is loaded for the first one. */
export async function compileModule(code: string, file: string): Promise<ModuleAnswer> {
	const wrong = parseErrors(parseModule(file, code)).map((one) => foundIn(code, file, one))
	if (wrong.length > 0) return { report: reportLines(file, code, wrong) }
	const { compile } = await import('./compile.js')
	const compiled = compile(code, file, { directory: dirname(file), packageFolder: packageFile('.'), types: 'off' })
	if (compiled.report !== undefined) return { report: compiled.report.split('\n') }
	const [js, map] = withoutMap(compiled.js)
	const written = transformModule(parseModule(file, js))
	const imports = parseModule(file, written).statements.flatMap((statement) => {
		const specifier = specifierOf(statement)
		if (specifier === undefined) return []
		return [{ specifier: specifier.text, start: specifier.getStart(), end: specifier.end }]
	})
	return { module: { js: written, map, imports } }
}

const mapComment = /\n?\/\/# sourceMappingURL=data:application\/json;charset=utf-8;base64,(\S+)\s*$/

/** The code and its source map, which the compiler writes at its end. */
function withoutMap(js: string): readonly [string, string | undefined] {
	const base64 = mapComment.exec(js)?.[1]
	return [js.replace(mapComment, ''), base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString()]
}

function specifierOf(statement: ts.Statement): ts.StringLiteral | undefined {
	if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined
	const { moduleSpecifier } = statement
	return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier : undefined
}

/** The local TypeScript files that a module imports from an offset on, and those that they import. */
function localFiles(source: ts.SourceFile, from: number, checker: ts.TypeChecker): readonly ts.SourceFile[] {
	const found = new Set<ts.SourceFile>()
	const visit = (importing: ts.SourceFile, start: number): void => {
		for (const statement of importing.statements) {
			const specifier = statement.end > start ? specifierOf(statement) : undefined
			const symbol = specifier === undefined ? undefined : checker.getSymbolAtLocation(specifier)
			const file = symbol?.declarations?.[0]?.getSourceFile()
			if (file === undefined || file === source || found.has(file)) continue
			if (file.isDeclarationFile || isInstalled(file.fileName) || !/\.[cm]?tsx?$/.test(file.fileName)) continue
			found.add(file)
			visit(file, 0)
		}
	}
	visit(source, from)
	return [...found]
}

/** What is wrong in the local files that a cell imports. */
export function findingsInImports(source: ts.SourceFile, from: number, program: ts.Program): readonly Diagnostic[] {
	return localFiles(source, from, program.getTypeChecker()).flatMap((file) =>
		[...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((one) =>
			foundIn(file.text, relative(dirname(source.fileName), file.fileName), one),
		),
	)
}

function foundIn(text: string, file: string, diagnostic: ts.Diagnostic): Diagnostic {
	const start = diagnostic.start ?? 0
	const span = { start, end: start + (diagnostic.length ?? 0) }
	const found = finding(text, span, { code: diagnostic.code, message: messageOf(diagnostic) })
	return { ...found, elsewhere: { file, text } }
}
