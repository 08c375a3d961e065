import { describe, expect, it } from 'vitest'
import { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from '../../engine/index.js'

const ms = (times: Time[]): number[] => times.map((time) => time.milliseconds)

describe('Duration', () => {
	it.each([
		['30s', 30_000],
		['5 s', 5_000],
		['200ms', 200],
		['1 min', 60_000],
		['1m', 60_000],
		['2h', 7_200_000],
		['1d', 86_400_000],
		['1.5 s', 1_500],
	] as const)('reads %s as %i ms', (text, wanted) => expect(Duration.of(text).milliseconds).toBe(wanted))

	it.each(['30 sec', '5', '', 's', '1 fortnight'])('refuses %j and says what it takes', (text) =>
		expect(() => Duration.of(text as '1s')).toThrow(`${JSON.stringify(text)} is no duration`),
	)

	it.each([
		[1, '1 ms'],
		[999, '999 ms'],
		[1_000, '1.0 s'],
		[90_000, '1.5 m'],
		[3_600_000, '1.00 h'],
		[1_450, '1.5 s'],
		[261_000, '4.4 m'],
	])('shows %i ms as %s', (n, text) => expect(Milliseconds(n).prettyPrint).toBe(text))

	it('compares by value', () => {
		expect(Seconds(60).equals(Minutes(1))).toBe(true)
		expect(Seconds(1) < Seconds(2)).toBe(true)
	})
})

describe('Time', () => {
	it('floors toward zero, also from another zero', () => {
		expect(new Time(1_350).floor(Milliseconds(200)).milliseconds).toBe(1_200)
		expect(new Time(1_350).floor(Milliseconds(200), new Time(50)).milliseconds).toBe(1_250)
	})
	it('lists the times up to another one, without and with it', () => {
		expect(ms(new Time(1_000).until(new Time(1_100), Milliseconds(50)))).toEqual([1_000, 1_050])
		expect(ms(new Time(1_000).to(new Time(1_100), Milliseconds(50)))).toEqual([1_000, 1_050, 1_100])
	})
	it('refuses a step of zero with the text of Spark', () =>
		expect(() => new Time(0).to(new Time(1), Milliseconds(0))).toThrow('step cannot be 0.'))
})

describe('Interval', () => {
	it('refuses to compare intervals of different durations', () => {
		const [a, b] = [new Interval(new Time(0), new Time(1)), new Interval(new Time(0), new Time(2))]
		expect(() => a.less(b)).toThrow('Comparing two intervals with different durations [[0 ms, 1 ms], [0 ms, 2 ms]]')
	})
})
