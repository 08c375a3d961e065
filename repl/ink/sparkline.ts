/** Small charts in characters: sparklines of eighth blocks, lines in braille. */

const eighths = '▁▂▃▄▅▆▇█'

/** The newest `columns` values as a row of blocks from zero to `top` (the greatest value unless given). */
export function sparkline(values: readonly number[], columns: number, top?: number): string {
	const shown = values.slice(-columns)
	const most = top ?? Math.max(...shown, 0)
	return shown
		.map((value) => {
			if (!(value > 0) || most <= 0) return eighths[0]
			return eighths[Math.min(7, Math.floor((value / most) * 8))]
		})
		.join('')
		.padStart(columns)
}

/** The braille dot of column 0 or 1 and row 0 to 3 (Unicode chart U2800). */
const dots = [
	[0x01, 0x02, 0x04, 0x40],
	[0x08, 0x10, 0x20, 0x80],
] as const

/** One line through `values` in braille, `columns` by `rows` characters, from `low` to `high`. */
export function brailleLine(
	values: readonly number[],
	size: { readonly columns: number; readonly rows: number },
	range: { readonly low: number; readonly high: number },
): readonly string[] {
	const width = size.columns * 2
	const height = size.rows * 4
	const cells = Array.from({ length: size.rows }, () => new Array<number>(size.columns).fill(0))
	const span = range.high - range.low || 1
	const yOf = (value: number): number => Math.round((1 - (value - range.low) / span) * (height - 1))
	const put = (x: number, y: number): void => {
		const row = cells[Math.floor(y / 4)]
		const cell = Math.floor(x / 2)
		if (row?.[cell] !== undefined) row[cell] |= dots[x % 2 === 0 ? 0 : 1][(y % 4) as 0 | 1 | 2 | 3]
	}
	let before: number | undefined
	for (let x = 0; x < width; x++) {
		const value = values[values.length === 1 ? 0 : Math.round((x / (width - 1)) * (values.length - 1))]
		if (value === undefined || !Number.isFinite(value)) {
			before = undefined
			continue
		}
		const y = yOf(value)
		// Steep parts are drawn as a column, so that the line has no gaps.
		const [from, to] = before === undefined ? [y, y] : before < y ? [before + 1, y] : [y, before - (before > y ? 1 : 0)]
		for (let at = Math.min(from, to); at <= Math.max(from, to); at++) put(x, at)
		put(x, y)
		before = y
	}
	return cells.map((row) => row.map((cell) => String.fromCharCode(0x2800 + cell)).join(''))
}

/** `950`, `1.2 k`, `35 k`, `1.4 M`. */
export function short(value: number): string {
	const units: readonly [number, string][] = [
		[1e9, 'G'],
		[1e6, 'M'],
		[1e3, 'k'],
	]
	for (const [size, unit] of units) {
		if (Math.abs(value) < size) continue
		const scaled = value / size
		return `${scaled >= 10 ? Math.round(scaled) : Math.round(scaled * 10) / 10} ${unit}`
	}
	return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 1 : 0)
}

/** `800 B`, `12 kB`, `1.4 GB`. */
export function shortBytes(bytes: number): string {
	const text = short(Math.round(bytes))
	return `${/[kMG]$/.test(text) ? text : `${text} `}B`
}

/** The newest `columns` values as blocks of any number of rows, from zero to `top` (the greatest value unless given). */
export function blockChart(
	values: readonly number[],
	size: { readonly columns: number; readonly rows: number },
	top?: number,
): readonly string[] {
	const { columns, rows } = size
	const shown = values.slice(-columns)
	const most = top ?? Math.max(...shown, 0)
	const heights = shown.map((value) => (value > 0 && most > 0 ? Math.max(1, Math.round((value / most) * rows * 8)) : 0))
	return Array.from({ length: rows }, (_, row) => {
		const floor = (rows - 1 - row) * 8
		const line = heights.map((height) => {
			if (height > floor) return eighths[Math.min(7, height - floor - 1)]
			return floor === 0 ? eighths[0] : ' '
		})
		return line.join('').padStart(columns)
	})
}

/** `45 ms`, `1.2 s`, `3 min`. */
export function shortMs(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`
	if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`
	return `${Math.round(ms / 6_000) / 10} min`
}
