import { describe, expect, it } from 'vitest'
import { syntaxFindings } from '../../kernel/language/findings.js'
import { remedyForLine, remedyForModule, remedyForName } from '../../kernel/language/hints.js'
import { parseCell } from '../../kernel/language/parse.js'
import { reportLines } from '../../kernel/language/report.js'

describe('the remedy for a line of another language', () => {
	const rows: readonly (readonly [string, string | undefined])[] = [
		['val x = 1', 'const'],
		['def f(x):', 'function'],
		['import numpy as np', 'import * as name'],
		['from os import path', 'import { name }'],
		['import org.apache.spark._', 'import { name }'],
		['!ls', 'execSync'],
		['if x > 1:', '{ … }'],
		['lines.flatMap(_.split(" "))', '(x) => …'],
		['words.map(lambda w: (w, 1))', '(x) => …'],
		['const x = ', undefined],
		["import { a } from 'b", undefined],
		['foo(1, 2', undefined],
	]
	for (const [line, said] of rows) {
		it(`such as ${line}`, () => {
			const remedy = remedyForLine(line)
			if (said === undefined) expect(remedy).toBe(undefined)
			else expect(remedy).toContain(said)
		})
	}

	it('stands below the code frame, once', () => {
		const code = 'def f(x):\n  return x'
		const lines = reportLines('cell-1.ts', code, syntaxFindings(parseCell('cell-1.ts', code)))
		expect(lines.filter((line) => line.startsWith('what to do: '))).toEqual([
			'what to do: a function is declared by function name(x: number) { return x }',
		])
	})
})

describe('the remedy', () => {
	it('for a name of another language says what is written here', () => expect(remedyForName('print')).toContain('log'))
	it('for any other name says to run its cell', () => expect(remedyForName('counts')).toContain('run that cell'))
	it('for a package says how to get it', () => expect(remedyForModule('@a/b/c')).toContain('%npm add @a/b'))
	it('for a file says where paths start', () => expect(remedyForModule('./x')).toContain('folder of the notebook'))
})
