import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { display, setDisplaySink, showValue } from '../../kernel/display/index.js'
import { LiveView } from '../../kernel/display/live.js'
import { openViews } from '../../kernel/display/openviews.js'
import type { ViewDefinition, ViewFrame } from '../../kernel/display/view.js'
import { manualContext } from '../support/timeline.js'

type Said =
	| {
			readonly kind: 'opened' | 'shown'
			readonly view: ViewDefinition
			readonly frame: ViewFrame
			readonly cell: unknown
	  }
	| { readonly kind: 'frame'; readonly frame: ViewFrame; readonly cell: unknown }
	| { readonly kind: 'closed' | 'display' | 'clear'; readonly cell: unknown }

const live = { settings: { 'rivulet.liveGraph': 'true' } }
const cell = new AsyncLocalStorage<string>()
let said: Said[] = []

beforeEach(() => {
	said = []
	setDisplaySink({
		display: () => said.push({ kind: 'display', cell: cell.getStore() }),
		clear: () => said.push({ kind: 'clear', cell: cell.getStore() }),
		viewOpened: (view, frame) => said.push({ kind: 'opened', view, frame, cell: cell.getStore() }),
		viewFrame: (frame) => said.push({ kind: 'frame', frame, cell: cell.getStore() }),
		viewClosed: () => said.push({ kind: 'closed', cell: cell.getStore() }),
		viewShown: (view, frame) => said.push({ kind: 'shown', view, frame, cell: cell.getStore() }),
	})
})
let close: (() => Promise<void>) | undefined
afterEach(async () => {
	await close?.()
	close = undefined
	setDisplaySink()
})

const captions = (): (string | undefined)[] => said.map((one) => ('frame' in one ? one.frame.caption : one.kind))
const frames = (): ViewFrame[] => said.flatMap((one) => (one.kind === 'frame' ? [one.frame] : []))
const openings = (): ViewDefinition[] => said.flatMap((one) => (one.kind === 'opened' ? [one.view] : []))

/** A context whose every batch can be drawn: the pace advances with the batches. */
function following() {
	const pace = new ManualClock()
	const made = manualContext(live)
	close = made.close
	// An output of its own, so that every batch has a job and is over when its views have looked.
	made.ssc.script([]).foreachRDD(() => undefined)
	const step = async (n = 1): Promise<void> => {
		for (let i = 0; i < n; i++) {
			pace.advance(1_000)
			await made.ssc.step()
		}
	}
	return { ...made, pace, step }
}

const words = [['b', 'a', 'b'], [], ['c']]

