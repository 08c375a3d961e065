import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { BatchInfo, EngineEvent } from '../../../engine/index.js'
import type { ViewDefinition, ViewFrame } from '../../../kernel/display/view.js'
import type { Vitals } from '../../../kernel/session/vitals.js'
import { editing } from '../../../repl/edit/editing.js'
import { searchFor } from '../../../repl/edit/recall.js'
import { chartLines } from '../../../repl/ink/chart.js'
import { shownOf } from '../../../repl/ink/cut.js'
import { type EditorView, idle } from '../../../repl/ink/editorview.js'
import { known, noFacts, withVitals } from '../../../repl/ink/facts.js'
import { frameOf, noDashboard } from '../../../repl/ink/frame.js'
import { fullLines } from '../../../repl/ink/fulllines.js'
import type { LiveBlock } from '../../../repl/ink/livescreen.js'
import { paletteFor } from '../../../repl/ink/palette.js'
import { blockChart, brailleLine, short, shortBytes, shortMs, sparkline } from '../../../repl/ink/sparkline.js'
import { columnsOf } from '../../../repl/plain/width.js'

const plain = paletteFor(false)
const sizes = [
	{ columns: 80, rows: 24 },
	{ columns: 120, rows: 40 },
	{ columns: 200, rows: 60 },
	{ columns: 40, rows: 12 },
] as const

const batch = (timeMs: number, records: number, processingMs: number): EngineEvent => ({
	kind: 'batchCompleted',
	batchInfo: {
		batchTime: timeMs,
		streamIdToInputInfo: { 0: { inputStreamId: 0, numRecords: records, metadata: {} } },
		submissionTime: timeMs,
		schedulingDelay: processingMs > 1_000 ? processingMs - 1_000 : 0,
		processingDelay: processingMs,
		totalDelay: processingMs,
		numRecords: records,
		outputOperationInfos: {},
	} as BatchInfo,
})

const running = Array.from({ length: 30 }, (_, i) => batch((i + 1) * 1_000, 20 + ((i * 7) % 13), 5 + ((i * 11) % 40)))
	.concat(batch(31_000, 60, 1_250))
	.reduce(known, known(noFacts, { kind: 'streamingStarted', time: 0 }))

const vitals: Vitals = {
	...{ processBytes: 123_456_789, keptBytes: 2_100_000, keptLimitBytes: 536_870_912, diskBytes: 0, intervalMs: 1_000 },
	streams: [
		{ id: 0, title: 'lines', operator: 'socketTextStream', label: '[1]', slideMs: 1_000, inputId: 0 },
		{ id: 2, title: 'counts', operator: 'reduceByKey', label: '[3]', slideMs: 1_000 },
		{ id: 4, title: 'totals', operator: 'updateStateByKey', label: '[4]', slideMs: 1_000, keys: 1_204 },
	],
}
const dashboard = { ...noDashboard, isShown: true }

const rows = (count: number): string[] => Array.from({ length: count }, (_, i) => `  (word ${i},${count - i})`)
const live: readonly LiveBlock[] = [
	{ key: 'print/0', lines: ['[3] counts · 31000 ms', ...rows(10)] },
	{ key: 'print/1', lines: ['[4] totals · 31000 ms', ...rows(40)] },
]
const editor: EditorView = {
	...idle,
	prompt: 'rivulet> ',
	isReading: true,
	block: editing('const busy = counts.filter(([, n]) => n > 3)\nbusy.pri'),
	menu: {
		items: [
			{ text: 'print', kind: 'method', signature: '(method) DStream.print(num?: number): Output' },
			{ text: 'pprint', kind: 'method', signature: '(method) DStream.pprint(num?: number): Output' },
		],
		start: 50,
		chosen: 0,
		isEntered: true,
	},
}

