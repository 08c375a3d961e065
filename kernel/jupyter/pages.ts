/**
 * Paces what a cell shows, so that a loop that displays or clears hundreds of times a second does not flood the page.
 *
 * A cell that shows something now and then is heard at once. One that floods has 10 messages a second; what waits is
 * gathered meanwhile: of updates of one display the last counts, and a clear takes away what waited before it. Nothing
 * else is lost, the order stays, and what is flushed leaves at once.
 */

import type { Clock, Disposable } from '../../engine/index.js'
import type { Bundle } from '../display/view.js'
import type { StreamName } from './streams.js'

/** What a cell shows. */
export type Shown =
	| { readonly kind: 'stream'; readonly name: StreamName; readonly text: string }
	| { readonly kind: 'clear'; readonly wait: boolean }
	| {
			readonly kind: 'display'
			readonly data: Bundle
			readonly metadata: Bundle
			readonly displayId: string | undefined
			readonly update: boolean
	  }

/** What is known of a cell that has shown something. */
interface Page {
	waiting: Shown[]
	timer: Disposable | undefined
	/** Messages that may leave at `sinceMs`; more since then by time. */
	allowance: number
	sinceMs: number
}

/** So many messages may come at once, and so many more in each second after. */
const allowed = 10
/** More than this leaves whatever its messages a second. */
const mostWaiting = 2_000

/** One page a cell. */
export class Pages {
	readonly #clock: Clock
	readonly #emit: (owner: string, shown: Shown) => void
	readonly #pages = new Map<string, Page>()

	constructor(clock: Clock, emit: (owner: string, shown: Shown) => void) {
		this.#clock = clock
		this.#emit = emit
	}

	add(owner: string, shown: Shown): void {
		const nowMs = this.#clock.now()
		const page = this.#pages.get(owner) ?? { waiting: [], timer: undefined, allowance: allowed, sinceMs: nowMs }
		this.#pages.set(owner, page)
		page.waiting = gathered(page.waiting, shown)
		if (page.waiting.length > mostWaiting) this.flush(owner)
		else this.#leave(owner, page)
	}

	/** Sends what waits. */
	flush(owner: string): void {
		const page = this.#pages.get(owner)
		if (page === undefined) return
		page.timer?.dispose()
		page.timer = undefined
		const { waiting } = page
		page.waiting = []
		this.#spend(page, waiting.length)
		for (const shown of waiting) this.#emit(owner, shown)
	}

	flushAll(): void {
		for (const owner of [...this.#pages.keys()]) this.flush(owner)
	}

	/** Sends what may leave now; the rest when its time has come. */
	#leave(owner: string, page: Page): void {
		this.#spend(page, 0)
		while (page.waiting.length > 0 && page.allowance >= 1) {
			const [first, ...rest] = page.waiting
			page.waiting = rest
			this.#spend(page, 1)
			if (first !== undefined) this.#emit(owner, first)
		}
		if (page.waiting.length === 0) return
		page.timer ??= this.#clock.at(this.#clock.now() + ((1 - page.allowance) * 1_000) / allowed, () => {
			page.timer = undefined
			this.#leave(owner, page)
		})
	}

	#spend(page: Page, messages: number): void {
		const nowMs = this.#clock.now()
		page.allowance = Math.min(allowed, page.allowance + ((nowMs - page.sinceMs) * allowed) / 1_000) - messages
		page.sinceMs = nowMs
	}
}

/** What waits, with one more behind it. */
function gathered(waiting: readonly Shown[], shown: Shown): Shown[] {
	if (shown.kind === 'clear') return [...waiting.filter((one) => isUpdate(one)), shown]
	if (shown.kind === 'stream') {
		const last = waiting.at(-1)
		if (last?.kind !== 'stream' || last.name !== shown.name) return [...waiting, shown]
		return [...waiting.slice(0, -1), { ...shown, text: last.text + shown.text }]
	}
	const others = shown.update ? waiting.filter((one) => !isUpdate(one, shown.displayId)) : waiting
	return [...others, shown]
}

const isUpdate = (shown: Shown, id?: string): boolean =>
	shown.kind === 'display' && shown.update && (id === undefined || shown.displayId === id)
