import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../engine/index.js'
import type { Key } from '../../../repl/edit/keys.js'
import { DashboardActions } from '../../../repl/ink/dashboardactions.js'
import { noFacts, withVitals } from '../../../repl/ink/facts.js'
import { noDashboard } from '../../../repl/ink/frame.js'
import { FullScreen } from '../../../repl/ink/fullscreen.js'
import { GatedOutput } from '../../../repl/ink/gatedoutput.js'
import { LiveScreen } from '../../../repl/ink/livescreen.js'
import { paletteFor } from '../../../repl/ink/palette.js'
import { Store } from '../../../repl/ink/store.js'

const facts = withVitals(noFacts, {
	...{ processBytes: 1, keptBytes: 0, keptLimitBytes: 1, diskBytes: 0, intervalMs: 1_000 },
	streams: ['lines', 'counts'].map((title, id) => ({ id, title, operator: 'map', label: '[1]', slideMs: 1_000 })),
})
const size = new Store({ columns: 60, rows: 12 })
const key = (name: string, ctrl = false): Key => ({ kind: 'key', name, ctrl, alt: false, shift: false })

function opened() {
	const written: string[] = []
	const shown: boolean[] = []
	const clock = new ManualClock()
	const full = new FullScreen({
		...{ clock, palette: paletteFor(false), size, facts: () => facts, live: () => [] },
		write: (text) => void written.push(text),
		onShown: (isOpen) => void shown.push(isOpen),
	})
	full.open()
	return { full, written, shown, clock, last: () => written.at(-1) ?? '' }
}

describe('the dashboard on the alternate screen', () => {
	it('draws the whole window from its corner, and never wipes the scrollback', () => {
		const { written } = opened()
		expect(written.length).toBe(1)
		expect(written[0]?.startsWith('\x1b[?2026h\x1b[?25l\x1b[H● not started')).toBe(true)
		expect(written.join('')).not.toContain('\x1b[3J')
	})
	it('draws at most ten times a second, however often something changes', async () => {
		const { full, written, clock } = opened()
		for (let i = 0; i < 50; i++) {
			full.changed()
			await clock.advance(10)
		}
		expect(written.length).toBeGreaterThan(3)
		expect(written.length).toBeLessThanOrEqual(1 + 6)
	})
	it('chooses a stream by arrows, and goes round', () => {
		const { full, last } = opened()
		const chosen = [1, 1, 1, -1].map((step) => {
			full.press(key(step > 0 ? 'down' : 'up'))
			return /▸ (all|#\d)/.exec(last())?.[1]
		})
		expect(chosen).toEqual(['#0', '#1', 'all', '#1'])
	})
	it.each([['q'], ['escape'], ['f3'], ['ctrl c']])('%s leaves it', (name) => {
		const { full, shown } = opened()
		full.press(name === 'q' ? { kind: 'text', text: 'q' } : key(name.replace('ctrl ', ''), name.startsWith('ctrl')))
		expect([full.isOpen, shown]).toEqual([false, [true, false]])
	})
	it('gives back what was typed behind the letter that left it', () => {
		const { full } = opened()
		expect(full.press({ kind: 'text', text: 'jj' })).toBeUndefined()
		expect(full.press({ kind: 'text', text: "jq'quick'" })).toEqual({ kind: 'text', text: "'quick'" })
	})
})

describe('the screen behind it', () => {
	it('keeps what is written meanwhile and shows it in order afterwards', async () => {
		const clock = new ManualClock()
		const written: string[] = []
		const screen = new LiveScreen(
			clock,
			(text) => void written.push(text),
			() => 24,
		)
		screen.hold()
		screen.print(['a'])
		await clock.advance(1_000)
		screen.print(['b'])
		await clock.advance(1_000)
		expect(written).toEqual([])
		screen.release()
		expect(written).toEqual(['a\nb\n'])
	})
	it('knows whose text was written last, so that an owner is named once', () => {
		const screen = new LiveScreen(
			new ManualClock(),
			() => undefined,
			() => 24,
		)
		const told: boolean[] = []
		screen.stream('late/1', 'a\n')
		told.push(screen.isLast('late/1'))
		screen.stream('late/2', 'b\n')
		told.push(screen.isLast('late/1'), screen.isLast('late/2'))
		screen.print(['c'])
		told.push(screen.isLast('late/2'))
		expect(told).toEqual([true, false, true, false])
	})
	it('says how many lines of a flood were left out', async () => {
		const clock = new ManualClock()
		const written: string[] = []
		const screen = new LiveScreen(
			clock,
			(text) => void written.push(text),
			() => 24,
		)
		screen.hold()
		for (let i = 0; i < 60; i++) {
			screen.print(Array.from({ length: 1_000 }, (_, k) => `line ${i * 1_000 + k}`))
			await clock.advance(100)
		}
		screen.release()
		const lines = written.join('').trimEnd().split('\n')
		expect([lines[0], lines[1], lines.at(-1)]).toEqual([
			...['… 10000 lines left out while the dashboard was shown', 'line 10000', 'line 59999'],
		])
	})
	it('what Ink writes waits, and no wipe of the scrollback comes through', () => {
		const to = new PassThrough()
		const output = new GatedOutput(to as unknown as NodeJS.WriteStream)
		output.stream.write('a\x1b[2J\x1b[3J\x1b[Hb')
		output.hold()
		output.stream.write('c')
		const before = String(to.read())
		output.release()
		expect([before, String(to.read())]).toEqual(['a\x1b[2J\x1b[Hb', 'c'])
	})
})

describe('.dash', () => {
	function actions() {
		const { full } = opened()
		full.close()
		const view = new Store(noDashboard)
		return { view, full, dash: new DashboardActions(view, full, () => ({ facts, live: [] })) }
	}
	it.each([
		['', { isShown: true, rows: undefined, picked: undefined }],
		['counts', { isShown: true, rows: undefined, picked: 'counts' }],
		['#1', { isShown: true, rows: undefined, picked: 'counts' }],
		['7', { isShown: true, rows: 7, picked: undefined }],
		['all', { isShown: true, rows: undefined, picked: undefined }],
	])("'%s' changes what is shown", (argument, wanted) => {
		const { view, dash } = actions()
		dash.command(argument)
		expect(view.value).toEqual(wanted)
	})
	it('full opens the whole window, keys make it larger and smaller', () => {
		const { view, full, dash } = actions()
		dash.command('full')
		for (const asked of ['largerDashboard', 'largerDashboard', 'smallerDashboard'] as const) dash.asked(asked)
		expect([full.isOpen, view.value.rows]).toEqual([true, 6])
	})
	it.each([
		['count', /there is no stream count/],
		['0', /1 to 40 rows/],
	])("'%s' is refused", (argument, message) => expect(() => actions().dash.command(argument)).toThrow(message))
})
