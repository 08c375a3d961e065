import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import type { ViewDefinition, ViewFrame } from '../../kernel/display/view.js'
import { LiveViews } from '../../kernel/jupyter/liveviews.js'
import { Throttle } from '../../kernel/jupyter/throttle.js'

const size = { width: 600, height: 340, maxRows: 20 }
const view = (viewId = 'v', more: Partial<ViewDefinition> = {}): ViewDefinition => ({
	...{ viewId, title: 'counts', form: 'chart', mode: 'latest', vegaLite: { mark: 'bar' } },
	...size,
	...more,
})
const frame = (n: number, viewId = 'v'): ViewFrame => ({
	...{ viewId, timeMs: n, rows: [{ value: n }], caption: `batch ${n}`, text: `counts · batch ${n}\n#` },
})

/** The front of one session: `sent` has a line for each display message. */
function front() {
	const clock = new ManualClock(1_763_700_000_000)
	const sent: string[] = []
	const closed: string[] = []
	const renderer = {
		render: async (_: unknown, { caption }: ViewFrame) => `<svg>${caption}</svg>`,
		close: (viewId: string) => void closed.push(viewId),
	}
	const sink = {
		show: (owner: string, displayId: string, data: Readonly<Record<string, unknown>>, isUpdate: boolean) => {
			const manner = 'application/vnd.vegalite.v5+json' in data ? ('text/html' in data ? 'moving' : 'full') : 'live'
			const caption = String(data['text/plain']).split('\n')[0]?.replace('counts · ', '') ?? ''
			sent.push(
				`${owner} ${isUpdate ? 'update' : 'new'} ${displayId} ${manner}: ${caption.replace(/ of \d{4}-.*/, '')}`,
			)
		},
		fault: () => undefined,
	}
	const views = new LiveViews(sink, renderer, new Throttle(clock, 100, 100), clock)
	/** What was sent in so many milliseconds. */
	const pass = async (ms: number): Promise<string[]> => {
		clock.advance(ms)
		await views.settled()
		return sent.splice(0)
	}
	return { clock, views, sent, closed, pass }
}

describe('live views of a front', () => {
	it('are drawn in full when they have been quiet for a second, and not again', async () => {
		const { views, pass } = front()
		views.opened('A', view(), frame(0))
		expect(await pass(900)).toEqual(['A new v live: batch 0'])
		views.frame(frame(1))
		expect(await pass(900)).toEqual(['A update v live: batch 1'])
		expect(await pass(200)).toEqual(['A update v full: batch 1 · as'])
		expect(await pass(60_000)).toEqual([])
	})

	it('of a second are not at rest between their batches', async () => {
		const { views, pass } = front()
		views.opened('A', view('v', { restMs: 1_500 }), frame(0))
		for (let i = 1; i <= 3; i++) {
			views.frame(frame(i))
			expect((await pass(1_000)).at(-1)).toBe(`A update v live: batch ${i}`)
		}
	})

	it('that never rest are drawn in full, behind a picture, every ten seconds', async () => {
		const { views, pass } = front()
		views.opened('A', view(), frame(0))
		const moving: number[] = []
		for (let i = 1; i <= 250; i++) {
			views.frame(frame(i))
			for (const line of await pass(100)) if (line.includes('moving')) moving.push(i)
		}
		expect(moving).toEqual([100, 200])
	})

	it('are drawn in full after an error or an interrupt, once', async () => {
		const { views, pass } = front()
		views.opened('A', view(), frame(0))
		await pass(10)
		views.frame(frame(1))
		views.rest()
		views.rest()
		expect(await pass(500)).toEqual(['A update v full: batch 1 · as'])
	})

	it('say when they are over, and are freed', async () => {
		const { views, pass, closed } = front()
		views.opened('A', view(), frame(0))
		views.closed('v')
		expect([await pass(5_000), closed]).toEqual([
			['A new v live: batch 0', 'A update v full: batch 0 · no longer live, as'],
			['v'],
		])
	})

	it('whose session is gone say that too', async () => {
		const { views, pass } = front()
		views.opened('A', view(), frame(0))
		await pass(2_000)
		views.reset()
		expect(await pass(5_000)).toEqual(['A update v full: batch 0 · no longer live, as'])
	})

	it('are shown again under another cell in the same display, which goes on', async () => {
		const { views, pass } = front()
		views.opened('A', view(), frame(0))
		await pass(10)
		views.shown('B', view(), frame(0), false)
		views.frame(frame(1))
		expect(await pass(500)).toEqual(['B new v live: batch 1', 'A update v live: batch 1'])
	})

	it('that are over are shown again as they were', async () => {
		const { views, pass, closed } = front()
		views.shown('B', view(), frame(7), true)
		expect([await pass(5_000), closed]).toEqual([['B new v full: batch 7 · no longer live, as'], ['v']])
	})

	it('send ten updates a second each and a hundred in all', async () => {
		const { views, pass } = front()
		const ids = Array.from({ length: 30 }, (_, i) => `v${i}`)
		for (const id of ids) views.opened('A', view(id), frame(0, id))
		await pass(2_000)
		const counts = new Map<string, number>()
		for (let i = 0; i < 99; i++) {
			for (const id of ids) views.frame(frame(i, id))
			for (const line of await pass(10)) {
				const id = line.split(' ')[2] ?? ''
				counts.set(id, (counts.get(id) ?? 0) + 1)
			}
		}
		const each = [...counts.values()]
		expect(each.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(100)
		expect(each.length).toBe(30)
		expect(Math.max(...each)).toBeLessThanOrEqual(10)
	})
})
