/** The live blocks as rows: each gets its share of the room, a cut one says how much is missing. */

import { cutTo } from './cut.js'
import type { LiveBlock } from './livescreen.js'
import type { Palette } from './palette.js'

/** The rows of live blocks in a room of `mostRows` rows; the newest blocks come first to their share. */
export function liveLines(
	blocks: readonly LiveBlock[],
	palette: Palette,
	size: { readonly columns: number; readonly mostRows: number },
): readonly string[] {
	const { columns, mostRows } = size
	if (mostRows < 1 || blocks.length === 0) return []
	const shown: string[][] = []
	let room = mostRows
	let hidden = 0
	for (const [index, { lines }] of [...blocks].reverse().entries()) {
		const others = Math.min(blocks.length - index - 1, Math.floor(room / leastRows))
		const share = Math.max(Math.min(room, leastRows), Math.floor((room - others * leastRows) / 1))
		if (share < 1 || room < 1) {
			hidden += 1
			continue
		}
		const most = Math.min(share, room)
		const rows =
			lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), more(lines.length - most + 1, palette)]
		room -= rows.length
		shown.unshift(rows)
	}
	if (hidden > 0 && shown.length > 0)
		shown[0] = [palette.dim(`${hidden} more live outputs: .streams`), ...(shown[0] ?? []).slice(1)]
	return shown.flat().map((line) => cutTo(line, columns - 1))
}

/** A header, a row and what is missing: less says nothing. */
const leastRows = 3

const more = (count: number, palette: Palette): string => palette.dim(`  … ${count} more rows`)
