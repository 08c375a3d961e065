import { afterEach, describe, expect, it } from 'vitest'
import { setDisplaySink, type ViewDefinition, type ViewFrame } from '../../kernel/display/index.js'
import { LiveView, type ViewWish } from '../../kernel/display/live.js'
import { createRenderer, fullBundle, liveBundle } from '../../kernel/display/render.js'
import { manualContext } from '../support/timeline.js'

const hostile = '</text></title></svg><script>alert(1)</script><img src=x onerror=alert(1)>'

afterEach(() => setDisplaySink())

/** What a front shows of a view over hostile records, while it lives and at rest. */
async function bundlesOf(wish: ViewWish, records: readonly unknown[]): Promise<string[]> {
	let view: ViewDefinition | undefined
	let frame: ViewFrame | undefined
	const take = (one: ViewFrame): void => {
		frame = one
	}
	setDisplaySink({
		display: () => undefined,
		clear: () => undefined,
		viewOpened: (definition, first) => {
			view = definition
			take(first)
		},
		viewFrame: take,
		viewShown: () => undefined,
		viewClosed: () => undefined,
	})
	const { ssc, close } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
	const stream = ssc.script([records]).named(hostile)
	stream.foreachRDD(() => undefined)
	new LiveView(stream, wish)
	await ssc.step()
	await close()
	if (view === undefined || frame === undefined) return []
	const renderer = createRenderer()
	const svg = await renderer.render(view, frame)
	renderer.close(view.viewId)
	return [liveBundle, fullBundle].flatMap((bundle) => {
		const { 'image/svg+xml': picture = '', 'text/html': html = '' } = bundle(
			view as ViewDefinition,
			frame as ViewFrame,
			svg,
		)
		return [String(picture), String(html)]
	})
}

describe('hostile names and records are inert in a live view', () => {
	it.each<[string, ViewWish, readonly unknown[]]>([
		['as bars', {}, [[hostile, 2]]],
		['as a line', { look: 'line' }, [3]],
		['as lines', { mode: 'append' }, [[hostile, 2]]],
		['as a number', { look: 'stat' }, [1]],
		['as a table', { look: 'table' }, [{ [hostile]: hostile }]],
		['as text', {}, [hostile]],
		['with a title', { title: hostile }, [[hostile, 1]]],
		[
			'in a specification',
			{ spec: { mark: 'bar', title: hostile, encoding: { x: { field: 'key', type: 'nominal', title: hostile } } } },
			[[hostile, 1]],
		],
	])('%s', async (_, wish, records) => {
		for (const text of await bundlesOf(wish, records)) expect(text).not.toMatch(/<script|<img|<\/svg>./is)
	})
})
