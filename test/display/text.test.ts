import { describe, expect, it } from 'vitest'
import { clipped, columnsOf, oneLine, padded } from '../../kernel/display/columns.js'
import type { Row } from '../../kernel/display/rows.js'
import { bar, barsText, frameText, sparkline, tableText } from '../../kernel/display/text.js'

describe('columns', () => {
	it.each([
		['abc', 3],
		['世界', 4],
		['e\u0301', 1],
		['🙂!', 3],
	])('of %s are counted as a terminal draws them', (text, columns) => expect(columnsOf(text)).toBe(columns))
	it('are never more than asked for, and a cut is seen', () =>
		expect([clipped('abcdef', 4), clipped('世界世界', 4), padded('世', 4)]).toEqual(['abc…', '世…', '世  ']))
	it('hold no control character', () => expect(oneLine('a\u001b[2Jb\nc')).toBe('a\\x1b[2Jb\\nc'))
})

describe('a frame in characters', () => {
	it('draws bars in eighths of a column', () => expect([bar(1, 3), bar(0.5, 3), bar(0, 3)]).toEqual(['███', '█▌', '']))
	it('draws a bar a row against the greatest', () =>
		expect(
			barsText(
				[
					{ key: 'the', value: 1_000 },
					{ key: '世界', value: 250 },
					{ key: null, value: -1 },
				],
				24,
			),
		).toEqual(['the   ████████████ 1,000', '世界  ███ 250', '-     -1']))
	it('draws a series from its least to its greatest value, with gaps', () =>
		expect([sparkline([1, undefined, 4, 8], 10), sparkline([3], 10), sparkline([1, 2, 3], 2)]).toEqual([
			'▁ ▄█',
			'▄',
			'▁█',
		]))
	it('draws a table with numbers to the right', () =>
		expect(
			tableText(
				[
					{ word: 'the', n: 12 },
					{ word: '世界', n: 3 },
				],
				40,
			),
		).toEqual(['word   n', '────  ──', 'the   12', '世界   3']))
	it('shrinks the widest column of a table first', () =>
		expect(tableText([{ a: 'x'.repeat(50), b: 'yy' }], 12)).toEqual(['a         b', '────────  ──', 'xxxxxxx…  yy']))

	const wide: Row[] = [{ key: '世'.repeat(90), value: 1, other: 'x'.repeat(90) }]
	it.each(['bars', 'line', 'lines', 'stat', 'table', 'text', 'custom'] as const)(
		'is never wider than asked for: %s',
		(look) => {
			const text = frameText(look, { title: 't'.repeat(90), caption: 'c', rows: wide }, 40)
			expect(Math.max(...text.split('\n').map(columnsOf))).toBeLessThanOrEqual(40)
		},
	)
	it('shows the last lines of text', () => {
		const rows = ['a', 'b', 'c'].map((value) => ({ value }))
		expect(frameText('text', { title: 'lines', caption: 'batch 1', rows }, 40, 2)).toBe('lines · batch 1\nb\nc')
	})
})
