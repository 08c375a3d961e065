import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { Pages, type Shown } from '../../kernel/jupyter/pages.js'

const display = (text: string, displayId?: string, update = false): Shown => ({
	...{ kind: 'display', data: { 'text/plain': text }, metadata: {}, displayId, update },
})
const clear: Shown = { kind: 'clear', wait: true }
const stream = (text: string): Shown => ({ kind: 'stream', name: 'stdout', text })

const brief = (shown: Shown): string =>
	shown.kind === 'clear' ? 'clear' : shown.kind === 'stream' ? shown.text : String(shown.data['text/plain'])

function scene() {
	const clock = new ManualClock()
	const sent: string[] = []
	const pages = new Pages(clock, (owner, shown) => sent.push(`${owner} ${brief(shown)}`))
	return { clock, sent, pages }
}

describe('what a cell shows', () => {
	it('now and then is heard at once', () => {
		const { sent, pages } = scene()
		for (let i = 0; i < 10; i++) pages.add('A', display(String(i)))
		expect(sent).toEqual(Array.from({ length: 10 }, (_, i) => `A ${i}`))
	})

	it('a thousand times a second is at most 20 messages in any second, the last one among them', () => {
		const { clock, sent, pages } = scene()
		const times: number[] = []
		for (let ms = 0; ms < 3_000; ms++) {
			pages.add('A', display(String(ms), 'd', true))
			while (times.length < sent.length) times.push(ms)
			clock.advance(1)
		}
		const most = Math.max(...times.map((from) => times.filter((ms) => ms >= from && ms < from + 1_000).length))
		expect(most).toBeLessThanOrEqual(20)
		pages.flush('A')
		expect(sent.at(-1)).toBe('A 2999')
	})

	it('and clears in a loop is only the last picture of what waits', () => {
		const { sent, pages } = scene()
		for (let i = 0; i < 100; i++) {
			pages.add('A', clear)
			pages.add('A', stream(`text ${i}`))
			pages.add('A', display(`picture ${i}`))
		}
		pages.flush('A')
		expect(sent.slice(10)).toEqual(['A clear', 'A text 99', 'A picture 99'])
	})

	it('is never lost when each display is another', () => {
		const { clock, sent, pages } = scene()
		for (let i = 0; i < 60; i++) pages.add('A', display(String(i)))
		clock.advance(1_000)
		expect(sent.length).toBeLessThanOrEqual(20)
		pages.flushAll()
		expect(sent).toEqual(Array.from({ length: 60 }, (_, i) => `A ${i}`))
	})

	it('does not wait for another cell that floods', () => {
		const { sent, pages } = scene()
		for (let i = 0; i < 60; i++) pages.add('A', display(String(i)))
		pages.add('B', display('x'))
		expect(sent.at(-1)).toBe('B x')
	})
})
