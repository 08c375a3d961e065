/**
 * A day of live views on a ManualClock: session and front, with real pictures, keep their memory. By default a part of the
 * day; RIVULET_SOAK=86400 is all of it, a batch a second.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { setDisplaySink } from '../../kernel/display/index.js'
import { createRenderer } from '../../kernel/display/render.js'
import { LiveViews } from '../../kernel/jupyter/liveviews.js'
import { Throttle } from '../../kernel/jupyter/throttle.js'
import { manualContext } from '../support/timeline.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const batches = Number(process.env.RIVULET_SOAK ?? 300)
/** Of the front's time passes so little with a batch that one in so many frames is drawn. */
const drawnEvery = Math.max(20, batches / 200)
/** What the heap may grow by between the middle and the end: rows that six charts have not let go of yet, and batches. */
const mostGrowth = 20_000_000

afterEach(() => setDisplaySink())

describe('live views over a day', () => {
	it('keep heap, rows and displays as they were in the middle of it', { timeout: 60_000 + batches * 100 }, async () => {
		const clock = new ManualClock()
		const displays = new Set<string>()
		let pictures = 0
		const sink = {
			show: (_: string, displayId: string) => {
				displays.add(displayId)
				pictures += 1
			},
			fault: (_: string, error: { readonly message: string }) => expect(error.message).toBe(''),
		}
		const views = new LiveViews(sink, createRenderer(), new Throttle(clock, 100, 100), clock)
		setDisplaySink({
			display: () => undefined,
			clear: () => undefined,
			viewOpened: (view, frame) => views.opened('A', view, frame),
			viewFrame: (frame) => views.frame(frame),
			viewClosed: (viewId) => views.closed(viewId),
			viewShown: () => undefined,
		})
		const { ssc, close } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
		const words = ssc.rateStream(20, (i) => `w${(i * i) % 23}`)
		const pace = new ManualClock()
		const handles = [
			words.countByValue().chart(undefined, { pace } as object),
			words.count().chart(undefined, { pace, window: '10 min' } as object),
			words
				.window('30s', '1s')
				.count()
				.chart({ mark: 'line' }, { pace } as object),
			words.map((word): [string, number] => [word, 1]).chart(undefined, { pace, mode: 'append' } as object),
			words.stat({ pace } as object),
			words.table({ pace, mode: 'append', maxRows: 50 } as object),
		]
		const heapAfter = async (n: number): Promise<number> => {
			for (let i = 0; i < n; i++) {
				pace.advance(1_000)
				await ssc.step()
				clock.advance(100 / drawnEvery)
				if (i % drawnEvery === 0) await views.settled()
			}
			await views.settled()
			gc()
			return process.memoryUsage().heapUsed
		}
		const middle = await heapAfter(batches / 2)
		const end = await heapAfter(batches / 2)
		const rows = handles.map((view) => view.rows.length)
		await close()
		await views.settled()
		expect([displays.size, pictures > (6 * batches) / drawnEvery / 2]).toEqual([6, true])
		expect(rows).toEqual([expect.any(Number), Math.min(600, batches), 60, expect.any(Number), 60, 50])
		expect(Math.max(...rows)).toBeLessThanOrEqual(1_000)
		expect(end - middle).toBeLessThan(mostGrowth)
	})
})
