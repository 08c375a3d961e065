import { describe, expect, it } from 'vitest'
import { bindings } from '../../../repl/edit/bindings.js'
import { matchAt, newLineAt, outdents } from '../../../repl/edit/brackets.js'
import { tokensOf } from '../../../repl/edit/highlight.js'
import { layoutOf } from '../../../repl/edit/layout.js'
import { chosen, commonStart, menuOf, narrowed, shownItems } from '../../../repl/edit/menu.js'
import { recallStep, searched, suggestionFor } from '../../../repl/edit/recall.js'

describe('colours of code', () => {
	const table: readonly (readonly [code: string, kinds: string])[] = [
		['const x = 1', 'keyword name punctuation number'],
		['type A = string', 'keyword type punctuation name'],
		['const type = 1', 'keyword name punctuation number'],
		// biome-ignore lint/suspicious/noTemplateCurlyInString: code that holds a template
		["f('a', `b${c}`) // d", 'call punctuation string punctuation string name string punctuation comment'],
		['x.map(true)', 'name punctuation call punctuation literal punctuation'],
		['x.delete', 'name punctuation name'],
		['.step 3', 'command number'],
		['%time f()', 'command call punctuation punctuation'],
		["'open", 'string'],
		['{ if: 1 }', 'punctuation name punctuation number punctuation'],
	]
	it.each(table)('%s', (code, kinds) => {
		const tokens = tokensOf(code)
		expect(tokens.map(({ text }) => text).join('')).toBe(code)
		expect(
			tokens
				.filter(({ kind }) => kind !== 'space')
				.map(({ kind }) => kind)
				.join(' '),
		).toBe(kinds)
	})
})

describe('brackets', () => {
	it.each([
		['f(a[1])', 7, [1, 6]],
		['f(a[1])', 1, [1, 6]],
		['f(a[1])', 4, [3, 5]],
		["f(')')", 6, [1, 5]],
		['(]', 1, undefined],
		['ab', 1, undefined],
	] as const)('the pair of %s at %i', (text, cursor, pair) => {
		expect(matchAt(text, cursor)).toEqual(pair)
	})

	it.each([
		['f(() => {|', '  ', undefined],
		['  a|', '  ', undefined],
		['f({|})', '  ', ''],
		['\tif (x) {|', '\t\t', undefined],
		['const a =|', '  ', undefined],
		['a // {|', '', undefined],
	])('a new line in %s', (picture, before, after) => {
		const cursor = picture.indexOf('|')
		expect(newLineAt(picture.replace('|', ''), cursor)).toEqual(after === undefined ? { before } : { before, after })
	})

	it('a closing bracket alone on its line goes a step to the left', () => {
		expect([outdents('{\n  ', 4, '}'), outdents('{\n  a', 5, '}'), outdents('{\n  ', 4, 'a')]).toEqual([
			true,
			false,
			false,
		])
	})
})

describe('rows of a block', () => {
	const prompts = { first: '> ', next: '. ' }
	const rows = (text: string, cursor: number, columns = 10, mostRows = 9) => {
		const layout = layoutOf(text, cursor, prompts, { columns, mostRows })
		const lines = layout.rows.map(({ prefix, start, end }) => prefix + text.slice(start, end))
		return { lines, cursor: [layout.cursor.row, layout.cursor.column], rest: [layout.above, layout.below] }
	}
	it.each([
		['an empty block is its prompt', '', 0, ['> '], [0, 2]],
		['lines have their prompts', 'ab\nc', 4, ['> ab', '. c'], [1, 3]],
		['a long line is wrapped before the last column', 'abcdefgh', 8, ['> abcdefg', '  h'], [1, 3]],
		['a full row keeps the cursor behind it', 'abcdefg', 7, ['> abcdefg'], [0, 9]],
		['a wide character is not cut', 'abcdef日', 7, ['> abcdef', '  日'], [1, 4]],
		['the cursor at a wrap is in the next row', 'abcdefgh', 7, ['> abcdefg', '  h'], [1, 2]],
		['an empty line at the end has a row', 'a\n', 2, ['> a', '. '], [1, 2]],
	] as const)('%s', (_title, text, cursor, lines, place) => {
		expect(rows(text, cursor)).toEqual({ lines, cursor: place, rest: [0, 0] })
	})

	it('a tall block shows what is around the cursor', () => {
		const { lines, cursor, rest } = rows('a\nb\nc\nd\ne', 4, 10, 3)
		expect([lines, cursor, rest]).toEqual([
			['. b', '. c', '. d'],
			[1, 2],
			[1, 1],
		])
	})
})

describe('inputs of before', () => {
	const inputs = ['let a = 1', 'a + 1', 'let b = 2', 'a + 1']
	it('steps through those that begin with what was typed, and back to it', () => {
		const first = recallStep(inputs, undefined, 'let', -1)
		const second = recallStep(inputs, first?.recall, first?.text ?? '', -1)
		const none = recallStep(inputs, second?.recall, second?.text ?? '', -1)
		const back = recallStep(inputs, first?.recall, first?.text ?? '', 1)
		expect([first?.text, second?.text, none, back?.text]).toEqual(['let b = 2', 'let a = 1', undefined, 'let'])
	})
	it('suggests the rest of the newest that begins like this', () => {
		expect([suggestionFor(inputs, 'let '), suggestionFor(inputs, 'x'), suggestionFor(inputs, '')]).toEqual([
			'b = 2',
			'',
			'',
		])
	})
	it('finds scattered letters, the best first, each input once', () => {
		expect(searched(inputs, 'lb').map(({ text }) => text)).toEqual(['let b = 2'])
		expect(searched(inputs, 'a').map(({ text }) => text)).toEqual(['a + 1', 'let a = 1'])
		expect(searched(inputs, 'zz')).toEqual([])
	})
})

describe('the menu', () => {
	const items = ['map', 'mapValues', 'max', 'Map'].map((text) => ({ text, kind: 'method', signature: '' }))
	const open = menuOf({ items, start: 2, end: 4 }, 'x.ma', 4)
	it('has what begins with the typed letters first, other cases after', () => {
		expect(open?.items.map(({ text }) => text)).toEqual(['map', 'mapValues', 'max', 'Map'])
	})
	it('is narrowed by typing and closes when nothing fits', () => {
		expect(open && narrowed(open, 'x.map', 5)?.items.map(({ text }) => text)).toEqual(['map', 'mapValues', 'Map'])
		expect(open && narrowed(open, 'x.mapQ', 6)).toBeUndefined()
		expect(open && narrowed(open, 'x', 1)).toBeUndefined()
	})
	it('goes round', () => {
		expect(open && [chosen(open, 1).chosen, chosen(open, -1).chosen, chosen(open, 4).chosen]).toEqual([1, 3, 0])
	})
	it('knows what all have in common', () => {
		expect(open && commonStart(open, 'x.ma', 4)).toBe('ma')
		expect(open && commonStart({ ...open, items: items.slice(0, 2) }, 'x.ma', 4)).toBe('map')
	})
	it('shows a window around the chosen one', () => {
		expect(open && shownItems({ ...open, chosen: 3 }, 2)).toEqual({ from: 2, items: items.slice(2) })
	})
})

describe('the table of keys', () => {
	it('gives each key one meaning', () => {
		const keys = bindings.flatMap((row) => row.keys)
		expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
	})
})
