/** The live blocks as rows: each gets its share of the room, a cut one says how much is missing. */

import { stripVTControlCharacters } from 'node:util'
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
	const shares = sharesOf(
		blocks.map(({ lines }) => lines.length),
		mostRows,
	)
	const hidden = shares.filter((share) => share === 0).length
	const rows = blocks.flatMap(({ lines }, index) => {
		const share = shares[index] ?? 0
		if (share === 0) return []
		return lines.length <= share ? lines : [...lines.slice(0, share - 1), more(lines.length - share + 1, palette)]
	})
	const note = hidden === 0 ? [] : [palette.dim(`${hidden} more live ${hidden === 1 ? 'output' : 'outputs'}: .streams`)]
	return [...note, ...rows].slice(-mostRows).map((line) => cutTo(line, columns - 1))
}

/** Whether a block is about the stream of that title. */
export function ofStream({ lines }: LiveBlock, title: string): boolean {
	const [, about = ''] = /^\[[^\]]*\] (.*)$/.exec(stripVTControlCharacters(lines[0] ?? '')) ?? []
	return about === title || about.startsWith(`${title} `)
}

/** How many of `room` rows each block gets: no more than it has, otherwise alike; the oldest go first when all are too small. */
function sharesOf(wanted: readonly number[], room: number): number[] {
	const shares = wanted.map(() => 0)
	let open = wanted.map((_, index) => index)
	if (Math.floor(room / open.length) < leastRows) open = open.slice(-Math.max(1, Math.floor((room - 1) / leastRows)))
	let left = room - (open.length < wanted.length ? 1 : 0)
	while (open.length > 0) {
		const share = Math.floor(left / open.length)
		const small = open.filter((index) => (wanted[index] ?? 0) <= share)
		const taken = small.length > 0 ? small : open
		for (const index of taken) {
			shares[index] = Math.min(wanted[index] ?? 0, share)
			left -= shares[index] ?? 0
		}
		open = open.filter((index) => !taken.includes(index))
	}
	return shares
}

/** A header, a row and what is missing: less says nothing. */
const leastRows = 3

const more = (count: number, palette: Palette): string => palette.dim(`  … ${count} more rows`)
