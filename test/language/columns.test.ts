import { describe, expect, it } from 'vitest'
import { transform } from './replmode.js'

/** The column of the source that the first `at` of a line of the JavaScript is said to have. */
function told(code: string, at: string, line = 1): number {
	const { js, columns, linesBefore } = transform(code)
	const column = (js.split('\n')[line - 1 + linesBefore] ?? '').indexOf(at) + 1
	const found = columns?.[line]?.findLast(([begin]) => begin <= column)
	return found === undefined ? column : found[1] + Math.min(column - found[0], found[2] - 1)
}

describe('the columns of a cell are those of its source', () => {
	const rows: readonly (readonly [string, string, string, number?])[] = [
		['with nothing rewritten', 'f()', 'f'],
		['behind a const', 'const a = 1; let b = f()', 'f()'],
		['of a last expression behind a statement on its line', 'var q = 5; q.foo()', 'foo'],
		['of a last expression on a line of its own', 'let q = 5\nq.foo()', 'foo', 2],
		['behind a function, which gets a name of its own', 'function g() {}; g(); f()', 'f()'],
		['behind types', 'const a: number = 1; (a as any).foo()', 'foo'],
		['of an object that was tried in parentheses', '{ a: f() }', 'f()'],
		['of two variables of one name', 'var v = 1; var v = f()', 'f()'],
		['behind characters beyond the basic plane', "const s = '𝒳'; s.foo()", 'foo'],
	]
	for (const [what, code, at, line = 1] of rows) {
		it(what, () => expect(told(code, at, line)).toBe((code.split('\n')[line - 1] ?? '').indexOf(at) + 1))
	}

	it('and what an import became stands where the import does', () => {
		expect(told("import { x } from 'm'; x()", '$rv')).toBe(1)
		expect(told("import x from 'm'", '$rv')).toBe(1)
	})
})
