import { describe, expect, it } from 'vitest'
import { Screen } from '../../../repl/plain/screen.js'
import { columnsOf, rowsOf } from '../../../repl/plain/width.js'
import { VirtualPipe, VirtualTerminal } from './terminal.js'

function onTerminal(columns?: number, rows?: number): { terminal: VirtualTerminal; screen: Screen } {
	const terminal = new VirtualTerminal(columns, rows)
	return { terminal, screen: new Screen(terminal) }
}

describe('the screen on a terminal', () => {
	it('rewrites a kept block in place while it is last', () => {
		const { terminal, screen } = onTerminal()
		screen.print(['before'])
		screen.keep('a', ['1', 'one'])
		screen.keep('a', ['2'])
		screen.keep('a', ['3', 'three'])
		expect(terminal.seen).toEqual(['before', '3', 'three'])
	})

	it('leaves a kept block alone once something follows it', () => {
		const { terminal, screen } = onTerminal()
		screen.keep('a', ['1'])
		screen.print(['between'])
		screen.keep('a', ['2'])
		expect(terminal.seen).toEqual(['1', 'between', '2'])
	})

	it('rewrites all rows of lines that are wider than the window', () => {
		const { terminal, screen } = onTerminal(10)
		screen.keep('a', ['x'.repeat(25)])
		screen.keep('a', ['short'])
		expect(terminal.seen).toEqual(['short'])
	})

	it('does not rewrite a block that is taller than the window', () => {
		const { terminal, screen } = onTerminal(20, 5)
		screen.keep('a', ['1', '2', '3', '4', '5'])
		screen.keep('a', ['6'])
		expect(terminal.seen).toEqual(['1', '2', '3', '4', '5', '6'])
	})

	it('goes on with a line that a program has not ended', () => {
		const { terminal, screen } = onTerminal()
		screen.stream('1', 'a')
		screen.stream('1', 'b')
		screen.stream('1', 'c\nd')
		expect(terminal.seen).toEqual(['abc', 'd'])
	})

	it('lets a program draw a progress bar with carriage returns', () => {
		const { terminal, screen } = onTerminal()
		for (const part of ['10 %', '\r50 %', '\r100 %', '\ndone\n']) screen.stream('1', part)
		expect(terminal.seen).toEqual(['100 %', 'done'])
	})

	it('ends an open line before another output', () => {
		const { terminal, screen } = onTerminal()
		screen.stream('1', 'open')
		screen.print(['other'])
		screen.stream('1', 'more')
		expect(terminal.seen).toEqual(['open', 'other', 'more'])
	})
})

describe('the screen on a pipe', () => {
	it('appends blocks instead of rewriting them, without control sequences', () => {
		const pipe = new VirtualPipe()
		const screen = new Screen(pipe)
		screen.keep('a', ['1'])
		screen.keep('a', ['2'])
		expect(pipe.out).toBe('1\n2\n')
	})

	it('passes text on as it came, and ends an open line before another output', () => {
		const pipe = new VirtualPipe()
		const screen = new Screen(pipe)
		screen.stream('1', 'a')
		screen.stream('1', 'b')
		screen.print(['other'])
		screen.stream('1', 'c\n')
		screen.print(['end'])
		expect(pipe.out).toBe('ab\nother\nc\nend\n')
	})

	it('keeps stderr of a program apart', () => {
		const pipe = new VirtualPipe()
		new Screen(pipe).stream('1', 'oops\n', 'stderr')
		expect([pipe.out, pipe.err]).toEqual(['', 'oops\n'])
	})
})

describe('the room a text takes', () => {
	it.each([
		['abc', 3],
		['\x1b[2mdim\x1b[22m', 3],
		['日本', 4],
		['é', 1],
		['🙂', 2],
		['a\tb', 9],
	])('%j takes %i columns', (text, columns) => expect(columnsOf(text)).toBe(columns))

	it('an empty line takes a row, a full one exactly one, a longer one more', () =>
		expect(rowsOf(['', 'x'.repeat(10), 'x'.repeat(11)], 10)).toBe(4))
})
