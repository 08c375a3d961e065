/** Which of the known names somebody may have meant. */

/** The known names that take the fewest edits to reach, those one edit further too, at most three. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
	const ranked = [...known]
		.map((other) => ({ other, edits: editDistance(name, other) }))
		.sort((a, b) => a.edits - b.edits)
	const best = ranked[0]?.edits ?? 0
	return ranked
		.filter(({ edits }) => edits <= best + 1)
		.slice(0, 3)
		.map(({ other }) => other)
}

/** Levenshtein's distance, ignoring case. */
function editDistance(left: string, right: string): number {
	const a = left.toLowerCase()
	const b = right.toLowerCase()
	let row = Array.from({ length: b.length + 1 }, (_, j) => j)
	for (let i = 1; i <= a.length; i++) {
		const next = [i]
		for (let j = 1; j <= b.length; j++) {
			const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
			next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1))
		}
		row = next
	}
	return row[b.length] as number
}
