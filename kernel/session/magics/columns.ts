/** Text in columns. */

/** Pads cells to columns; columns that are empty everywhere are left out. The first row may be a header. */
export function inColumns(rows: readonly (readonly string[])[], hasHeader = false): string[] {
	const body = hasHeader ? rows.slice(1) : rows
	const count = Math.max(0, ...rows.map((row) => row.length))
	const used = Array.from({ length: count }, (_, i) => i).filter((i) => body.some((row) => (row[i] ?? '') !== ''))
	const widths = new Map(used.map((i) => [i, Math.max(...rows.map((row) => (row[i] ?? '').length))]))
	return rows.map((row) =>
		used
			.map((i) => (row[i] ?? '').padEnd(widths.get(i) ?? 0))
			.join('  ')
			.trimEnd(),
	)
}
