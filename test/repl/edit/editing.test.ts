import { describe, expect, it } from 'vitest'
import { type Edit, type Editing, edited, editing, type Move } from '../../../repl/edit/editing.js'

/** A state from a picture: `|` is the cursor, `^` the other end of a selection. */
function state(picture: string): Editing {
	const anchor = picture.replace('|', '').indexOf('^')
	const text = picture.replace(/[|^]/g, '')
	return { ...editing(text), cursor: picture.replace('^', '').indexOf('|'), anchor: anchor === -1 ? undefined : anchor }
}

function picture({ text, cursor, anchor }: Editing): string {
	const marks = [[cursor, '|'] as const, ...(anchor === undefined ? [] : [[anchor, '^'] as const])]
	let shown = text
	for (const [place, mark] of marks.sort((a, b) => b[0] - a[0]))
		shown = shown.slice(0, place) + mark + shown.slice(place)
	return shown
}

const type = (text: string): Edit => ({ kind: 'insert', text })
const move = (to: Move, selects = false): Edit => ({ kind: 'move', to, selects })
const kill = (to: Move): Edit => ({ kind: 'kill', to })
const remove = (to: Move): Edit => ({ kind: 'delete', to })
const yank: Edit = { kind: 'yank' }
const undo: Edit = { kind: 'undo' }
const redo: Edit = { kind: 'redo' }

const table: readonly (readonly [title: string, before: string, edits: readonly Edit[], after: string])[] = [
	['typing goes in at the cursor', 'a|c', [type('b')], 'ab|c'],
	['typing replaces a selection', 'a^bc|d', [type('x')], 'ax|d'],
	['a pasted text keeps its lines, in Unix form', '|', [{ kind: 'paste', text: 'a\r\nb\rc\x07' }], 'a\nb\nc|'],
	['left and right go over whole characters', 'a👩‍👩‍👧é|', [move('left'), move('left')], 'a|👩‍👩‍👧é'],
	['right stays at the end', 'ab|', [move('right')], 'ab|'],
	['words are letters, digits, _ and $', 'foo.bar_1$ |', [move('wordLeft')], 'foo.|bar_1$ '],
	['a word to the right ends behind it', '|  foo(bar)', [move('wordRight')], '  foo|(bar)'],
	['the start of a line is first its text, then its margin', '  ab|', [move('lineStart')], '  |ab'],
	['a second time goes to the margin', '  ab|', [move('lineStart'), move('lineStart')], '|  ab'],
	[
		'up and down keep the column over a shorter line',
		'long\nab\nlonger|',
		[move('up'), move('up')],
		'long|\nab\nlonger',
	],
	[
		'down comes back to the column it had',
		'abcd\n\nabc|d',
		[move('up'), move('up'), move('down'), move('down')],
		'abcd\n\nabc|d',
	],
	['columns count wide characters twice', '日本\nabcd|', [move('up')], '日本|\nabcd'],
	['Shift selects', 'ab|cd', [move('right', true), move('right', true)], 'ab^cd|'],
	['an arrow leaves a selection at its end', 'a^bc|d', [move('left')], 'a|bcd'],
	['backspace takes one character a person sees', 'ae\u0301|', [remove('left')], 'a|'],
	['backspace takes the selection', 'a^bc|d', [remove('left')], 'a|d'],
	['delete at the end changes nothing', 'ab|', [remove('right')], 'ab|'],
	['a cut line comes back by yank', 'one |two', [kill('lineEnd'), move('lineStart'), yank], 'two|one '],
	['a cut at the end of a line joins it with the next', 'a|\nb', [kill('lineEnd')], 'a|b'],
	['cuts in a row are one piece', 'a b c|', [kill('wordLeft'), kill('wordLeft'), yank], 'a b c|'],
	['cuts forward in a row are one piece', '|a b c', [kill('wordRight'), kill('wordRight'), yank], 'a b| c'],
	[
		'yank goes round to what was cut before',
		'x y|',
		[kill('wordLeft'), move('textStart'), kill('wordRight'), yank, { kind: 'yankBefore' }],
		'y| ',
	],
	['transpose swaps the two around the cursor', 'a|b', [{ kind: 'transpose' }], 'ba|'],
	['transpose at the end swaps the last two', 'abc|', [{ kind: 'transpose' }], 'acb|'],
	['undo takes back a run of typing as one step', '|', [type('a'), type('b'), undo], '|'],
	['a space begins a new step', '|', [type('a'), type(' '), type('b'), undo], 'a|'],
	['undo of a paste leaves the typing before it', '|', [type('a'), { kind: 'paste', text: 'bc' }, undo], 'a|'],
	['redo does it again', '|', [type('a'), undo, redo], 'a|'],
	['typing after an undo ends redo', '|', [type('a'), undo, type('b'), redo], 'b|'],
	['undo with nothing done changes nothing', 'ab|', [undo], 'ab|'],
	['indent and outdent move a line', 'ab|', [{ kind: 'indent' }, { kind: 'indent' }, { kind: 'outdent' }], '  ab|'],
	['indent moves every selected line', '^a\nb|', [{ kind: 'indent' }], '^  a\n  b|'],
	['all is selected', 'ab\nc|d', [{ kind: 'selectAll' }, remove('left')], '|'],
	['a cut selection comes back', '^ab|c', [{ kind: 'cut' }, move('textEnd'), yank], 'cab|'],
	['a copied selection stays', '^ab|', [{ kind: 'copy' }, { kind: 'unselect' }, yank], 'abab|'],
	['another text can be undone', 'ab|', [{ kind: 'set', text: 'x\ny' }, undo], 'ab|'],
]

describe('editing', () => {
	it.each(table)('%s', (_title, before, edits, after) => {
		expect(picture(edits.reduce(edited, state(before)))).toBe(after)
	})

	it('gives the same state for an edit that changes nothing', () => {
		const before = state('ab|')
		for (const edit of [move('right'), remove('right'), undo, redo, yank, { kind: 'copy' } as const]) {
			expect(edited(before, edit)).toBe(before)
		}
	})

	it('never leaves the cursor inside a character, whatever is done', () => {
		const moves: readonly Move[] = ['left', 'right', 'wordLeft', 'wordRight', 'lineStart', 'lineEnd', 'up', 'down']
		let now = state('日本👩‍👩‍👧 e\u0301x\n\tfoo\n👍🏽|')
		for (let step = 0; step < 400; step++) {
			now = edited(now, move(moves[(step * 7 + (step >> 3)) % moves.length] as Move, step % 5 === 0))
			const before = now.text.slice(0, now.cursor)
			expect(
				[...new Intl.Segmenter().segment(now.text)].some(({ index }) => index === before.length) || before === now.text,
			).toBe(true)
		}
	})
})
