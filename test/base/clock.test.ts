import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Clock, SystemClock } from '../../engine/base/clock.js'
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

describe('a clock that is set back', () => {
	const kinds: readonly [string, () => { clock: Clock; setTime(timeMs: number): void; wait(): void }][] = [
		[
			'by hand',
			() => {
				const clock = new ManualClock(10_000)
				return { clock, setTime: (timeMs) => clock.setTime(timeMs), wait: () => undefined }
			},
		],
		[
			'by the system',
			() => {
				vi.useFakeTimers({ now: 10_000 })
				const clock = new SystemClock()
				const wait = (): void => void vi.advanceTimersByTime(10_000)
				return { clock, setTime: (timeMs) => void vi.setSystemTime(timeMs), wait }
			},
		],
	]
	afterEach(() => void vi.useRealTimers())
	it.each(kinds)('%s says so to whoever waits, once, and not of small steps', (_, begin) => {
		const { clock, setTime, wait } = begin()
		const heard: number[] = []
		const handle = clock.onSetBack?.((byMs) => heard.push(Math.round(byMs / 10_000)))
		clock.at(100_000, () => undefined)
		clock.at(200_000, () => undefined)
		setTime(9_500)
		wait()
		expect(heard).toEqual([])
		setTime(-70_000)
		wait()
		wait()
		expect(heard).toHaveLength(1)
		handle?.dispose()
		setTime(-900_000)
		wait()
		expect(heard).toHaveLength(1)
	})
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
