/**
 * The block being edited: a pure function from a state and an edit to the next state.
 *
 *     text    let a = 1⏎let b│        cursor: an offset; anchor: where a selection began
 *     undo    states before           one step for a run of typing, for each kill, paste, recall
 *     killed  what was cut            newest last; kills in a row join; yank-pop goes round
 *
 * Contract: places are never inside a character; an edit that changes nothing gives the same state object.
 */

import { columnsOf } from '../plain/width.js'
import { graphemesOf, lineEnd, lineStart, nextPlace, placeBefore, wordEnd, wordStart } from './graphemes.js'

/** Where to go. `up` and `down` keep the column; a row is a line of the text, not of the screen. */
export type Move =
	| 'left'
	| 'right'
	| 'wordLeft'
	| 'wordRight'
	| 'lineStart'
	| 'lineEnd'
	| 'up'
	| 'down'
	| 'textStart'
	| 'textEnd'

/** What can be done to a block. */
export type Edit =
	| { readonly kind: 'insert'; readonly text: string }
	/** Text that is not typed: one step of undo for itself. */
	| { readonly kind: 'paste'; readonly text: string }
	| { readonly kind: 'move'; readonly to: Move; readonly selects?: boolean }
	| { readonly kind: 'delete'; readonly to: Move }
	| { readonly kind: 'kill'; readonly to: Move }
	| { readonly kind: 'cut' }
	| { readonly kind: 'copy' }
	| { readonly kind: 'yank' }
	| { readonly kind: 'yankBefore' }
	| { readonly kind: 'transpose' }
	| { readonly kind: 'selectAll' }
	| { readonly kind: 'unselect' }
	| { readonly kind: 'indent' }
	| { readonly kind: 'outdent' }
	| { readonly kind: 'undo' }
	| { readonly kind: 'redo' }
	/** Puts `text` in the place of a stretch, the cursor behind it. */
	| { readonly kind: 'replace'; readonly start: number; readonly end: number; readonly text: string }
	/** Another text altogether, the cursor at its end or at `cursor`. */
	| { readonly kind: 'set'; readonly text: string; readonly cursor?: number }

interface Content {
	readonly text: string
	readonly cursor: number
}

/** A block with what is needed to take edits back. */
export interface Editing extends Content {
	/** The other end of the selection; undefined without one. */
	readonly anchor: number | undefined
	/** The column that `up` and `down` keep. */
	readonly goal: number | undefined
	readonly undone: readonly Content[]
	readonly done: readonly Content[]
	readonly killed: readonly string[]
	/** What a yank has put in last, for `yankBefore`. */
	readonly yanked: { readonly start: number; readonly index: number } | undefined
	readonly last: 'typing' | 'kill' | 'other'
}

/** So many steps can be taken back. */
const mostSteps = 500
const mostKilled = 30

/** A block to start with. */
export function editing(text = '', killed: readonly string[] = []): Editing {
	return {
		...{ text, cursor: text.length, anchor: undefined, goal: undefined },
		...{ undone: [], done: [], killed, yanked: undefined, last: 'other' },
	}
}

/** The selected stretch; undefined without one. */
export function selectionOf({ anchor, cursor }: Editing): readonly [number, number] | undefined {
	if (anchor === undefined || anchor === cursor) return undefined
	return anchor < cursor ? [anchor, cursor] : [cursor, anchor]
}

