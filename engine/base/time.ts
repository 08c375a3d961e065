/**
 * Instants and lengths of time, in milliseconds, with Spark's names and texts.
 *
 * Source: Spark's `Time`, `Duration`, `Interval`. Both have `valueOf`, so `<`, `-` and `Math.max` work on them.
 */

import { type Clock, systemClock } from './clock.js'
import { requireThat, StreamError } from './errors.js'

/** The unit words of a duration string. */
export type DurationUnit = 'ms' | 's' | 'm' | 'min' | 'h' | 'd'

/** Where a length of time is asked: a Duration, or a string such as `'30s'`, `'5 s'`, `'200ms'`, `'1 min'`. */
export type DurationLike = Duration | `${number}${DurationUnit}` | `${number} ${DurationUnit}`

const unitMs: Readonly<Record<DurationUnit, number>> = {
	ms: 1,
	s: 1_000,
	m: 60_000,
	min: 60_000,
	h: 3_600_000,
	d: 86_400_000,
}

/** A length of time in whole milliseconds; may be zero or negative, as in Spark. */
export class Duration {
	readonly milliseconds: number

	constructor(milliseconds: number) {
		this.milliseconds = Math.trunc(milliseconds)
	}

	/**
	 * Reads a duration string; a Duration is returned as it is.
	 * @throws argument/duration when the text is no number with one of the units ms, s, m, min, h, d
	 */
	static of(like: DurationLike): Duration {
		if (like instanceof Duration) return like
		const match = typeof like === 'string' ? /^\s*(-?\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)\s*$/.exec(like) : null
		if (match === null) {
			throw new StreamError('argument/duration', `${JSON.stringify(like) ?? String(like)} is no duration`, {
				remedy: "use Seconds(30) or a text such as '30s', '200ms', '1 min'",
			})
		}
		return new Duration(Number(match[1]) * unitMs[match[2] as DurationUnit])
	}

	plus(that: Duration): Duration {
		return new Duration(this.milliseconds + that.milliseconds)
	}
	minus(that: Duration): Duration {
		return new Duration(this.milliseconds - that.milliseconds)
	}
	times(n: number): Duration {
		return new Duration(this.milliseconds * n)
	}
	/** The quotient as a number. */
	div(that: Duration): number {
		return this.milliseconds / that.milliseconds
	}
	less(that: Duration): boolean {
		return this.milliseconds < that.milliseconds
	}
	lessEq(that: Duration): boolean {
		return this.milliseconds <= that.milliseconds
	}
	greater(that: Duration): boolean {
		return this.milliseconds > that.milliseconds
	}
	greaterEq(that: Duration): boolean {
		return this.milliseconds >= that.milliseconds
	}
	/** @throws argument/duration for a zero duration, as the JVM's division by zero */
	isMultipleOf(that: Duration): boolean {
		if (that.milliseconds === 0) throw new StreamError('argument/duration', '/ by zero')
		return this.milliseconds % that.milliseconds === 0
	}
	min(that: Duration): Duration {
		return this.milliseconds < that.milliseconds ? this : that
	}
	max(that: Duration): Duration {
		return this.milliseconds > that.milliseconds ? this : that
	}
	isZero(): boolean {
		return this.milliseconds === 0
	}
	equals(that: unknown): boolean {
		return that instanceof Duration && that.milliseconds === this.milliseconds
	}
	hashCode(): number {
		return hashOfLong(this.milliseconds)
	}
	valueOf(): number {
		return this.milliseconds
	}
	toString(): string {
		return `${this.milliseconds} ms`
	}
	toFormattedString(): string {
		return String(this.milliseconds)
	}
	/** `950 ms`, `1.5 s`, `2.0 m`, `1.00 h`. */
	get prettyPrint(): string {
		return prettyMs(this.milliseconds)
	}
}

/** Spark's short text of a length in milliseconds. */
export function prettyMs(ms: number): string {
	if (ms < 1_000) return `${ms} ms`
	if (ms < 60_000) return `${halfUp(ms, 1_000, 1)} s`
	if (ms < 3_600_000) return `${halfUp(ms, 60_000, 1)} m`
	return `${halfUp(ms, 3_600_000, 2)} h`
}

/** `ms / unit` with so many digits, a half rounded up: 1.45 is 1.5, though the number nearest to it is less. */
function halfUp(ms: number, unit: number, digits: number): string {
	const least = unit / 10 ** digits
	return (Math.floor((ms + least / 2) / least) / 10 ** digits).toFixed(digits)
}

/** An instant: milliseconds since the epoch. */
export class Time {
	readonly milliseconds: number

	constructor(milliseconds: number) {
		this.milliseconds = milliseconds
	}

