import { describe, expect, it } from 'vitest'
import { denoSink } from '../../kernel/display/hosts/deno.js'
import { Painter } from '../../kernel/display/hosts/painter.js'
import { type Tslab, tslabSink } from '../../kernel/display/hosts/tslab.js'
import type { Bundle, ViewDefinition, ViewFrame } from '../../kernel/display/view.js'

const view: ViewDefinition = {
	...{ viewId: 'v', title: 't', form: 'chart', mode: 'latest', width: 1, height: 1, maxRows: 1 },
	vegaLite: { mark: 'bar' },
}
const frame = (n: number): ViewFrame => ({
	viewId: 'v',
	timeMs: n,
	rows: [],
	caption: `batch ${n}`,
	text: `t · batch ${n}`,
})
const turns = async (n = 20): Promise<void> => {
	for (let i = 0; i < n; i++) await Promise.resolve()
}

describe('a view without a front', () => {
	function painted(render = async (_: unknown, { caption }: ViewFrame) => `<svg>${caption}</svg>`) {
		const shown: string[] = []
		const closed: string[] = []
		const show = (_: string, bundle: Bundle, isUpdate: boolean): void => {
			shown.push(`${isUpdate ? 'update' : 'new'} ${Object.keys(bundle).length} ${String(Object.values(bundle).at(-1))}`)
		}
		const painter = new Painter(show, { render, close: (viewId) => void closed.push(viewId) })
		return { painter, shown, closed }
	}

	it('is text at once, then pictures of the newest frames, and in full at its end', async () => {
		const { painter, shown, closed } = painted()
		painter.opened(view, frame(0))
		for (const n of [1, 2, 3]) painter.frame(frame(n))
		await turns()
		painter.closed('v')
		await turns()
		expect(shown.map((line) => line.replace(/ of \d{4}-.*/, ''))).toEqual([
			'new 1 t · batch 0',
			'update 2 t · batch 0',
			'update 2 t · batch 3',
			'update 3 t · batch 3 · no longer live, as',
		])
		expect(closed).toEqual(['v'])
	})

	it('whose specification fails is text with the reason', async () => {
		const { painter, shown } = painted(() => Promise.reject(new RangeError('no')))
		painter.opened(view, frame(0))
		await turns()
		expect(shown).toEqual(['new 1 t · batch 0', 'update 1 t · batch 0\nRangeError: no'])
	})

	it('is shown again in a new display', async () => {
		const { painter, shown } = painted()
		painter.opened(view, frame(0))
		await turns()
		shown.length = 0
		painter.shown(view, frame(1), false)
		await turns()
		expect(shown).toEqual(['new 1 t · batch 1', 'update 2 t · batch 1'])
	})
})

describe("in tslab's kernel", () => {
	function tslab() {
		const sent: string[] = []
		let made = 0
		const make = (id: string) => ({ raw: (type: string, data: unknown) => void sent.push(`${id} ${type} ${data}`) })
		const module: Tslab = { display: make('-'), newDisplay: () => make(`d${++made}`) }
		return { sink: tslabSink(module), sent }
	}

	it('a display has the richest type of its bundle', () => {
		const { sink, sent } = tslab()
		sink.display({ 'text/plain': 'x', 'text/html': '<b>x</b>' }, {})
		sink.display({ 'text/plain': 'x' }, {}, 'mine')
		sink.display({ 'image/png': 'AQID', 'text/plain': '' }, {}, 'mine', true)
		expect(sent).toEqual(['- text/html <b>x</b>', 'd1 text/plain x', 'd1 image/png AQID'])
	})

	it('updates go one after another, the newest of each display', () => {
		const { sink, sent } = tslab()
		sink.display({ 'text/plain': '0' }, {}, 'a')
		for (const text of ['1', '2', '3']) sink.display({ 'text/plain': text }, {}, 'a', true)
		expect(sent).toEqual(['d1 text/plain 0', 'd1 text/plain 1'])
	})
})

it("in Deno's kernel messages go out in order, and one that fails holds up none", async () => {
	const sent: unknown[] = []
	const sink = denoSink(async (type, content) => {
		if (type === 'clear_output') throw new RangeError('gone')
		sent.push([type, content])
	})
	sink.display({ 'text/plain': 'a' }, {}, 'i')
	sink.clear(true)
	sink.display({ 'text/plain': 'b' }, {}, 'i', true)
	await turns()
	expect(sent).toEqual([
		['display_data', { data: { 'text/plain': 'a' }, metadata: {}, transient: { display_id: 'i' } }],
		['update_display_data', { data: { 'text/plain': 'b' }, metadata: {}, transient: { display_id: 'i' } }],
	])
})
