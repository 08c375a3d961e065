/**
 * The screen above the prompt: lines that stay (written once, into the terminal's own scrollback) and live blocks that
 * are redrawn with the prompt.
 *
 *     [2] hello                         written: stays
 *     [3] counts · 12:00:05             live: follows its stream, in place, until it is settled
 *       (the,12)
 *     rivulet> _
 *
 * Both are gathered and leave at most every 33 ms (lines) and 100 ms (live blocks): five thousand lines a second are
 * some thirty writes. What comes after a pause leaves at once. Order of what stays is kept; nothing is left out.
 */

import type { Clock } from '../../engine/index.js'
import type { Display } from '../plain/contract.js'
import { Pace } from './pace.js'
import { Store, type Watched } from './store.js'

/** A block that may still change. */
export interface LiveBlock {
	readonly key: string
	readonly lines: readonly string[]
}

const linesEveryMs = 33
const liveEveryMs = 100
/** So many lines wait at most while another screen is shown; a terminal keeps fewer. */
const mostHeld = 50_000

/** Contract: `write` puts text into the scrollback above whatever is drawn. */
export class LiveScreen implements Display {
	readonly isTerminal = true
	readonly keepsMany = true
	readonly #clock: Clock
	readonly #write: (text: string) => void
	readonly #rows: () => number
	#isFrozen = false
	#isHeld = false
	/** Lines that were left out while another screen was shown. */
	#lost = 0
	readonly #blocks = new Map<string, readonly string[]>()
	readonly #live = new Store<readonly LiveBlock[]>([])
	/** What a program has written of a line that it has not ended yet. */
	#partial: { readonly key: string; readonly text: string; readonly indent: string } | undefined
	/** Whose text was written last. */
	#written: string | undefined
	#waiting: string[] = []
	readonly #linesPace: Pace
	readonly #livePace: Pace

	/** @param rows of the window */
	constructor(clock: Clock, write: (text: string) => void, rows: () => number) {
		this.#clock = clock
		this.#rows = rows
		this.#write = write
		this.#linesPace = new Pace(this.#clock, linesEveryMs, () => this.#writeLines())
		this.#livePace = new Pace(this.#clock, liveEveryMs, () => this.#showLive())
	}

	/** Three quarters of the window: the input stays in sight. */
	get mostLines(): number {
		return Math.max(5, Math.floor(this.#rows() * 0.75))
	}

	/** Live blocks stand still, or go on; true when they stand still now. */
	toggleFrozen(): boolean {
		this.#isFrozen = !this.#isFrozen
		this.#livePace.ask()
		return this.#isFrozen
	}

	/** Another screen is shown: what comes waits, the newest lines at least, until it is released. */
	hold(): void {
		this.#isHeld = true
	}

	/** Shows what has come meanwhile. */
	release(): void {
		this.#isHeld = false
		if (this.#lost > 0) this.#waiting.unshift(`… ${this.#lost} lines left out while the dashboard was shown`)
		this.#lost = 0
		this.#linesPace.now()
		this.#livePace.now()
	}

	/** The live blocks as they are now, oldest first, also while they are held. */
	get blocks(): readonly LiveBlock[] {
		return [...this.#blocks].map(([key, lines]): LiveBlock => ({ key, lines }))
	}

	/** The live blocks, oldest first. */
	get live(): Watched<readonly LiveBlock[]> {
		return this.#live
	}

	isLast(key: string): boolean {
		return this.#blocks.has(key) || this.#written === key
	}

	print(lines: readonly string[]): void {
		this.#endPartial()
		this.#written = undefined
		this.#stay(lines)
	}

	keep(key: string, lines: readonly string[]): void {
		this.#blocks.set(
			key,
			lines.flatMap((line) => line.split('\n')),
		)
		this.#livePace.ask()
	}

	settle(key: string): void {
		const lines = this.#blocks.get(key)
		if (lines === undefined) return
		this.#blocks.delete(key)
		this.print(lines)
		this.#livePace.ask()
	}

	/** Every live block stays as it is, e.g. because the streams have stopped. */
	settleAll(): void {
		for (const key of [...this.#blocks.keys()]) this.settle(key)
	}

	/** A carriage return starts the line again, so progress bars work. */
	stream(key: string, text: string, _name: 'stdout' | 'stderr' = 'stdout', indent = ''): void {
		if (this.#partial !== undefined && this.#partial.key !== key) this.#endPartial()
		this.#written = key
		const lines = `${this.#partial?.text ?? ''}${text}`.replaceAll('\r\n', '\n').split('\n')
		const last = lines.pop() ?? ''
		const shown = lines.map((line) => `${indent}${line.slice(line.lastIndexOf('\r') + 1)}`)
		if (shown.length > 0) this.#stay(shown)
		const isGone = this.#partial !== undefined && last === ''
		this.#partial = last === '' ? undefined : { key, text: last.slice(last.lastIndexOf('\r') + 1), indent }
		if (last !== '' || isGone) this.#livePace.ask()
	}

	/** Everything that waits leaves now, e.g. before the terminal is given back. */
	flush(): void {
		this.#endPartial()
		this.#linesPace.now()
		this.#livePace.now()
	}

	#stay(lines: readonly string[]): void {
		for (const line of lines) this.#waiting.push(line)
		this.#linesPace.ask()
	}

	#endPartial(): void {
		if (this.#partial === undefined) return
		const { indent, text } = this.#partial
		this.#partial = undefined
		this.#stay([`${indent}${text}`])
		this.#livePace.ask()
	}

	#writeLines(): void {
		if (this.#isHeld) {
			const over = this.#waiting.length - mostHeld
			if (over > 0) this.#waiting.splice(0, over)
			this.#lost += Math.max(0, over)
			return
		}
		if (this.#waiting.length === 0) return
		const lines = this.#waiting
		this.#waiting = []
		this.#write(`${lines.join('\n')}\n`)
	}

	#showLive(): void {
		if (this.#isFrozen || this.#isHeld) return
		const blocks = [...this.blocks]
		const partial = this.#partial
		if (partial !== undefined) blocks.push({ key: partial.key, lines: [`${partial.indent}${partial.text}`] })
		if (blocks.length > 0 || this.#live.value.length > 0) this.#live.set(blocks)
	}
}
