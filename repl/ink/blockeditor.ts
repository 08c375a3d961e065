/**
 * The editor of whole blocks: keys in, inputs out, and what is to be drawn in between.
 *
 *     key -> command (edit/bindings) -> next state (edit/editing) -> view
 *                  ask: history, search, menu, run
 *
 * Keys are taken in turn (keyturns.ts); one that another screen wants is asked for when its turn comes. Answers of the
 * language worker that come for a text that has changed are dropped.
 */

import type { Clock } from '../../engine/index.js'
import { type Asked, commandOf } from '../edit/bindings.js'
import { newLineAt, outdents } from '../edit/brackets.js'
import { type Edit, edited, editing } from '../edit/editing.js'
import { lineEnd, lineStart, wordEnd } from '../edit/graphemes.js'
import type { Key } from '../edit/keys.js'
import { narrowed } from '../edit/menu.js'
import { type Recall, recallStep, type Search, searchedOn, searchFor, suggestionFor } from '../edit/recall.js'
import type { BlockSource, Read } from '../plain/contract.js'
import { Completing } from './completing.js'
import { type BlockEvents, type EditorView, idle } from './editorview.js'
import { KeyTurns } from './keyturns.js'
import { Looking } from './looking.js'
import { Store, type Watched } from './store.js'

/** The editor of one shell. */
export class BlockEditor implements BlockSource {
	readonly #events: BlockEvents
	readonly #view = new Store<EditorView>(idle)
	readonly #completing: Completing
	readonly #looking: Looking
	#inputs: readonly string[]
	readonly #ready: string[] = []
	#waiting: ((read: Read) => void) | undefined
	#recall: Recall | undefined
	readonly #turns: KeyTurns
	#isEnded = false
	#isQuestion = false
	#offers: readonly string[] = []

