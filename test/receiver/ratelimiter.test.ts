import { describe, expect, it } from 'vitest'
import { ManualClock, SparkConf } from '../../engine/index.js'
import { RateLimiter, rateBounds } from '../../engine/receiver/ratelimiter.js'

const limiter = (perSecond: number, clock = new ManualClock(), most = Number.POSITIVE_INFINITY) =>
	new RateLimiter(clock, { initial: perSecond, most })

describe('the limit of a receiver', () => {
	it.each([
		['no settings', {}, undefined, Number.POSITIVE_INFINITY],
		['a most of 0', { 'receiver.maxRate': 0 }, undefined, Number.POSITIVE_INFINITY],
		['a negative most', { 'receiver.maxRate': -5 }, undefined, Number.POSITIVE_INFINITY],
		['a most', { 'receiver.maxRate': 100 }, undefined, 100],
		['an initial rate', { 'backpressure.initialRate': 50 }, undefined, 50],
		['an initial rate below the most', { 'receiver.maxRate': 100, 'backpressure.initialRate': 50 }, undefined, 50],
		['an initial rate above the most', { 'receiver.maxRate': 100, 'backpressure.initialRate': 500 }, undefined, 100],
		['an update without a most', {}, 105, 105],
		['an update below the most', { 'receiver.maxRate': 110 }, 105, 105],
		['an update above the most', { 'receiver.maxRate': 100 }, 105, 100],
		['an update beyond the initial rate', { 'backpressure.initialRate': 50 }, 105, 105],
		['an update to 0', { 'receiver.maxRate': 100 }, 0, 100],
		['a negative update', { 'receiver.maxRate': 100 }, -1, 100],
		['an update that is no number', { 'receiver.maxRate': 100 }, Number.NaN, 100],
	])('follows %s', (_, settings, update, expected) => {
		const conf = new SparkConf()
		for (const [key, value] of Object.entries(settings)) conf.set(`spark.streaming.${key}`, value)
		const made = new RateLimiter(new ManualClock(), rateBounds(conf))
		if (update !== undefined) made.update(update)
		expect(made.currentLimit).toBe(expected)
	})
})

describe('a rate limiter', () => {
	it('lets everything pass without a limit', () => {
		expect(limiter(Number.POSITIVE_INFINITY).pass(1_000_000)).toBe(1_000_000)
	})

	it('lets the rate pass, in even steps', () => {
		const clock = new ManualClock()
		const limit = limiter(100, clock)
		const passed = Array.from({ length: 6 }, () => {
			const n = limit.pass(1_000)
			clock.advance(50)
			return n
		})
		expect(passed).toEqual([1, 5, 5, 5, 5, 5])
	})

	it('saves up no more than one second of permits', () => {
		const clock = new ManualClock()
		const limit = limiter(100, clock)
		limit.pass(1)
		clock.advance(60_000)
		expect([limit.pass(1_000), limit.pass(1_000)]).toEqual([101, 0])
	})

	it('begins its time with the first record, not before', () => {
		const clock = new ManualClock()
		const limit = limiter(100, clock)
		clock.advance(60_000)
		expect(limit.pass(1_000)).toBe(1)
	})

	it('lets many pass together and makes the next wait for what they cost', () => {
		const clock = new ManualClock()
		const limit = limiter(100, clock)
		const passed = [limit.tryPass(300), limit.tryPass()]
		clock.advance(2_999)
		passed.push(limit.tryPass())
		clock.advance(1)
		passed.push(limit.tryPass())
		expect(passed).toEqual([true, false, false, true])
	})

	it('keeps the share of what was saved when the rate changes', () => {
		const clock = new ManualClock()
		const limit = limiter(100, clock)
		limit.pass(1)
		clock.advance(510)
		limit.update(1_000)
		expect(limit.pass(10_000)).toBe(501)
	})

	it('keeps within five percent over two seconds in small steps', () => {
		const clock = new ManualClock()
		const limit = limiter(1_001, clock)
		let passed = 0
		for (let i = 0; i < 200; i += 1) {
			passed += limit.pass(1_000)
			clock.advance(10)
		}
		expect(Math.abs(passed - 2_002)).toBeLessThan(100)
	})

	it('stands still when the clock goes back', () => {
		const clock = new ManualClock(10_000)
		const limit = limiter(100, clock)
		limit.pass(1)
		clock.setTime(0)
		expect(limit.pass(1)).toBe(0)
	})
})
