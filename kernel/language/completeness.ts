/**
 * Whether a cell is complete: an error at the end of the input means that more is to come, one elsewhere is an error.
 */

import type { Completeness } from './contract.js'
import { beginsWithBrace } from './parse.js'
import { parseErrors, parseModule } from './typescript.js'

/** Unterminated strings and regular expressions end with their line: more input cannot repair them. */
const hopeless: ReadonlySet<number> = new Set([1002, 1161])
/** Inside an unterminated template or comment white space counts: no indent is suggested. */
const verbatim: ReadonlySet<number> = new Set([1010, 1160])

/** Judges a cell. */
export function completenessOf(code: string): Completeness {
	if (/^\s*\?\s*[\w$.]+\s*$/.test(code)) return { status: 'complete' }
	const plain = judge(code, code.length)
	if (plain.status === 'complete' || !beginsWithBrace(code)) return plain
	// An object literal as a cell is parsed in parentheses, whose end is always missing here.
	const wrapped = judge(`(${code}\n)`, code.length + 1)
	if (wrapped.status === 'complete') return wrapped
	return plain.status === 'incomplete' ? plain : judge(`(${code}`, code.length + 1)
}

/** The verdict over a text whose input ends at `end`. */
function judge(text: string, end: number): Completeness {
	const errors = parseErrors(parseModule('cell.ts', text))
	const first = errors[0]
	if (first === undefined) return { status: 'complete' }
	const rest = text.slice(first.start, end)
	const isVerbatim = errors.some((error) => verbatim.has(error.code))
	const isAtEnd = first.start >= end || rest.trim() === '' || verbatim.has(first.code)
	if (!isAtEnd || hopeless.has(first.code)) return { status: 'invalid' }
	return { status: 'incomplete', indent: isVerbatim ? '' : indentAfter(text.slice(0, end)) }
}

/** The white space the next line should begin with. */
function indentAfter(code: string): string {
	const lines = code.split('\n').filter((line) => line.trim() !== '')
	const last = lines.at(-1) ?? ''
	const own = /^[ \t]*/.exec(last)?.[0] ?? ''
	const step = lines.some((line) => line.startsWith('\t')) ? '\t' : '  '
	return /(?:[{([]|=>)\s*(?:\/\/.*)?$/.test(last) ? own + step : own
}
