import { describe, expect, it } from 'vitest'
import { Seconds, StreamError } from '../../engine/index.js'
import { bundleInTime, bundleOf } from '../../kernel/display/bundle.js'
import { manualContext } from '../support/timeline.js'

const text = (value: unknown): unknown => bundleOf(value).bundle['text/plain']
const displayed = (give: () => unknown): object => ({ [Symbol.for('Jupyter.display')]: give })

describe('text/plain', () => {
	it.each([
		[42, '42'],
		[-0, '-0'],
		[10n, '10n'],
		['a"b', `'a"b'`],
		[null, 'null'],
		[true, 'true'],
		[[1, 2, 3], '[ 1, 2, 3 ]'],
		[{ a: [1, { b: 'x' }] }, "{ a: [ 1, { b: 'x' } ] }"],
		[new Set([1]), 'Set(1) { 1 }'],
		[new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
		[Seconds(2), '2000 ms'],
		[[{ n: 1, s: 'x' }], 'n  s\n─  ─\n1  x'],
		[[['a', 1]], "[ [ 'a', 1 ] ]"],
	])('of %o is %s', (value, expected) => expect(text(value)).toBe(expected))

	it('of an error of ours has all of its parts', () =>
		expect(text(new StreamError('cli/usage', 'no such command', { remedy: 'see --help' }))).toMatch(
			/^cli\/usage: no such command – see --help\n\s+at /,
		))
	it('of an error has its stack', () => expect(text(new TypeError('bad'))).toMatch(/^TypeError: bad\n\s+at /))

	it('of objects of the engine sums them up', async () => {
		const { sc, ssc, close } = manualContext()
		const lines = ssc.queueStream(ssc.queue<string>())
		const waiting = ssc.queue<number>()
		waiting.push([1])
		const counts = lines
			.flatMap((line) => line.split(' '))
			.map((word) => [word, 1])
			.reduceByKey((a, b) => a + b)
			.named('counts')
		const output = counts.foreachRDD(() => undefined)
		const numbers = sc.parallelize([1, 2], 2).setName('xs')
		expect([
			text(counts),
			text(counts.filter(() => true)),
			text(ssc),
			text(sc),
			text(waiting),
			text(numbers),
			String(text(output)).replace(/ at .*,/, ','),
		]).toEqual([
			'DStream counts: reduceByKey of map of flatMap of queueStream, every 1 s',
			'DStream filter of counts, every 1 s',
			'StreamingContext INITIALIZED, batches of 1 s: 1 input, 1 output',
			'SparkContext test on local',
			'Queue, 1 batch waiting',
			`RDD xs: ParallelCollectionRDD[${numbers.id}], 2 partitions`,
			`Output ${output.id}: foreachRDD, every 1 s`,
		])
		await close()
	})
})

describe('a bundle', () => {
	it.each([
		['a MIME bundle', { 'text/html': '<b>x</b> &amp; y' }, { 'text/html': '<b>x</b> &amp; y', 'text/plain': 'x & y' }],
		['an image', { 'image/png': 'AAAA' }, { 'image/png': 'AAAA', 'text/plain': '[image/png]' }],
		[
			'a display method',
			displayed(() => ({ 'text/markdown': '*x*' })),
			{ 'text/markdown': '*x*', 'text/plain': '*x*' },
		],
	])('of %s is its own, with text', (_, value, bundle) => expect(bundleOf(value).bundle).toEqual(bundle))

	it.each([
		['throws', displayed(() => JSON.parse('{')), /^the display method of a value threw: SyntaxError/],
		['gives no bundle', displayed(() => 3), /^the display method of a value gave no MIME bundle but 3$/],
	])('is refused when the display method %s', (_, value, message) =>
		expect(() => bundleOf(value)).toThrow(
			expect.objectContaining({ code: 'display/spec', message: expect.stringMatching(message) }),
		),
	)

	it('of records escapes what they hold', () => {
		const html = String(bundleOf([{ '<i>': '<script>alert("1")</script>' }]).bundle['text/html'])
		expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
		expect(html).not.toMatch(/<script|<i>/)
	})
	it('of many records shows the first thousand and says so', () => {
		const { bundle } = bundleOf(Array.from({ length: 2_500 }, (_, n) => ({ n })))
		expect(String(bundle['text/html']).match(/<tr>/g)).toHaveLength(1_001)
		expect(String(bundle['text/html'])).toContain('Array · 2,500 rows × 1 column · first 1,000 of 2,500 rows')
		expect(String(bundle['text/plain']).split('\n').at(-1)).toBe('first 100 of 2,500 rows')
	})
})

/** Types of the columns, and what the first row shows. */
function tableIn(value: unknown): { types: string[]; cells: string[] } {
	const html = String(bundleOf(value).bundle['text/html'])
	const texts = (pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, text]) => text as string)
	const first = /<tbody>\n<tr>(.*?)<\/tr>/s.exec(html)?.[1] ?? ''
	return {
		types: texts(/<small[^>]*>([^<]*)</g),
		cells: [...first.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, text]) => text as string),
	}
}

