import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { Editor, type EditorEvents } from '../../../repl/plain/editor.js'
import { Screen } from '../../../repl/plain/screen.js'
import { VirtualTerminal } from './terminal.js'

// readline falls back to no editing at all on a dumb terminal, and asks the environment.
vi.stubEnv('TERM', 'xterm')
afterAll(() => vi.unstubAllEnvs())

function make(inputs: readonly string[] = [], events: Partial<EditorEvents> = {}) {
	const terminal = new VirtualTerminal(30)
	const screen = new Screen(terminal)
	const editor = new Editor({ input: terminal.keys, output: terminal, isTerminal: true, showsPrompt: true }, inputs, {
		onInterrupt: () => undefined,
		onLeft: () => screen.seal(),
		complete: async () => [[], ''],
		...events,
	})
	screen.attach(editor)
	const press = async (keys: string): Promise<void> => {
		terminal.keys.write(keys)
		await setImmediate()
	}
	return { terminal, editor, screen, press }
}

describe('the line being typed', () => {
	it('stays whole, with its cursor, while output arrives', async () => {
		const { terminal, editor, screen, press } = make()
		const read = editor.read('> ')
		await press('hello\x1b[D\x1b[D')
		screen.print(['output'])
		expect(terminal.seen).toEqual(['output', '> hello'])
		expect(terminal.cursor).toEqual([1, 5])
		await press('X\r')
		expect(await read).toEqual({ kind: 'line', text: 'helXlo' })
	})

	it('stays whole when it takes several rows of the window', async () => {
		const { terminal, editor, screen, press } = make()
		void editor.read('> ')
		await press('x'.repeat(70))
		screen.print(['one'])
		screen.print(['two'])
		expect(terminal.seen).toEqual(['one', 'two', `> ${'x'.repeat(28)}`, 'x'.repeat(30), 'x'.repeat(12)])
	})

	it('does not disturb a block that is rewritten above it', async () => {
		const { terminal, editor, screen, press } = make()
		void editor.read('> ')
		await press('typed')
		for (const n of [1, 2, 3]) screen.keep('a', [`count ${n}`])
		expect(terminal.seen).toEqual(['count 3', '> typed'])
	})

	it('is not erased by a block above it once it was entered', async () => {
		const { terminal, editor, screen, press } = make()
		void editor.read('> ')
		screen.keep('a', ['count 1'])
		await press('typed\r')
		screen.keep('a', ['count 2'])
		expect(terminal.seen).toEqual(['count 1', '> typed', 'count 2'])
	})

	it('keeps the candidates of a completion on the screen', async () => {
		const { terminal, editor, screen, press } = make([], { complete: async () => [['count', 'counts'], 'count'] })
		void editor.read('> ')
		screen.keep('a', ['1'])
		await press('count\t\t')
		screen.keep('a', ['2'])
		expect(terminal.seen.join('|')).toMatch(/^1\|.*count +counts.*\|2\|> count$/)
	})

	it('waits its turn when it is ended while nobody reads', async () => {
		const { editor, press } = make()
		await press('ahead\r')
		expect(await editor.read('> ')).toEqual({ kind: 'line', text: 'ahead' })
	})

	it('takes a pasted block as one text that waits for Enter', async () => {
		const { editor, press } = make()
		const read = editor.read('> ')
		await press('f(\x1b[200~a,\rb\r\x1b[201~')
		await press(')\r')
		expect(await read).toEqual({ kind: 'line', text: 'f(a,\nb)' })
	})

	it('comes back from history as a whole input', async () => {
		const { editor, press } = make(['one', 'two\nlines'])
		const read = editor.read('> ')
		await press('\x1b[A\r')
		expect(await read).toEqual({ kind: 'line', text: 'two\nlines' })
	})

	it('is cleared by Ctrl-C, which is told', async () => {
		const { terminal, editor, press } = make()
		const first = editor.read('> ')
		await press('typed\x03')
		expect(await first).toEqual({ kind: 'cancelled', hadText: true })
		const second = editor.read('> ')
		await press('\x03')
		expect(await second).toEqual({ kind: 'cancelled', hadText: false })
		expect(terminal.seen).toEqual(['> typed^C', '> ^C'])
	})

	it('is completed from what the shell knows', async () => {
		const { editor, press } = make([], { complete: async () => [['counts'], 'cou'] })
		const read = editor.read('> ')
		await press('cou\t')
		await press('\r')
		expect(await read).toEqual({ kind: 'line', text: 'counts' })
	})
})

describe('the editor', () => {
	it('tells of Ctrl-C while nobody reads', async () => {
		let interrupts = 0
		const { press } = make([], { onInterrupt: () => void interrupts++ })
		await press('\x03')
		expect(interrupts).toBe(1)
	})

	it('takes Ctrl-C as a signal where the terminal has no keys of its own', async () => {
		const terminal = new VirtualTerminal(30)
		let interrupts = 0
		const events = {
			onInterrupt: () => void interrupts++,
			onLeft: () => undefined,
			complete: async () => [[], ''] as const,
		}
		const editor = new Editor(
			{ input: terminal.keys, output: terminal, isTerminal: false, showsPrompt: true },
			[],
			events,
		)
		const read = editor.read('> ')
		editor.cancel()
		editor.cancel()
		expect([await read, interrupts]).toEqual([{ kind: 'cancelled', hadText: false }, 1])
	})

	it('ends with Ctrl-D on an empty line', async () => {
		const { editor, press } = make()
		const read = editor.read('> ')
		await press('\x04')
		expect([await read, await editor.read('> ')]).toEqual([{ kind: 'end' }, { kind: 'end' }])
	})

	it('asks for a program without keeping or showing what is secret', async () => {
		const { terminal, editor, press } = make(['old'])
		const answer = editor.ask('Password: ', true)
		await press('secret\r')
		expect(await answer).toBe('secret')
		expect(terminal.seen).toEqual(['Password:'])
		const read = editor.read('> ')
		await press('\x1b[A\r')
		expect(await read).toEqual({ kind: 'line', text: 'old' })
	})
})
