/**
 * The lineage of an RDD drawn: a frame for each stage from left to right, arrows where records are shuffled, a small
 * square for every partition (filled: it is cached).
 */

import type { RDD } from '../../../engine/index.js'
import { Diagram } from './diagram.js'
import { plural } from './facts.js'
import { curve } from './graph.js'
import { layered } from './layout.js'
import { lineageText } from './lineagetext.js'
import { keptText, originOf, parentsInStage, type Stage, stagesOf } from './stages.js'
import { box, card, colours, label, line, num, type Paint, widthOf } from './svg.js'

type AnyRDD = RDD<unknown>

interface PlacedStage {
	readonly stage: Stage
	readonly width: number
	readonly height: number
	/** Upper left corners of the RDDs' boxes within the frame. */
	readonly at: ReadonlyMap<AnyRDD, Spot>
	readonly drawn: readonly string[]
}

interface Spot {
	readonly x: number
	readonly y: number
	readonly width: number
	readonly height: number
}

const stageGap = 92
const head = 30
const inset = 14
/** RDDs that are drawn of one stage; the rest is summed up. */
const maxBoxes = 24

/** Draws it as it is now. */
export function lineageDiagram(rdd: AnyRDD): Diagram {
	const stages = stagesOf(rdd)
	const shuffles = stages.reduce((sum, stage) => sum + stage.shuffles.length, 0)
	const title = `Lineage of ${rdd.name ?? `${rdd.kind}[${rdd.id}]`}`
	const caption = `${plural(stages.length, 'stage')}, ${plural(shuffles, 'shuffle')}, ${plural(rdd.getNumPartitions(), 'partition')}`
	const placed = stages.map(placeStage)
	const columns = Array.from({ length: Math.max(...stages.map(({ depth }) => depth)) + 1 }, (_, depth) =>
		placed.filter(({ stage }) => stage.depth === depth),
	)
	const heights = columns.map((column) => column.reduce((sum, each) => sum + each.height + 18, -18))
	const height = Math.max(...heights)
	const corners = new Map<Stage, readonly [number, number]>()
	let x = 0
	for (const [i, column] of columns.entries()) {
		let y = (height - (heights[i] ?? 0)) / 2
		for (const each of column) {
			corners.set(each.stage, [x, y])
			y += each.height + 18
		}
		x += Math.max(...column.map(({ width }) => width)) + stageGap
	}
	const frames = placed.map(({ stage, drawn }) => {
		const [left, top] = corners.get(stage) ?? [0, 0]
		return `<g transform="translate(${num(left)} ${num(top)})">\n${drawn.join('\n')}\n</g>`
	})
	const arrows = placed.flatMap((each) => shuffleArrows(each, placed, corners))
	const svg = card({ title, caption }, { width: x - stageGap, height }, [...frames, ...arrows])
	return new Diagram({ title, svg, text: lineageText(`${title} · ${caption}`, stages) })
}

function shuffleArrows(
	to: PlacedStage,
	placed: readonly PlacedStage[],
	corners: ReadonlyMap<Stage, readonly [number, number]>,
): string[] {
	return to.stage.shuffles.flatMap((shuffle) => {
		const from = placed.find(({ stage }) => stage === shuffle.from)
		const source = from?.stage.rdds.at(-1)
		const [a, b] = [corners.get(shuffle.from), corners.get(to.stage)]
		const start = source === undefined ? undefined : from?.at.get(source)
		const end = to.at.get(shuffle.to)
		if (from === undefined || source === undefined || a === undefined || b === undefined) return []
		if (start === undefined || end === undefined) return []
		const [x0, y0] = [a[0] + from.width, a[1] + start.y + start.height / 2]
		const middle = num((x0 + b[0]) / 2)
		const isFirst = [...to.at.values()].every((spot) => spot.y !== end.y || spot.x >= end.x)
		const lane = b[1] + end.y - 7
		const [x1, y1] = [b[0] + end.x + end.width / 2, b[1] + end.y + end.height / 2]
		// What does not stand at the left comes in from above, over the boxes before it.
		const way = isFirst
			? `${middle} ${num(y1)} ${num(b[0] + end.x - 2)} ${num(y1)}`
			: `${middle} ${num(lane)} ${num(b[0])} ${num(lane)}L${num(x1 - 10)} ${num(lane)}Q${num(x1)} ${num(lane)} ${num(x1)} ${num(lane + 6)}`
		const below = y1 < y0 ? 16 : -22
		const partitions = `${source.getNumPartitions()} → ${shuffle.to.getNumPartitions()}`
		return [
			line(`M${num(x0)} ${num(y0)}C${middle} ${num(y0)} ${way}`, '#c07f2c', {
				hasArrow: true,
				isDashed: true,
				stroke: 1.8,
			}),
			label(x0 + 8, y0 + below, 'shuffle', { size: 11, isBold: true, colour: '#9a5f14' }),
			label(x0 + 8, y0 + below + 13, partitions, { size: 11, colour: '#9a5f14' }),
		]
	})
}

