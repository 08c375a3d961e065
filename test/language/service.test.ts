import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Diagnostic, Prepared } from '../../kernel/language/contract.js'
import { LanguageService } from '../../kernel/language/service.js'

const late: unknown[] = []
const service = new LanguageService('/somewhere', ({ file, diagnostics, lines }) =>
	late.push([file, diagnostics.length, lines[0]]),
)
let count = 0

const prepare = (code: string, types: 'check' | 'warn' | 'off' = 'check', of = service): Prepared =>
	of.prepare(code, { file: `cell-${++count}.ts`, directory: '/somewhere', types })

/** Prepares a cell and says that it ran. */
function ran(code: string, names?: readonly string[]): Prepared {
	const prepared = prepare(code)
	if (prepared.status === 'ready') service.ran(prepared.cell.file, names ?? prepared.cell.names)
	return prepared
}

const findings = (prepared: Prepared): readonly Diagnostic[] =>
	prepared.status === 'refused' ? prepared.diagnostics : prepared.notes
/** `line:column code` of each finding. */
const codes = (prepared: Prepared): string[] => findings(prepared).map((one) => `${one.line}:${one.column} ${one.code}`)
const type = (code: string): string | undefined => service.inspect(code, code.length)?.signature
const texts = (code: string): string[] => service.complete(code, code.length).items.map((item) => item.text)

beforeAll(() => {
	const cold = prepare('const early: number = "x"')
	expect(cold).toMatchObject({ status: 'ready', late: true, notes: [] })
	for (const _ of service.warmUp());
})
beforeEach(() => service.reset())

it('knows the types of names that were made with the names of the session while it was cold', () => {
	const cold = new LanguageService('/somewhere', () => undefined)
	const first = prepare("const lines = ssc.sampleStream('alice')", 'check', cold)
	if (first.status === 'ready') cold.ran(first.cell.file, first.cell.names)
	for (const _ of cold.warmUp());
	expect(cold.inspect('lines', 1)?.signature).toBe('const lines: InputDStream<string>')
})

it('tells findings about a cell that was prepared cold later, once', () => {
	const told = "cell-1.ts:1:7 - error TS2322: Type 'string' is not assignable to type 'number'."
	expect(late).toEqual([['cell-1.ts', 1, told]])
})

describe('types across cells', () => {
	const rows: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
		['a let may be assigned', ['let a = 1'], 'a = 2', []],
		['but only what fits', ['let a = 1'], "a = 'x'", ['1:1 2322']],
		['a const may not', ['const a = 1'], 'a = 2', ['1:1 2588']],
		[
			'functions keep their overloads',
			['function f(x: string): string\nfunction f(x: number): number\nfunction f(x: any) { return x }'],
			'f(1).toFixed() + f("").trim()',
			[],
		],
		[
			'guards narrow',
			['function isS(x: unknown): x is string { return typeof x === "string" }', 'let u: unknown = 1'],
			'if (isS(u)) u.trim()',
			[],
		],
		['classes are types too', ['class P { private x = 1; y = 2 }'], 'const p: P = new P(); p.x', ['1:25 2341']],
		['interfaces and aliases', ['interface I { a: number }\ntype T = I[]'], "const t: T = [{ a: '' }]", ['1:17 2322']],
		[
			'enums and namespaces',
			['enum E { A }\nnamespace N { export type T = 5 }'],
			'const e: E = E.A; const n: N.T = 6',
			['1:25 2322'],
		],
		[
			'destructured names',
			['const { a, b: [c] } = { a: 1, b: ["s"] }'],
			'a.toFixed(); c.trim(); c.nope',
			['1:26 2339'],
		],
		['unique symbols', ['const s: unique symbol = Symbol()'], 'const o = { [s]: 1 }; o[s].toFixed()', []],
		['imports', ["import { join } from 'node:path'"], "join('a').trim()", []],
		['a name declared again with another type', ['const a = 1', "const a = 'x'"], 'a.trim()', []],
		['a function of a name that was a variable', ['let a = 1', 'function a() { return 1 }'], 'a().toFixed()', []],
		[
			'a declaration that uses its own old value',
			['const acc = [1]'],
			'const acc = [...acc, 2]',
			['1:7 7022', '1:17 2448'],
		],
		['an unknown name', [], 'let a = 1\nnope', ['2:1 2304']],
		['top-level await', [], 'const t = await Promise.resolve(1); t.toFixed()', []],
		['elements of arrays are not undefined', ['const xs = [1]'], 'xs[0].toFixed()', []],
		['an object in braces', ['const a = 1'], '{ a, b: nope }', ['1:9 2304']],
		['console and Node are known', [], "console.log(process.pid, Buffer.from('x'))", []],
		['evolving lets stand', [], 'let x\nx = 1', []],
		[
			'display, prompt, clearOutput are there',
			[],
			"display({ 'text/html': '' }); clearOutput(true); (await prompt('?', { password: true })).trim(); [_, Out[3]]",
			[],
		],
		['a cell may have names of the session itself', ['const display = 5'], 'display.toFixed()', []],
	]
	it.each(rows)('%s', (_title, before, code, expected) => {
		for (const one of before) ran(one)
		expect(codes(prepare(code))).toEqual(expected)
	})

	it('sees only names that hold a value, and types', () => {
		ran('let kept = 1, lost = 2\ninterface K { a: 1 }', ['kept'])
		expect(codes(prepare('const k: K = { a: 1 }\nkept\nlost'))).toEqual(['3:1 2304'])
	})

	it('explains a declaration that uses its own old value', () => {
		ran('const acc = [1]')
		expect(findings(prepare('const acc = [...acc, 2]'))[1]?.message).toMatch(/not the one of an earlier cell/)
	})

	it('knows cells that are replayed', () => {
		service.replay('const r = { a: 1 }', { file: 'cell-0.ts', directory: '/somewhere' }, ['r'])
		expect(type('r')).toBe('const r: {\n    a: number;\n}')
	})

	it('drops imports that are only types, also those of mere type names', () => {
		const prepared = prepare(
			"import { Stats, statSync } from 'node:fs'\nimport { ParsedPath } from 'node:path'\nlet s: Stats",
		)
		expect(prepared.status === 'ready' && prepared.cell.names).toEqual(['Stats', 'statSync', 's'])
	})
})

