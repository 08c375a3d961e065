import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import type { ViewDefinition } from '../../kernel/display/view.js'
import { type OutputMessage, Outputs } from '../../kernel/jupyter/outputs.js'
import type { Header } from '../../kernel/jupyter/wire.js'

const header = (id: string): Header => ({
	...{ msg_id: id, msg_type: 'execute_request', session: 's', username: 'u', date: '', version: '5.4' },
})

function scene() {
	const clock = new ManualClock()
	const sent: string[] = []
	const publish = (type: string, content: Record<string, unknown>, parent: Header | undefined): void => {
		const data = content.data as Record<string, unknown> | undefined
		const text = data === undefined ? (content.text ?? content.ename) : Object.values(data).at(-1)
		sent.push(`${parent?.msg_id} ${type} ${String(text).replaceAll('\n', '|')}`)
	}
	const drawn: string[] = []
	const renderer = {
		render: async (_: unknown, frame: { text: string }) => `<svg>${drawn.push(frame.text)}</svg>`,
		close: () => undefined,
	}
	const outputs = new Outputs(publish, renderer, clock, 'k')
	outputs.begin('A', header('1'))
	return { clock, sent, drawn, outputs }
}

const printed = (timeMs: number, ...lines: string[]): Extract<OutputMessage, { kind: 'printed' }> => {
	const output = { owner: 'A', outputId: 0, title: 'c', hasMore: false, text: 'x' }
	return { kind: 'printed', mode: 'live', timeMs, lines, ...output }
}
const size = { width: 1, height: 1, maxRows: 1 }
const view: ViewDefinition = { viewId: 'v', title: 't', form: 'chart', mode: 'latest', vegaLite: {}, ...size }
const frame = (text: string) => ({ viewId: 'v', timeMs: 0, rows: [], caption: '', text })

describe('output', () => {
	it('is gathered for 5 ms and leaves as one message for each stretch of one stream', () => {
		const { clock, sent, outputs } = scene()
		outputs.stream('A', 'stdout', 'a')
		outputs.stream('A', 'stdout', 'b')
		outputs.stream('A', 'stderr', 'c')
		expect(sent).toEqual([])
		clock.advance(5)
		expect(sent).toEqual(['1 stream ab', '1 stream c'])
	})

	it('leaves before every other message of its cell', () => {
		const { sent, outputs } = scene()
		outputs.stream('A', 'stdout', 'y')
		outputs.error('A', { name: 'E', message: 'm', lines: [], frames: [] })
		expect(sent).toEqual(['1 stream y', '1 error E'])
	})

	it('of a cell that floods is at most 20 messages in any second, each stream whole and in order', () => {
		const { clock, sent, outputs } = scene()
		const counts: number[] = []
		for (let second = 0; second < 3; second++) {
			const before = sent.length
			for (let ms = 0; ms < 1_000; ms++) {
				outputs.stream('A', 'stdout', 'o')
				outputs.stream('A', 'stderr', 'e')
				clock.advance(1)
			}
			counts.push(sent.length - before)
		}
		outputs.flush('A')
		expect(counts.every((count) => count <= 20)).toBe(true)
		const text = sent.map((line) => line.replace('1 stream ', '')).join('')
		expect([text.replaceAll('e', '').length, text.replaceAll('o', '').length]).toEqual([3_000, 3_000])
	})

	it('of an owner goes to the request that ran it last, updates to the one that runs', () => {
		const { clock, sent, outputs } = scene()
		const shown = { kind: 'display', owner: 'A', bundle: { 'text/plain': 'd' }, metadata: {}, displayId: 'i' } as const
		outputs.begin('B', header('2'))
		outputs.stream('A', 'stdout', 'late')
		outputs.take({ ...shown, update: false })
		outputs.take({ ...shown, update: true })
		outputs.begin('A', header('3'))
		outputs.stream('A', 'stdout', 'again')
		clock.advance(30)
		expect(sent).toEqual(['1 stream late', '1 display_data d', '2 update_display_data d', '3 stream again'])
	})

	it('of print() is one display that changes at most ten times a second and ends with the last batch', async () => {
		const { clock, sent, outputs } = scene()
		for (let i = 1; i <= 5; i++) {
			outputs.take(printed(i, `r${i}`))
			clock.advance(30)
		}
		await outputs.settle()
		expect(sent.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
			'1 display_data',
			'1 update_display_data',
			'1 update_display_data',
		])
		expect(sent.at(-1)).toBe('1 update_display_data c|1 ms|  r1|2 ms|  r2|3 ms|  r3|4 ms|  r4|5 ms|  r5')
	})

	it('of print() begins a new display when its cell runs again', () => {
		const { sent, outputs } = scene()
		outputs.take(printed(1, 'a'))
		outputs.begin('A', header('2'))
		outputs.take(printed(2, 'b'))
		expect(sent).toEqual(['1 display_data c|1 ms|  a', '2 display_data c|2 ms|  b'])
	})

	it('of print() is announced under its cell before the first batch', () => {
		const { sent, outputs } = scene()
		outputs.take({ ...printed(0), text: '' })
		expect(sent).toEqual(['1 display_data c|  waiting for the first batch'])
	})

	it('of print() in log mode is plain text', () => {
		const { clock, sent, outputs } = scene()
		outputs.take({ ...printed(1, 'a'), mode: 'log' })
		clock.advance(30)
		expect(sent).toEqual(['1 stream x'])
	})
})

describe('a live view', () => {
	it('is shown before its cell is idle, skips to the newest frame, and ends with the full bundle', async () => {
		const { sent, drawn, outputs } = scene()
		outputs.take({ kind: 'viewOpened', owner: 'A', view, frame: frame('f0') })
		await outputs.settle()
		for (const text of ['f1', 'f2', 'f3']) outputs.take({ kind: 'viewFrame', owner: 'A', frame: frame(text) })
		await outputs.settle()
		outputs.take({ kind: 'viewClosed', owner: 'A', viewId: 'v' })
		await outputs.settle()
		expect(sent).toEqual(['1 display_data f0', '1 update_display_data f3', '1 update_display_data f3'])
		expect(drawn).toEqual(['f0', 'f3', 'f3'])
	})
})
