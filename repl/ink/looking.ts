/** What the checker says about a block, asked once the fingers rest; answers for a text that has changed are dropped. */

import type { Clock, Disposable } from '../../engine/index.js'
import type { Editing } from '../edit/editing.js'
import type { BlockEvents, EditorView } from './editorview.js'

/** The checker is asked when nothing was typed for so long. */
const restMs = 250

/** The looks of one editor. */
export class Looking {
	readonly #clock: Clock
	readonly #events: Pick<BlockEvents, 'explain' | 'diagnose'>
	readonly #block: () => Editing
	readonly #patch: (part: Partial<EditorView>) => void
	#planned: Disposable | undefined

	constructor(
		clock: Clock,
		events: Pick<BlockEvents, 'explain' | 'diagnose'>,
		block: () => Editing,
		patch: (part: Partial<EditorView>) => void,
	) {
		this.#clock = clock
		this.#events = events
		this.#block = block
		this.#patch = patch
	}

	/** Something was typed: looks when nothing more comes. */
	again(): void {
		this.stop()
		this.#planned = this.#clock.at(this.#clock.now() + restMs, () => void this.#look())
	}

	stop(): void {
		this.#planned?.dispose()
	}

	async #look(): Promise<void> {
		const { text, cursor } = this.#block()
		if (text.trim() === '' || /^\s*[.%?]/.test(text)) return
		const [hint = '', findings] = await Promise.all([this.#events.explain(text, cursor), this.#events.diagnose(text)])
		const now = this.#block()
		if (now.text === text && now.cursor === cursor) this.#patch({ hint, findings })
	}
}
