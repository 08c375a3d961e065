/**
 * What is wrong with a cell: TypeScript's findings without those that only follow from another one, our own rules, and
 * what is wrong in the local files that it imports.
 */

import { capturedAssignments } from './captures.js'
import type { Cell } from './cell.js'
import type { Diagnostic } from './contract.js'
import { remedyForLine, remedyForModule, remedyForName } from './hints.js'
import { findingsInImports } from './modules.js'
import type { Parsed } from './parse.js'
import { finding, messageOf } from './report.js'
import { replacedCode, testedActions } from './rules.js'
import { ts } from './typescript.js'

/** A cell in its program. */
export interface Focus {
	readonly source: ts.SourceFile
	readonly program: ts.Program
	/** The offset of the user's first character. */
	readonly before: number
}

/** The findings of the checker and of our rules, in the order of the source. */
export function findingsOf(cell: Cell, { source, program, before }: Focus): readonly Diagnostic[] {
	const { code } = cell.parsed
	const checker = program.getTypeChecker()
	const tested = testedActions(source, checker, before)
	const rules = [
		...tested.map((one) => ({ ...one, severity: 'error' as const })),
		...capturedAssignments(source, checker, before).map((one) => ({ ...one, severity: 'warning' as const })),
	]
	const ours = rules.map(({ start, end, message, severity }) => {
		return { ...finding(code, { start: start - before, end: end - before }, { code: 0, message }), severity }
	})
	const inCell = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].filter(
		({ start }) => start !== undefined && start >= before && start <= before + code.length,
	)
	const theirs = inCell
		.filter((one) => one.code !== replacedCode || !tested.some(({ start, end }) => overlaps(one, start, end)))
		.filter((one) => !isFollowOn(one, inCell, source))
		.map((one) => {
			const start = (one.start ?? before) - before
			const message = messageOf(one) + hintFor(one, cell)
			const remedy = remedyFor(one, code.slice(start, start + (one.length ?? 0)))
			return finding(code, { start, end: start + (one.length ?? 0) }, { code: one.code, message, remedy })
		})
	const sorted = [...theirs, ...ours].sort((a, b) => a.line - b.line || a.column - b.column)
	return [...findingsInImports(source, before, program), ...sorted]
}

/** What the parser found wrong. */
export function syntaxFindings({ code, errors }: Parsed): readonly Diagnostic[] {
	return errors.map((one, i) => {
		const found = finding(
			code,
			{ start: one.start, end: one.start + one.length },
			{ code: one.code, message: messageOf(one) },
		)
		// What is wrong later in the line follows from the first.
		const remedy = i === 0 ? remedyForLine(code.split('\n')[found.line - 1] ?? '') : undefined
		return remedy === undefined ? found : { ...found, remedy }
	})
}

/** What to do about a name, or a file, that is not known. */
function remedyFor({ code }: ts.Diagnostic, text: string): string | undefined {
	if (code === 2304) return remedyForName(text)
	const [, specifier] = code === 2307 ? (/^['"]([./].*)['"]$/.exec(text) ?? []) : []
	return specifier === undefined ? undefined : remedyForModule(specifier)
}

const overlaps = ({ start = 0, length = 0 }: ts.Diagnostic, from: number, to: number): boolean =>
	start < to && start + length > from

/** A parameter, or an element of one, has no type because nothing gives it one. */
const implicitAny: ReadonlySet<number> = new Set([7006, 7019, 7031])
/** A name or a property is not known. */
const unknownName: ReadonlySet<number> = new Set([2304, 2307, 2339, 2551, 2552])

/** Whether a parameter has no type only because the method that its function is handed to is misspelled. */
function isFollowOn(one: ts.Diagnostic, all: readonly ts.Diagnostic[], source: ts.SourceFile): boolean {
	const { start } = one
	if (!implicitAny.has(one.code) || start === undefined) return false
	let call: ts.CallExpression | undefined
	const walk = (node: ts.Node): void => {
		if (start < node.pos || start >= node.end) return
		if (ts.isCallExpression(node) && node.arguments.some(({ pos, end }) => start >= pos && start < end)) call = node
		ts.forEachChild(node, walk)
	}
	walk(source)
	const callee = call?.expression
	if (callee === undefined) return false
	return all.some((other) => unknownName.has(other.code) && overlaps(other, callee.pos, callee.end))
}

/** What to do about a package that is missing, or a declaration that uses the earlier value of its own name. */
function hintFor(diagnostic: ts.Diagnostic, { scope, declared, parsed }: Cell): string {
	const { code, start, length } = diagnostic
	if (code === 2307) {
		const name = /module '([^'./][^']*)/.exec(messageOf(diagnostic))?.[1]
		return name === undefined ? '' : `\nwhat to do: ${remedyForModule(name)}`
	}
	if (code !== 2448 && code !== 7022) return ''
	const clash = declared.find(({ name }) => scope.has(name) && parsed.code.includes(name))
	if (clash === undefined || start === undefined || length === undefined) return ''
	const { name } = clash
	return `\n'${name}' means the new declaration here, not the one of an earlier cell: give the new one another name, or assign with ${name} = … (and let)`
}
