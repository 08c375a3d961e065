/**
 * Pictures as SVG text, and what they have in common: a light card, so that dark text is legible on any page.
 *
 * Front ends show an SVG as an image: no scripts, no styles of the page, no fonts but the system's. Every text goes
 * through `label`, which escapes it and takes out what XML does not allow; one such character would spoil the picture.
 */

import { clipped, columnsOf, oneLine } from '../columns.js'
import { escaped } from '../html.js'

/** Colours on the card, by what they say. */
export const colours = {
	text: '#24292f',
	muted: '#656d76',
	line: '#8c959f',
	card: '#ffffff',
	frame: '#d0d7de',
	/** Fill and edge of boxes. */
	plain: { fill: '#eaf1fa', edge: '#4c78a8' },
	input: { fill: '#e4f3e8', edge: '#4d9160' },
	output: { fill: '#fdf1e0', edge: '#c07f2c' },
	state: { fill: '#f9e8ef', edge: '#b5657b' },
	window: { fill: '#efebf9', edge: '#7a68b3' },
	unused: { fill: '#f3f4f6', edge: '#afb8c1' },
	wrong: { fill: '#fde8e6', edge: '#c9463d' },
} as const

/** Fill and edge of a box. */
export interface Paint {
	readonly fill: string
	readonly edge: string
}

/** How a text is set. */
export interface Setting {
	readonly size?: number
	readonly colour?: string
	readonly anchor?: 'start' | 'middle' | 'end'
	readonly isBold?: boolean
	readonly isMono?: boolean
	/** Columns at most; a longer text ends in `…`. */
	readonly columns?: number
}

const notInXml = /\p{Surrogate}|[\ufffe\uffff]/gu

/** A number with at most one decimal. */
export const num = (x: number): string => String(Math.round(x * 10) / 10)

/** About how wide a text is, in pixels. */
export const widthOf = (text: string, size = 12): number => columnsOf(oneLine(text)) * size * 0.56

/** A text on its base line. */
export function label(x: number, y: number, text: string, setting: Setting = {}): string {
	const { size = 12, colour = colours.text, anchor = 'start', isBold = false, isMono = false, columns } = setting
	const line = oneLine(text).replace(notInXml, '\ufffd')
	const shown = escaped(columns === undefined ? line : clipped(line, columns))
	const family = isMono ? ' font-family="ui-monospace, Menlo, Consolas, monospace"' : ''
	const weight = isBold ? ' font-weight="600"' : ''
	const at = `x="${num(x)}" y="${num(y)}" font-size="${size}" fill="${colour}"`
	return `<text ${at}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${weight}${family} xml:space="preserve">${shown}</text>`
}

/** A rectangle with round corners. */
export function box(
	x: number,
	y: number,
	width: number,
	height: number,
	paint: Paint,
	style: { readonly isDashed?: boolean; readonly stroke?: number; readonly radius?: number } = {},
): string {
	const { isDashed = false, stroke = 1.2, radius = 5 } = style
	const dash = isDashed ? ' stroke-dasharray="4 3"' : ''
	return `<rect x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}" rx="${radius}" fill="${paint.fill}" stroke="${paint.edge}" stroke-width="${stroke}"${dash}/>`
}

/** A line through points. */
export function line(
	d: string,
	colour: string = colours.line,
	style: { readonly hasArrow?: boolean; readonly isDashed?: boolean; readonly stroke?: number } = {},
): string {
	const { hasArrow = false, isDashed = false, stroke = 1.4 } = style
	const marks = `${isDashed ? ' stroke-dasharray="5 3"' : ''}${hasArrow ? ' marker-end="url(#arrow)"' : ''}`
	return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${stroke}"${marks}/>`
}

const arrow = `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8Z" fill="${colours.line}"/></marker></defs>`

/** The room between the edge of the card and what is on it. */
const margin = 16

/** Pixels that a notebook has beside its files in a usual window: wider pictures are drawn smaller, down to a limit. */
const room = 840
const leastScale = 0.7

/** A whole picture: title and caption above, `body` under them with its origin at its own upper left corner. */
export function card(
	head: { readonly title: string; readonly caption: string },
	size: { readonly width: number; readonly height: number },
	body: readonly string[],
): string {
	const wide = Math.max(size.width, Math.min(900, widthOf(head.title, 14)), Math.min(900, widthOf(head.caption, 11)))
	const width = Math.ceil(wide + 2 * margin)
	const height = Math.ceil(size.height + 2 * margin + 44)
	const columns = Math.ceil((width - 2 * margin) / (11 * 0.56))
	const shown = Math.min(width, Math.max(room, Math.round(leastScale * width)))
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${shown}" height="${Math.round((height * shown) / width)}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" role="img">`,
		`<title>${escaped(oneLine(head.title).replace(notInXml, '\ufffd'))}</title>`,
		arrow,
		box(0.5, 0.5, width - 1, height - 1, { fill: colours.card, edge: colours.frame }, { stroke: 1, radius: 6 }),
		label(margin, margin + 12, head.title, { size: 14, isBold: true, columns }),
		label(margin, margin + 29, head.caption, { size: 11, colour: colours.muted, columns }),
		`<g transform="translate(${margin} ${margin + 44})">`,
		...body,
		'</g></svg>',
	].join('\n')
}
