/** Completion in the block: asks for candidates, puts in what they share, goes through the menu. */

import type { Completions } from '../../kernel/language/contract.js'
import type { Edit } from '../edit/editing.js'
import { chosen, commonStart, menuOf } from '../edit/menu.js'
import type { EditorView } from './editorview.js'

/** The editor's side. */
export interface CompletingParts {
	view(): EditorView
	patch(part: Partial<EditorView>): void
	edit(edit: Edit): void
	complete(text: string, cursor: number): Promise<Completions>
}

/** Completion for one editor. Answers for a text that has changed are dropped. */
export class Completing {
	readonly #parts: CompletingParts

	constructor(parts: CompletingParts) {
		this.#parts = parts
	}

	/** Opens the menu, or goes on in the open one. */
	tab(): undefined {
		const { menu } = this.#parts.view()
		if (menu === undefined) return this.open(true)
		return menu.items.length === 1 ? this.accept() : this.choose(1)
	}

	/** Asks for candidates; when a person asked, what all of them share goes in at once. */
	open(isAsked: boolean): undefined {
		void this.#open(isAsked)
	}

	async #open(isAsked: boolean): Promise<void> {
		const { text, cursor } = this.#parts.view().block
		const found = await this.#parts.complete(text, cursor)
		const now = this.#parts.view().block
		if (!now.text.startsWith(text.slice(0, cursor)) || now.cursor < cursor) return
		const menu = menuOf(found, now.text, now.cursor)
		this.#parts.patch({ menu })
		if (!isAsked || menu === undefined) return
		if (menu.items.length === 1) {
			this.accept()
			return
		}
		const common = commonStart(menu, now.text, now.cursor)
		if (common.length <= now.cursor - menu.start) return
		this.#parts.edit({ kind: 'replace', start: menu.start, end: now.cursor, text: common })
	}

	/** Another candidate; the first step into the menu goes to its first. */
	choose(step: number): undefined {
		const { menu } = this.#parts.view()
		if (menu === undefined) return
		const next = menu.isEntered === true || step < 0 ? chosen(menu, step) : menu
		this.#parts.patch({ menu: { ...next, isEntered: true } })
	}

	/** Puts the chosen candidate in. */
	accept(): undefined {
		const { menu, block } = this.#parts.view()
		const item = menu?.items[menu.chosen]
		if (menu === undefined || item === undefined) return
		this.#parts.edit({ kind: 'replace', start: menu.start, end: block.cursor, text: item.text })
		this.#parts.patch({ menu: undefined })
	}
}
