import { describe, expect, it } from 'vitest'
import { importCalls, run, thrownAt, transform } from './replmode.js'

/** The cell without the line in front. */
const body = (code: string, isType?: (name: string) => boolean): string => {
	const { js } = transform(code, isType)
	return js.slice(js.indexOf('\n') + 1)
}

const forms: Readonly<Record<string, (name: string, value: number) => string>> = {
	let: (name, value) => `let ${name} = ${value}\nconst read_${name}${value} = () => ${name}`,
	const: (name, value) => `const ${name} = ${value}\nconst read_${name}${value} = () => ${name}`,
	var: (name, value) => `var ${name} = ${value}\nconst read_${name}${value} = () => ${name}`,
	class: (name, value) => `class ${name} { static v = ${value} }\nconst read_${name}${value} = () => ${name}.v`,
	function: (name, value) => `function ${name}() { return ${value} }\nconst read_${name}${value} = () => ${name}()`,
	enum: (name, value) => `enum ${name} { v = ${value} }\nconst read_${name}${value} = () => ${name}.v`,
	import: (name, value) =>
		`import { ${value === 1 ? 'a' : 'b'} as ${name} } from 'm'\nconst read_${name}${value} = () => ${name}`,
}

describe('a name may be declared again', () => {
	for (const [first, before] of Object.entries(forms)) {
		for (const [then, after] of Object.entries(forms)) {
			it(`as ${then} after ${first}, and functions of both cells see the new value`, async () => {
				const name = `n_${first}_${then}`
				expect(await run(before(name, 1))).toBe(undefined)
				expect(await run(`read_${name}1()`)).toBe(1)
				expect(await run(after(name, 2))).toBe(undefined)
				expect(await run(`read_${name}2()`)).toBe(2)
			})
		}
	}
})

describe('the value of a cell is that of a last statement which is an expression', () => {
	const rows: readonly (readonly [string, unknown])[] = [
		['1 + 1', 2],
		['1; let lv1 = 2', undefined],
		['let lv2 = 2\nlv2 * 2', 4],
		['let lv3 = 2\n// a comment\n\n\nlv3 * 3 // another', 6],
		['let lv4 = [1]\n;[2]', [2]],
		['{ a: 1, b: 2 }', { a: 1, b: 2 }],
		['{ const x = 1; x }', undefined],
		['{ a: 1 } // of parentheses', { a: 1 }],
		['  { a: await Promise.resolve(1) }', { a: 1 }],
		['{}', {}],
		['(1, 2)', 2],
		['1, 2', 2],
		["'use strict'", 'use strict'],
		['5;;', 5],
		['5 as number', 5],
		['const as1: unknown = 6; (as1 as number)!', 6],
		['<number>7', 7],
		['await Promise.resolve(8)', 8],
		['for (const x of [1]) x', undefined],
		['let lv5 = 1\nlv5 = 9', 9],
		['type T = string\n`1` as T', '1'],
		['', undefined],
		['// nothing', undefined],
		['export default 5', undefined],
		['export const ex1 = 3\nex1', 3],
	]
	for (const [code, value] of rows) {
		it(JSON.stringify(code), async () => expect(await run(code)).toEqual(value))
	}
})

describe('JavaScript that blanking alone does not give', () => {
	const rows: readonly (readonly [string, string, unknown])[] = [
		['an enum', 'enum Colour { Red, Green }\nColour[Colour.Green]', 'Green'],
		['an enum in two parts', 'enum Part { A }\nenum Part { B = 5 }\n;[Part.A, Part.B]', [0, 5]],
		['a const enum', 'const enum Ce { A = 4 }\nCe.A', 4],
		['a namespace', 'namespace Ns { export const x = 5 }\nNs.x', 5],
		[
			'a function with a namespace',
			'function fn1() { return 1 }\nnamespace fn1 { export const y = 2 }\nfn1() + fn1.y',
			3,
		],
		['a type-only namespace', 'namespace Tn { export type A = string }\n1', 1],
		['parameter properties', 'class Pp { constructor(readonly x: number) {} }\nnew Pp(4).x', 4],
		[
			'a decorator',
			'const deco = (v: any, _c: any) => class extends v { z = 7 } as any\n@deco class Dc {}\n(new Dc() as any).z',
			7,
		],
		[
			'using in a function',
			"const usd: string[] = []\nfunction us1() { using r = { [Symbol.dispose]: () => { usd.push('d') } }; usd.push('b') }\nus1()\nusd.join()",
			'b,d',
		],
		[
			'using at the top, disposed at the end',
			"const ust: string[] = []\nusing ur = { [Symbol.dispose]: () => { ust.push('d') } }\nust.push('b')\nust.join()",
			'b',
		],
		[
			'overloads',
			'function ov(a: string): string\nfunction ov(a: number): number\nfunction ov(a: any) { return a }\nov(3)',
			3,
		],
		[
			'abstract classes',
			'abstract class Ab { abstract m(): void; n() { return 2 } }\nclass Ac extends Ab { m() {} }\nnew Ac().n()',
			2,
		],
		['generics and satisfies', 'const gs = [1, 2].map(<T,>(x: T): T => x) satisfies number[]\ngs.length', 2],
		['declare', 'declare const nowhere: number\ndeclare function nof(): void\n2', 2],
		['a function used before it', 'const ub = hoisted(2)\nfunction hoisted(x: number) { return x * 2 }\nub', 4],
		['the name of a function', 'function named() {}\nnamed.name', 'named'],
		[
			'an async generator',
			'async function* ag() { yield 1 }\nconst agr = []\nfor await (const x of ag()) agr.push(x)\nagr',
			[1],
		],
		['var twice', 'var tw = 1; var tw = 2\nvar tw\ntw', 2],
		[
			'var in blocks and loops',
			'if (true) { var blk = 1 }\nfor (var lp = 0; lp < 3; lp++) {}\nfor (var of1 of [7]) {}\n;[blk, lp, of1]',
			[1, 3, 7],
		],
		['var with patterns in a block', '{ var { pa, pb = 2 } = { pa: 1 } as any, pc = 3 }\npa + pb + pc', 6],
		['a var beside a function of its name', 'function vf() { return 1 }\nvar vf: any = 5\nvf', 5],
		['a function in a block stays there', '{ function inner1() {} }\ntypeof (globalThis as any).inner1', 'undefined'],
		['import.meta', 'import.meta.dirname', '/somewhere'],
	]
	for (const [title, code, value] of rows) it(title, async () => expect(await run(code)).toEqual(value))

	it('disposes what `using` declared at the top when the cell has ended', async () => {
		expect(await run('ust.join()')).toBe('b,d')
	})
})