describe('a live view', () => {
	it('opens at once, follows every batch and ends with the context', async () => {
		const { ssc, pace, step } = following()
		const counts = ssc.script(words).countByValue().named('counts')
		new LiveView(counts, { pace })
		await step(3)
		await ssc.stop(true)
		expect(captions()).toEqual([
			'not started: ssc.start() begins the batches',
			'waiting for the first batch',
			'batch 00:00:01, 2 rows',
			'batch 00:00:02, 0 rows',
			'batch 00:00:03, 1 row',
			'stopped after batch 00:00:03, 1 row',
			'closed',
		])
		expect(openings()).toMatchObject([{ title: 'counts', form: 'chart', mode: 'latest', width: 600, height: 340 }])
		expect(frames()[1]?.rows).toEqual([
			{ key: 'b', value: 2 },
			{ key: 'a', value: 1 },
		])
		expect(openViews().size).toBe(0)
	})

	it('keeps one number a batch over batches, within its window', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script([[1, 2], [], [3]]).count(), { pace, window: '2s' })
		await step(3)
		expect(view.rows).toEqual([
			{ time: 2_000, value: 0 },
			{ time: 3_000, value: 1 },
		])
		expect(openings()).toMatchObject([{ form: 'chart', mode: 'append' }])
	})

	it('leaves a gap in a line where a batch has no number', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(
			ssc.script([[1, 2], [], [3]]).reduce((a, b) => a + b),
			{ pace },
		)
		await step(3)
		expect(view.rows.map((row) => row.value)).toEqual([3, null, 3])
	})

	it('opens again in place when the first records ask for another form', async () => {
		const { ssc, pace, step } = following()
		new LiveView(
			ssc.script<string>([[], ['x', 'y']]).map((word): [string, number] => [word, word.length]),
			{ pace },
		)
		await step(2)
		expect(openings().map(({ viewId, form, vegaLite }) => [viewId, form, vegaLite === undefined])).toEqual([
			[openings()[0]?.viewId, 'table', true],
			[openings()[0]?.viewId, 'chart', false],
		])
	})

	it('shows the number of records where there is no number', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script([['a', 'b'], ['c']]), { pace, look: 'stat' })
		await step(2)
		expect(view.rows).toEqual([
			{ time: 1_000, value: 2 },
			{ time: 2_000, value: 1, last: true },
		])
	})

	it('draws the greatest keys and says how many there are', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script([['a', 'b', 'b', 'c']]).countByValue(), { pace, maxRows: 1 })
		await step()
		pace.advance(100)
		expect([view.rows, frames().at(-1)?.caption]).toEqual([[{ key: 'b', value: 2 }], 'batch 00:00:01, 1 of 3 rows'])
	})

	it('says which batch it shows in the first picture that has rows', async () => {
		const { ssc, pace, step } = following()
		new LiveView(ssc.script([['a', 'b']]), { pace })
		await step(1)
		const withRows = said.flatMap((one) => ('frame' in one && one.frame.rows.length > 0 ? [one.frame.caption] : []))
		expect(new Set(withRows)).toEqual(new Set(['batch 00:00:01, 2 rows']))
	})

	it('says which window it shows', async () => {
		const { ssc, pace, step } = following()
		new LiveView(ssc.script([['a'], ['b']]).window('2s', '2s'), { pace })
		await step(2)
		expect(frames().at(-1)?.caption).toBe('window 00:00:00 to 00:00:02, 2 rows')
	})

	it('sends at most ten frames a second, the latest last', async () => {
		const { ssc, pace } = following()
		new LiveView(ssc.script([[1], [2], [3], [4]]).count(), { pace })
		await ssc.step(4)
		const before = captions()
		pace.advance(100)
		expect([before.slice(1), captions().slice(2)]).toEqual([['waiting for the first batch'], ['batch 00:00:04, 1 row']])
	})

	it('holds its picture while frozen and goes on after', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script([[1], [1, 2], [1, 2, 3]]).count(), { pace })
		await step()
		view.freeze()
		await step()
		const held = view.rows
		view.resume()
		await step()
		expect([held.length, view.rows.length]).toEqual([1, 3])
		expect(captions()).toContain('frozen, batch 00:00:01, 1 row')
	})

	it('shows nothing more after close, which may be called twice', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script([[1], [2]]), { pace })
		view.close()
		view.close()
		await step(2)
		expect(captions()).toEqual([
			'not started: ssc.start() begins the batches',
			'closed before the first batch',
			'closed',
		])
	})

	it('speaks for the cell that opened it, whoever drives it', async () => {
		const { ssc, pace, step } = following()
		const stream = ssc.script([[1], [2]])
		const view = cell.run('cell 1', () => new LiveView(stream, { pace }))
		await cell.run('cell 2', () => step(2))
		cell.run('cell 3', () => view.close())
		expect(new Set(said.map((one) => one.cell))).toEqual(new Set(['cell 1']))
	})

	it('changes nothing: no output operation, and no function runs twice', async () => {
		const { ssc, pace, step } = following()
		let calls = 0
		const stream = ssc.script([[1, 2]]).map((x) => {
			calls++
			return [x]
		})
		stream.foreachRDD(async (rdd) => void (await rdd.collect()))
		new LiveView(stream, { pace })
		await step()
		expect([ssc.outputs.length, calls]).toEqual([2, 2])
	})

	it('gives its specification with the rows it shows', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script(words).countByValue(), { pace, spec: { mark: 'bar' } })
		const table = new LiveView(ssc.script([[{ a: 1 }]]), { pace, look: 'table' })
		await step()
		expect(view.toVegaLite()).toMatchObject({
			$schema: 'https://vega.github.io/schema/vega-lite/v5.json',
			mark: 'bar',
			data: { values: expect.arrayContaining([{ key: 'b', value: 2 }]) },
		})
		expect(() => table.toVegaLite()).toThrow(expect.objectContaining({ code: 'display/spec' }))
	})
})

