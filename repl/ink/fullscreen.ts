/**
 * The dashboard on the terminal's alternate screen: drawn over the whole window, its keys its own. What was on the screen
 * before is there again when it is left, as it was.
 */

import type { Clock } from '../../engine/index.js'
import type { Key } from '../edit/keys.js'
import type { Facts } from './facts.js'
import type { WindowSize } from './frame.js'
import { fullLines } from './fulllines.js'
import type { LiveBlock } from './livescreen.js'
import { Pace } from './pace.js'
import type { Palette } from './palette.js'
import type { Watched } from './store.js'

/** What the dashboard shows, and where. */
export interface FullScreenParts {
	readonly clock: Clock
	readonly palette: Palette
	readonly size: Watched<WindowSize>
	readonly facts: () => Facts
	readonly live: () => readonly LiveBlock[]
	/** Puts text on the terminal, whatever else is held back. */
	readonly write: (text: string) => void
	/** The other screen is shown, or the own one again. */
	readonly onShown: (isOpen: boolean) => void
}

const drawEveryMs = 100
const redrawn = '\x1b[?2026h\x1b[?25l\x1b[H'
const drawn = '\x1b[J\x1b[?2026l'

/** Contract: while it is open every key is given to `press`; what was typed after the key that closed it comes back. */
export class FullScreen {
	readonly #parts: FullScreenParts
	readonly #pace: Pace
	#isOpen = false
	#picked: number | undefined
	#shift = 0
	#stopWatching: () => void = () => undefined

	constructor(parts: FullScreenParts) {
		this.#parts = parts
		this.#pace = new Pace(parts.clock, drawEveryMs, () => this.#draw())
	}

	get isOpen(): boolean {
		return this.#isOpen
	}

	open(): void {
		if (this.#isOpen) return
		this.#isOpen = true
		this.#parts.onShown(true)
		this.#stopWatching = this.#parts.size.subscribe(() => this.#draw())
		this.#draw()
	}

	close(): void {
		if (!this.#isOpen) return
		this.#isOpen = false
		this.#stopWatching()
		this.#parts.onShown(false)
	}

	/** What is shown has changed. */
	changed(): void {
		if (this.#isOpen) this.#pace.ask()
	}

	/**
	 * Does what a key means; of a text, letter for letter (a busy program reads several keys in one piece).
	 * @returns the rest of a text, once a letter of it closed the dashboard
	 */
	press(key: Key): Key | undefined {
		if (key.kind === 'key') this.#do(key.ctrl ? `ctrl+${key.name}` : key.name)
		if (key.kind === 'text') {
			const letters = [...key.text]
			while (this.#isOpen && letters.length > 0) this.#do(letters.shift() as string)
			if (letters.length > 0) return { kind: 'text', text: letters.join('') }
		}
		if (this.#isOpen) this.#draw()
		return undefined
	}

	#do(key: string): void {
		switch (key) {
			case 'q':
			case 'escape':
			case 'f2':
			case 'f3':
			case 'ctrl+c':
			case 'ctrl+d':
				this.close()
				break
			case 'up':
			case 'k':
				this.#pick(-1)
				break
			case 'down':
			case 'j':
			case 'tab':
				this.#pick(1)
				break
			case '+':
			case '=':
				this.#shift++
				break
			case '-':
				this.#shift--
				break
			default:
				// Any other key means nothing here.
				break
		}
		const half = Math.ceil(this.#parts.size.value.rows / 2)
		this.#shift = Math.max(-half, Math.min(half, this.#shift))
	}

	#pick(step: number): void {
		const ids = [undefined, ...(this.#parts.facts().vitals?.streams ?? []).map(({ id }) => id)]
		const at = Math.max(0, ids.indexOf(this.#picked))
		this.#picked = ids[(at + step + ids.length) % ids.length]
	}

	#draw(): void {
		if (!this.#isOpen) return
		const { facts, live, size, palette, write } = this.#parts
		const view = { facts: facts(), live: live(), picked: this.#picked, shift: this.#shift }
		const lines = fullLines(view, palette, size.value)
		write(`${redrawn}${lines.map((line) => `${line}\x1b[K`).join('\r\n')}${drawn}`)
	}
}
