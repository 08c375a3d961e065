/**
 * How wide a text is in columns of a terminal, and how to cut and pad it to a width.
 *
 * East Asian wide and full-width characters and emoji take two columns, combining marks none (Unicode Standard Annex
 * 11). Control characters are made visible first, so that no record can move the cursor.
 */

const wide =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const emoji = /\p{Emoji_Presentation}/u
const none = /\p{Mark}|[\u200b-\u200d]|[\ufe00-\ufe0f]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** The text on one line: line ends and other control characters as escapes. */
export function oneLine(text: string): string {
	return text.replace(control, (found) => {
		const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[found]
		return short ?? `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`
	})
}

/** The columns of one character (a code point). */
function widthOf(character: string): number {
	if (character < '\u0300') return 1
	if (none.test(character)) return 0
	return wide.test(character) || emoji.test(character) ? 2 : 1
}

/** The columns of a line without control characters. */
export function columnsOf(line: string): number {
	let columns = 0
	for (const character of line) columns += widthOf(character)
	return columns
}

/** The line cut to at most `width` columns; a cut line ends in `…`. */
export function clipped(line: string, width: number): string {
	if (columnsOf(line) <= width) return line
	let columns = 0
	let kept = ''
	for (const character of line) {
		columns += widthOf(character)
		if (columns > width - 1) break
		kept += character
	}
	return `${kept}…`
}

/** Exactly `width` columns: cut or filled with spaces on the right. */
export function padded(line: string, width: number): string {
	const cut = clipped(line, width)
	return cut + ' '.repeat(Math.max(0, width - columnsOf(cut)))
}

/** The same, filled on the left: for numbers. */
export function paddedLeft(line: string, width: number): string {
	const cut = clipped(line, width)
	return ' '.repeat(Math.max(0, width - columnsOf(cut))) + cut
}
