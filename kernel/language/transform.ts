/**
 * A TypeScript cell as JavaScript for V8's REPL mode, on the same lines and, wherever nothing was rewritten, columns.
 *
 *     user's cell                          evaluated
 *                                          'use strict';let f = f$3;…                 one line in front
 *     const x: number = 1                  let   x         = 1
 *     function f() { … }                   function f$3() { … }
 *     import { a as b } from 'm'           let { a: b } = await $rv.import('m', …)
 *     f() as string                        let $rv$last = f()          ;$rv.last($rv$last)
 *
 * REPL mode redeclares like for like only (`let` over `let`, `function` over `function`), and a function or `var` once made
 * is a property of the global object that can never become a `let` again: hence everything becomes a `let`. Functions get
 * a name of their own in place, so that uses before the declaration see them; `var`s that are declared twice or in
 * nested blocks become one `let` in front and assignments in place. Strict mode keeps functions in blocks from
 * becoming globals, and is what a module has.
 */

import { dirname } from 'node:path'
import MagicString from 'magic-string'
import { blankSourceFile } from 'ts-blank-space'
import type { ColumnMap } from '../session/messages.js'
import { assignedNames } from './assignments.js'
import { columnsOf } from './columns.js'
import { declarationsOf, forEachVar, isAmbient, namesIn, valueNames } from './declarations.js'
import { rewriteImport, rewriteMeta } from './imports.js'
import { lower } from './lower.js'
import type { Parsed } from './parse.js'
import { parseModule, ts } from './typescript.js'

/** What became of a cell. */
export interface Transformed {
	readonly js: string
	readonly linesBefore: number
	readonly names: readonly string[]
	readonly assigns: readonly string[]
	readonly hasValue: boolean
	readonly columns?: ColumnMap
}

/** What a transformation needs to know beside the tree. */
export interface Surroundings {
	/** The folder of the cell, for `import.meta`. */
	readonly directory: string
	/** Whether an imported local name is only a type, so that its import vanishes. */
	isType(name: string): boolean
}

/** Transforms a cell that has no syntax errors. */
export function transformCell(parsed: Parsed, around: Surroundings): Transformed {
	const declared = declarationsOf(parsed.source)
	const names = valueNames(parsed.source, declared, around.isType)
	const assigns = assignedNames(parsed.source, new Set(declared.map(({ name }) => name)))
	const lowered = lower(parsed)
	const source = lowered === undefined ? parsed.source : parseModule(parsed.file, lowered.text)
	const text = new MagicString(blank(source))
	const front = ["'use strict';"]
	const suffix = `$${/\d+/.exec(parsed.file)?.[0] ?? parsed.file.replace(/\W+/g, '_')}`
	const functions = renameFunctions(source, text, suffix)
	const hoisted = normaliseDeclarations(source, text, functions)
	if (hoisted.length > 0) front.push(`let ${hoisted.join(', ')};`)
	for (const name of functions) {
		const inner = name + suffix
		front.push(
			`let ${name} = ${inner}; Object.defineProperty(${inner}, 'name', { value: '${name}', configurable: true });`,
		)
	}
	for (const statement of source.statements) {
		dropExport(statement, source, text)
		rewriteImport(statement, source, text, { file: parsed.file, isType: around.isType })
	}
	rewriteMeta(source, text, { file: parsed.file, directory: around.directory })
	const hasValue = lowered?.hasValue === true || takeLast(source, text, front, parsed.shift)
	const columns = columnsOf(text, parsed.shift)
	const js = `${front.join('')}\n${text.toString()}`
	return { js, linesBefore: 1, names, assigns, hasValue, ...(columns === undefined ? {} : { columns }) }
}

/** A compiled module whose `import()` and `import.meta` are those of a cell in its folder. */
export function transformModule(source: ts.SourceFile): string {
	const text = new MagicString(source.text)
	rewriteMeta(source, text, { file: source.fileName, directory: dirname(source.fileName), isModule: true })
	return text.toString()
}

/** The text with its types blanked; statements it cannot blank were compiled before. */
function blank(source: ts.SourceFile): string {
	return blankSourceFile(source, () => undefined)
}

/** Gives the functions of the top level names of their own; their names, each once. */
function renameFunctions(source: ts.SourceFile, text: MagicString, suffix: string): readonly string[] {
	const names = new Set<string>()
	for (const statement of source.statements) {
		if (!ts.isFunctionDeclaration(statement) || statement.body === undefined || isAmbient(statement)) continue
		if (statement.name === undefined) continue
		names.add(statement.name.text)
		text.appendLeft(statement.name.end, suffix)
	}
	return [...names]
}