/** The state after `edit`. */
export function edited(state: Editing, edit: Edit): Editing {
	switch (edit.kind) {
		case 'insert':
			return typed(state, edit.text)
		case 'paste':
			return changed(state, ...(selectionOf(state) ?? [state.cursor, state.cursor]), clean(edit.text))
		case 'move':
			return moved(state, edit.to, edit.selects === true)
		case 'delete':
			return removed(state, edit.to, false)
		case 'kill':
			return removed(state, edit.to, true)
		case 'cut':
			return cut(state)
		case 'copy':
			return copied(state)
		case 'yank':
			return yank(state, state.killed.length - 1, state.cursor)
		case 'yankBefore':
			return yankBefore(state)
		case 'transpose':
			return transposed(state)
		case 'selectAll':
			return { ...state, anchor: 0, cursor: state.text.length, ...plain }
		case 'unselect':
			return state.anchor === undefined ? state : { ...state, anchor: undefined }
		case 'indent':
			return shifted(state, (line) => `  ${line}`)
		case 'outdent':
			return shifted(state, (line) => line.replace(/^(?:\t| {1,2})/, ''))
		case 'undo':
			return restored(state, state.done, 'undone')
		case 'redo':
			return restored(state, state.undone, 'done')
		case 'replace':
			return changed(state, edit.start, edit.end, edit.text)
		case 'set':
			if (edit.text === state.text && edit.cursor === undefined) return state
			return { ...changed(state, 0, state.text.length, edit.text), cursor: edit.cursor ?? edit.text.length }
		default:
			return edit satisfies never
	}
}

const plain = { goal: undefined, yanked: undefined, last: 'other' } as const

/** Line ends of other systems and control characters have no place in a block; a tab stays. */
function clean(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
	return text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
}

function remembered({ text, cursor, done }: Editing): readonly Content[] {
	return [...done.slice(1 - mostSteps), { text, cursor }]
}

function changed(state: Editing, start: number, end: number, by: string): Editing {
	const text = state.text.slice(0, start) + by + state.text.slice(end)
	if (text === state.text && state.cursor === start + by.length) return state
	const { killed } = state
	const cursor = start + by.length
	return { ...{ text, cursor, killed, anchor: undefined }, ...plain, done: remembered(state), undone: [] }
}

function typed(state: Editing, given: string): Editing {
	const text = clean(given)
	const next = changed(state, ...(selectionOf(state) ?? [state.cursor, state.cursor]), text)
	if (next === state) return state
	// A run of letters is one step; a word's end begins the next.
	const goesOn = state.last === 'typing' && selectionOf(state) === undefined && !/\s/.test(text)
	return { ...next, last: 'typing', ...(goesOn ? { done: state.done } : {}) }
}

function moved(state: Editing, to: Move, selects: boolean): Editing {
	const selection = selectionOf(state)
	// An arrow without Shift leaves a selection at its end.
	if (!selects && selection !== undefined && (to === 'left' || to === 'right')) {
		return { ...state, cursor: selection[to === 'left' ? 0 : 1], anchor: undefined, ...plain }
	}
	const goal = to === 'up' || to === 'down' ? (state.goal ?? columnAt(state.text, state.cursor)) : undefined
	const cursor = target(state, to, goal)
	const anchor = selects ? (state.anchor ?? state.cursor) : undefined
	if (cursor === state.cursor && anchor === state.anchor) return state
	return { ...state, ...plain, cursor, anchor, goal }
}

const columnAt = (text: string, place: number): number => columnsOf(text.slice(lineStart(text, place), place))

function target({ text, cursor }: Content, to: Move, goal: number | undefined): number {
	switch (to) {
		case 'left':
			return placeBefore(text, cursor)
		case 'right':
			return nextPlace(text, cursor)
		case 'wordLeft':
			return wordStart(text, cursor)
		case 'wordRight':
			return wordEnd(text, cursor)
		case 'lineStart': {
			// First the text of the line, then the line itself.
			const start = lineStart(text, cursor)
			const body = start + (/^[ \t]*/.exec(text.slice(start, lineEnd(text, cursor)))?.[0].length ?? 0)
			return cursor === body ? start : body
		}
		case 'lineEnd':
			return lineEnd(text, cursor)
		case 'up': {
			const start = lineStart(text, cursor)
			return start === 0 ? cursor : placeInLine(text, lineStart(text, start - 1), goal ?? 0)
		}
		case 'down': {
			const end = lineEnd(text, cursor)
			return end === text.length ? cursor : placeInLine(text, end + 1, goal ?? 0)
		}
		case 'textStart':
			return 0
		case 'textEnd':
			return text.length
		default:
			return to satisfies never
	}
}

