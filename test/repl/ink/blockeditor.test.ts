import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../engine/index.js'
import type { Completeness, Completions } from '../../../kernel/language/contract.js'
import { KeyReader } from '../../../repl/edit/keys.js'
import { BlockEditor } from '../../../repl/ink/blockeditor.js'

function made(inputs: readonly string[] = []) {
	const seen: string[] = []
	const clock = new ManualClock()
	const reader = new KeyReader()
	let completeness = async (text: string): Promise<Completeness> =>
		text.endsWith('{') ? { status: 'incomplete', indent: '  ' } : { status: 'complete' }
	const other = { isShown: false }
	const editor = new BlockEditor(
		{
			elsewhere(key) {
				if (!other.isShown) return key
				seen.push(`other ${key.kind === 'key' ? key.name : key.text}`)
				other.isShown = key.kind === 'key' || key.text !== 'q'
				return undefined
			},
			onInterrupt: () => seen.push('interrupt'),
			onDropped: (text) => seen.push(`dropped ${text}`),
			onSubmitted: (text) => seen.push(`shown ${text}`),
			onRedraw: () => seen.push('redraw'),
			onDashboard: () => {
				other.isShown = true
			},
			editOutside: async (text) => `${text} edited\n`,
			isComplete: (text) => completeness(text),
			complete: async (text, cursor): Promise<Completions> => {
				const start = text.lastIndexOf('.', cursor - 1) + 1
				const items = ['map', 'mapValues', 'max'].map((name) => ({ text: name, kind: 'method', signature: '' }))
				return { items: items.filter((item) => item.text.startsWith(text.slice(start, cursor))), start, end: cursor }
			},
			isWarm: true,
			explain: async () => 'sum(a: number)',
			diagnose: async () => [],
			describe: async (text, cursor) => void seen.push(`help ${text.slice(0, cursor)}`),
		},
		inputs,
		clock,
	)
	const press = async (...pieces: string[]): Promise<void> => {
		for (const piece of pieces) editor.press(reader.read(piece))
		await turns()
	}
	const slow = (answer: Promise<Completeness>): void => {
		completeness = () => answer
	}
	return { editor, press, seen, clock, slow, text: () => editor.view.value.block.text }
}

