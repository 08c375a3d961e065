/** What a statement at the top of a cell declares and uses, and what a program makes of it. */

import { declarationsOf } from './declarations.js'
import { ts } from './typescript.js'

/** A statement of a cell. */
export interface Statement {
	readonly node: ts.Statement
	readonly source: ts.SourceFile
	/** With the comments above it. */
	readonly text: string
	readonly declares: readonly string[]
	/** Every name it mentions that is no name of a property. */
	readonly uses: ReadonlySet<string>
	/** Whether it waits at the top level: a function that makes a context cannot. */
	readonly waits: boolean
}

/** The statements of a cell, in order. */
export function statementsOf(source: ts.SourceFile): readonly Statement[] {
	return source.statements
		.filter((node) => !ts.isEmptyStatement(node) && !ts.isExportDeclaration(node))
		.map((node) => {
			const alone = { statements: ts.factory.createNodeArray([node]) }
			const declares = declarationsOf(alone as ts.SourceFile).map(({ name }) => name)
			return { node, source, text: textOf(node, source), declares, uses: usesOf(node), waits: waitsIn(node) }
		})
}

/** The text with the comments above, without `export`. */
function textOf(node: ts.Statement, source: ts.SourceFile): string {
	const start = node.getStart(source)
	const comments = source.text.slice(node.getFullStart(), start)
	const from = /\S/.test(comments) ? node.getFullStart() + comments.search(/\S/) : start
	let text = source.text.slice(from, node.end)
	const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
	for (const { kind, end } of [...modifiers].reverse()) {
		if (kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword) continue
		const word = kind === ts.SyntaxKind.ExportKeyword ? 'export'.length : 'default'.length
		text = text.slice(0, end - word - from) + text.slice(end - from).trimStart()
	}
	return text
}

function usesOf(node: ts.Node): ReadonlySet<string> {
	const uses = new Set<string>()
	const walk = (child: ts.Node): void => {
		if (ts.isIdentifier(child)) uses.add(child.text)
		else if (ts.isPropertyAccessExpression(child)) walk(child.expression)
		else if (ts.isPropertyAssignment(child) && ts.isIdentifier(child.name)) walk(child.initializer)
		else if (ts.isQualifiedName(child)) walk(child.left)
		else ts.forEachChild(child, walk)
	}
	walk(node)
	return uses
}

function waitsIn(node: ts.Node): boolean {
	let waits = false
	const walk = (child: ts.Node): void => {
		if (ts.isFunctionLike(child) || ts.isClassLike(child)) return
		if (ts.isAwaitExpression(child) || (ts.isForOfStatement(child) && child.awaitModifier !== undefined)) waits = true
		ts.forEachChild(child, walk)
	}
	walk(node)
	return waits
}

/** Names that belong to the session, or to what it holds. */
const ofSession: readonly string[] = ['sc', 'ssc', '$', '_', 'Out']
/** Whoever mentions these makes a context. */
const makers: readonly string[] = ['SparkContext', 'StreamingContext', 'ManualClock']

/** Whether it hangs on the contexts of the session, given the names that do. */
export const isTied = ({ uses }: Statement, tied: ReadonlySet<string>): boolean =>
	[...ofSession, ...makers].some((name) => uses.has(name)) || [...uses].some((name) => tied.has(name))

/** Methods of a context that make batches happen, or look at them. */
const driving =
	/^(start|stop|step|restart|rewind|nextBatch|await\w*|useManualClock|trace|graph|metrics|describe|verdict|findInterval|on|onAny)$/
/** Methods of a stream that only look at it. */
const looking = /^(chart|table|stat)$/

/** What becomes of a statement: kept, left out, or an output in the place of a look at a stream. */
export type Fate =
	| { readonly kind: 'keep' }
	| { readonly kind: 'drop'; readonly why: string }
	/** `stream.print()`. */
	| { readonly kind: 'print'; readonly stream: string }

/** What is known of names. */
export interface NameFacts {
	readonly streams: ReadonlySet<string>
	/** Names that hold contexts. */
	readonly contexts: ReadonlySet<string>
	/** Names whose declarations were left out. */
	readonly dropped: ReadonlySet<string>
}

