/**
 * A cell's syntax tree.
 *
 * A cell that begins with `{` is first tried as an expression, in parentheses: `{a: 1, b: 2}` is an object, while
 * `{ const x = 1 }` stays a block. The opening parenthesis shifts positions by one, the closing one stands on a line of
 * its own, so that a comment at the end does not swallow it.
 */

import { parseErrors, parseModule, type ts } from './typescript.js'

/** A parsed cell. */
export interface Parsed {
	readonly file: string
	/** As the user wrote it. */
	readonly code: string
	readonly source: ts.SourceFile
	/** Characters in front of the user's first one in `source`: 1 when it was parsed in parentheses. */
	readonly shift: 0 | 1
	/** Empty when the syntax is right. Offsets refer to `code`. */
	readonly errors: readonly ts.DiagnosticWithLocation[]
}

/** Parses a cell. */
export function parseCell(file: string, code: string): Parsed {
	if (beginsWithBrace(code)) {
		const source = parseModule(file, `(${code}\n)`)
		if (parseErrors(source).length === 0) return { file, code, source, shift: 1, errors: [] }
	}
	const source = parseModule(file, code)
	return { file, code, source, shift: 0, errors: parseErrors(source) }
}

/** Whether the first character that is no white space is `{`. */
export const beginsWithBrace = (code: string): boolean => /^\s*\{/.test(code)