/** Lets promises that are settled have their effect. */
async function turns(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

const [up, down, cancel] = ['\x1b[A', '\x1b[B', '\x1b']

describe('the block editor', () => {
	it('hands a complete block in on Enter', async () => {
		const { editor, press, seen } = made()
		const read = editor.read('> ')
		await press('1 + 1\r')
		expect([await read, seen]).toEqual([{ kind: 'line', text: '1 + 1' }, ['shown 1 + 1']])
	})

	it('begins a new line, indented, when the block is not complete', async () => {
		const { editor, press, text } = made()
		void editor.read('> ')
		await press('if (x) {\r', 'y')
		expect(text()).toBe('if (x) {\n  y')
	})

	it('runs a block that was left open after two empty lines', async () => {
		const { editor, press } = made()
		const read = editor.read('> ')
		editor.fill('if (x) {\n\n')
		await press('\r')
		expect((await read).kind).toBe('line')
	})

	it('Enter in the middle of a block is a new line', async () => {
		const { editor, press, text } = made()
		void editor.read('> ')
		editor.fill('a\nb')
		await press(up, '\r')
		expect(text()).toBe('a\n\nb')
	})

	it('keeps keys that come while the parser is asked, in order', async () => {
		const { editor, press, slow, text } = made()
		const read = editor.read('> ')
		let answer: (value: Completeness) => void = () => undefined
		slow(
			new Promise((resolve) => {
				answer = resolve
			}),
		)
		await press('a\rbc')
		expect(text()).toBe('a')
		answer({ status: 'complete' })
		expect(await read).toEqual({ kind: 'line', text: 'a' })
		await turns()
		expect(text()).toBe('bc')
	})

	it('gives keys that waited behind Enter to the dashboard that one of them opened, until it is closed', async () => {
		const { editor, press, seen, slow, text } = made()
		const read = editor.read('> ')
		let answer: (value: Completeness) => void = () => undefined
		slow(
			new Promise((resolve) => {
				answer = resolve
			}),
		)
		await press('a\r', '\x1bOR', '\x1b[B', 'q', 'b')
		answer({ status: 'complete' })
		expect(await read).toEqual({ kind: 'line', text: 'a' })
		await turns()
		expect([text(), seen]).toEqual(['b', ['shown a', 'other down', 'other q']])
	})

	it('keeps blocks that are typed ahead, and shows each when it is read', async () => {
		const { editor, press, seen } = made()
		await press('a\r', 'b\r')
		expect(editor.view.value.typedAhead).toEqual(['a', 'b'])
		expect([await editor.read('> '), await editor.read('> '), seen]).toEqual([
			{ kind: 'line', text: 'a' },
			{ kind: 'line', text: 'b' },
			['shown a', 'shown b'],
		])
	})

	it('a paste waits for Enter, whatever it holds', async () => {
		const { editor, press, text } = made()
		void editor.read('> ')
		await press('\x1b[200~let a = 1\nlet b = 2\n\x1b[201~')
		expect(text()).toBe('let a = 1\nlet b = 2\n')
	})

	it('Ctrl-C drops the block, and interrupts when there is none', async () => {
		const { editor, press, seen } = made()
		const read = editor.read('> ')
		await press('abc', '\x03')
		expect([await read, seen]).toEqual([{ kind: 'cancelled', hadText: true }, ['dropped abc']])
		await press('\x03')
		expect(seen.at(-1)).toBe('interrupt')
	})

	it('Ctrl-D leaves from an empty block only', async () => {
		const { editor, press, text } = made()
		const read = editor.read('> ')
		await press('ab\x01\x04')
		expect(text()).toBe('b')
		await press('\x04', '\x04')
		expect(await read).toEqual({ kind: 'end' })
	})

	it('goes through inputs that begin like this one, whole blocks at a time', async () => {
		const { editor, press, text } = made(['let a = {\n}', 'b', 'let c'])
		void editor.read('> ')
		await press('let', up)
		const first = text()
		await press(up)
		const second = text()
		await press(down)
		expect([first, second, text()]).toEqual(['let c', 'let a = {\n}', 'let c'])
	})

	it('finds an input by its letters, to be looked at before it runs', async () => {
		const { editor, press, text } = made(['const counts = 1', 'x'])
		void editor.read('> ')
		await press('\x12', 'cnts', '\r')
		expect([text(), editor.view.value.search]).toEqual(['const counts = 1', undefined])
		await press('\x12', 'x', cancel)
		expect(text()).toBe('const counts = 1')
	})

	it('offers the rest of an input of before, whole or by the word', async () => {
		const { editor, press, text } = made(['let total = 5'])
		void editor.read('> ')
		await press('let')
		expect(editor.view.value.suggestion).toBe(' total = 5')
		await press('\x1bf')
		expect(text()).toBe('let total')
		await press('\x1b[C')
		expect(text()).toBe('let total = 5')
	})

	it('completes what all candidates share, then opens the menu', async () => {
		const { editor, press, text } = made()
		void editor.read('> ')
		await press('x.m', '\t')
		expect([text(), editor.view.value.menu?.items.length]).toEqual(['x.ma', 3])
		await press('\t', '\t', '\r')
		expect(text()).toBe('x.mapValues')
	})

	it('opens the menu by itself behind a dot; Enter still runs the block', async () => {
		const { editor, press } = made()
		const read = editor.read('> ')
		await press('x.')
		expect(editor.view.value.menu?.items.length).toBe(3)
		await press('map', '\r')
		expect(await read).toEqual({ kind: 'line', text: 'x.map' })
	})

	it('asks the checker once the fingers rest', async () => {
		const { editor, press, clock } = made()
		void editor.read('> ')
		await press('sum(')
		clock.advance(249)
		await turns()
		expect(editor.view.value.hint).toBe('')
		clock.advance(1)
		await turns()
		expect(editor.view.value.hint).toBe('sum(a: number)')
	})

	it('answers a question of a program and comes back to the block', async () => {
		const { editor, press, seen, text } = made()
		void editor.read('> ')
		await press('let')
		const answer = editor.ask('name? ', true)
		await press('Ada', '\r')
		expect([await answer, text(), seen]).toEqual(['Ada', 'let', ['shown ']])
	})

	it('takes a block back from an editor outside', async () => {
		const { editor, press, text } = made()
		void editor.read('> ')
		await press('a', '\x0f')
		expect(text()).toBe('a edited')
	})
})