/** What a program makes of a statement. */
export function fateOf(statement: Statement, facts: NameFacts): Fate {
	const { node, source, uses } = statement
	const expression = expressionOf(node)
	const looked = expression === undefined ? undefined : lookedAt(expression, source, facts)
	if (looked !== undefined) return { kind: 'print', stream: looked }
	if (ts.isExpressionStatement(node) && !isDoing(node.expression))
		return { kind: 'drop', why: 'a value that was looked at' }
	const isClock =
		expression !== undefined &&
		ts.isNewExpression(expression) &&
		/^ManualClock\b/.test(expression.expression.getText(source))
	if (isClock || (expression !== undefined && isDriving(expression, facts)))
		return { kind: 'drop', why: 'a program runs in real time' }
	const lost = [...uses].find((name) => facts.dropped.has(name) || name === '$' || name === '_' || name === 'Out')
	if (lost !== undefined) return { kind: 'drop', why: `it needs ${lost}` }
	return { kind: 'keep' }
}

/** The expression of a statement, or of a variable alone, without `await`. */
function expressionOf(node: ts.Statement): ts.Expression | undefined {
	const list = ts.isVariableStatement(node) ? node.declarationList.declarations : []
	const found = ts.isExpressionStatement(node) ? node.expression : list.length === 1 ? list[0]?.initializer : undefined
	if (found === undefined) return undefined
	const inner = bare(found)
	return ts.isAwaitExpression(inner) ? bare(inner.expression) : inner
}

/** The stream that an expression only looks at. */
function lookedAt(expression: ts.Expression, source: ts.SourceFile, { streams }: NameFacts): string | undefined {
	if (ts.isIdentifier(expression))
		return streams.has(expression.text) && ts.isExpressionStatement(expression.parent) ? expression.text : undefined
	if (!ts.isCallExpression(expression)) return undefined
	const { expression: callee } = expression
	const [argument] = expression.arguments
	if (ts.isIdentifier(callee) && callee.text === 'display' && argument !== undefined) {
		return ts.isIdentifier(argument) && streams.has(argument.text) ? argument.text : undefined
	}
	if (!ts.isPropertyAccessExpression(callee) || !looking.test(callee.name.text)) return undefined
	const root = rootOf(callee.expression)
	return root !== undefined && (streams.has(root) || root === 'ssc') ? callee.expression.getText(source) : undefined
}

/** True for expressions that have an effect: calls, assignments, `new`. */
function isDoing(expression: ts.Expression): boolean {
	const inner = bare(expression)
	if (ts.isAwaitExpression(inner)) return isDoing(inner.expression)
	if (ts.isCallExpression(inner)) {
		return !(ts.isIdentifier(inner.expression) && /^(display|clearOutput|prompt)$/.test(inner.expression.text))
	}
	if (ts.isNewExpression(inner) || ts.isPostfixUnaryExpression(inner) || ts.isDeleteExpression(inner)) return true
	if (ts.isPrefixUnaryExpression(inner)) return /^(\+\+|--)/.test(inner.getText())
	return ts.isBinaryExpression(inner) && isAssignment(inner.operatorToken.kind)
}

function isDriving(expression: ts.Expression, { contexts }: NameFacts): boolean {
	if (!ts.isCallExpression(expression)) return false
	const callee = expression.expression
	if (ts.isIdentifier(callee)) return callee.text === 'check'
	if (!ts.isPropertyAccessExpression(callee)) return false
	const root = rootOf(callee.expression)
	if (root === 'ssc' || (root !== undefined && contexts.has(root))) return driving.test(callee.name.text)
	return /^(advance|setTime)$/.test(callee.name.text)
}

/** The name that a chain of calls and properties begins with. */
function rootOf(expression: ts.Expression): string | undefined {
	let inner = bare(expression)
	while (ts.isCallExpression(inner) || ts.isPropertyAccessExpression(inner)) inner = bare(inner.expression)
	return ts.isIdentifier(inner) ? inner.text : undefined
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
	kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment

/** An expression without what only the checker sees around it. */
function bare(expression: ts.Expression): ts.Expression {
	let inner = expression
	while (ts.isParenthesizedExpression(inner) || ts.isAsExpression(inner) || ts.isNonNullExpression(inner)) {
		inner = inner.expression
	}
	return ts.isSatisfiesExpression(inner) ? bare(inner.expression) : inner
}
