/** Brackets of a block: the partner of the one at the cursor, how deep a new line is, and a closing one typed alone. */

import { lineStart } from './graphemes.js'
import { type Token, tokensOf } from './highlight.js'

const partners: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
const openers = new Set(Object.values(partners))

/** The two ends of the bracket pair that the cursor touches, the one before it first; undefined when there is none. */
export function matchAt(text: string, cursor: number): readonly [number, number] | undefined {
	const pairs = pairsOf(tokensOf(text))
	for (const place of [cursor - 1, cursor]) {
		const other = pairs.get(place)
		if (other !== undefined) return place < other ? [place, other] : [other, place]
	}
	return undefined
}

function pairsOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
	const pairs = new Map<number, number>()
	const open: { readonly bracket: string; readonly start: number }[] = []
	for (const { kind, text, start } of tokens) {
		if (kind !== 'punctuation') continue
		if (openers.has(text)) open.push({ bracket: text, start })
		else if (partners[text] !== undefined) {
			const last = open.pop()
			if (last?.bracket !== partners[text]) continue
			pairs.set(last.start, start)
			pairs.set(start, last.start)
		}
	}
	return pairs
}

/**
 * What a new line at `cursor` begins with: the white space of its line, one step more inside brackets. Between two
 * brackets a second line is made for the closing one, which begins with `after`.
 */
export function newLineAt(text: string, cursor: number): { readonly before: string; readonly after?: string } {
	const line = text.slice(lineStart(text, cursor), cursor)
	const own = /^[ \t]*/.exec(line)?.[0] ?? ''
	const isOpen = /(?:[{([]|=>|[=+?:&|])\s*$/.test(line.replace(/\/\/.*$/, ''))
	const before = isOpen ? own + (text.includes('\n\t') || own.includes('\t') ? '\t' : '  ') : own
	const isBetween = openers.has(text[cursor - 1] ?? '') && partners[text[cursor] ?? ''] === text[cursor - 1]
	return isBetween ? { before, after: own } : { before }
}

/** Whether a bracket typed at the start of its line goes one step to the left. */
export function outdents(text: string, cursor: number, typed: string): boolean {
	if (partners[typed] === undefined) return false
	return /^(?:\t| {2})[ \t]*$/.test(text.slice(lineStart(text, cursor), cursor))
}