describe('the caption of a live view', () => {
	it('says since when it sees the past, and how much of it', async () => {
		const { ssc, pace, step } = following()
		const stream = ssc.script([['a'], ['b'], ['c'], ['d']])
		await step(3)
		new LiveView(stream.count(), { pace })
		await step()
		pace.advance(100)
		expect(captions().at(-1)).toBe('batch 00:00:04, 1 row · since 00:00:01, 3 batches back-filled')
	})

	it('says how many rows of how many a chart over batches draws', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(ssc.script([['a', 'b'], ['c', 'd'], ['e']]), {
			...{ pace, maxRows: 3, mode: 'append', look: 'table' },
		})
		await step(3)
		expect([view.rows.map((row) => row.value), captions().at(-1)]).toEqual([
			['c', 'd', 'e'],
			'batch 00:00:03, 1 row, 3 of 5 rows of 3 batches drawn',
		])
	})

	it('says which window it shows, also of streams that are made of one', async () => {
		const { ssc, pace, step } = following()
		const view = new LiveView(
			ssc
				.script([['a'], ['b']])
				.window('2s', '1s')
				.count(),
			{ pace },
		)
		await step(2)
		expect([view.rows, captions().at(-1)]).toEqual([
			[
				{ time: 1_000, from: -1_000, value: 1 },
				{ time: 2_000, from: 0, value: 2 },
			],
			'window 00:00:00 to 00:00:02, 1 row',
		])
		expect(JSON.stringify(view.toVegaLite())).toContain('each window covers 2 s')
	})
})

describe('ssc.show', () => {
	it('shows every view again in the cell that asks, with its history, also after the stop', async () => {
		const { ssc, pace, step } = following()
		const first = cell.run('cell 1', () => new LiveView(ssc.script([[1], [2]]).count(), { pace }))
		cell.run('cell 1', () => new LiveView(ssc.script([[1]]), { pace }).close())
		await step(2)
		cell.run('cell 2', () => ssc.show())
		await ssc.stop(true)
		cell.run('cell 3', () => ssc.show())
		const shown = said.flatMap((one) => (one.kind === 'shown' ? [one] : []))
		expect(shown.map((one) => [one.cell, one.view.viewId, one.frame.rows.length, one.frame.caption])).toEqual([
			['cell 2', first.viewId, 2, 'batch 00:00:02, 1 row'],
			['cell 3', first.viewId, 2, 'stopped after batch 00:00:02, 1 row'],
		])
	})

	it('says that there is none', () => {
		const { ssc } = following()
		ssc.show()
		expect(said.map((one) => one.kind)).toEqual(['display'])
	})
})

describe('what a cell shows', () => {
	it('is a live view for a stream, and nothing for handles', async () => {
		const { ssc } = following()
		const stream = ssc.script([[1]])
		const kinds = () => said.map((one) => one.kind)
		const shown = [showValue(undefined), showValue(stream), showValue(stream.foreachRDD(() => undefined))]
		expect([shown, kinds()]).toEqual([[undefined, undefined, undefined], ['opened']])
		expect([showValue(stream.chart()), showValue(stream.table()), showValue(stream.stat())]).toEqual([
			undefined,
			undefined,
			undefined,
		])
		expect(openings().map((view) => view.form)).toEqual(['table', 'table', 'table', 'stat'])
		expect(showValue(1)).toEqual({ bundle: { 'text/plain': '1' }, metadata: {} })
	})
	it('can only be updated by its id', () =>
		expect(() => display(1, { update: true })).toThrow(expect.objectContaining({ code: 'display/spec' })))
})
