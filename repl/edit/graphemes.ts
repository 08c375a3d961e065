/** Where a cursor may stand in a text, and where its words and lines begin and end. Offsets count UTF-16 units. */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** Most code is ASCII, where every unit is a character of its own. */
const ascii = /^[\x20-\x7e]*$/
const word = /[\p{L}\p{N}_$]/u

/** The characters a person sees, in order. */
export function graphemesOf(text: string): string[] {
	return ascii.test(text) ? [...text] : [...segmenter.segment(text)].map(({ segment }) => segment)
}

/** The place after the character at `offset`; the end of the text stays. */
export function nextPlace(text: string, offset: number): number {
	const first = segmenter
		.segment(text.slice(offset, offset + longestGrapheme))
		[Symbol.iterator]()
		.next()
	return first.done === true ? text.length : offset + first.value.segment.length
}

/** The place before the character that ends at `offset`; the start of the text stays. */
export function placeBefore(text: string, offset: number): number {
	const from = Math.max(0, offset - longestGrapheme)
	const last = graphemesOf(text.slice(from, offset)).at(-1)
	return last === undefined ? 0 : offset - last.length
}

/** The end of the word at or after `offset`. */
export function wordEnd(text: string, offset: number): number {
	let place = offset
	while (place < text.length && !word.test(text[place] ?? '')) place = nextPlace(text, place)
	while (place < text.length && word.test(text[place] ?? '')) place = nextPlace(text, place)
	return place
}

/** The start of the word before `offset`. */
export function wordStart(text: string, offset: number): number {
	let place = offset
	while (place > 0 && !word.test(text[place - 1] ?? '')) place = placeBefore(text, place)
	while (place > 0 && word.test(text[place - 1] ?? '')) place = placeBefore(text, place)
	return place
}

/** The first place of the line that holds `offset`. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

/** The last place of the line that holds `offset`. */
export function lineEnd(text: string, offset: number): number {
	const end = text.indexOf('\n', offset)
	return end === -1 ? text.length : end
}

/** Families joined by joiners have some 30 units; nobody types longer ones. */
const longestGrapheme = 64
