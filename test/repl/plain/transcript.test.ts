import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../engine/index.js'
import type { FromSession } from '../../../kernel/session/messages.js'
import { Screen } from '../../../repl/plain/screen.js'
import { styleFor } from '../../../repl/plain/style.js'
import { Transcript, timeText } from '../../../repl/plain/transcript.js'
import { VirtualPipe, VirtualTerminal } from './terminal.js'

const noon = new Date(2026, 0, 5, 12, 0, 0).getTime()

function printed(second: number, lines: readonly string[], more: object = {}): FromSession {
	return {
		...{ kind: 'printed', owner: '3', outputId: 1, title: 'counts', timeMs: noon + second * 1_000, lines },
		...{ hasMore: false, mode: 'live', text: 'Spark text\n' },
		...more,
	} as FromSession
}

const frame = (caption: string, text: string) => ({ viewId: 'v1', timeMs: noon, rows: [], caption, text })
const view = { viewId: 'v1', title: 'words', form: 'table', mode: 'latest', width: 1, height: 1, maxRows: 9 } as const

function seenOnTerminal(messages: readonly FromSession[]): string[] {
	const terminal = new VirtualTerminal()
	const transcript = new Transcript(new Screen(terminal), styleFor(false), new ManualClock())
	for (const message of messages) transcript.show(message)
	return terminal.seen
}

function seenOnPipe(messages: readonly FromSession[]): string[] {
	const pipe = new VirtualPipe()
	const transcript = new Transcript(new Screen(pipe), styleFor(false), new ManualClock())
	for (const message of messages) transcript.show(message)
	return pipe.out.split('\n').slice(0, -1)
}

const other = { owner: '4', outputId: 2, title: 'sums' }

describe('batches of print()', () => {
	it('come under a header that names the input, indented, with dots for more', () =>
		expect(seenOnTerminal([printed(5, ['(the,12)', '(a,3)'], { hasMore: true })])).toEqual([
			'[3] counts · 12:00:05',
			'  (the,12)',
			'  (a,3)',
			'  ...',
		]))

	it('keep their exact text in log mode', () =>
		expect(seenOnTerminal([printed(5, ['x'], { mode: 'log', text: '---\nTime: 1000 ms\n---\nx\n\n' })])).toEqual([
			'---',
			'Time: 1000 ms',
			'---',
			'x',
		]))

	it('fold into one line that is rewritten while they are empty', () =>
		expect(seenOnTerminal([printed(1, []), printed(2, []), printed(3, []), printed(4, [])])).toEqual([
			'[3] counts · 4 empty batches',
		]))

	it('of two outputs fold into one line each', () => {
		const both = [1, 2, 3].flatMap((second) => [printed(second, []), printed(second, [], other)])
		expect(seenOnTerminal(both)).toEqual(['[3] counts · 3 empty batches', '[4] sums · 3 empty batches'])
	})

	it('of an idle output are said once beside a busy one, and counted in its next header', () => {
		const both = [1, 2, 3].flatMap((second) => [printed(second, []), printed(second, [String(second)], other)])
		expect(seenOnTerminal([...both, printed(4, ['x'])])).toEqual([
			'[3] counts · 1 empty batch',
			'[4] sums · 12:00:01',
			'  1',
			'[4] sums · 12:00:02',
			'  2',
			'[4] sums · 12:00:03',
			'  3',
			'[3] counts · 12:00:04 · after 3 empty batches',
			'  x',
		])
	})

	it('are counted on in a new line after an input, which is not erased', () => {
		const terminal = new VirtualTerminal()
		const screen = new Screen(terminal)
		const transcript = new Transcript(screen, styleFor(false), new ManualClock())
		const empty = [printed(1, []), printed(1, [], other)]
		for (const message of empty) transcript.show(message)
		terminal.write('> typed\n')
		screen.seal()
		transcript.running('9')
		transcript.running(undefined)
		for (const message of [...empty, ...empty]) transcript.show(message)
		expect(terminal.seen).toEqual([
			'[3] counts · 1 empty batch',
			'[4] sums · 1 empty batch',
			'> typed',
			'[3] counts · 3 empty batches',
			'[4] sums · 3 empty batches',
		])
	})

	it('are said to be empty only once on a pipe', () =>
		expect(seenOnPipe([printed(1, []), printed(2, []), printed(3, ['x']), printed(4, []), printed(5, [])])).toEqual([
			'[3] counts · empty batches',
			'[3] counts · 12:00:03 · after 2 empty batches',
			'  x',
			'[3] counts · empty batches',
		]))
})

