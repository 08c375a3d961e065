/**
 * Findings as data and as the report a person reads.
 *
 *     cell-3.ts:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.
 *       2 | const n: number = 'one'
 *         |       ^
 */

import type { Diagnostic } from './contract.js'
import { ts } from './typescript.js'

/** Findings that never stop a cell: a module without declarations. */
const warnings: ReadonlySet<number> = new Set([7016])

/** The one-based line and column of an offset. */
export function positionAt(code: string, offset: number): { readonly line: number; readonly column: number } {
	const before = code.slice(0, Math.max(0, offset))
	const lineStart = before.lastIndexOf('\n') + 1
	return { line: before.split('\n').length, column: before.length - lineStart + 1 }
}

/** A finding at the offsets `start` to `end` of the user's code. */
export function finding(
	code: string,
	span: { readonly start: number; readonly end: number },
	what: { readonly code: number; readonly message: string; readonly remedy?: string | undefined },
): Diagnostic {
	const start = positionAt(code, Math.min(span.start, code.length))
	const end = positionAt(code, Math.min(span.end, code.length))
	return {
		severity: warnings.has(what.code) ? 'warning' : 'error',
		code: what.code,
		message: what.message,
		...(what.remedy === undefined ? {} : { remedy: what.remedy }),
		...start,
		endLine: end.line,
		endColumn: end.column,
	}
}

/** The message of a finding of TypeScript's; modules of cells are not named in it. */
export function messageOf(diagnostic: ts.Diagnostic): string {
	return ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').replace(/import\("[^"]*\/~[^"]*"\)\./g, '')
}

/** The report with code frames, without colours. */
export function reportLines(cell: string, code: string, diagnostics: readonly Diagnostic[]): readonly string[] {
	return diagnostics.flatMap((one) => {
		const { file, text: written } = one.elsewhere ?? { file: cell, text: code }
		const source = written.split('\n')
		const number = one.code === 0 ? '' : ` TS${one.code}`
		const head = `${file}:${one.line}:${one.column} - ${one.severity}${number}: ${one.message}`
		const text = source[one.line - 1] ?? ''
		const gutter = String(one.line)
		const until = one.endLine === one.line ? one.endColumn : text.length + 1
		const pad = text.slice(0, one.column - 1).replace(/[^\t]/g, ' ')
		return [
			...head.split('\n'),
			`  ${gutter} | ${text}`,
			`  ${' '.repeat(gutter.length)} | ${pad}${'^'.repeat(Math.max(1, until - one.column))}`,
			...(one.remedy === undefined ? [] : [`what to do: ${one.remedy}`]),
		]
	})
}