class Frame {
	readonly #records: readonly Record<string, unknown>[] = [{ city: '<b>', n: 1 }]
	numRows = (): number => 1
	columnNames = (): string[] => ['city', 'n']
	objects = (): readonly unknown[] => this.#records
	toHTML = (): string => '<table><script>alert(1)</script></table>'
}

describe('a table', () => {
	it.each<[string, unknown, { types: string[]; cells: string[] }]>([
		[
			'records, with nested values',
			[
				{ n: 1.5, s: '<i>', d: new Date(0), list: [1, 2], none: null },
				{ n: 2, big: 3n },
			],
			{
				types: ['number', 'string', 'date', 'array', 'empty', 'bigint'],
				cells: ['1.5', '&lt;i&gt;', '1970-01-01T00:00:00.000Z', '[ 1, 2 ]', 'null', ''],
			},
		],
		['a map', new Map([['a', { x: 1 }]]), { types: ['string', 'object'], cells: ['a', '{ x: 1 }'] }],
		['a set', new Set([1, 'x']), { types: ['mixed'], cells: ['1'] }],
		['arquero', new Frame(), { types: ['string', 'number'], cells: ['&lt;b&gt;', '1'] }],
		[
			'polars',
			{ columns: ['a'], height: 3, head: () => ({ toRecords: () => [{ a: 1 }] }), toRecords: () => [] },
			{ types: ['number'], cells: ['1'] },
		],
		[
			'danfo',
			{ columns: ['a', 'b'], values: [[1, true]], shape: [1, 2] },
			{ types: ['number', 'boolean'], cells: ['1', 'true'] },
		],
		[
			'Arrow',
			{
				numRows: 1,
				schema: { fields: [{ name: 'a' }] },
				slice: () => ({ toArray: () => [{ a: 'x' }] }),
				toArray: () => [],
			},
			{ types: ['string'], cells: ['x'] },
		],
		['the result of a query', { columns: ['a'], rows: [['x']] }, { types: ['string'], cells: ['x'] }],
	])('of %s', (_, value, expected) => expect(tableIn(value)).toEqual(expected))

	it.each<[string, number, string]>([
		['years and ids as they are', 2024, '2024'],
		['long fractions shortened', 1 / 3, '0.3333333'],
		['small numbers whole', 1e-9, '1e-9'],
	])('shows %s', (_, n, expected) => expect(tableIn([{ n }]).cells).toEqual([expected]))

	it('folds a long nested value', () => {
		const [cell] = tableIn([{ x: Array.from({ length: 40 }, (_, i) => `<${i}>`) }]).cells
		expect(cell).toMatch(/^<details><summary>\[ &#39;&lt;0&gt;&#39;/)
	})
	it('of what only looks like a data frame is shown as it is', () => {
		const broken = { numRows: () => 1, columnNames: () => ['a'], objects: () => JSON.parse('{') }
		expect(Object.keys(bundleOf(broken).bundle)).toEqual(['text/plain'])
	})
	it('of batches has a row for each', async () => {
		const { ssc, close } = manualContext()
		ssc.script([[1], [2]]).foreachRDD(() => undefined)
		const { bundle } = bundleOf(await ssc.step(2))
		expect(String(bundle['text/html']).match(/<tr>/g)).toHaveLength(3)
		await close()
	})
})

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1)
const draws = (name: string, data: unknown): object => ({ [name]: () => data })

describe('pictures and other media', () => {
	it.each([
		['bytes of an image', { 'image/png': png }, { 'image/png': 'iVBORwE=', 'text/plain': '[image/png]' }],
		[
			'bytes of text',
			{ 'image/svg+xml': Buffer.from('<svg/>') },
			{ 'image/svg+xml': '<svg/>', 'text/plain': '[image/svg+xml]' },
		],
		['lines of text', { 'text/plain': ['a\n', 'b'] }, { 'text/plain': 'a\nb' }],
		[
			'JSON',
			{ 'application/json': { a: new Date(0) } },
			{ 'application/json': { a: '1970-01-01T00:00:00.000Z' }, 'text/plain': '[application/json]' },
		],
	])('go out as %s', (_, value, bundle) => expect(bundleOf(value).bundle).toEqual(bundle))

	it.each([
		[
			'bytes of something else',
			{ 'image/png': Uint8Array.of(1, 2) },
			'the bytes are no image/png: they begin with 01 02',
		],
		['JSON that is none', { 'application/json': { n: 1n } }, /^the data of application\/json is no JSON: TypeError/],
	])('are refused: %s', (_, value, message) => expect(() => bundleOf(value)).toThrow(message))

	it.each([
		['toVegaLite', { mark: 'bar' }, 'application/vnd.vegalite.v5+json'],
		['toSVG', '<svg/>', 'image/svg+xml'],
		['toHTML', '<b>x</b>', 'text/html'],
	])('of a value with %s are its own', (name, data, type) =>
		expect(bundleOf(draws(name, data)).bundle[type]).toEqual(data),
	)

	it('bytes alone are bytes', () => expect(Object.keys(bundleOf(png).bundle)).toEqual(['text/plain']))
})

describe('an asynchronous display method', () => {
	it('is waited for', async () =>
		expect(await bundleInTime(displayed(async () => ({ 'text/plain': 'x' })))).toEqual({
			bundle: { 'text/plain': 'x' },
			metadata: {},
		}))
	it('that rejects is an error of its own', async () =>
		await expect(bundleInTime(displayed(async () => JSON.parse('{')))).rejects.toMatchObject({ code: 'display/spec' }))
})

const fails = (): never => {
	throw new TypeError('no')
}
describe('a value that does not want to be shown', () => {
	it.each<[string, unknown]>([
		['a proxy that throws', new Proxy({}, { get: fails, has: fails, ownKeys: fails, getPrototypeOf: fails })],
		['a text of its own that throws', { [Symbol.for('nodejs.util.inspect.custom')]: fails }],
		['a getter that throws', Object.defineProperty({}, 'x', { get: fails, enumerable: true })],
		[
			'a revoked proxy',
			(() => {
				const { proxy, revoke } = Proxy.revocable({}, {})
				revoke()
				return proxy
			})(),
		],
		['records with such values', [{ x: { [Symbol.for('nodejs.util.inspect.custom')]: fails } }]],
		['an object without prototype', Object.create(null)],
	])('is shown all the same: %s', (_, value) =>
		expect(bundleOf(value).bundle['text/plain']).toEqual(expect.any(String)),
	)
})

const hostile = '<script>alert("x")</script><img src=x onerror=alert(1)>'
describe('a hostile text is inert', () => {
	it.each<[string, unknown]>([
		['in records', [{ [hostile]: hostile, deep: { [hostile]: hostile } }]],
		['in a map', new Map([[hostile, { [hostile]: [hostile] }]])],
		['in a set', new Set([hostile])],
		['in a data frame', { columns: [hostile], rows: [[hostile]] }],
		['in a nested value that is folded', [{ x: Array.from({ length: 30 }, () => hostile) }]],
		['as a text of its own', [{ x: { [Symbol.for('nodejs.util.inspect.custom')]: () => hostile } }]],
		['as a symbol', [{ x: Symbol(hostile) }]],
		['as a function', [{ x: Object.defineProperty(() => 0, 'name', { value: hostile }) }]],
		['in an error', [{ x: new Error(hostile) }]],
	])('%s', (_, value) => expect(String(bundleOf(value).bundle['text/html'])).not.toMatch(/<script|<img/i))
})