function placeInLine(text: string, start: number, column: number): number {
	let place = start
	let columns = 0
	for (const character of graphemesOf(text.slice(start, lineEnd(text, start)))) {
		columns += columnsOf(character)
		if (columns > column) break
		place += character.length
	}
	return place
}

function removed(state: Editing, to: Move, isKill: boolean): Editing {
	const selection = isKill ? undefined : selectionOf(state)
	const other = target(state, to, undefined)
	// At its end a line is joined with the next one.
	const atEnd = to === 'lineEnd' && other === state.cursor ? nextPlace(state.text, other) : other
	const [start, end] = selection ?? (atEnd < state.cursor ? [atEnd, state.cursor] : [state.cursor, atEnd])
	if (start === end) return state
	const next = changed(state, start, end, '')
	if (!isKill) return next
	const piece = state.text.slice(start, end)
	const before = state.last === 'kill' ? state.killed.at(-1) : undefined
	const joined = before === undefined ? piece : end === state.cursor ? piece + before : before + piece
	const killed = [...state.killed.slice(0, before === undefined ? undefined : -1), joined].slice(-mostKilled)
	return { ...next, killed, last: 'kill' }
}

function copied(state: Editing): Editing {
	const selection = selectionOf(state)
	if (selection === undefined) return state
	return { ...state, killed: [...state.killed, state.text.slice(...selection)].slice(-mostKilled), last: 'other' }
}

function cut(state: Editing): Editing {
	const selection = selectionOf(state)
	if (selection === undefined) return state
	return { ...changed(state, ...selection, ''), killed: copied(state).killed }
}

function yank(state: Editing, index: number, end: number): Editing {
	const piece = state.killed[index]
	if (piece === undefined) return state
	const start = state.yanked?.start ?? selectionOf(state)?.[0] ?? end
	return { ...changed(state, start, Math.max(end, selectionOf(state)?.[1] ?? end), piece), yanked: { start, index } }
}

function yankBefore(state: Editing): Editing {
	if (state.yanked === undefined) return state
	const { index } = state.yanked
	return yank(state, index === 0 ? state.killed.length - 1 : index - 1, state.cursor)
}

function transposed(state: Editing): Editing {
	const { text } = state
	const at = state.cursor === lineEnd(text, state.cursor) ? placeBefore(text, state.cursor) : state.cursor
	const start = placeBefore(text, at)
	const end = nextPlace(text, at)
	if (start === at || at === end || text.slice(start, end).includes('\n')) return state
	return changed(state, start, end, text.slice(at, end) + text.slice(start, at))
}

function shifted(state: Editing, change: (line: string) => string): Editing {
	const [from, to] = selectionOf(state) ?? [state.cursor, state.cursor]
	const start = lineStart(state.text, from)
	const end = lineEnd(state.text, to)
	const lines = state.text.slice(start, end).split('\n')
	const next = lines.map(change)
	const text = next.join('\n')
	if (text === lines.join('\n')) return state
	const result = changed(state, start, end, text)
	const grown = (next[0]?.length ?? 0) - (lines[0]?.length ?? 0)
	if (state.anchor !== undefined) return { ...result, anchor: start, cursor: start + text.length }
	return { ...result, cursor: Math.max(start, state.cursor + grown) }
}

function restored(state: Editing, from: readonly Content[], to: 'done' | 'undone'): Editing {
	const content = from.at(-1)
	if (content === undefined) return state
	const { text, cursor } = state
	const stacks = { [to]: [...state[to], { text, cursor }], [to === 'done' ? 'undone' : 'done']: from.slice(0, -1) }
	return { ...state, ...content, anchor: undefined, ...plain, ...stacks }
}
