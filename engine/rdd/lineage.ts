/** What has to run before a job: found in the lineage of an RDD and made ready, parents before children. */

import { StreamError } from '../base/errors.js'
import { type AnyRDD, parentsOf } from './plan.js'

/** What is being made ready, or has been, of one RDD. */
const preparing = new WeakMap<AnyRDD, Promise<void>>()

/** Awaits what the plans behind `rdd` have to find out first, so that its number of partitions is final. */
export async function prepareLineage(rdd: AnyRDD): Promise<void> {
	for (const node of unready(rdd)) {
		const pending = preparing.get(node) ?? started(node)
		if (pending !== undefined) await pending
		node.isReady = true
	}
}

/** What is not ready yet of a lineage, parents before children. */
function unready(rdd: AnyRDD): readonly AnyRDD[] {
	const chain: AnyRDD[] = []
	for (let node: AnyRDD | undefined = rdd; node !== undefined && !node.isReady; ) {
		chain.push(node)
		const parents = parentsOf(node.plan)
		if (parents.length > 1) return unreadyTree(rdd)
		node = parents[0]
	}
	return chain.reverse()
}

function unreadyTree(rdd: AnyRDD): readonly AnyRDD[] {
	const walked: AnyRDD[] = []
	const seen = new Set<AnyRDD>()
	const stack: (readonly [AnyRDD, boolean])[] = [[rdd, false]]
	for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
		const [node, isDone] = next
		if (isDone) {
			walked.push(node)
			continue
		}
		if (seen.has(node) || node.isReady) continue
		seen.add(node)
		stack.push([node, true])
		for (const parent of parentsOf(node.plan)) stack.push([parent, false])
	}
	return walked
}

function started(node: AnyRDD): Promise<void> | undefined {
	const { plan } = node
	const pending =
		plan.kind === 'shuffled' ? plan.partitioner.prepare() : plan.kind === 'narrow' ? plan.prepare?.() : undefined
	if (pending === undefined) return undefined
	preparing.set(node, pending)
	// Who waits for it hears of it; the next job tries again.
	pending.catch(() => preparing.delete(node))
	return pending
}

/** @throws argument/illegal for a partition that the RDD does not have */
export function requirePartitions(rdd: AnyRDD, partitions: readonly number[]): void {
	const total = rdd.getNumPartitions()
	const missing = partitions.find((index) => !(index >= 0 && index < total))
	if (missing === undefined) return
	throw new StreamError(
		'argument/illegal',
		`Attempting to access a non-existent partition: ${missing}. Total number of partitions: ${total}`,
	)
}
