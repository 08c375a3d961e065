import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../kernel/language/contract.js'
import { LanguageService } from '../../kernel/language/service.js'

const service = new LanguageService('/somewhere', () => undefined)
let count = 0

function findings(code: string, language?: 'js'): readonly Diagnostic[] {
	const options = { file: `cell-${++count}.ts`, directory: '/somewhere', types: 'check' as const, language }
	const prepared = service.prepare(code, options)
	if (prepared.status === 'refused') return prepared.diagnostics
	service.ran(prepared.cell.file, prepared.cell.names)
	return prepared.notes
}
const places = (code: string): string[] => findings(code).map((one) => `${one.severity} ${one.line}:${one.column}`)
const codes = (code: string): string[] => findings(code).map((one) => `${one.code} ${one.line}:${one.column}`)

beforeAll(() => {
	for (const _ of service.warmUp());
})
beforeEach(() => {
	service.reset()
	findings('const rdd = sc.parallelize([1, 2])\nlet total = 0\nconst seen: number[] = []')
})

describe('an action that is tested without await', () => {
	it.each([
		['!rdd.isEmpty()', ['error 1:2']],
		['rdd.isEmpty() && 1', ['error 1:1']],
		['rdd.isEmpty() || 1', ['error 1:1']],
		['rdd.isEmpty() ? 1 : 2', ['error 1:1']],
		['if (rdd.isEmpty()) 1', ['error 1:5']],
		['if (1 && !(rdd.isEmpty())) 1', ['error 1:12']],
		['while (rdd.isEmpty()) 1', ['error 1:8']],
		['do { 1 } while (rdd.isEmpty())', ['error 1:17']],
		['for (; rdd.isEmpty(); ) 1', ['error 1:8']],
		['const empty = rdd.isEmpty()\nif (empty) 1', ['error 2:5']],
		['ssc.queueStream([[1]]).foreachRDD(async (r) => { if (!r.isEmpty()) console.log(1) })', ['error 1:55']],
		['if (!(await rdd.isEmpty())) 1', []],
		['const n = await rdd.count()\nn && 1', []],
		['const later = true && rdd.count()', []],
	])('%s', (code, expected) => expect(places(code)).toEqual(expected))

	it('says what to write', () => {
		expect(findings('if (rdd.isEmpty()) 1')[0]?.message).toMatch(/write await: \(await rdd\.isEmpty\(\)\)/)
	})
})

describe('an assignment in a task to what is captured', () => {
	it.each([
		['rdd.map((x) => { total += x; return x })', ['warning 1:18']],
		['await rdd.foreach((x) => { total++ })', ['warning 1:28']],
		['rdd.filter(function (x) { --total; return true })', ['warning 1:29']],
		['rdd.map((x) => ([total] = [x]))', ['warning 1:18']],
		['rdd.map((x) => ({ total } = { total: x }))', ['warning 1:19']],
		['let n = 0\nawait ssc.queueStream([[1]]).map((x) => { n = x; return x }).batches(1)', ['warning 2:43']],
		['rdd.map((x) => [x].map(() => { total = x; return x }))', ['warning 1:32']],
		['ssc.queueStream([[1]]).foreachRDD((r) => { total += 1 })', []],
		['ssc.queueStream([[1]]).foreachRDD(async (r) => { await r.foreach((x) => { total += x }) })', ['warning 1:75']],
		['rdd.map((x) => { let mine = 0; mine += x; return mine })', []],
		['rdd.map((x) => { seen.push(x); return x })', []],
		['rdd.map((x) => { seen[0] = x; return x })', []],
		['[1].forEach((x) => { total += x })', []],
	])('%s', (code, expected) => expect(places(code)).toEqual(expected))

	it('names the accumulator, and stops nothing', () => {
		const [found] = findings('rdd.map((x) => { total += x; return x })')
		expect(found?.message).toMatch(/^'total' is assigned inside a function that map runs .*sc\.longAccumulator\(\)/)
	})
})

describe('findings that only follow', () => {
	it.each([
		['a misspelled method', 'rdd.mapp((x) => x)', ['2551 1:5']],
		['with a longer chain', 'rdd.fiter((x) => x > 1).map(([a]) => a)', ['2551 1:5']],
		['an unknown name', 'nope.map((x) => x)', ['2304 1:1']],
		['but not those that stand alone', 'const f = (x) => x', ['7006 1:12']],
		['nor those beside', 'rdd.mapp(1); [1].map((x) => { const g = (y) => y; return g(x) })', ['2551 1:5', '7006 1:42']],
	])('%s', (_title, code, expected) => expect(codes(code)).toEqual(expected))
})

describe('JavaScript cells', () => {
	it('are not checked, and give later cells the types of their names', () => {
		const js = 'const box = {}\nbox.size = 5\nfunction twice(x) { return x * 2 }\nlet text = "a"\ntext = 5'
		expect(findings(js, 'js')).toEqual([])
		expect(codes('twice(box.size).toFixed(); text.trim(); box.nope')).toEqual(['2339 1:45'])
	})
	it('see the names of earlier cells', () => {
		findings('const doubled = rdd.map((x) => x * 2)', 'js')
		expect(codes('doubled.collect().then((all) => all[0].toFixed())')).toEqual([])
	})
})

describe('modules of Node that few cells import', () => {
	it.each([
		["import { createServer } from 'node:http2'\ncreateServer().nope", '2339 2:16'],
		["import { Session } from 'inspector'\nnew Session().conect()", '2551 2:15'],
		["(await import('node:repl')).nope", '2339 1:29'],
	])('%s', (code, expected) => expect(codes(code)).toEqual([expected]))
})