describe('the frame', () => {
	it.each(sizes)('of $columns x $rows looks as kept', async ({ columns, rows: height }) => {
		const { lines, cursor } = frameOf({ editor, live, facts: running, dashboard }, plain, {
			columns,
			rows: height,
		})
		const kept = fileURLToPath(new URL(`screens/${columns}x${height}.txt`, import.meta.url))
		await expect(`${lines.join('\n')}\ncursor ${cursor.y}:${cursor.x}\n`).toMatchFileSnapshot(kept)
	})

	it('stays below the height and width of any window, whatever it shows', () => {
		const texts = ['', 'x'.repeat(500), 'a\n'.repeat(80), '日本'.repeat(90)]
		for (const text of texts) {
			for (const search of [undefined, searchFor('', texts)]) {
				for (const columns of [20, 40, 80]) {
					for (let height = 3; height < 30; height += 4) {
						const view = { ...editor, block: editing(text), search, typedAhead: ['a', 'b\nc'] }
						const { lines, cursor } = frameOf({ editor: view, live, facts: running, dashboard }, plain, {
							columns,
							rows: height,
						})
						expect(lines.length).toBeLessThan(height)
						expect(cursor.y).toBeLessThan(lines.length)
						expect(Math.max(...lines.map(columnsOf))).toBeLessThan(columns)
					}
				}
			}
		}
	})
})

describe('the dashboard', () => {
	const facts = withVitals(running, vitals)
	const receiver = { streamId: 0, name: 'SocketReceiver-0', active: true, lastErrorMessage: 'connection refused' }
	const troubled = [
		{ kind: 'receiverStarted', receiverInfo: receiver },
		...[32_000, 33_000].map((batchTime) => ({ kind: 'batchSubmitted', batchInfo: { batchTime } })),
	].reduce((now, event) => known(now, event as EngineEvent), facts)

	it.each(sizes)('over a window of $columns x $rows looks as kept', async ({ columns, rows: height }) => {
		const lines = fullLines({ facts: troubled, live, picked: undefined, shift: 0 }, plain, { columns, rows: height })
		const kept = fileURLToPath(new URL(`screens/full-${columns}x${height}.txt`, import.meta.url))
		await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(kept)
	})
	it('fills no more than the window, whatever it shows', () => {
		for (const columns of [20, 40, 80]) {
			for (let height = 1; height < 30; height++) {
				for (const shift of [-9, 0, 9]) {
					const size = { columns, rows: height }
					const lines = fullLines({ facts: troubled, live, picked: 4, shift }, plain, size)
					expect(lines.length).toBeLessThanOrEqual(height)
					expect(Math.max(...lines.map(columnsOf))).toBeLessThan(columns)
				}
			}
		}
	})
	it('shows the rate and the live output of the chosen stream', () => {
		const shown = (picked: number): string =>
			fullLines({ facts, live, picked, shift: 0 }, plain, { columns: 80, rows: 24 }).join('\n')
		expect([shown(2).includes('[3] counts'), shown(2).includes('[4] totals'), shown(4).includes('[4] totals')]).toEqual(
			[...[true, false, true]],
		)
	})
	it('above the prompt says so when there is no such stream, and shows all', () => {
		const { lines } = frameOf(
			{ editor: { ...idle, prompt: '> ' }, live, facts, dashboard: { ...dashboard, picked: 'cuonts' } },
			plain,
			{ columns: 80, rows: 24 },
		)
		expect(
			['there is no stream cuonts', '[3] counts', '[4] totals'].map((text) =>
				lines.some((line) => line.startsWith(text)),
			),
		).toEqual([true, true, true])
	})
	it('above the prompt shows one stream, in as many rows as are asked for', () => {
		const { lines } = frameOf(
			{ editor: { ...idle, prompt: '> ' }, live, facts, dashboard: { isShown: true, rows: 3, picked: 'totals' } },
			plain,
			{ columns: 80, rows: 24 },
		)
		expect([lines[0], lines.filter((line) => line.includes('counts')).length, lines.indexOf('> ')]).toEqual([
			...['[4] totals · 31000 ms', 0, lines.length - 1],
		])
		expect(lines.slice(-5).map((line) => line.slice(0, 9))).toEqual([
			'─────────',
			'● running',
			'input    ',
			'schedulin',
			'> ',
		])
	})
})

