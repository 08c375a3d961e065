/**
 * A rule of our own: a function that an RDD or DStream runs does not assign to variables around it. On the local master
 * such code works; where tasks run elsewhere they change a copy, and a task that runs again counts twice.
 *
 *     lines.map((l) => { n += 1; return l })      reported: n
 *     lines.map((l) => { seen.push(l); … })       not reported: no assignment
 *     lines.foreachRDD((rdd) => { n += 1 })       not reported: runs in the driver
 */

import type { RuleFinding } from './rules.js'
import { ts } from './typescript.js'

/** Methods whose functions run in the driver, once a batch. */
const inDriver: ReadonlySet<string> = new Set(['foreachRDD', 'transform', 'transformWith', 'on'])

/** Whether a call is of a method of RDD or DStream whose functions run in tasks. */
function runsInTasks(call: ts.CallExpression, checker: ts.TypeChecker): boolean {
	if (!ts.isPropertyAccessExpression(call.expression) || inDriver.has(call.expression.name.text)) return false
	const method = checker.getSymbolAtLocation(call.expression.name)
	return (method?.declarations ?? []).some(({ parent }) => {
		const isClass = ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)
		const file = parent.getSourceFile().fileName
		return isClass && /RDD|DStream/.test(parent.name?.text ?? '') && /\/engine\/(rdd|dstream)\/[^/]*$/.test(file)
	})
}

/** The identifiers that an expression assigns to. */
function assigned(node: ts.Node): readonly ts.Identifier[] {
	if (ts.isBinaryExpression(node)) {
		const { kind } = node.operatorToken
		const isAssignment = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
		return isAssignment ? targets(node.left) : []
	}
	const isStep = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)
	if (!isStep) return []
	const { operator, operand } = node
	const changes = operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken
	return changes ? targets(operand) : []
}

/** The identifiers in an assigned pattern; of a property, none. */
function targets(node: ts.Expression): readonly ts.Identifier[] {
	if (ts.isIdentifier(node)) return [node]
	if (ts.isParenthesizedExpression(node)) return targets(node.expression)
	if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(targets)
	if (ts.isSpreadElement(node)) return targets(node.expression)
	if (ts.isBinaryExpression(node)) return targets(node.left)
	if (!ts.isObjectLiteralExpression(node)) return []
	return node.properties.flatMap((one) => {
		if (ts.isShorthandPropertyAssignment(one)) return [one.name]
		if (ts.isPropertyAssignment(one)) return targets(one.initializer)
		return ts.isSpreadAssignment(one) ? targets(one.expression) : []
	})
}

/** Assignments of a module, from an offset on, to what functions of tasks have captured. */
export function capturedAssignments(
	source: ts.SourceFile,
	checker: ts.TypeChecker,
	from: number,
): readonly RuleFinding[] {
	const found = new Map<number, RuleFinding>()
	const report = (name: ts.Identifier, operator: string): void => {
		const start = name.getStart(source)
		const acc = `${name.text}Total`
		const message =
			`'${name.text}' is assigned inside a function that ${operator} runs in tasks: it works in this process only, ` +
			`and counts twice when a task runs again: use an accumulator: const ${acc} = sc.longAccumulator(), ` +
			`there ${acc}.add(1), afterwards ${acc}.value`
		found.set(start, { start, end: name.end, message })
	}
	const inTask = (node: ts.Node, body: ts.Node, operator: string): void => {
		for (const name of assigned(node)) {
			const shorthand = ts.isShorthandPropertyAssignment(name.parent)
			const symbol = shorthand
				? checker.getShorthandAssignmentValueSymbol(name.parent)
				: checker.getSymbolAtLocation(name)
			const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0]
			if (declaration === undefined) continue
			const isWithin =
				declaration.getSourceFile() === source && declaration.pos >= body.pos && declaration.end <= body.end
			if (!isWithin) report(name, operator)
		}
		ts.forEachChild(node, (child) => inTask(child, body, operator))
	}
	const walk = (node: ts.Node): void => {
		if (ts.isCallExpression(node)) {
			const functions = node.arguments.filter((one) => ts.isArrowFunction(one) || ts.isFunctionExpression(one))
			if (functions.length > 0 && runsInTasks(node, checker)) {
				const name = (node.expression as ts.PropertyAccessExpression).name.text
				for (const one of functions) inTask(one, one, name)
			}
		}
		ts.forEachChild(node, walk)
	}
	for (const statement of source.statements) if (statement.end > from) walk(statement)
	return [...found.values()]
}