	plus(that: Duration): Time {
		return new Time(this.milliseconds + that.milliseconds)
	}
	minus(that: Time): Duration
	minus(that: Duration): Time
	minus(that: Time | Duration): Time | Duration {
		const ms = this.milliseconds - that.milliseconds
		return that instanceof Time ? new Duration(ms) : new Time(ms)
	}
	less(that: Time): boolean {
		return this.milliseconds < that.milliseconds
	}
	lessEq(that: Time): boolean {
		return this.milliseconds <= that.milliseconds
	}
	greater(that: Time): boolean {
		return this.milliseconds > that.milliseconds
	}
	greaterEq(that: Time): boolean {
		return this.milliseconds >= that.milliseconds
	}
	/** The last multiple of `d` (counted from `zero`) not after this time; truncates toward zero, as Spark does. */
	floor(d: Duration, zero: Time = new Time(0)): Time {
		const steps = Math.trunc((this.milliseconds - zero.milliseconds) / d.milliseconds)
		return new Time(steps * d.milliseconds + zero.milliseconds)
	}
	isMultipleOf(d: Duration): boolean {
		return new Duration(this.milliseconds).isMultipleOf(d)
	}
	min(that: Time): Time {
		return this.milliseconds < that.milliseconds ? this : that
	}
	max(that: Time): Time {
		return this.milliseconds > that.milliseconds ? this : that
	}
	/** Times from this one, `step` apart, without `end`. */
	until(end: Time, step: Duration): Time[] {
		return this.#series(end.milliseconds, step, false)
	}
	/** Times from this one, `step` apart, with `end` when it is hit. */
	to(end: Time, step: Duration): Time[] {
		return this.#series(end.milliseconds, step, true)
	}
	#series(endMs: number, step: Duration, inclusive: boolean): Time[] {
		const by = step.milliseconds
		if (by === 0) throw new StreamError('argument/duration', 'step cannot be 0.')
		const out: Time[] = []
		for (let ms = this.milliseconds; by > 0 ? ms < endMs : ms > endMs; ms += by) out.push(new Time(ms))
		if (inclusive) {
			const next = this.milliseconds + out.length * by
			if (next === endMs) out.push(new Time(endMs))
		}
		return out
	}
	equals(that: unknown): boolean {
		return that instanceof Time && that.milliseconds === this.milliseconds
	}
	hashCode(): number {
		return hashOfLong(this.milliseconds)
	}
	valueOf(): number {
		return this.milliseconds
	}
	toString(): string {
		return `${this.milliseconds} ms`
	}
}

/** A stretch of time with both ends. */
export class Interval {
	readonly beginTime: Time
	readonly endTime: Time

	constructor(beginTime: Time, endTime: Time) {
		this.beginTime = beginTime
		this.endTime = endTime
	}
	/** The interval of that length, counted from the epoch, in which the clock is now. */
	static currentInterval(length: DurationLike, clock: Clock = systemClock): Interval {
		const begin = new Time(clock.now()).floor(Duration.of(length))
		return new Interval(begin, begin.plus(Duration.of(length)))
	}
	duration(): Duration {
		return this.endTime.minus(this.beginTime)
	}
	plus(d: Duration): Interval {
		return new Interval(this.beginTime.plus(d), this.endTime.plus(d))
	}
	minus(d: Duration): Interval {
		return new Interval(this.beginTime.minus(d), this.endTime.minus(d))
	}
	/** @throws argument/duration when the two have different durations */
	less(that: Interval): boolean {
		if (!this.duration().equals(that.duration())) {
			throw new StreamError('argument/duration', `Comparing two intervals with different durations [${this}, ${that}]`)
		}
		return this.endTime.less(that.endTime)
	}
	toString(): string {
		return `[${this.beginTime}, ${this.endTime}]`
	}
}

/** A duration of `n` milliseconds. */
export const Milliseconds = (n: number): Duration => new Duration(n)
/** A duration of `n` seconds. */
export const Seconds = (n: number): Duration => new Duration(n * 1_000)
/** A duration of `n` minutes. */
export const Minutes = (n: number): Duration => new Duration(n * 60_000)
/** The same factories under their Java names. */
export const Durations = { milliseconds: Milliseconds, seconds: Seconds, minutes: Minutes } as const

/** The JVM's hash of a long: Spark's case classes of one long hash to it. */
function hashOfLong(value: number): number {
	const high = Math.floor(value / 4_294_967_296)
	return (value | 0) ^ (high | 0)
}

/** A duration that must be positive, e.g. the batch interval of a live context. */
export function requirePositive(duration: Duration, what: string): Duration {
	requireThat(duration.milliseconds > 0, `${what} must be positive, but got ${duration}`)
	return duration
}