describe('charts of characters', () => {
	const view = (vegaLite: object, form: ViewDefinition['form'] = 'chart') =>
		({ viewId: 'v', title: 't', form, mode: 'latest', vegaLite, width: 1, height: 1, maxRows: 9 }) as ViewDefinition
	const frame = (given: readonly object[]) =>
		({ viewId: 'v', timeMs: 0, rows: given, caption: '', text: '' }) as ViewFrame
	const size = { columns: 24, rows: 6 }
	const points = [0, 5, 10].map((value, i) => ({ time: i * 1_000, value }))

	it('draws bars by the axis that holds numbers', () => {
		const spec = { mark: 'bar', encoding: { x: { field: 'n', type: 'quantitative' }, y: { field: 'word' } } }
		expect(
			chartLines(
				view(spec),
				frame([
					{ word: 'a', n: 4 },
					{ word: 'bb', n: 2 },
				]),
				size,
			),
		).toEqual(['a   ██████████████████ 4', 'bb  █████████ 2'])
	})
	it('draws a line with its range and its times', () => {
		const spec = { mark: { type: 'line' }, encoding: { x: { field: 'time' }, y: { field: 'value' } } }
		const lines = chartLines(view(spec), frame(points), size)
		expect([lines.length, lines[0]?.slice(0, 4), lines.at(-2)?.slice(0, 4), lines.at(-1)]).toEqual([
			6,
			'10 ┤',
			' 0 ┤',
			'    0 ms     2000 ms  10',
		])
	})
	it('draws a line a colour', () => {
		const encoding = { x: { field: 'time' }, y: { field: 'value' }, color: { field: 'key' } }
		const two = points.flatMap((point) => [
			{ ...point, key: 'a' },
			{ ...point, key: 'b', value: 1 },
		])
		expect(chartLines(view({ mark: 'line', encoding }), frame(two), size)).toEqual(['a  ▁▅█  10', 'b  ▄▄▄  1'])
	})
	it('shows the characters of a picture that the session draws, cut to the screen', () => {
		const { vegaLite: _, ...plain } = view({ mark: 'bar' })
		const text = ['The graph · ACTIVE', 'lines · script', ...Array.from({ length: 60 }, () => '└─ map')].join('\n')
		const lines = chartLines(plain, { ...frame([]), svg: '<svg/>', text }, { columns: 8, rows: 4 })
		expect(lines).toEqual(['lines ·…', ...Array.from({ length: 6 }, () => '└─ map'), '…'])
	})

	it('shows the rows of what it cannot draw', () => {
		expect(chartLines(view({ mark: 'geoshape' }), frame([{ a: 1 }]), size)).toEqual(['a', '─', '1'])
	})
	it('shows nothing before the first rows', () => expect(chartLines(view({}), frame([]), size)).toEqual([]))
})

describe('small charts', () => {
	it('fills eighths from zero to the top', () => expect(sparkline([0, 1, 4, 8], 5, 8)).toBe(' ▁▂▅█'))
	it('goes through all values in braille', () => {
		expect(brailleLine([0, 1, 2, 3], { columns: 2, rows: 1 }, { low: 0, high: 3 })).toEqual(['⡠⠊'])
	})
	it('fills blocks of many rows from below', () =>
		expect(blockChart([0, 4, 8, 16], { columns: 4, rows: 2 }, 16)).toEqual(['   █', '▁▄██']))
	it('writes numbers and times short', () => {
		expect([800, 12_000, 1.4e9].map(shortBytes)).toEqual(['800 B', '12 kB', '1.4 GB'])
		expect([950, 1_250, 35_000, 1.4e6].map(short)).toEqual(['950', '1.3 k', '35 k', '1.4 M'])
		expect([45, 1_234, 180_000].map(shortMs)).toEqual(['45 ms', '1.2 s', '3 min'])
	})
})

describe('a row that is drawn', () => {
	it.each([
		['keeps colours and links', '\x1b[31mred\x1b[0m \x1b]8;;http://a\x07b\x1b]8;;\x07', undefined],
		['moves no cursor and wipes nothing', 'a\x1b[2J\x1b[3Jb\x1b[1;1Hc\x1b[?25ld\x1bMe', 'abcde'],
		['sets no title and rings no bell', '\x1b]0;title\x07a\rb\x08', 'ab'],
	])('%s', (_, line, shown = line) => expect(shownOf(line)).toBe(shown))
})
