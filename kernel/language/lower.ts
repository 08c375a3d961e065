/**
 * Statements that cannot be turned into JavaScript by blanking their types: enums, namespaces, parameter properties,
 * `<T>x`, decorators, and `using` where Node has it not.
 *
 * Only the statement that holds such a thing is compiled, and put back on the same number of lines, so lines stay right
 * for the whole cell. A `using` at the top level disposes at the end of the cell, as in a module; for that the whole cell
 * is compiled, since what follows it moves into a `try`.
 */

import { isAmbient, isInstantiated } from './declarations.js'
import type { Parsed } from './parse.js'
import { parseModule, ts } from './typescript.js'

/** A cell after lowering. */
export interface Lowered {
	readonly text: string
	/** The value of the last expression was already handed to `$rv.last`. */
	readonly hasValue: boolean
}

const hasNativeUsing = Number.parseInt(process.versions.node, 10) >= 24

const isUsing = (node: ts.Node): boolean =>
	ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using

/** Whether blanking types is not enough for this statement. */
function needsCompiler(statement: ts.Node): boolean {
	const walk = (node: ts.Node): boolean => {
		if (isAmbient(node)) return false
		if (ts.isEnumDeclaration(node) || ts.isDecorator(node) || ts.isTypeAssertionExpression(node)) return true
		if (ts.isModuleDeclaration(node)) return isInstantiated(node)
		if (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent)) return true
		if (isUsing(node) && !hasNativeUsing) return true
		return ts.forEachChild(node, walk) === true
	}
	return walk(statement)
}

const compile = (text: string): string =>
	ts
		.transpileModule(text, {
			fileName: 'statement.ts',
			compilerOptions: {
				target: ts.ScriptTarget.ES2022,
				module: ts.ModuleKind.ESNext,
				moduleDetection: ts.ModuleDetectionKind.Force,
				verbatimModuleSyntax: true,
				preserveConstEnums: true,
				removeComments: true,
				newLine: ts.NewLineKind.LineFeed,
			},
		})
		.outputText.replace(/\s*export \{\};\s*$/, '')
		.trimEnd()

const lineBreaks = (text: string): number => text.split('\n').length - 1

/** Line breaks to spaces, but inside template literals; the compiler's own output has all its semicolons. */
function inOneLine(text: string): string {
	const keep: (readonly [number, number])[] = []
	const walk = (node: ts.Node): void => {
		if (ts.isTemplateLiteralToken(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node)) {
			keep.push([node.getStart(), node.end])
		}
		ts.forEachChild(node, walk)
	}
	walk(parseModule('statement.js', text))
	return text.replace(/\n\s*/g, (found, at: number) =>
		keep.some(([start, end]) => at >= start && at < end) ? found : ' ',
	)
}

/** The text on `count` line breaks, where that can be done. */
function onLines(text: string, count: number): string {
	const fitted = lineBreaks(text) <= count ? text : inOneLine(text)
	return fitted + '\n'.repeat(Math.max(0, count - lineBreaks(fitted)))
}

/** The cell's text with such statements compiled, or undefined when there is none. */
export function lower({ source }: Parsed): Lowered | undefined {
	const text = source.text
	if (source.statements.some((one) => ts.isVariableStatement(one) && isUsing(one.declarationList))) {
		const last = source.statements.at(-1)
		if (last === undefined || !ts.isExpressionStatement(last)) return { text: compile(text), hasValue: false }
		const { expression } = last
		const start = expression.getStart(source)
		const body = `${text.slice(0, start)}$rv.last((${text.slice(start, expression.end)}))${text.slice(expression.end)}`
		return { text: compile(body), hasValue: true }
	}
	const made = new Set<string>()
	let result = ''
	let at = 0
	for (const statement of source.statements) {
		const isNamed =
			ts.isEnumDeclaration(statement) ||
			ts.isModuleDeclaration(statement) ||
			ts.isClassDeclaration(statement) ||
			ts.isFunctionDeclaration(statement)
		const name = isNamed ? statement.name?.text : undefined
		if (needsCompiler(statement)) {
			const start = statement.getStart(source)
			const original = text.slice(start, statement.end)
			let compiled = compile(original).replace(/^export (?!default)/gm, '')
			// An enum or namespace that adds to an earlier one of the cell must not start a new variable.
			if (name !== undefined && made.has(name)) compiled = compiled.replace(`var ${name};`, '').trimStart()
			result += text.slice(at, start) + onLines(compiled, lineBreaks(original))
			at = statement.end
		}
		if (name !== undefined) made.add(name)
	}
	return at === 0 ? undefined : { text: result + text.slice(at), hasValue: false }
}
