/**
 * Imports of a cell as calls: REPL mode knows neither `import` statements nor `import()` nor `import.meta`.
 *
 *     import d, { a as b } from 'm'   ->  let { default: d, a: b } = await $rv.import('m', { file: 'cell-3.ts' })
 *     import * as n from 'm'          ->  let n = await $rv.import(…)
 *     import type …, only types       ->  nothing
 *     import(x)                       ->  $rv.import(x, { file: 'cell-3.ts' })
 *
 * `$rv.import` answers with the module's namespace object. A statement keeps its number of lines.
 */

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type MagicString from 'magic-string'
import { ts } from './typescript.js'

/** Where an import stands, and which of its names are only types. */
export interface ImportSurroundings {
	readonly file: string
	isType(name: string): boolean
}

/** Rewrites the statement when it is an import (or `export … from`, which imports for its effects). */
export function rewriteImport(
	statement: ts.Statement,
	source: ts.SourceFile,
	text: MagicString,
	around: ImportSurroundings,
): void {
	const start = statement.getStart(source)
	const replace = (js: string): void => {
		const missing = source.text.slice(start, statement.end).split('\n').length - js.split('\n').length
		text.overwrite(start, statement.end, js + '\n'.repeat(Math.max(0, missing)))
	}
	if (ts.isImportEqualsDeclaration(statement)) {
		if (statement.isTypeOnly) return
		const { name, moduleReference } = statement
		if (!ts.isExternalModuleReference(moduleReference)) {
			replace(`let ${name.text} = ${moduleReference.getText(source)};`)
			return
		}
		const specifier = moduleReference.expression.getText(source)
		replace(`let ${name.text} = (await $rv.import(${specifier}, ${place(around.file)})).default;`)
		return
	}
	if (!ts.isImportDeclaration(statement)) return
	const clause = statement.importClause
	const call = `await $rv.import(${statement.moduleSpecifier.getText(source)}, ${place(around.file, statement.attributes)})`
	if (clause === undefined) {
		replace(`${call};`)
		return
	}
	if (clause.isTypeOnly) return
	const bindings = clause.namedBindings
	const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : []
	const members = named
		.filter((element) => !element.isTypeOnly && !around.isType(element.name.text))
		.map(({ propertyName, name }) =>
			propertyName === undefined ? name.text : `${propertyName.getText(source)}: ${name.text}`,
		)
	if (clause.name !== undefined && !around.isType(clause.name.text)) members.unshift(`default: ${clause.name.text}`)
	if (bindings !== undefined && ts.isNamespaceImport(bindings)) {
		const rest = members.length === 0 ? '' : ` let { ${members.join(', ')} } = ${bindings.name.text};`
		replace(`let ${bindings.name.text} = ${call};${rest}`)
		return
	}
	replace(members.length === 0 ? ';' : `let { ${members.join(', ')} } = ${call};`)
}

function place(file: string, attributes?: ts.ImportAttributes): string {
	const given = (attributes?.elements ?? []).map((one) => `${one.name.getText()}: ${one.value.getText()}`)
	return `{ file: ${JSON.stringify(file)}${given.length === 0 ? '' : `, with: { ${given.join(', ')} }`} }`
}

/** Where `import(…)` and `import.meta` stand: in a cell, or in a module that a cell imports. */
export interface MetaSurroundings {
	readonly file: string
	readonly directory: string
	readonly isModule?: boolean
}

/** Rewrites every `import(…)` and `import.meta` of the cell. */
export function rewriteMeta(
	source: ts.SourceFile,
	text: MagicString,
	{ file, directory, isModule = false }: MetaSurroundings,
): void {
	const from = isModule ? `{ directory: ${JSON.stringify(directory)} }` : place(file)
	const walk = (node: ts.Node): void => {
		if (ts.isTypeNode(node)) return
		if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
			const [specifier, options] = node.arguments
			const start = node.getStart(source)
			text.overwrite(start, start + 'import'.length, '$rv.import')
			if (options !== undefined) {
				text.appendRight(options.getStart(source), `{ ...${from}, ...(`)
				text.appendLeft(options.end, ') }')
			} else if (specifier !== undefined) text.appendLeft(specifier.end, `, ${from}`)
		}
		if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
			const filename = resolve(directory, file)
			const meta = { url: pathToFileURL(filename).href, dirname: directory, filename }
			text.overwrite(node.getStart(source), node.end, `(${JSON.stringify(meta)})`)
			return
		}
		ts.forEachChild(node, walk)
	}
	for (const statement of source.statements) if (!ts.isImportDeclaration(statement)) walk(statement)
}