	constructor(events: BlockEvents, inputs: readonly string[], clock: Clock) {
		this.#events = events
		this.#inputs = inputs
		this.#turns = new KeyTurns((key) => {
			const left = events.elsewhere(key)
			return left === undefined ? undefined : this.#take(left)
		})
		this.#looking = new Looking(
			clock,
			events,
			() => this.#view.value.block,
			(part) => this.#patch(part),
		)
		this.#completing = new Completing({
			view: () => this.#view.value,
			patch: (part) => this.#patch(part),
			edit: (edit) => this.#edit(edit),
			complete: (text, cursor) => events.complete(text, cursor),
		})
	}

	get view(): Watched<EditorView> {
		return this.#view
	}

	read(prompt: string): Promise<Read> {
		const ready = this.#ready.shift()
		if (ready !== undefined) {
			this.#patch({ typedAhead: [...this.#ready] })
			this.#events.onSubmitted(ready.trimEnd())
			return Promise.resolve({ kind: 'line', text: ready })
		}
		if (this.#isEnded) return Promise.resolve({ kind: 'end' })
		this.#patch({ prompt, isReading: true })
		return new Promise((resolve) => {
			this.#waiting = resolve
		})
	}

	async ask(prompt: string, isSecret: boolean): Promise<string | undefined> {
		const before = this.#view.value
		this.#view.set({ ...idle, prompt, isReading: true, isSecret, block: editing('', before.block.killed) })
		this.#isQuestion = true
		const read = await new Promise<Read>((resolve) => {
			this.#waiting = resolve
		})
		this.#isQuestion = false
		this.#view.set(before)
		return read.kind === 'line' ? read.text : undefined
	}

	recall(inputs: readonly string[]): void {
		this.#inputs = inputs
	}

	dropTyped(): void {
		this.#ready.length = 0
		this.#patch({ typedAhead: [] })
	}

	close(): void {
		this.#isEnded = true
		this.#looking.stop()
		this.#settle({ kind: 'end' })
	}

	/** Takes keys, in order. */
	press(keys: readonly Key[]): void {
		for (const key of keys) this.#turns.press(key)
	}

	/** Texts to try: each is the grey suggestion of an empty block until it was handed in. */
	offer(texts: readonly string[]): void {
		this.#offers = [...texts]
		this.#suggest()
	}

	fill(text: string): void {
		this.#edit({ kind: 'set', text })
	}

	#take(key: Key): Promise<void> | undefined {
		if (this.#view.value.search !== undefined && this.#takeSearch(key)) return undefined
		if (key.kind === 'paste') return this.#edit({ kind: 'paste', text: key.text })
		if (key.kind === 'text') return this.#type(key.text)
		const command = commandOf(key)
		if (command === undefined) return undefined
		return command.kind === 'edit' ? this.#edit(command.edit) : this.#ask(command.ask)
	}

	#type(text: string): undefined {
		const { block, menu } = this.#view.value
		if (text.length === 1 && outdents(block.text, block.cursor, text)) this.#edit({ kind: 'outdent' })
		this.#edit({ kind: 'insert', text })
		if (text.endsWith('.') && menu === undefined && this.#events.isWarm && !this.#isQuestion) {
			this.#completing.open(false)
		}
		return undefined
	}

	/** Changes the block and what hangs on it. */
	#edit(edit: Edit): undefined {
		const { block, menu } = this.#view.value
		const next = edited(block, edit)
		if (next === block) return undefined
		const isText = next.text !== block.text
		if (isText) this.#recall = undefined
		this.#patch({
			block: next,
			menu: menu === undefined ? undefined : narrowed(menu, next.text, next.cursor),
			...(isText ? { findings: [], hint: '' } : {}),
		})
		this.#suggest()
		if (!this.#isQuestion && this.#events.isWarm) this.#looking.again()
		return undefined
	}

	#suggest(): void {
		const { block } = this.#view.value
		const isAtEnd = block.cursor === block.text.length && block.anchor === undefined && !this.#isQuestion
		const [offer = ''] = this.#offers
		const offered = offer.startsWith(block.text) ? offer.slice(block.text.length) : ''
		this.#patch({ suggestion: isAtEnd ? offered || suggestionFor(this.#inputs, block.text) : '' })
	}

	#ask(asked: Asked): Promise<void> | undefined {
		switch (asked) {
			case 'enter':
				return this.#enter()
			case 'newline':
				return this.#newline()
			case 'up':
			case 'down':
				return this.#vertical(asked)
			case 'previous':
			case 'next':
				return this.#recallStep(asked === 'next' ? 1 : -1)
			case 'search':
				return this.#isQuestion ? undefined : this.#searchFor('')
			case 'complete':
				return this.#tab()
			case 'completeBack':
				return this.#choose(-1, { kind: 'outdent' })
			case 'pageUp':
			case 'pageDown':
				return this.#choose(asked === 'pageDown' ? 10 : -10)
			case 'acceptSuggestion':
			case 'acceptWord':
				return this.#accept(asked === 'acceptWord')
			case 'help': {
				const { text, cursor } = this.#view.value.block
				return void this.#events.describe(text, cursor)
			}
			case 'cancel':
				return this.#cancel()
			case 'end':
				if (this.#view.value.block.text !== '') return this.#edit({ kind: 'delete', to: 'right' })
				this.close()
				return undefined
			case 'escape':
				this.#patch({ menu: undefined, hint: '' })
				return this.#edit({ kind: 'unselect' })
			case 'redraw':
				return void this.#events.onRedraw()
			case 'externalEditor':
				return this.#outside()
			case 'toggleDashboard':
			case 'fullDashboard':
			case 'largerDashboard':
			case 'smallerDashboard':
				return void this.#events.onDashboard(asked)
			default:
				return asked satisfies never
		}
	}

	#enter(): Promise<void> | undefined {
		const { block, menu } = this.#view.value
		if (this.#isQuestion) return this.#submit()
		if (menu?.isEntered === true) return this.#completing.accept()
		if (block.text.trim() === '') return this.#edit({ kind: 'set', text: '' })
		if (lineEnd(block.text, block.cursor) !== block.text.length) return this.#newline()
		if (/^\s*(\.[a-z]|\?|%(?!%)).*$/.test(block.text)) return this.#submit()
		return this.#events.isComplete(block.text).then(({ status }) => {
			const isGivenUp = this.#view.value.block !== block
			if (isGivenUp) return
			if (status === 'incomplete' && !/\n[ \t]*\n[ \t]*$/.test(block.text)) this.#newline()
			else this.#submit()
		})
	}

	#newline(): undefined {
		const { text, cursor } = this.#view.value.block
		const { before, after } = newLineAt(text, cursor)
		this.#edit({ kind: 'insert', text: `\n${before}` })
		if (after === undefined) return undefined
		const place = this.#view.value.block.cursor
		this.#edit({ kind: 'replace', start: place, end: place, text: `\n${after}` })
		return this.#patch({ block: { ...this.#view.value.block, cursor: place } })
	}

	#submit(): undefined {
		const { block, isSecret } = this.#view.value
		const { text } = block
		const isTaken = this.#waiting !== undefined
		if (isTaken) this.#events.onSubmitted(isSecret ? '' : text.trimEnd())
		else this.#ready.push(text)
		this.#fresh()
		if (isTaken) this.#settle({ kind: 'line', text })
		return undefined
	}

	#cancel(): undefined {
		const { block, menu } = this.#view.value
		if (menu !== undefined) return this.#patch({ menu: undefined })
		const hadText = block.text !== ''
		this.#turns.drop()
		if (hadText) {
			this.#events.onDropped(block.text)
			this.#fresh()
		} else if (!this.#isQuestion) this.#events.onInterrupt()
		if (this.#isQuestion || (hadText && this.#waiting !== undefined)) this.#settle({ kind: 'cancelled', hadText })
		return undefined
	}

	#fresh(): void {
		this.#recall = undefined
		this.#looking.stop()
		const { block, prompt, isReading } = this.#view.value
		const typedAhead = [...this.#ready]
		this.#offers = this.#offers.filter((offer) => offer !== block.text)
		this.#view.set({ ...idle, prompt, isReading, typedAhead, block: editing('', block.killed) })
		this.#suggest()
	}

	#settle(read: Read): void {
		this.#waiting?.(read)
		this.#waiting = undefined
		this.#patch({ isReading: false })
	}

	#vertical(to: 'up' | 'down'): undefined {
		if (this.#view.value.menu !== undefined) return this.#choose(to === 'up' ? -1 : 1)
		const { text, cursor } = this.#view.value.block
		const isAtRim = to === 'up' ? lineStart(text, cursor) === 0 : lineEnd(text, cursor) === text.length
		if (!isAtRim || this.#isQuestion) return this.#edit({ kind: 'move', to })
		return this.#recallStep(to === 'up' ? -1 : 1)
	}

	#recallStep(step: 1 | -1): undefined {
		const next = recallStep(this.#inputs, this.#recall, this.#view.value.block.text, step)
		if (next === undefined) return undefined
		this.#edit({ kind: 'set', text: next.text })
		this.#recall = next.recall
		return this.#patch({ suggestion: '' })
	}

	#searchFor(wanted: string): undefined {
		return this.#patch({ search: searchFor(wanted, this.#inputs), menu: undefined })
	}

	/** Keys of an open search; false for one that ends it and does what it always does. */
	#takeSearch(key: Key): boolean {
		const { search, isTaken, text } = searchedOn(this.#view.value.search as Search, key, this.#inputs)
		this.#patch({ search })
		if (text !== undefined) this.#edit({ kind: 'set', text })
		return isTaken
	}

	#tab(): undefined {
		const { block, menu } = this.#view.value
		const before = block.text.slice(lineStart(block.text, block.cursor), block.cursor)
		if (menu === undefined && before.trim() === '') {
			return block.text.trim() === '' ? undefined : this.#edit({ kind: 'indent' })
		}
		return this.#isQuestion ? undefined : this.#completing.tab()
	}

	#choose(step: number, otherwise?: Edit): undefined {
		if (this.#view.value.menu !== undefined) return this.#completing.choose(step)
		return otherwise === undefined ? undefined : this.#edit(otherwise)
	}

	#accept(isWord: boolean): undefined {
		const { suggestion } = this.#view.value
		if (suggestion === '') return this.#edit({ kind: 'move', to: isWord ? 'wordRight' : 'right' })
		return this.#edit({ kind: 'insert', text: isWord ? suggestion.slice(0, wordEnd(suggestion, 0)) : suggestion })
	}

	async #outside(): Promise<void> {
		const text = await this.#events.editOutside(this.#view.value.block.text)
		if (text !== undefined) this.#edit({ kind: 'set', text: text.replace(/\n+$/, '') })
	}

	#patch(part: Partial<EditorView>): undefined {
		this.#view.set({ ...this.#view.value, ...part })
		return undefined
	}
}
