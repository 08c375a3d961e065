/**
 * The graph of a context drawn: streams from inputs at the top to outputs at the bottom.
 *
 *   green   input          violet  window          rose  state          amber  output operation
 *   grey, dashed: no output and no view uses it, so nothing of it is computed
 */

import type { BatchInfo, GraphDescription, StreamDescription } from '../../../engine/index.js'
import type { DiagramParts } from './diagram.js'
import { heldText, lengthText, plural, rhythmText, timeText, titleOf } from './facts.js'
import { graphText } from './graphtext.js'
import { layered } from './layout.js'
import { box, card, colours, label, line, num, type Paint, widthOf } from './svg.js'

/** What is drawn of a context. */
export interface GraphFacts {
	readonly graph: GraphDescription
	readonly state: string
	readonly batchMs: number
	/** True where time is driven by hand and counts from 0. */
	readonly isManual: boolean
	/** The last batch that is over. */
	readonly lastBatch: BatchInfo | undefined
}

/** One box: what it is, in a few lines. */
export interface GraphNode {
	readonly id: string
	readonly parents: readonly string[]
	readonly title: string
	/** Beside the title: the operator of a named stream. */
	readonly also: string
	readonly lines: readonly string[]
	readonly paint: Paint
	readonly isUnused: boolean
}

/** Streams and outputs as boxes, parents before children. */
export function graphNodes({ graph, isManual, lastBatch }: GraphFacts): GraphNode[] {
	const streams = graph.streams.map((stream): GraphNode => {
		const isUnused = stream.isUnused === true
		const held = heldText(stream, isManual)
		return {
			id: `s${stream.id}`,
			parents: stream.parents.map((id) => `s${id}`),
			title: titleOf(stream),
			also: stream.name === undefined ? '' : stream.operator,
			lines: [rhythmText(stream), ...(held === '' ? [] : [held]), ...(isUnused ? ['no output uses it'] : [])],
			paint: paintOf(stream),
			isUnused,
		}
	})
	const outputs = graph.outputs.map(({ id, name, streamId }): GraphNode => {
		const run = Object.values(lastBatch?.outputOperationInfos ?? {}).find((info) => info.name === name)
		const took = run?.duration === undefined ? [] : [`took ${lengthText(run.duration)}`]
		const failed = run?.failureReason === undefined ? [] : ['failed']
		const [title = name, site = ''] = name.split(' at ')
		return {
			id: `o${id}`,
			parents: [`s${streamId}`],
			title,
			also: site === '<unknown>' ? '' : site,
			lines: [[...took, ...failed].join(', ') || 'output operation'],
			paint: failed.length > 0 ? colours.wrong : colours.output,
			isUnused: false,
		}
	})
	return [...streams, ...outputs]
}

function paintOf(stream: StreamDescription): Paint {
	if (stream.isUnused === true) return colours.unused
	if (stream.isInput) return colours.input
	if (stream.windowMs !== undefined) return colours.window
	return stream.hasState === true ? colours.state : colours.plain
}

/** `ACTIVE, batches of 1 s · 2 inputs, 1 output · last batch 12:00:03: 12 records in 4 ms`. */
export function graphCaption({ graph, state, batchMs, isManual, lastBatch }: GraphFacts): string {
	const inputs = graph.streams.filter((stream) => stream.isInput).length
	const parts = [
		`${state}, batches of ${lengthText(batchMs)}`,
		`${plural(inputs, 'input')}, ${plural(graph.outputs.length, 'output')}`,
	]
	if (lastBatch !== undefined) {
		const took = lastBatch.processingDelay === undefined ? '' : ` in ${lengthText(lastBatch.processingDelay)}`
		parts.push(
			`last batch ${timeText(lastBatch.batchTime, isManual)}: ${plural(lastBatch.numRecords, 'record')}${took}`,
		)
	}
	return parts.join(' · ')
}

const title = 'The graph'
const lineHeight = 15

/** The whole picture. */
export function graphDiagram(facts: GraphFacts): DiagramParts {
	const nodes = graphNodes(facts)
	const caption = graphCaption(facts)
	const text = graphText(`${title} · ${caption}`, nodes)
	if (nodes.length === 0) {
		const empty = label(0, 14, 'no streams yet: begin with an input, such as ssc.rateStream(10)', {
			colour: colours.muted,
		})
		return { title, text, svg: card({ title, caption }, { width: 420, height: 20 }, [empty]) }
	}
	const known = new Set(nodes.map((node) => node.id))
	const layout = layered(
		nodes.map((node) => ({ id: node.id, width: boxWidth(node), height: 26 + lineHeight * node.lines.length })),
		nodes.flatMap((node) => node.parents.filter((id) => known.has(id)).map((id) => [id, node.id] as const)),
	)
	const drawn = nodes.flatMap((node) => {
		const place = layout.boxes.get(node.id)
		return place === undefined ? [] : drawNode(node, place)
	})
	const unused = new Set(nodes.filter((node) => node.isUnused).map((node) => node.id))
	const edges = layout.edges.map(({ points, to }) =>
		line(curve(points), colours.line, { hasArrow: true, isDashed: unused.has(to) }),
	)
	return { title, text, svg: card({ title, caption }, layout, [...edges, ...drawn]) }
}

const maxColumns = 30

function boxWidth({ title: name, also, lines }: GraphNode): number {
	const head = widthOf(name, 13) * 1.08 + (also === '' ? 0 : widthOf(also, 11) + 8)
	return Math.min(260, Math.max(110, head, ...lines.map((each) => widthOf(each, 11))) + 20)
}

function drawNode(
	{ title: name, also, lines, paint, isUnused }: GraphNode,
	{ x, y, width, height }: { x: number; y: number; width: number; height: number },
): string[] {
	const colour = isUnused ? colours.muted : colours.text
	const columns = Math.max(6, Math.floor((width - 20) / 7.3))
	const room = Math.floor((width - 24 - widthOf(name, 13) * 1.08) / 6.2)
	return [
		box(x, y, width, height, paint, { isDashed: isUnused }),
		label(x + 10, y + 18, name, { size: 13, isBold: true, colour, columns: Math.min(maxColumns, columns) }),
		...(also === '' || room < 3
			? []
			: [label(x + width - 10, y + 18, also, { size: 11, colour: colours.muted, anchor: 'end', columns: room })]),
		...lines.map((each, i) =>
			label(x + 10, y + 34 + lineHeight * i, each, {
				size: 11,
				colour: colours.muted,
				columns: Math.floor((width - 16) / 5.6),
			}),
		),
	]
}

/** A smooth way down through the points. */
export function curve(points: readonly (readonly [number, number])[]): string {
	return points
		.map(([x, y], i) => {
			const before = points[i - 1]
			if (before === undefined) return `M${num(x)} ${num(y)}`
			const middle = num((before[1] + y) / 2)
			return `C${num(before[0])} ${middle} ${num(x)} ${middle} ${num(x)} ${num(y - (i === points.length - 1 ? 2 : 0))}`
		})
		.join('')
}
