import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pythonText, pythonTime } from '../../engine/dstream/pythontext.js'
import { type PrintedBatch, setHost } from '../../engine/index.js'
import { type Scope, withStreams } from '../support/batches.js'

const rule = '-'.repeat(43)
const block = (time: string, ...lines: string[]): string => [rule, `Time: ${time}`, rule, ...lines, '', ''].join('\n')

/** Everything that the output wrote in `n` batches. */
function printedBy(n: number, build: (scope: Scope) => void): Promise<PrintedBatch[]> {
	return withStreams(async (scope) => {
		const printed: PrintedBatch[] = []
		setHost({ batchError: () => undefined, print: (batch) => void printed.push(batch) })
		build(scope)
		await scope.ssc.step(n).catch(() => undefined)
		return printed
	})
}
const textBy = async (n: number, build: (scope: Scope) => void): Promise<string> =>
	(await printedBy(n, build)).map(({ text }) => text).join('')

const eleven = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]

describe('print', () => {
	it('shows the first ten elements, three dots when there are more, and a head for an empty batch', async () =>
		expect(await textBy(2, ({ input }) => input([eleven, []]).print())).toBe(
			block('1000 ms', ...eleven.slice(0, 10).map(String), '...') + block('2000 ms'),
		))
	it.each([
		[2, ['1', '2', '...']],
		[11, eleven.map(String)],
		[0, ['...']],
		[-1, ['...']],
	])('of %i shows that many', async (num, lines) =>
		expect(await textBy(1, ({ input }) => input([eleven]).print(num))).toBe(block('1000 ms', ...lines)),
	)
	it('says nothing when there is no RDD', async () =>
		expect(await textBy(2, ({ input }) => input([undefined, [1]]).print())).toBe(block('2000 ms', '1')))
	it('says nothing of a batch whose function throws, and goes on', async () => {
		const only2 = (x: number): number => {
			if (x === 1) throw new Error('one')
			return x
		}
		expect(
			await textBy(2, ({ input }) =>
				input([[1], [2]])
					.map(only2)
					.print(),
			),
		).toBe(block('2000 ms', '2'))
	})
	it('takes its mode with or without a number', async () => {
		const modes = await printedBy(1, ({ input }) => {
			input([[1, 2]]).print({ mode: 'log' })
			input([[1, 2]]).print(1, { mode: 'log' })
			input([[1, 2]]).print()
		})
		expect(modes.map(({ mode, lines }) => [mode, lines.length])).toEqual([
			['log', 2],
			['log', 1],
			['live', 2],
		])
	})
})

describe('pprint', () => {
	let zone: string | undefined
	beforeEach(() => {
		zone = process.env.TZ
		process.env.TZ = 'UTC'
	})
	afterEach(() => {
		if (zone === undefined) delete process.env.TZ
		else process.env.TZ = zone
	})

	it('has the layout of print with a date', async () =>
		expect(await textBy(2, ({ input }) => input([eleven, []]).pprint())).toBe(
			block('1970-01-01 00:00:01', ...eleven.slice(0, 10).map(String), '...') + block('1970-01-01 00:00:02'),
		))
	it('takes a number', async () =>
		expect(await textBy(1, ({ input }) => input([[1, 2, 3]]).pprint(2))).toBe(
			block('1970-01-01 00:00:01', '1', '2', '...'),
		))
	it('writes elements as Python does', async () =>
		expect(await textBy(1, ({ input }) => input([[['a', 1]], [['b', -2]]]).pprint())).toBe(
			block('1970-01-01 00:00:01', "('a', 1)"),
		))
	it.each([
		[0, '1970-01-01 00:00:00'],
		[1_500, '1970-01-01 00:00:01.500000'],
		[1_007, '1970-01-01 00:00:01.007000'],
		[1_700_000_000_000, '2023-11-14 22:13:20'],
	])('writes the time %i as %s', (ms, text) => expect(pythonTime(ms)).toBe(text))
	it.each<[unknown, string]>([
		['two words', 'two words'],
		['', ''],
		[null, 'None'],
		[undefined, 'None'],
		[true, 'True'],
		[false, 'False'],
		[1, '1'],
		[0.1, '0.1'],
		[1e-5, '1e-05'],
		[1.5e-10, '1.5e-10'],
		[1e22, '1e+22'],
		[Number.NaN, 'nan'],
		[Number.NEGATIVE_INFINITY, '-inf'],
		[12n, '12'],
		[
			[
				['a', 1],
				['b', null],
			],
			"(('a', 1), ('b', None))",
		],
		[['a'], "('a',)"],
		[[], '()'],
		[{ k: 'v', n: [1, 2] }, "{'k': 'v', 'n': (1, 2)}"],
		[new Map([[1, 'a']]), "{1: 'a'}"],
		[new Set([1, 2]), '{1, 2}'],
		[new Set(), 'set()'],
		[["it's"], '("it\'s",)'],
		[['\'"'], "('\\'\"',)"],
		[['a\n\\\u0001'], "('a\\n\\\\\\x01',)"],
	])('writes value %# as %s', (value, text) => expect(pythonText(value)).toBe(text))
})
