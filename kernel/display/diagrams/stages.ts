/**
 * The lineage of an RDD cut into stages: what runs in one go on each partition, from shuffle to shuffle.
 *
 * An RDD that two stages read stands in both, as it is computed in both (unless it is cached).
 */

import type { RDD } from '../../../engine/index.js'

type AnyRDD = RDD<unknown>

/** A shuffle: the RDD that begins the reading stage, and the stage that writes for it. */
export interface Shuffle {
	readonly to: AnyRDD
	readonly from: Stage
}

export interface Stage {
	/** 0, 1, 2 …; stages that are read come before those that read them. */
	readonly id: number
	/** Parents before children; the last one is what the stage is run for. */
	readonly rdds: readonly AnyRDD[]
	readonly shuffles: readonly Shuffle[]
	/** How many shuffles lie before it on the longest way. */
	readonly depth: number
}

/** The stages that a job over `rdd` needs, its own last. */
export function stagesOf(rdd: AnyRDD): Stage[] {
	const stages = new Map<AnyRDD, Stage>()
	const stageOf = (root: AnyRDD): Stage => {
		const known = stages.get(root)
		if (known !== undefined) return known
		const rdds: AnyRDD[] = []
		const shuffles: Shuffle[] = []
		const seen = new Set<AnyRDD>()
		const visit = (node: AnyRDD): void => {
			if (seen.has(node)) return
			seen.add(node)
			if (node.plan.kind === 'shuffled') shuffles.push({ to: node, from: stageOf(node.plan.parent) })
			else for (const parent of node.dependencies) visit(parent)
			rdds.push(node)
		}
		visit(root)
		const depth = Math.max(-1, ...shuffles.map(({ from }) => from.depth)) + 1
		const stage: Stage = { id: stages.size, rdds, shuffles, depth }
		stages.set(root, stage)
		return stage
	}
	stageOf(rdd)
	return [...stages.values()]
}

/** What the parents of an RDD are within its stage. */
export const parentsInStage = (rdd: AnyRDD): readonly AnyRDD[] => (rdd.plan.kind === 'shuffled' ? [] : rdd.dependencies)

/** What is kept of an RDD, in words; empty when nothing is. */
export function keptText(rdd: AnyRDD): string {
	const parts = []
	const level = rdd.getStorageLevel()
	if (level.isValid) {
		const { partitions } = rdd.sparkContext.backend.kept(rdd)
		parts.push(`cached ${partitions.length} of ${rdd.getNumPartitions()}`)
	}
	if (rdd.isCheckpointed()) parts.push('checkpointed')
	return parts.join(', ')
}

/** What made it and where: `reduceByKey`, `app.ts:12`. */
export function originOf(rdd: AnyRDD): { readonly operation: string; readonly site: string } {
	const [operation = rdd.kind, site = ''] = (rdd.callSite ?? rdd.kind).split(' at ')
	return { operation, site: site === '<unknown>' ? '' : site }
}
