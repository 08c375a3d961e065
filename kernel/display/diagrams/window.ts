/**
 * A window drawn over the batches it is made of: what is inside now, what has left since the window before, what entered.
 *
 *   red: left      blue: stays      green: entered      dashed: to come
 */

import { Diagram } from './diagram.js'
import { lengthText, plural, timeText } from './facts.js'
import { box, card, colours, label, line, num, type Paint } from './svg.js'
import type { WindowBatch, WindowFacts } from './windowfacts.js'
import { windowText } from './windowtext.js'

const paints: Readonly<Record<WindowBatch['place'], Paint>> = {
	left: colours.wrong,
	stays: colours.plain,
	entered: colours.input,
	'to come': { fill: '#ffffff', edge: colours.frame },
	between: colours.unused,
}
const places = {
	left: 'left',
	stays: 'stays',
	entered: 'entered',
	'to come': 'to come',
	between: 'in no window',
} as const

/** `every 2 s a window over the last 3 s: 3 batches of 1 s`. */
export function windowCaption({ over, windowMs, slideMs, batchMs }: WindowFacts): string {
	const batches = plural(windowMs / batchMs, 'batch', 'batches')
	return `over ${over}: every ${lengthText(slideMs)} (slide) the last ${lengthText(windowMs)} (window), ${batches} of ${lengthText(batchMs)}`
}

/** What happens at this slide, in sentences. */
export function windowSentences(facts: WindowFacts): string[] {
	const { nowMs, nextMs, isInverse, isManual, batches, slideMs, windowMs } = facts
	const at = (ms: number): string => timeText(ms, isManual)
	if (nowMs === undefined) {
		return [`It has not fired yet. Its first time is ${at(nextMs)}; the batches before the start are not there.`]
	}
	const of = (place: WindowBatch['place']): string =>
		listOf(batches.filter((batch) => batch.place === place).map(({ timeMs }) => at(timeMs)))
	const lines = [`Inside at ${at(nowMs)}: ${listOf(batches.filter(isInside).map(({ timeMs }) => at(timeMs)))}.`]
	if (of('left') !== '') lines.push(`Left since the window before: ${of('left')}.`)
	lines.push(`Entered: ${of('entered')}.`)
	lines.push(
		isInverse
			? 'value now = value before − what left + what entered: only these batches are read, however long the window is.'
			: 'All batches inside are combined again, every time.',
	)
	if (slideMs > windowMs) lines.push('The slide is longer than the window: some batches are in no window.')
	lines.push(`Next window: at ${at(nextMs)}.`)
	return lines
}

const isInside = ({ place }: WindowBatch): boolean => place === 'stays' || place === 'entered'

/** `1 s, 2 s and 3 s`; long lists by their ends. */
function listOf(texts: readonly string[]): string {
	if (texts.length > 6) return `${texts[0]} to ${texts.at(-1)} (${texts.length} batches)`
	return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

const recordHeight = 14

/** The picture. */
export function windowDiagram(facts: WindowFacts): Diagram {
	const { batches, batchMs, nowMs, nextMs, windowMs, slideMs, isManual } = facts
	const { title } = facts
	const caption = windowCaption(facts)
	const sentences = windowSentences(facts)
	const width = Math.max(9, Math.min(96, 860 / Math.max(1, batches.length)))
	const most = Math.max(1, ...batches.map(({ records, hasMore }) => (records?.length ?? 0) + (hasMore ? 1 : 0)))
	const height = width < 40 ? 26 : 12 + recordHeight * most
	const first = (batches[0]?.timeMs ?? 0) - batchMs
	const xOf = (ms: number): number => (Math.max(0, ms - first) / batchMs) * width
	const top = 52
	const drawn = batches.flatMap((batch) => drawBatch(batch, xOf(batch.timeMs - batchMs), top, width, height, isManual))
	const bracket = (endMs: number, y: number, text: string, colour: string, isDashed: boolean): string[] => {
		const [x0, x1] = [xOf(endMs - windowMs) + 2, xOf(endMs) - 2]
		return [
			line(`M${num(x0)} ${y + 7}V${y}H${num(x1)}V${y + 7}`, colour, { isDashed, stroke: isDashed ? 1.4 : 2.4 }),
			label(x1, y - 5, text, { size: 11, anchor: 'end', colour, isBold: !isDashed }),
		]
	}
	const under = top + height + 20
	const at = (ms: number): string => timeText(ms, isManual)
	const brackets =
		nowMs === undefined
			? bracket(nextMs, 34, `first window, at ${at(nextMs)}`, colours.window.edge, true)
			: [
					...(nowMs - slideMs > first
						? bracket(nowMs - slideMs, 12, `before, at ${at(nowMs - slideMs)}`, colours.line, true)
						: []),
					...bracket(nowMs, 36, `now, at ${at(nowMs)}`, colours.window.edge, false),
				]
	const present = [...new Set(batches.map(({ place }) => place))]
	const legend = present.flatMap((place, i) => [
		box(i * 110, under + 6, 12, 12, paints[place], { isDashed: place === 'to come', radius: 2 }),
		label(i * 110 + 18, under + 16, places[place], { size: 11, colour: colours.muted }),
	])
	const words = sentences.map((each, i) => label(0, under + 42 + i * 17, each, { size: 12 }))
	const size = {
		width: Math.max(batches.length * width, ...sentences.map((each) => each.length * 6.4), present.length * 110),
		height: under + 34 + sentences.length * 17,
	}
	const svg = card({ title, caption }, size, [...brackets, ...drawn, ...legend, ...words])
	return new Diagram({ title, svg, text: windowText(`${title}, ${caption}`, facts, sentences) })
}

function drawBatch(
	{ timeMs, place, records, hasMore }: WindowBatch,
	x: number,
	y: number,
	width: number,
	height: number,
	isManual: boolean,
): string[] {
	const gap = width < 20 ? 1 : 3
	const parts = [box(x + gap, y, width - 2 * gap, height, paints[place], { isDashed: place === 'to come', radius: 3 })]
	if (width < 40) return parts
	const columns = Math.floor((width - 10) / 6.6)
	const lines = records === undefined ? [] : records.length === 0 ? ['∅'] : [...records, ...(hasMore ? ['…'] : [])]
	const colour = place === 'left' || place === 'between' ? colours.muted : colours.text
	return [
		...parts,
		...lines.map((text, i) =>
			label(x + width / 2, y + 17 + i * recordHeight, text, {
				size: 11,
				isMono: true,
				anchor: 'middle',
				columns,
				colour,
			}),
		),
		label(x + width - gap, y + height + 14, timeText(timeMs, isManual), {
			size: 11,
			anchor: 'end',
			colour: colours.muted,
		}),
	]
}
