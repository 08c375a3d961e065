/**
 * Errors of batches: each place in the user's code is said once, and after that counted in its cell.
 *
 *   RangeError: bad 1 … in the batch at 1000 ms            an error, with its code frame
 *   ×12 RangeError: bad 12 · last in the batch at 12000 ms one display that changes, at most once a second
 */

import { randomUUID } from 'node:crypto'
import { type Clock, type Disposable, systemClock } from '../../engine/index.js'
import { timeText } from '../display/index.js'
import type { ErrorData } from './messages.js'
import { errorData } from './traces.js'

/** Where errors and their counts go. */
export interface BatchErrorSink {
	error(owner: string, error: ErrorData): void
	/** A line of text in place of what `displayId` showed before. */
	count(owner: string, text: string, displayId: string, isUpdate: boolean): void
}

interface Place {
	readonly displayId: string
	/** Batches, in each of which several outputs and views may have met the error. */
	count: number
	lastMs: number
	/** What is to be shown next; undefined when all is shown. */
	text: string | undefined
	isShown: boolean
	timer: Disposable | undefined
}

const paceMs = 1_000
/** Places that are remembered: an error without a place in the user's code is told apart by its message. */
const mostPlaces = 500
/** Times below this are counted by hand (a ManualClock from 0), not by the calendar: the year 2001. */
const firstCalendarMs = 1e12

export class BatchErrors {
	readonly #sink: BatchErrorSink
	readonly #clock: Clock
	readonly #session = randomUUID().slice(0, 8)
	readonly #shown = new WeakMap<object, string>()
	readonly #places = new Map<string, Place>()
	#made = 0

	constructor(sink: BatchErrorSink, clock: Clock = systemClock) {
		this.#sink = sink
		this.#clock = clock
	}

	report(owner: string, group: string, thrown: Error, batchTimeMs: number): void {
		const error = errorData(thrown)
		const [frame] = error.frames
		const at = frame === undefined ? undefined : `${frame.file}:${frame.line}:${frame.column}`
		const key = [group, error.name, at ?? error.message].join(' ')
		const known = this.#places.get(key)
		if (known !== undefined) {
			if (known.lastMs === batchTimeMs) return
			known.lastMs = batchTimeMs
			known.count += 1
			const when = batchTimeMs < firstCalendarMs ? `${batchTimeMs} ms` : timeText(batchTimeMs, false)
			const where = at === undefined ? '' : ` · ${at}`
			known.text = `×${known.count} ${error.name}: ${error.message}${where} · last in the batch at ${when}`
			if (known.timer === undefined) this.#tell(owner, known)
			return
		}
		this.#made += 1
		const displayId = `errors-${this.#session}-${this.#made}`
		this.#places.set(key, {
			displayId,
			count: 1,
			lastMs: batchTimeMs,
			text: undefined,
			isShown: false,
			timer: undefined,
		})
		const [oldest] = this.#places.keys()
		if (this.#places.size > mostPlaces && oldest !== undefined) this.#places.delete(oldest)
		this.#shown.set(thrown, owner)
		this.#sink.error(owner, { ...error, lines: [...error.lines, `in the batch at ${batchTimeMs} ms`] })
	}

	/** True when the owner has seen that very error. */
	isShown(owner: string, thrown: unknown): boolean {
		return typeof thrown === 'object' && thrown !== null && this.#shown.get(thrown) === owner
	}

	#tell(owner: string, place: Place): void {
		if (place.text === undefined) return
		this.#sink.count(owner, place.text, place.displayId, place.isShown)
		place.text = undefined
		place.isShown = true
		place.timer = this.#clock.at(this.#clock.now() + paceMs, () => {
			place.timer = undefined
			this.#tell(owner, place)
		})
	}
}
