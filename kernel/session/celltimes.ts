/** When cells ran: who may have held the thread while a batch was due. */

import { systemClock } from '../../engine/index.js'

interface Span {
	readonly label: string
	readonly fromMs: number
	toMs: number
}

/** So many cells are remembered: verdicts look at the last batches only. */
const remembered = 50

/** The spans of the last cells, one after another. */
export class CellTimes {
	readonly #now: () => number
	readonly #spans: Span[] = []

	constructor(now: () => number = () => systemClock.now()) {
		this.#now = now
	}

	/** A cell begins; what it gives back is to be called at its end. */
	begin(label: string): () => void {
		const span: Span = { label, fromMs: this.#now(), toMs: Number.POSITIVE_INFINITY }
		this.#spans.push(span)
		if (this.#spans.length > remembered) this.#spans.shift()
		return () => {
			span.toMs = this.#now()
		}
	}

	/** `cell [7]`: the one that ran longest between two instants; undefined when none did. */
	longest(fromMs: number, toMs: number): string | undefined {
		let best: { readonly label: string; readonly ms: number } | undefined
		for (const span of this.#spans) {
			const ms = Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs)
			if (ms > (best?.ms ?? 0)) best = { label: span.label, ms }
		}
		return best === undefined ? undefined : `cell ${best.label}`
	}
}
