/**
 * Inputs of before, found again: block by block, by what was typed, by scattered letters, and as a grey suggestion.
 *
 * All functions are pure; `inputs` are oldest first, as the history keeps them.
 */

import type { Key } from './keys.js'

/** Where recall is: what the person had typed when it began, and the input it shows. */
export interface Recall {
	readonly typed: string
	readonly index: number
}

/**
 * A step to an earlier (-1) or later (1) input that begins with what was typed; past the last one what was typed comes
 * back. Undefined where there is nothing to go to.
 */
export function recallStep(
	inputs: readonly string[],
	recall: Recall | undefined,
	shown: string,
	step: 1 | -1,
): { readonly text: string; readonly recall: Recall | undefined } | undefined {
	const { typed, index } = recall ?? { typed: shown, index: inputs.length }
	for (let at = index + step; at >= 0 && at < inputs.length; at += step) {
		const text = inputs[at] as string
		if (text.startsWith(typed) && text !== shown) return { text, recall: { typed, index: at } }
	}
	return step === 1 && recall !== undefined ? { text: typed, recall: undefined } : undefined
}

/** What the newest input that begins with `text` goes on with; empty when there is none. */
export function suggestionFor(inputs: readonly string[], text: string): string {
	if (text.trim() === '') return ''
	for (let at = inputs.length - 1; at >= 0; at--) {
		const input = inputs[at] as string
		if (input.length > text.length && input.startsWith(text)) return input.slice(text.length)
	}
	return ''
}

/** An input that a search has found. */
export interface Found {
	readonly text: string
	/** The places of the letters searched for. */
	readonly places: readonly number[]
}

/** Inputs that hold the letters of `wanted` in order; the best first, of equals the newest. Each input once. */
export function searched(inputs: readonly string[], wanted: string, most = 50): readonly Found[] {
	const found: (Found & { readonly score: number })[] = []
	const seen = new Set<string>()
	for (let at = inputs.length - 1; at >= 0; at--) {
		const text = inputs[at] as string
		if (seen.has(text)) continue
		seen.add(text)
		const places = placesOf(text, wanted)
		if (places !== undefined) found.push({ text, places, score: scoreOf(text, places) })
	}
	return found.sort((a, b) => b.score - a.score).slice(0, most)
}

/** The whole of `wanted` where it stands together, else its letters one after the other. */
function placesOf(text: string, wanted: string): readonly number[] | undefined {
	const [where, what] = [text.toLowerCase(), wanted.toLowerCase()]
	const together = where.indexOf(what)
	if (together !== -1) return Array.from(what, (_, index) => together + index)
	const places: number[] = []
	let from = 0
	for (const letter of what.replace(/\s+/g, '')) {
		const place = where.indexOf(letter, from)
		if (place === -1) return undefined
		places.push(place)
		from = place + 1
	}
	return places
}

/** Letters side by side and at beginnings of words count more; a longer stretch counts less. */
function scoreOf(text: string, places: readonly number[]): number {
	let score = 0
	for (const [index, place] of places.entries()) {
		if (index > 0 && place === (places[index - 1] as number) + 1) score += 4
		if (place === 0 || /[^\p{L}\p{N}]/u.test(text[place - 1] ?? '')) score += 2
	}
	const spread = places.length === 0 ? 0 : (places.at(-1) as number) - (places[0] as number) - places.length
	return score - spread / 8
}

/** A search in the inputs of before. */
export interface Search {
	readonly wanted: string
	readonly found: readonly Found[]
	readonly chosen: number
}

/** A search for `wanted`. */
export function searchFor(wanted: string, inputs: readonly string[]): Search {
	return { wanted, found: searched(inputs, wanted), chosen: 0 }
}

/**
 * An open search after a key. `search` is undefined once it is over, `text` then the input that was found; a key that is
 * not taken ends the search and does what it always does.
 */
export function searchedOn(
	search: Search,
	key: Key,
	inputs: readonly string[],
): { readonly search: Search | undefined; readonly isTaken: boolean; readonly text?: string } {
	if (key.kind !== 'key') {
		return { search: searchFor(search.wanted + key.text.replace(/\s+/g, ' '), inputs), isTaken: true }
	}
	const step = key.name === 'up' || (key.ctrl && key.name === 'r') ? 1 : key.name === 'down' ? -1 : 0
	if (step !== 0) {
		const next = Math.min(search.found.length - 1, search.chosen + step)
		return { search: { ...search, chosen: Math.max(0, next) }, isTaken: true }
	}
	if (key.name === 'backspace') return { search: searchFor(search.wanted.slice(0, -1), inputs), isTaken: true }
	const isLeft = key.name === 'escape' || (key.ctrl && (key.name === 'c' || key.name === 'g'))
	const text = isLeft ? undefined : search.found[search.chosen]?.text
	// Enter and Tab take what was found, to be looked at; Enter again runs it.
	const isTaken = isLeft || key.name === 'enter' || key.name === 'tab'
	return { search: undefined, isTaken, ...(text === undefined ? {} : { text }) }
}
