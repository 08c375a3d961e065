import { expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { Interrupting } from '../../kernel/jupyter/interrupting.js'

function scene(isRunning = true) {
	const clock = new ManualClock()
	const log: string[] = []
	const backend = {
		isRunning,
		interrupt: (whom = 'session') => void log.push(whom),
		kill: () => void log.push('kill'),
	}
	const interrupting = new Interrupting({ backend, clock, say: (text) => void log.push(text.slice(0, 25)) })
	return { clock, log, interrupting }
}

it('a request that ends after an interrupt is not followed by another signal', () => {
	const { clock, log, interrupting } = scene()
	interrupting.interrupt()
	interrupting.ended()
	clock.advance(5_000)
	expect([log, interrupting.signal.aborted]).toEqual([['session'], true])
})

it('a request that goes on hears of it with its children, then an offer, then the end', () => {
	const { clock, log, interrupting } = scene()
	interrupting.interrupt()
	clock.advance(1_000)
	interrupting.interrupt()
	interrupting.interrupt()
	clock.advance(500)
	interrupting.interrupt()
	expect(log).toEqual(['session', 'all', 'the cell does not end: in', 'all', 'kill'])
})

it('a request that has not reached the session sends no signal there', () => {
	const { log, interrupting } = scene(false)
	interrupting.interrupt()
	expect([log, interrupting.signal.aborted]).toEqual([[], true])
})
