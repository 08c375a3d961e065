/**
 * Where the columns of a transformed cell are not those of its source: the edits that made it, told line by line, so that
 * the trace of an error points at what the user wrote.
 */

import type MagicString from 'magic-string'
import type { ColumnMap } from '../session/messages.js'

type Stretch = readonly [number, number, number]

/**
 * The columns of the edited text that differ from those of its original, undefined when none does.
 * @param shift characters in front of the user's first one in the original
 */
export function columnsOf(text: MagicString, shift: 0 | 1): ColumnMap | undefined {
	if (!text.hasChanged()) return undefined
	const lines: Record<number, readonly Stretch[]> = {}
	const written = text.toString().split('\n')
	for (const [index, segments] of text.generateDecodedMap({ hires: true }).mappings.entries()) {
		const stretches: Stretch[] = []
		for (const [at, , line, original] of segments) {
			if (original === undefined || line !== index) continue
			const [column, from] = [at + 1, original + 1 - (index === 0 ? shift : 0)]
			const [begin, source, length] = stretches.at(-1) ?? [0, 0, 0]
			// What was left as it was has a segment for every character.
			const goesOn = length > 0 && column === begin + length && from === source + length
			if (goesOn) stretches[stretches.length - 1] = [begin, source, length + 1]
			else stretches.push([column, from, 1])
		}
		const [[column, from, length] = [1, 1, 0]] = stretches
		const isAsWritten = column === 1 && from === 1 && length >= (written[index]?.length ?? 0)
		if (!isAsWritten) lines[index + 1] = stretches
	}
	return Object.keys(lines).length === 0 ? undefined : lines
}