describe('imports', () => {
	it.each([
		["import { a as b } from 'm'", "let { a: b } = await $rv.import('m', { file: 'F' });"],
		["import dd, { a } from 'm'", "let { default: dd, a } = await $rv.import('m', { file: 'F' });"],
		["import * as n from 'm'", "let n = await $rv.import('m', { file: 'F' });"],
		["import dd, * as n from 'm'", "let n = await $rv.import('m', { file: 'F' }); let { default: dd } = n;"],
		["import 'm'", "await $rv.import('m', { file: 'F' });"],
		[
			"import j from './j.json' with { type: 'json' }",
			"let { default: j } = await $rv.import('./j.json', { file: 'F', with: { type: 'json' } });",
		],
		["import {\n\ta,\n\tb\n} from 'm'", "let { a, b } = await $rv.import('m', { file: 'F' });\n\n\n"],
		["const x = await import('m')", "let   x = await $rv.import('m', { file: 'F' })"],
	])('%j are calls', (code, expected) => {
		expect(body(code).replace(/"cell-\d+\.ts"/g, "'F'")).toBe(expected)
	})

	it.each([
		["import type { T } from 'm'"],
		["import { type T } from 'm'"],
		["import { T } from 'm'"],
		["import T from 'm'"],
	])('%j of types vanishes', (code) => expect(body(code, () => true).replace(/[\s;]/g, '')).toBe(''))

	it('give values, and tell from where they are asked', async () => {
		importCalls()
		expect(
			await run("import d1, { a as a1 } from 'm'\nconst again = await import('m', {})\n;[d1, a1, again.b]"),
		).toEqual(['dflt', 1, 2])
		expect(importCalls()).toEqual([
			['m', { file: expect.stringMatching(/^cell-\d+\.ts$/) }],
			['m', { file: expect.stringMatching(/^cell-\d+\.ts$/) }],
		])
	})
})

describe('positions', () => {
	it.each([
		['throw new Error()', '1:7'],
		['const   x: number = 1;    throw new Error()', '1:33'],
		['const p1: string = "a"\nlet q1 = (null as any).x', '2:24'],
		['1;\n(null as any)!.y', '2:16'],
		['let p2 = 1;\n(null as any).y', '2:15'],
		['type A1 = {\n\tb: string\n}\n\nboom()', '5:1'],
		['enum E9 { A, B }\nconst e9 = E9.A\nboom()', '3:1'],
		["import { a as a2 } from 'm'\nboom()", '2:1'],
		['{ a: boom() }', '1:6'],
		['var v9 = 1\nvar v9 = null!.x', '2:16'],
	])('%j throws where the user sees it', async (code, at) => expect(await thrownAt(code)).toBe(at))

	it.each([
		['const a: number = 1', 'let   a         = 1'],
		['export const a = 1', '       let   a = 1'],
		['var a: number', 'let a        '],
		['interface A { b: string }', '                         '],
	])('%j keeps its length', (code, expected) => expect(body(code).replace(/;/g, ' ')).toBe(expected))
})

it('tells the value names that a cell declares, in order', () => {
	const code = `import { a, type T } from 'm'
type X = 1
interface I {}
const { b, c: [d] } = o, e = 1
function f() {}
class G {}
enum H {}
declare const no: 1
for (var i of []) { var { j } = i }`
	expect(transform(code).names).toEqual(['a', 'b', 'd', 'e', 'f', 'G', 'H', 'i', 'j'])
})

it('tells the names of earlier cells that a cell assigns', () => {
	const code = `const own = 1; let mine; mine = 2
a = 1; b.c = 2; d ??= 3; ({ e, f: g, ...h } = {}); [i = 1, [j], ...k] = []
const set = () => { l = 4 }
for (m of []) n === 5`
	expect(transform(code).assigns).toEqual(['a', 'd', 'e', 'g', 'h', 'i', 'j', 'k', 'l', 'm'])
})

it('leaves the user sloppiness no way to make globals by accident', async () => {
	expect(await run('undeclared1 = 5')).toMatch(/^threw ReferenceError/)
})