/** Makes every variable of the top level a `let`; the names that need their `let` in front of the cell. */
function normaliseDeclarations(
	source: ts.SourceFile,
	text: MagicString,
	functions: readonly string[],
): readonly string[] {
	const counts = new Map<string, number>()
	const lists: ts.VariableDeclarationList[] = []
	forEachVar(source, (list) => {
		lists.push(list)
		for (const { name } of list.declarations) {
			for (const one of namesIn(name)) counts.set(one, (counts.get(one) ?? (functions.includes(one) ? 1 : 0)) + 1)
		}
	})
	const hoisted = new Set<string>()
	for (const list of lists) {
		const names = list.declarations.flatMap((declaration) => namesIn(declaration.name))
		const start = list.getStart(source)
		const isTop = ts.isVariableStatement(list.parent) && list.parent.parent === source
		if (isTop && names.every((name) => counts.get(name) === 1)) {
			text.overwrite(start, start + 3, 'let')
			continue
		}
		for (const name of names) hoisted.add(name)
		assignInPlace(list, source, text)
	}
	for (const statement of source.statements) {
		if (!ts.isVariableStatement(statement) || isAmbient(statement)) continue
		const list = statement.declarationList
		const isConst = (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const
		const start = list.getStart(source)
		if (isConst) text.overwrite(start, start + 5, 'let  ')
	}
	return [...hoisted].filter((name) => !functions.includes(name))
}

/** `var a = 1, {b} = o` becomes `    a = 1, ({b} = o)`. */
function assignInPlace(list: ts.VariableDeclarationList, source: ts.SourceFile, text: MagicString): void {
	const start = list.getStart(source)
	const isStatement = ts.isVariableStatement(list.parent)
	const inBlock = isStatement && (ts.isBlock(list.parent.parent) || ts.isSourceFile(list.parent.parent))
	text.overwrite(start, start + 3, inBlock ? '  ;' : '   ')
	if (ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent)) return
	for (const declaration of list.declarations) {
		if (ts.isIdentifier(declaration.name)) continue
		text.appendRight(declaration.getStart(source), '(')
		text.appendLeft(declaration.end, ')')
	}
}

const spaces = (value: string): string => value.replace(/[^\n]/g, ' ')

/** Drops `export`: a cell exports nothing at run time. */
function dropExport(statement: ts.Statement, source: ts.SourceFile, text: MagicString): void {
	const clear = (start: number, end: number): void => {
		if (end > start) text.overwrite(start, end, spaces(source.text.slice(start, end)))
	}
	if (ts.isExportAssignment(statement)) {
		const start = statement.expression.getStart(source)
		clear(statement.getStart(source), start)
		text.appendLeft(start, ';(')
		text.appendRight(statement.expression.end, ')')
		return
	}
	if (ts.isExportDeclaration(statement)) {
		if (!statement.isTypeOnly) clear(statement.getStart(source), statement.end)
		return
	}
	if (!ts.canHaveModifiers(statement) || isAmbient(statement)) return
	if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return
	for (const modifier of ts.getModifiers(statement) ?? []) {
		const { kind } = modifier
		if (kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword) {
			clear(modifier.getStart(source), modifier.end)
		}
	}
}

/**
 * Hands the value of a last statement that is an expression to `$rv.last(…)`; false when there is none.
 *
 * It goes through a variable, because V8 gives the initialiser of a `let` a position of its own: an error in the
 * expression is then told where it stands, not where the call of `$rv.last` does.
 */
function takeLast(source: ts.SourceFile, text: MagicString, front: string[], shift: 0 | 1): boolean {
	const statements = source.statements.filter((statement) => !ts.isEmptyStatement(statement))
	const last = statements.at(-1)
	if (last === undefined || !ts.isExpressionStatement(last)) return false
	const { expression } = last
	const start = expression.getStart(source)
	const [open, close] = aroundValue(expression)
	const before = source.statements[source.statements.indexOf(last) - 1]
	if (before === undefined) {
		front.push(open)
		if (shift === 1) {
			front.push('(')
			text.remove(0, 1)
		}
	} else if (source.text.slice(before.end, start).includes('\n')) {
		// At the end of the line before, so that columns of the expression stay.
		text.appendRight(before.end, `;${open}`)
	} else text.appendRight(start, open)
	text.appendLeft(expression.end, close)
	return true
}

/** What stands before and after the expression whose value is handed over. */
function aroundValue(expression: ts.Expression): readonly [string, string] {
	const inner = ts.skipPartiallyEmittedExpressions(expression)
	const isSequence = ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.CommaToken
	const isNamedByVariable = ts.isFunctionLike(inner) || ts.isClassLike(inner) || ts.isParenthesizedExpression(inner)
	if (isSequence || isNamedByVariable) return ['$rv.last((', '))']
	return ['let $rv$last = ', ';$rv.last($rv$last)']
}