describe('what inputs write', () => {
	const text = (owner: string, written: string): FromSession => ({
		kind: 'stream',
		owner,
		name: 'stdout',
		text: written,
	})

	it('has no header while the input runs, and one once it has ended', () => {
		const pipe = new VirtualPipe()
		const transcript = new Transcript(new Screen(pipe), styleFor(false), new ManualClock())
		transcript.running('2')
		transcript.show(text('2', 'early\n'))
		transcript.running(undefined)
		transcript.show(text('2', 'late\nlater\n'))
		expect(pipe.out).toBe('early\n[2] output\n  late\n  later\n')
	})

	it('is not mixed with what another input writes meanwhile', () => {
		const lines = seenOnTerminal([text('1', 'a'), text('2', 'b'), text('1', 'c\n')])
		expect(lines).toEqual(['[1] output', '  a', '[2] output', '  b', '[1] output', '  c'])
	})

	it('comes as text when a result has several forms', () => {
		const bundle = { 'text/plain': '[ 1, 2 ]', 'text/html': '<p>' }
		const result: FromSession = { kind: 'result', id: '1', owner: '1', bundle, metadata: {} }
		expect(seenOnTerminal([result])).toEqual(['[1] display', '  [ 1, 2 ]'])
	})

	it('a display that is updated is rewritten in place', () => {
		const display = (value: string, update: boolean): FromSession => ({
			...{ kind: 'display', owner: '1', bundle: { 'text/plain': value }, metadata: {}, displayId: 'd', update },
		})
		expect(seenOnTerminal([display('1', false), display('2', true)])).toEqual(['[1] display', '  2'])
	})
})

describe('errors', () => {
	const error = {
		name: 'TypeError',
		message: 'x is undefined',
		lines: ['> 1 | x.y', 'TypeError: x is undefined'],
		frames: [],
	}

	it('of a batch stand under the input that registered the output', () =>
		expect(seenOnTerminal([{ kind: 'error', owner: '3', error }])).toEqual([
			'[3] error',
			'  > 1 | x.y',
			'  TypeError: x is undefined',
		]))

	it('of the running input stand alone', () =>
		expect(seenOnTerminal([{ kind: 'done', id: '1', status: 'error', error, names: [] }])).toEqual(error.lines))

	it('without lines show their name and message', () =>
		expect(seenOnTerminal([{ kind: 'error', owner: '3', error: { ...error, lines: [] } }])).toEqual([
			'[3] error',
			'  TypeError: x is undefined',
		]))
})

describe('views', () => {
	it('are written at most once a second, the last frame always', () => {
		const pipe = new VirtualPipe()
		const clock = new ManualClock(noon)
		const transcript = new Transcript(new Screen(pipe), styleFor(false), clock)
		transcript.show({ kind: 'viewOpened', owner: '5', view, frame: frame('waiting', '') })
		for (const n of [1, 2, 3])
			transcript.show({ kind: 'viewFrame', owner: '5', frame: frame(`batch ${n}`, `row ${n}`) })
		expect(pipe.out).toBe('[5] words · waiting\n')
		clock.advance(1_000)
		expect(pipe.out).toBe('[5] words · waiting\n[5] words · batch 3\n  row 3\n')
		transcript.show({ kind: 'viewFrame', owner: '5', frame: frame('batch 4', 'row 4') })
		transcript.show({ kind: 'viewClosed', owner: '5', viewId: 'v1' })
		expect(pipe.out).toContain('[5] words · batch 4\n  row 4\n')
	})

	it('are rewritten in place while they are last', () => {
		const terminal = new VirtualTerminal()
		const clock = new ManualClock(noon)
		const transcript = new Transcript(new Screen(terminal), styleFor(false), clock)
		transcript.show({ kind: 'viewOpened', owner: '5', view, frame: frame('waiting', '') })
		clock.advance(1_000)
		transcript.show({ kind: 'viewFrame', owner: '5', frame: frame('batch 1', 'words · batch 1\na 1\nb 2') })
		expect(terminal.seen).toEqual(['[5] words · batch 1', '  a 1', '  b 2'])
	})
})

describe('times', () => {
	it.each([
		[noon, '12:00:00'],
		[noon + 250, '12:00:00.250'],
		[5_000, '5000 ms'],
	])('%i reads as %s', (timeMs, text) => expect(timeText(timeMs)).toBe(text))
})
