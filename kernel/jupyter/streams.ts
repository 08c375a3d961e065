/**
 * Gathers what cells print, so that tens of thousands of lines become a few messages.
 *
 * Text of one owner leaves after 30 ms, at 64 KB, when the stream changes, or when the caller flushes; order within an
 * owner is kept. jupyter_server drops what comes faster than 1,000 messages or 1 MB a second.
 */

import type { Clock, Disposable } from '../../engine/index.js'

export type StreamName = 'stdout' | 'stderr'

interface Gathered {
	name: StreamName
	parts: string[]
	length: number
	timer: Disposable
}

const gatherMs = 30
const mostUnits = 65_536

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
		if (this.#owners.get(owner)?.name !== name) this.flush(owner)
		const known = this.#owners.get(owner)
		const gathered = known ?? { name, parts: [], length: 0, timer: this.#timerOf(owner) }
		if (known === undefined) this.#owners.set(owner, gathered)
		gathered.parts.push(text)
		gathered.length += text.length
		if (gathered.length >= mostUnits) this.flush(owner)
	}

	/** Sends what `owner` has printed so far. */
	flush(owner: string): void {
		const gathered = this.#owners.get(owner)
		if (gathered === undefined) return
		this.#owners.delete(owner)
		gathered.timer.dispose()
		this.#emit(owner, gathered.name, gathered.parts.join(''))
	}

	flushAll(): void {
		for (const owner of [...this.#owners.keys()]) this.flush(owner)
	}

	#timerOf(owner: string): Disposable {
		return this.#clock.at(this.#clock.now() + gatherMs, () => this.flush(owner))
	}
}