function placeStage(stage: Stage): PlacedStage {
	const shown = stage.rdds.slice(-maxBoxes)
	const hidden = stage.rdds.length - shown.length
	const isShown = new Set(shown)
	const layout = layered(
		shown.map((rdd) => ({ id: String(rdd.id), width: boxWidth(rdd), height: keptText(rdd) === '' ? 48 : 62 })),
		shown.flatMap((rdd) =>
			parentsInStage(rdd)
				.filter((parent) => isShown.has(parent))
				.map((parent) => [String(parent.id), String(rdd.id)] as const),
		),
		{ x: 14, y: 24 },
	)
	const title = `stage ${stage.id}`
	const root = shown.at(-1)
	const tasks = root === undefined ? '' : plural(root.getNumPartitions(), 'task')
	const note = hidden === 0 ? tasks : `${tasks} · ${plural(hidden, 'more RDD')} above`
	const width = Math.max(layout.width, widthOf(`${title}  ${note}`, 11) + 12) + 2 * inset
	const height = head + layout.height + inset
	const left = (width - layout.width) / 2
	const at = new Map<AnyRDD, Spot>()
	for (const rdd of shown) {
		const place = layout.boxes.get(String(rdd.id))
		if (place !== undefined) at.set(rdd, { ...place, x: place.x + left, y: place.y + head })
	}
	const edges = layout.edges.map(({ points }) =>
		line(curve(points.map(([x, y]) => [x + left, y + head] as const)), colours.line, { hasArrow: true }),
	)
	const drawn = [
		box(0, 0, width, height, { fill: '#f8f9fb', edge: colours.frame }, { radius: 8 }),
		label(inset, 19, title, { size: 12, isBold: true }),
		label(width - inset, 19, note, { size: 11, anchor: 'end', colour: colours.muted }),
		...edges,
		...[...at].flatMap(([rdd, spot]) => drawRDD(rdd, spot)),
	]
	return { stage, width, height, at, drawn }
}

const nameOf = (rdd: AnyRDD): string => rdd.name ?? originOf(rdd).operation
const kindOf = (rdd: AnyRDD): string => `${rdd.kind}[${rdd.id}]`

function boxWidth(rdd: AnyRDD): number {
	const name = widthOf(nameOf(rdd), 13) * 1.08
	const squares = Math.min(rdd.getNumPartitions(), maxSquares) * 9
	const wanted = Math.max(
		100,
		name,
		widthOf(kindOf(rdd), 10) + squares + 14,
		name + widthOf(originOf(rdd).site, 10) + 12,
	)
	return Math.min(250, wanted) + 20
}

function paintOf(rdd: AnyRDD): Paint {
	if (rdd.isCheckpointed()) return colours.state
	if (rdd.getStorageLevel().isValid) return colours.window
	const { kind } = rdd.plan
	if (kind === 'source' || kind === 'blocks') return colours.input
	return kind === 'shuffled' ? colours.output : colours.plain
}

const maxSquares = 10

function drawRDD(rdd: AnyRDD, { x, y, width, height }: Spot): string[] {
	const paint = paintOf(rdd)
	const kept = keptText(rdd)
	const inMemory = new Set(rdd.getStorageLevel().isValid ? rdd.sparkContext.backend.kept(rdd).partitions : [])
	const count = rdd.getNumPartitions()
	const shown = Math.min(count, maxSquares)
	const squares = Array.from({ length: shown }, (_, i) =>
		box(
			x + width - 10 - (shown - i) * 9,
			y + 30,
			7,
			7,
			{ fill: inMemory.has(i) ? paint.edge : '#ffffff', edge: paint.edge },
			{ radius: 1, stroke: 1 },
		),
	)
	const columns = Math.floor((width - 20) / 7.3)
	const { site } = originOf(rdd)
	const room = Math.floor((width - 24 - widthOf(nameOf(rdd), 13) * 1.08) / 6)
	return [
		box(x, y, width, height, paint),
		label(x + 10, y + 18, nameOf(rdd), { size: 13, isBold: true, columns }),
		...(site === '' || room < 4
			? []
			: [label(x + width - 10, y + 18, site, { size: 10, anchor: 'end', colour: colours.muted, columns: room })]),
		label(x + 10, y + 37, kindOf(rdd), {
			size: 10,
			colour: colours.muted,
			columns: Math.floor((width - 24 - shown * 9) / 5.6),
		}),
		...squares,
		...(kept === '' ? [] : [label(x + 10, y + 53, kept, { size: 11, colour: paint.edge, isBold: true })]),
	]
}
