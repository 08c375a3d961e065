/**
 * A graph as a tree of lines, children under their first parent; a stream with several parents is named under the others.
 *
 *   lines · socketTextStream  every 1 s
 *   └─ flatMap  every 1 s
 *      └─ counts · reduceByKey  every 1 s
 *         └─▶ print  cell-1.ts:4  took 3 ms
 */

import { clipped, oneLine } from '../columns.js'

/** What a line of the tree says. */
export interface TreeNode {
	readonly id: string
	readonly parents: readonly string[]
	readonly title: string
	readonly also: string
	readonly lines: readonly string[]
}

const width = 100

/** A heading and the tree. */
export function graphText(head: string, nodes: readonly TreeNode[]): string {
	const childrenOf = new Map<string, TreeNode[]>()
	for (const node of nodes) {
		for (const parent of new Set(node.parents)) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), node])
	}
	const seen = new Set<string>()
	const drawn = (node: TreeNode, isOutput: boolean): string => {
		const also = node.also === '' ? '' : ` · ${node.also}`
		return oneLine(`${isOutput ? '▶ ' : ' '}${node.title}${also}  ${node.lines.join(' · ')}`)
	}
	const walk = (node: TreeNode, prefix: string, isLast: boolean): string[] => {
		const corner = isLast ? '└─' : '├─'
		if (seen.has(node.id)) return [`${prefix}${corner}↳ ${oneLine(node.title)}, see above`]
		seen.add(node.id)
		const inner = `${prefix}${isLast ? '   ' : '│  '}`
		return [`${prefix}${corner}${drawn(node, node.id.startsWith('o'))}`, ...below(node, inner)]
	}
	const below = (node: TreeNode, prefix: string): string[] => {
		const children = childrenOf.get(node.id) ?? []
		return children.flatMap((child, i) => walk(child, prefix, i === children.length - 1))
	}
	const known = new Set(nodes.map((node) => node.id))
	const roots = nodes.filter((node) => !node.parents.some((id) => known.has(id)))
	const lines = roots.flatMap((root) => {
		seen.add(root.id)
		return [drawn(root, false).trimStart(), ...below(root, '')]
	})
	return [oneLine(head), ...lines].map((each) => clipped(each, width)).join('\n')
}