describe('modes', () => {
	const wrong = 'const n: number = "one"'
	it('check refuses a cell with type errors, with a code frame', () => {
		expect(prepare(`let ok = 1\n\t${wrong}`)).toMatchObject({
			status: 'refused',
			syntax: false,
			lines: [
				expect.stringMatching(/^cell-\d+\.ts:2:8 - error TS2322: Type 'string' is not assignable to type 'number'\.$/),
				`  2 | \t${wrong}`,
				'    | \t      ^',
			],
		})
	})
	it('warn makes them notes', () => {
		expect(prepare(wrong, 'warn')).toMatchObject({ status: 'ready', late: false, notes: [{ code: 2322 }] })
	})
	it('off does not look', () => expect(prepare(wrong, 'off')).toMatchObject({ status: 'ready', notes: [] }))
	it('a syntax error is refused in every mode', () => {
		expect(prepare('let x = ;', 'off')).toMatchObject({
			status: 'refused',
			syntax: true,
			diagnostics: [{ line: 1, column: 9, code: 1109 }],
		})
	})
})

describe('completion', () => {
	it.each([
		['zi', ['zil', 'zilly']],
		['zilly.to', ['toString', 'toFixed', 'toExponential', 'toPrecision', 'toLocaleString']],
		['const zil = 5; zil', ['zil', 'zilly']],
		['ZI', []],
		["'", []],
		['Math.sq', ['sqrt']],
		['const o = { alpha: 1, beta: 2 }\no.al', ['alpha']],
		['clearO', ['clearOutput']],
	])('%j offers exactly the names that begin so', (code, expected) => {
		ran('const zil = 1')
		ran('const zilly = 2')
		expect(texts(code).sort()).toEqual([...expected].sort())
	})
	it('tells the stretch, the kind and the type', () => {
		ran('const zilly = 2')
		expect(service.complete('1 + zil', 7)).toEqual({
			items: [{ text: 'zilly', kind: 'const', signature: 'const zilly: 2' }],
			start: 4,
			end: 7,
		})
	})
})

