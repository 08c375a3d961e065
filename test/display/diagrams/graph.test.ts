import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../engine/index.js'
import { graphDiagram } from '../../../kernel/display/diagrams/graph.js'
import { setDisplaySink } from '../../../kernel/display/index.js'
import { openViews } from '../../../kernel/display/openviews.js'
import type { ViewDefinition, ViewFrame } from '../../../kernel/display/view.js'
import { manualContext } from '../../support/timeline.js'

let frames: ViewFrame[] = []
let opened: ViewDefinition[] = []
let closed = 0
beforeEach(() => {
	;[frames, opened, closed] = [[], [], 0]
	setDisplaySink({
		display: () => undefined,
		clear: () => undefined,
		viewOpened: (view, frame) => {
			opened.push(view)
			frames.push(frame)
		},
		viewFrame: (frame) => void frames.push(frame),
		viewClosed: () => void closed++,
		viewShown: () => undefined,
	})
})
let close: (() => Promise<void>) | undefined
afterEach(async () => {
	await close?.()
	setDisplaySink()
})

function words() {
	const made = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
	close = made.close
	const lines = made.ssc.script([['a b', 'b'], ['c a'], []]).named('lines')
	const words = lines.flatMap((text) => text.split(' ')).named('words')
	words.window('2s').foreachRDD(async (rdd) => void (await rdd.collect()))
	return { ...made, words }
}

/** The tree without the places of outputs in this file. */
const tree = (text: string): string[] => text.split('\n').map((line) => line.replace(/ · graph\.test\.ts:\d+/, ''))

describe('ssc.graph()', () => {
	it('draws streams with what they hold, outputs, and what nobody uses', async () => {
		const { ssc, words: all } = words()
		const unused = all.filter((word) => word !== 'a')
		const picture = ssc.graph()
		await ssc.step(2)
		expect(tree(String(picture)).map((line) => line.replace(/(in|took) \d+ ms/, '$1 n ms'))).toEqual([
			'The graph · ACTIVE, batches of 1 s · 1 input, 1 output · last batch 2 s: 1 record in n ms',
			'lines · script  every 1 s · remembers 2 · 1 record at 2 s',
			'└─ words · flatMap  every 1 s · remembers 2 · 2 records at 2 s',
			'   ├─ window  window 2 s, slide 1 s · 5 records at 2 s',
			'   │  └─▶ foreachRDD  took n ms',
			'   └─ filter  every 1 s · no output uses it',
		])
		expect(unused.streamId).toBeGreaterThan(0)
	})

	it('follows the batches at most twice a second and ends with the context', async () => {
		const { ssc } = words()
		ssc.graph()
		await ssc.step(3)
		await ssc.stop(true)
		expect(opened.length).toBe(1)
		expect(frames.length).toBeLessThan(4)
		expect(frames.at(-1)?.text).toContain('STOPPED')
		expect([closed, openViews().size]).toEqual([1, 0])
	})

	it('counts nothing when it is closed, and functions run no more often while it is open', async () => {
		const { ssc, words: all } = words()
		let calls = 0
		all
			.map((word) => {
				calls++
				return word
			})
			.foreachRDD(async (rdd) => void (await rdd.collect()))
		const picture = ssc.graph()
		await ssc.step()
		const whileOpen = calls
		picture.close()
		await ssc.step()
		expect([whileOpen, calls]).toEqual([3, 5])
		expect(ssc.describe().streams.some(({ counted }) => counted?.timeMs === 2_000)).toBe(false)
	})

	it('forgets what a run of a cell made when another takes its place', async () => {
		const { ssc, words: all } = words()
		const held = all.map((word) => word.length)
		expect(ssc.describe({ all: true }).streams.map(({ operator }) => operator)).toContain('map')
		ssc.live.removeGroup('other')
		expect([held, ...ssc.describe().streams].length).toBe(4)
	})

	it('of an empty context says how to begin', () => {
		const { svg } = graphDiagram({
			graph: { streams: [], outputs: [] },
			state: 'INITIALIZED',
			batchMs: 1_000,
			isManual: true,
			lastBatch: undefined,
		})
		expect(svg).toContain('no streams yet: begin with an input')
	})

	it('keeps hostile names inert', () => {
		const hostile = '<script>alert(1)</script>\u0000\ud800]]>&'
		const { svg, text } = graphDiagram({
			graph: {
				streams: [
					{
						id: 0,
						name: hostile,
						operator: hostile,
						className: 'X',
						parents: [],
						slideMs: 1_000,
						isInput: true,
						remembered: 0,
					},
				],
				outputs: [{ id: 1, name: `${hostile} at ${hostile}`, streamId: 0 }],
			},
			state: hostile,
			batchMs: 1_000,
			isManual: true,
			lastBatch: undefined,
		})
		for (const part of ['<script', '\u0000', '\ud800']) expect(svg).not.toContain(part)
		expect(text).not.toContain('\u0000')
	})
})

it('a live picture waits for its pace', async () => {
	const { ssc } = words()
	const { LivePicture } = await import('../../../kernel/display/diagrams/livepicture.js')
	const pace = new ManualClock()
	let drawn = 0
	const picture = new LivePicture({
		context: ssc,
		group: undefined,
		pace,
		draw: () => ({ title: 'x', text: String(++drawn), svg: `<svg width="1" height="1">${drawn}</svg>` }),
	})
	await ssc.step(3)
	const before = frames.length
	pace.advance(500)
	expect([before, frames.length]).toEqual([1, 2])
	picture.close()
})
