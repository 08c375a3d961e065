import { describe, expect, it } from 'vitest'
import { RecurringTimer } from '../../engine/base/timer.js'
import { ManualClock } from '../../engine/index.js'

describe('ManualClock', () => {
	it('runs what falls due in order of time, each at its own time', () => {
		const clock = new ManualClock()
		const seen: string[] = []
		clock.at(20, () => seen.push(`b at ${clock.now()}`))
		clock.at(10, () => seen.push(`a at ${clock.now()}`))
		clock.at(20, () => seen.push(`c at ${clock.now()}`))
		clock.advance(25)
		expect(seen).toEqual(['a at 10', 'b at 20', 'c at 20'])
		expect(clock.now()).toBe(25)
	})
	it('runs what was asked for while it advances', () => {
		const clock = new ManualClock()
		const seen: number[] = []
		clock.at(10, () => clock.at(15, () => seen.push(clock.now())))
		clock.advance(20)
		expect(seen).toEqual([15])
	})
	it('forgets what was disposed', () => {
		const clock = new ManualClock()
		const seen: number[] = []
		clock.at(10, () => seen.push(10)).dispose()
		clock.advance(20)
		expect(seen).toEqual([])
	})
	it('refuses to go back by advance', () =>
		expect(() => new ManualClock().advance(-1)).toThrow('cannot advance by -1 ms'))
})

describe('RecurringTimer', () => {
	it('fires for every period that has passed, once each', () => {
		const clock = new ManualClock(250)
		const seen: number[] = []
		const timer = new RecurringTimer(clock, 100, (timeMs) => seen.push(timeMs))
		timer.start(timer.startTime())
		clock.advance(350)
		timer.stop()
		clock.advance(500)
		expect(seen).toEqual([300, 400, 500, 600])
	})
})