describe('while a cell is written', () => {
	it('tells the signature of the call around the cursor, the parameter there marked', () => {
		ran('function add(a: number, b: string) { return a }')
		expect(service.explain('add(1, ', 7)).toBe('add(a: number, «b: string»): number')
	})
	it('tells the type of a name outside of calls', () => {
		ran('const total = 1')
		expect(service.explain('total', 5)).toBe('const total: 1')
		expect(service.explain('nope', 4)).toBeUndefined()
	})
	it('finds type errors, and nothing in what cannot be parsed yet', () => {
		expect(service.diagnose('let n: number = "x"').map(({ line, column, code }) => [line, column, code])).toEqual([
			[1, 5, 2322],
		])
		expect(service.diagnose('let n: number = ')).toEqual([])
	})
	it('leaves the cells that ran as they are', () => {
		ran('const kept = 1')
		service.diagnose('const kept = "x"')
		expect(type('kept')).toBe('const kept: 1')
	})
})

describe('inspection', () => {
	it('gives signature and documentation', () => {
		ran('/** Adds up.\n * @param x the one */\nfunction add(x: number) { return x }')
		expect(service.inspect('add(1)', 1)).toEqual({
			signature: 'function add(x: number): number',
			documentation: 'Adds up.\n\n*@param* x the one',
		})
	})
	it('knows nothing of unknown names', () => expect(service.inspect('nope', 2)?.signature).toBe(undefined))
})

describe('completeness', () => {
	it.each([
		['1 + 1', 'complete', undefined],
		['', 'complete', undefined],
		['for (const x of [1]) {', 'incomplete', '  '],
		['function f() {\n\treturn [', 'incomplete', '\t\t'],
		['class A {\n  m() {}', 'incomplete', '  '],
		['f(1,', 'incomplete', ''],
		['a +', 'incomplete', ''],
		['const x =', 'incomplete', ''],
		['a.', 'incomplete', ''],
		['`abc', 'incomplete', ''],
		['`a ${b', 'incomplete', ''],
		['/* abc', 'incomplete', ''],
		['{ a: 1, b: 2 }', 'complete', undefined],
		['{ a: 1, b: [', 'incomplete', '  '],
		['try {}', 'incomplete', ''],
		['xs.map((x) =>', 'incomplete', '  '],
		["'abc", 'invalid', undefined],
		['let 1x', 'invalid', undefined],
		['f(1 2', 'invalid', undefined],
		['a)', 'invalid', undefined],
		['?counts', 'complete', undefined],
		['await f()', 'complete', undefined],
	])('%j is %s', (code, status, indent) => {
		expect(service.isComplete(code)).toEqual(indent === undefined ? { status } : { status, indent })
	})
})

describe('the shapes of streams', () => {
	it('say what the records of names and the states of operators are, by line', () => {
		const code = [
			"const words = ssc.queueStream([['a b']]).flatMap((line) => line.split(' '))",
			'const n = 1',
			'const totals = words',
			'  .map((w) => [w, 1])',
			'  .updateStateByKey((v, n = 0) => n + v.length)',
			'totals.mapValues(String).print()',
		].join('\n')
		const prepared = ran(code)
		expect(prepared).toMatchObject({
			cell: {
				shapes: {
					names: { words: 'string', totals: '[string, number]' },
					states: { 5: 'DStream<[string, number]>' },
				},
			},
		})
	})

	it('are left out of cells without streams', () => {
		expect(prepare('const a = 1')).not.toHaveProperty('cell.shapes')
	})

	it('follow when the checker was cold, before the next cell is ready', () => {
		const told: unknown[] = []
		const cold = new LanguageService('/somewhere', ({ shapes }) => told.push(shapes?.names))
		const first = prepare('const s = ssc.script([[1]])', 'check', cold)
		expect(first).not.toHaveProperty('cell.shapes')
		if (first.status === 'ready') cold.ran(first.cell.file, first.cell.names)
		for (const _ of cold.warmUp()) {
			if (!cold.isWarm) continue
			prepare('s.print()', 'check', cold)
			break
		}
		expect(told).toEqual([{ s: 'number' }])
	})

	it('are those of names, too, that were made while the checker was cold', () => {
		const cold = new LanguageService('/somewhere', () => undefined)
		const first = prepare('const s = ssc.script([[1]])', 'check', cold)
		if (first.status === 'ready') cold.ran(first.cell.file, first.cell.names)
		for (const _ of cold.warmUp());
		expect(cold.inspect('s', 1)?.signature).toBe('const s: InputDStream<number>')
	})
})
