/**
 * Which names of earlier cells a cell gives another value: `picked = …` may put one stream in the place of another.
 *
 * Names that the cell has further in are among them where they are assigned; whoever reads the value finds it unchanged.
 */

import { ts } from './typescript.js'

/** The names that are assigned anywhere in `source`, but for those in `own`, in order. */
export function assignedNames(source: ts.SourceFile, own: ReadonlySet<string>): readonly string[] {
	const found = new Set<string>()
	const add = (target: ts.Node): void => {
		if (ts.isIdentifier(target)) {
			if (!own.has(target.text)) found.add(target.text)
		} else if (ts.isParenthesizedExpression(target) || ts.isSpreadElement(target)) add(target.expression)
		else if (ts.isArrayLiteralExpression(target)) target.elements.forEach(add)
		else if (ts.isBinaryExpression(target)) add(target.left)
		else if (ts.isObjectLiteralExpression(target)) {
			for (const part of target.properties) {
				if (ts.isPropertyAssignment(part)) add(part.initializer)
				else if (ts.isShorthandPropertyAssignment(part)) add(part.name)
				else if (ts.isSpreadAssignment(part)) add(part.expression)
			}
		}
	}
	const walk = (node: ts.Node): void => {
		if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) add(node.left)
		if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && ts.isExpression(node.initializer)) {
			add(node.initializer)
		}
		ts.forEachChild(node, walk)
	}
	walk(source)
	return [...found]
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
	kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
