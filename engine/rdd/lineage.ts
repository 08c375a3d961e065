/** Partitioners that have to look at the data first: found in the lineage of an RDD and made ready before its job. */

import { StreamError } from '../base/errors.js'
import { type AnyRDD, parentsOf } from './plan.js'

/** RDDs whose lineage has been made ready; it never has to be walked again. */
const ready = new WeakSet<AnyRDD>()

/** Awaits `prepare` of every partitioner behind `rdd`, so that its number of partitions is final. */
export async function prepareLineage(rdd: AnyRDD): Promise<void> {
	const waiting: Promise<void>[] = []
	const walked: AnyRDD[] = []
	const stack = [rdd]
	for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
		if (ready.has(node)) continue
		ready.add(node)
		walked.push(node)
		const { plan } = node
		const pending = plan.kind === 'shuffled' ? plan.partitioner.prepare() : undefined
		if (pending !== undefined) waiting.push(pending)
		stack.push(...parentsOf(plan))
	}
	if (waiting.length === 0) return
	try {
		await Promise.all(waiting)
	} catch (thrown) {
		for (const node of walked) ready.delete(node)
		throw thrown
	}
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
