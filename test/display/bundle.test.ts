import { describe, expect, it } from 'vitest'
import { Seconds, StreamError } from '../../engine/index.js'
import { bundleOf } from '../../kernel/display/bundle.js'
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
	it('of many records shows a hundred and says so', () => {
		const { bundle } = bundleOf(Array.from({ length: 250 }, (_, n) => ({ n })))
		expect(String(bundle['text/html']).match(/<tr>/g)).toHaveLength(101)
		expect(String(bundle['text/plain']).split('\n').at(-1)).toBe('100 of 250 rows')
	})
})
