/**
 * Rules of our own: an Action (the promise of `rdd.count()` and its like) is always truthy, so testing it is a mistake that
 * compiles. Under `!`, `&&`, `||`, `?:`, `if` and loops it is reported: "write await".
 */

import { ts } from './typescript.js'

/** A place where an Action is tested. */
export interface RuleFinding {
	readonly start: number
	readonly end: number
	readonly message: string
}

/** TypeScript's own words for the same mistake, in some of these places: ours replace them. */
export const replacedCode = 2801

function isAction(type: ts.Type): boolean {
	if (type.isUnion()) return type.types.some(isAction)
	const symbol = type.getSymbol()
	if (symbol?.name !== 'Action') return false
	return (symbol.declarations ?? []).some((one) => /\/action\.d?\.?ts$/.test(one.getSourceFile().fileName))
}

/** The tested Actions of a module between two offsets. */
export function testedActions(source: ts.SourceFile, checker: ts.TypeChecker, from: number): readonly RuleFinding[] {
	const found = new Map<number, RuleFinding>()
	const test = (node: ts.Expression): void => {
		if (ts.isParenthesizedExpression(node)) {
			test(node.expression)
			return
		}
		if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) return
		if (ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind)) {
			test(node.right)
			return
		}
		if (!isAction(checker.getTypeAtLocation(node))) return
		const start = node.getStart(source)
		const text = node.getText(source)
		const message = `an action is a promise and always true: write await: (await ${text.length > 40 ? '…' : text})`
		found.set(start, { start, end: node.end, message })
	}
	const walk = (node: ts.Node): void => {
		if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) test(node.operand)
		else if (ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind)) test(node.left)
		else if (ts.isConditionalExpression(node)) test(node.condition)
		else if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) test(node.expression)
		else if (ts.isForStatement(node) && node.condition !== undefined) test(node.condition)
		ts.forEachChild(node, walk)
	}
	for (const statement of source.statements) if (statement.end > from) walk(statement)
	return [...found.values()]
}

const isLogical = (kind: ts.SyntaxKind): boolean =>
	kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken
