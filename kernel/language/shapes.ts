/**
 * What the records of a cell's streams are, as text: so that a running graph knows what still fits when a cell runs
 * again. Only the checker knows it; at run time a stream has no type.
 */

import type { StreamShapes } from '../session/messages.js'
import { ts } from './typescript.js'

const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope

/** Operators whose state goes on, and what of their type says what the state is. */
const stateOperators = new Set(['updateStateByKey', 'mapWithState'])

/**
 * The shapes of a module's streams: of those that its names hold, and of operators with state by the line of the call,
 * counted from the line of `from`, which is 1. Undefined without any.
 */
export function shapesOf(
	source: ts.SourceFile,
	checker: ts.TypeChecker,
	names: readonly string[],
	from: number,
): StreamShapes | undefined {
	const exported = checker.getSymbolAtLocation(source)?.exports
	const held: Record<string, string> = {}
	for (const name of names) {
		const symbol = exported?.get(ts.escapeLeadingUnderscores(name))
		if (symbol === undefined) continue
		const value = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
		const record = recordOf(checker.getTypeOfSymbolAtLocation(value, source), checker)
		if (record !== undefined) held[name] = checker.typeToString(record, source, flags)
	}
	const states: Record<number, string> = {}
	const firstLine = source.getLineAndCharacterOfPosition(from).line
	const walk = (node: ts.Node): void => {
		ts.forEachChild(node, walk)
		if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return
		const { name } = node.expression
		if (!stateOperators.has(name.text)) return
		const { line } = source.getLineAndCharacterOfPosition(name.getStart(source))
		states[line - firstLine + 1] = checker.typeToString(checker.getTypeAtLocation(node), source, flags)
	}
	for (const statement of source.statements) if (statement.end > from) walk(statement)
	const isEmpty = Object.keys(held).length + Object.keys(states).length === 0
	return isEmpty ? undefined : { names: held, states }
}

/** The type of a stream's records; undefined for what is no stream. */
function recordOf(type: ts.Type, checker: ts.TypeChecker): ts.Type | undefined {
	const record = type.getProperty('record')
	return record === undefined || type.getProperty('slideDuration') === undefined
		? undefined
		: checker.getTypeOfSymbol(record)
}
