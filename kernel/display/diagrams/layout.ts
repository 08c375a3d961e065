/**
 * Places the boxes of a graph without cycles in layers, parents above children.
 *
 *   layer      one below the lowest parent; a source stands right above its first child
 *   order      by the mean place of the neighbours, four sweeps; edges that pass a layer hold a narrow place in it
 *   x          under the middle of the neighbours, as near as the boxes beside allow (least squares)
 *
 * The same graph gives the same places. Source: Sugiyama, Tagawa, Toda: "Methods for visual understanding of
 * hierarchical system structures", 1981.
 */

/** A box to be placed. */
export interface BoxSize {
	readonly id: string
	readonly width: number
	readonly height: number
}

/** Where a box is: its upper left corner. */
export interface BoxPlace extends BoxSize {
	readonly x: number
	readonly y: number
}

/** The way of an edge from the bottom of a box to the top of another. */
export interface EdgePlace {
	readonly from: string
	readonly to: string
	readonly points: readonly (readonly [number, number])[]
}

export interface Layout {
	readonly boxes: ReadonlyMap<string, BoxPlace>
	readonly edges: readonly EdgePlace[]
	readonly width: number
	readonly height: number
}

interface Node extends BoxSize {
	layer: number
	x: number
	readonly up: Node[]
	readonly down: Node[]
}

/** Places `boxes`; each edge goes from a parent to a child, both of which are among the boxes. */
export function layered(
	boxes: readonly BoxSize[],
	edges: readonly (readonly [from: string, to: string])[],
	gaps: { readonly x: number; readonly y: number } = { x: 22, y: 34 },
): Layout {
	const nodes = new Map(boxes.map((each) => [each.id, { ...each, layer: 0, x: 0, up: [], down: [] } as Node]))
	const parentsOf = (id: string): string[] => edges.filter(([, to]) => to === id).map(([from]) => from)
	setLayers(nodes, parentsOf)
	const ways = edges.map(([from, to]) => join(nodes.get(from) as Node, nodes.get(to) as Node))
	const all = [...nodes.values(), ...ways.flatMap((way) => way.slice(1, -1))]
	const layers: Node[][] = Array.from({ length: Math.max(0, ...all.map((node) => node.layer + 1)) }, () => [])
	for (const node of all) layers[node.layer]?.push(node)
	for (let sweep = 0; sweep < 4; sweep++) order(layers, sweep % 2 === 0)
	for (let sweep = 0; sweep < 6; sweep++) align(layers, sweep % 2 === 0, gaps.x)
	const left = Math.min(...all.map((node) => node.x - node.width / 2))
	const tops: number[] = []
	let height = 0
	for (const layer of layers) {
		tops.push(height)
		height += Math.max(...layer.map((node) => node.height)) + gaps.y
	}
	const topOf = (node: Node): number => tops[node.layer] ?? 0
	const placed = [...nodes.values()].map(({ id, width, height: tall, x, layer }): [string, BoxPlace] => {
		return [id, { id, width, height: tall, x: x - width / 2 - left, y: tops[layer] ?? 0 }]
	})
	return {
		boxes: new Map(placed),
		edges: ways.map((way) => ({
			from: way[0]?.id as string,
			to: way.at(-1)?.id as string,
			points: way.flatMap((node, i): [number, number][] => {
				const x = node.x - left
				const bottom: [number, number] = [x, topOf(node) + node.height]
				if (i === 0) return [bottom]
				return i === way.length - 1 ? [[x, topOf(node)]] : [[x, topOf(node)], bottom]
			}),
		})),
		width: Math.max(0, ...all.map((node) => node.x + node.width / 2)) - left,
		height: Math.max(0, height - gaps.y),
	}
}

function setLayers(nodes: ReadonlyMap<string, Node>, parentsOf: (id: string) => string[]): void {
	const depths = new Map<string, number>()
	const depth = (id: string): number => {
		const known = depths.get(id)
		if (known !== undefined) return known
		const found = Math.max(-1, ...parentsOf(id).map(depth)) + 1
		depths.set(id, found)
		return found
	}
	for (const node of nodes.values()) node.layer = depth(node.id)
	for (const node of nodes.values()) {
		const children = [...nodes.values()].filter(({ id }) => parentsOf(id).includes(node.id))
		if (parentsOf(node.id).length === 0 && children.length > 0)
			node.layer = Math.min(...children.map((child) => child.layer)) - 1
	}
}

/** The way from a parent to a child, with a narrow place in every layer that it passes. */
function join(from: Node, to: Node): Node[] {
	const way = [from]
	for (let layer = from.layer + 1; layer < to.layer; layer++)
		way.push({ id: '', width: 10, height: 0, layer, x: 0, up: [], down: [] })
	way.push(to)
	for (let i = 1; i < way.length; i++) {
		const [above, below] = [way[i - 1] as Node, way[i] as Node]
		above.down.push(below)
		below.up.push(above)
	}
	return way
}

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length

function order(layers: Node[][], isDown: boolean): void {
	for (const layer of layers) for (const [i, node] of layer.entries()) node.x = i / layer.length
	const walk = isDown ? layers : [...layers].reverse()
	for (const layer of walk) {
		const wanted = new Map(
			layer.map((node) => {
				const near = isDown ? node.up : node.down
				return [node, near.length === 0 ? node.x : mean(near.map((each) => each.x))]
			}),
		)
		layer.sort((a, b) => (wanted.get(a) as number) - (wanted.get(b) as number))
		for (const [i, node] of layer.entries()) node.x = (i + 0.5) / layer.length
	}
}

function align(layers: readonly Node[][], isDown: boolean, gap: number): void {
	for (const layer of isDown ? layers : [...layers].reverse()) {
		const wanted = layer.map((node) => {
			const near = isDown ? node.up : node.down
			const both = near.length === 0 ? [...node.up, ...node.down] : near
			return both.length === 0 ? node.x : mean(both.map((each) => each.x))
		})
		const xs = spread(
			wanted,
			layer.map((node) => node.width),
			gap,
		)
		for (const [i, node] of layer.entries()) node.x = xs[i] as number
	}
}

/** The centres nearest to the wanted ones that keep order and gap: pools of neighbours that touch share their mean. */
export function spread(wanted: readonly number[], widths: readonly number[], gap: number): number[] {
	const offsets: number[] = []
	for (const [i, width] of widths.entries()) {
		const before = widths[i - 1]
		offsets.push(before === undefined ? 0 : (offsets[i - 1] as number) + (before + width) / 2 + gap)
	}
	const pools: { sum: number; size: number }[] = []
	for (const [i, x] of wanted.entries()) {
		let pool = { sum: x - (offsets[i] as number), size: 1 }
		for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
			if (last.sum / last.size <= pool.sum / pool.size) break
			pools.pop()
			pool = { sum: last.sum + pool.sum, size: last.size + pool.size }
		}
		pools.push(pool)
	}
	return pools
		.flatMap(({ sum, size }) => Array<number>(size).fill(sum / size))
		.map((x, i) => x + (offsets[i] as number))
}
