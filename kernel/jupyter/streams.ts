/**
 * Gathers what cells print, so that tens of thousands of lines become a few messages.
 *
 * A cell that prints now and then is heard within 5 ms, and its two streams keep their order. A cell that floods has
 * 20 messages a second: when it has used them up its text waits, each stream gathered on its own. Nothing is lost, and
 * what is flushed leaves at once. jupyter_server drops what comes faster than 1,000 messages or 1 MB a second.
 */

import type { Clock, Disposable } from '../../engine/index.js'

export type StreamName = 'stdout' | 'stderr'

interface Stretch {
	readonly name: StreamName
	readonly parts: string[]
}

/** What is known of an owner that has printed. */
interface Gathered {
	stretches: Stretch[]
	length: number
	timer: Disposable | undefined
	/** Messages that may leave at `sinceMs`; more since then by time. */
	allowance: number
	sinceMs: number
}

/** Text that follows at once is in the same message. */
const gatherMs = 5
/** So many messages may come at once, and so many more in each second after. */
const allowed = 10
/** Text beyond this leaves whatever its messages a second: strings have a greatest length. */
const mostUnits = 16_777_216

/** One buffer an owner. */
export class StreamGatherer {
	readonly #clock: Clock
	readonly #emit: (owner: string, name: StreamName, text: string) => void
	readonly #owners = new Map<string, Gathered>()

	constructor(clock: Clock, emit: (owner: string, name: StreamName, text: string) => void) {
		this.#clock = clock
		this.#emit = emit
	}

	add(owner: string, name: StreamName, text: string): void {
		const nowMs = this.#clock.now()
		const fresh: Gathered = { stretches: [], length: 0, timer: undefined, allowance: allowed, sinceMs: nowMs }
		const gathered = this.#owners.get(owner) ?? fresh
		this.#owners.set(owner, gathered)
		const last = gathered.stretches.at(-1)
		if (last?.name === name) last.parts.push(text)
		else gathered.stretches.push({ name, parts: [text] })
		gathered.length += text.length
		if (gathered.length >= mostUnits) this.flush(owner)
		else gathered.timer ??= this.#clock.at(this.#dueMs(gathered, nowMs), () => this.flush(owner))
	}

	/** Sends what `owner` has printed so far. */
	flush(owner: string): void {
		const gathered = this.#owners.get(owner)
		if (gathered === undefined) return
		gathered.timer?.dispose()
		gathered.timer = undefined
		const nowMs = this.#clock.now()
		const left = allowanceAt(gathered, nowMs)
		const { stretches } = gathered
		const leaving = stretches.length <= Math.max(2, left) ? stretches : byName(stretches)
		Object.assign(gathered, { stretches: [], length: 0, allowance: left - leaving.length, sinceMs: nowMs })
		for (const { name, parts } of leaving) this.#emit(owner, name, parts.join(''))
	}

	flushAll(): void {
		for (const owner of [...this.#owners.keys()]) this.flush(owner)
	}

	/** Forgets an owner. */
	drop(owner: string): void {
		this.flush(owner)
		this.#owners.delete(owner)
	}

	/** When two messages may leave, one a stream. */
	#dueMs(gathered: Gathered, nowMs: number): number {
		const missing = 2 - allowanceAt(gathered, nowMs)
		return nowMs + Math.max(gatherMs, (missing * 1_000) / allowed)
	}
}

const allowanceAt = ({ allowance, sinceMs }: Gathered, nowMs: number): number =>
	Math.min(allowed, allowance + ((nowMs - sinceMs) * allowed) / 1_000)

/** All text of one stream, then all of the other. */
function byName(stretches: readonly Stretch[]): Stretch[] {
	const names = [...new Set(stretches.map(({ name }) => name))]
	return names.map((name) => ({
		name,
		parts: stretches.flatMap((one) => (one.name === name ? one.parts : [])),
	}))
}
