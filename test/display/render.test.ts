import { describe, expect, it } from 'vitest'
import { createRenderer, fullBundle, liveBundle } from '../../kernel/display/render.js'
import { mergedSpec, type SpecParts, specOf } from '../../kernel/display/spec.js'
import type { ViewDefinition, ViewFrame } from '../../kernel/display/view.js'

const parts: SpecParts = { title: 'counts', measure: 'count', slideMs: 1_000, isManual: true, width: 600, height: 340 }
const view = (vegaLite: ViewDefinition['vegaLite'], form: ViewDefinition['form'] = 'chart'): ViewDefinition => ({
	viewId: 'v',
	title: 'counts',
	form,
	mode: 'latest',
	...(vegaLite === undefined ? {} : { vegaLite }),
	width: 600,
	height: 340,
	maxRows: 20,
})
const frame = (rows: ViewFrame['rows'], caption = 'batch 1'): ViewFrame => ({
	viewId: 'v',
	timeMs: 1_000,
	rows,
	caption,
	text: 'in characters',
})
const one = [{ key: 'the <b>', value: 3 }]

describe('a chart', () => {
	it('is drawn again with the rows and the caption of each frame, in the same size', async () => {
		const renderer = createRenderer()
		const bars = view(specOf('bars', parts))
		const drawn = await Promise.all(
			[frame([], 'waiting'), frame(one, 'batch 1'), frame([{ key: 'of', value: 1 }], 'batch 2')].map((each) =>
				renderer.render(bars, each),
			),
		)
		expect(drawn.map((svg) => /width="\d+" height="\d+"/.exec(svg)?.[0])).toEqual(
			Array(3).fill('width="600" height="340"'),
		)
		expect(
			drawn.map((svg) => ['waiting', 'batch 1', 'batch 2', 'the &lt;b&gt;', '>of<'].filter((x) => svg.includes(x))),
		).toEqual([['waiting'], ['batch 1', 'the &lt;b&gt;'], ['batch 2', '>of<']])
		renderer.close('v')
	})

	it.each(['line', 'lines', 'stat'] as const)(
		'over time is drawn from the first batch on, gaps included: %s',
		async (look) => {
			const renderer = createRenderer()
			const rows = [
				{ time: 1_000, key: 'a', value: 1 },
				{ time: 2_000, key: 'a', value: null },
				{ time: 3_000, key: 'a', value: 5, last: true },
			]
			const drawn = [[], rows.slice(0, 1), rows].map((each) => renderer.render(view(specOf(look, parts)), frame(each)))
			for (const svg of await Promise.all(drawn)) expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/)
			renderer.close('v')
		},
	)

	it('shows the greatest bar first in every batch, whatever came first before', async () => {
		const renderer = createRenderer()
		const rows = (a: number, b: number) => [
			{ key: 'a', value: a },
			{ key: 'b', value: b },
		]
		const bars = view(specOf('bars', parts))
		await renderer.render(bars, frame(rows(2, 1)))
		const svg = await renderer.render(bars, frame(rows(1, 2).reverse()))
		const bottomUp = [...svg.matchAll(/translate\([^,]+,([\d.]+)\)[^>]*>([ab])</g)]
			.sort(([, y], [, z]) => Number(z) - Number(y))
			.map(([, , key]) => key)
		expect(bottomUp).toEqual(['a', 'b'])
		renderer.close('v')
	})

	it('has room for what labels and legends take, also when its first frame had no rows', async () => {
		const renderer = createRenderer()
		const lines = view(specOf('lines', parts))
		const rows = [{ time: 1_000, key: 'a', value: 1 }]
		await renderer.render(lines, frame([]))
		const after = await renderer.render(lines, frame(rows))
		const fresh = await renderer.render({ ...lines, viewId: 'w' }, { ...frame(rows), viewId: 'w' })
		const places = (svg: string) => svg.match(/translate\([^)]*\)/g)
		expect(places(after)).toEqual(places(fresh))
		renderer.close('v')
		renderer.close('w')
	})

	it('has ids of its own, as several pictures may stand inline on one page', async () => {
		const renderer = createRenderer()
		const mark = { type: 'line', clip: true }
		const encoding = { x: { field: 'time', type: 'temporal' }, y: { field: 'value', type: 'quantitative' } }
		const svg = await renderer.render(view({ mark, encoding }), frame([{ time: 1_000, value: 1 }]))
		const ids = [...svg.matchAll(/ id="([^"]+)"|url\(#([^)]+)\)/g)].map(([, id, used]) => id ?? used)
		expect(ids.length).toBeGreaterThan(1)
		expect(ids.filter((id) => !id?.startsWith('v-'))).toEqual([])
		renderer.close('v')
	})

	it.each([
		[
			'facets',
			{ facet: { field: 'key' }, spec: { mark: 'bar', encoding: { y: { field: 'value', type: 'quantitative' } } } },
		],
		['a column', { mark: 'bar', encoding: { column: { field: 'key' }, y: { field: 'value', type: 'quantitative' } } }],
		['a concatenation', { hconcat: [1, 2].map(() => ({ mark: 'bar', encoding: { x: { field: 'key' } } })) }],
		['a step', { width: { step: 40 }, mark: 'bar', encoding: { x: { field: 'key', type: 'nominal' } } }],
	])('whose size comes from its rows grows with them, and never shrinks: %s', async (_, spec) => {
		const renderer = createRenderer()
		const definition = view(mergedSpec(spec, 'bars', parts))
		const many = Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value: i }))
		const widths: number[] = []
		for (const rows of [[], many, one]) {
			const svg = await renderer.render(definition, frame(rows))
			widths.push(Number(/width="([\d.]+)"/.exec(svg)?.[1]))
		}
		expect(widths[1]).toBeGreaterThan(widths[0] ?? 0)
		expect(widths[2]).toBe(widths[1])
		renderer.close('v')
	})

	it('starts over when its definition was sent again', async () => {
		const renderer = createRenderer()
		await renderer.render(view(specOf('bars', parts)), frame(one))
		const svg = await renderer.render(view(specOf('line', parts)), frame([{ time: 1_000, value: 1 }]))
		expect(svg).toContain('batch time')
		renderer.close('v')
	})

	it('that Vega refuses is an error of its own, and the next one is drawn', async () => {
		const renderer = createRenderer()
		await expect(
			renderer.render(view({ mark: 'bar', transform: [{ filter: '(((' }] }), frame(one)),
		).rejects.toMatchObject({
			code: 'display/spec',
			where: 'counts',
		})
		expect(await renderer.render(view(specOf('bars', parts)), frame(one))).toContain('<svg')
		renderer.close('v')
	})
})

describe('the bundle of a view', () => {
	it('is a picture and text while it lives, and at rest the specification with its data, never HTML', () => {
		const bars = view(specOf('bars', parts))
		const full = fullBundle(bars, frame([{ key: 'a', value: Number.NaN }]), '<svg/>')
		expect(Object.keys(liveBundle(bars, frame(one), '<svg/>'))).toEqual(['image/svg+xml', 'text/plain'])
		expect(Object.keys(full)).toEqual(['application/vnd.vegalite.v5+json', 'image/svg+xml', 'text/plain'])
		expect(full['application/vnd.vegalite.v5+json']).toMatchObject({
			$schema: 'https://vega.github.io/schema/vega-lite/v5.json',
			title: { text: 'counts', subtitle: 'batch 1' },
			data: { values: [{ key: 'a', value: null }] },
		})
	})
	it('of a table is HTML and text', () => {
		const bundle = fullBundle(view(undefined, 'table'), frame(one), '')
		expect(bundle).toEqual({ 'text/html': expect.stringContaining('the &lt;b&gt;'), 'text/plain': 'in characters' })
	})
})
