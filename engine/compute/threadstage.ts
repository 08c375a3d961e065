/**
 * From a stage of a plan to the part of it that travels: the steps above the next RDD whose records are here, and how its
 * records come to the thread.
 */

import type { Effect } from '../closure/effects.js'
import { shipFunction } from '../closure/ship.js'
import type { Task } from '../rdd/backend.js'
import { HashPartitioner } from '../rdd/partitioner.js'
import type { AnyRDD, ShuffledPlan } from '../rdd/plan.js'
import { isSinkTask } from '../rdd/sink.js'
import { isElementStep, isSeen, locate } from './records.js'
import type { ElementStep } from './stage.js'
import { broadcastBytes, Cargoes } from './threadcarriers.js'
import type { ThreadStage } from './threads.js'
import type { End, Layer, Work } from './threadwork.js'

/** The steps between a partition of an RDD and the records that it is computed from. */
export interface Path {
	readonly leaf: AnyRDD
	readonly leafPartition: number
	readonly layers: readonly Layer[]
	/** See `TaskFacts.indices`. */
	readonly indices: readonly number[]
	/** The RDD that the nearest step makes, for messages. */
	readonly top: AnyRDD
	/** The same for partitions that go through the same RDDs. */
	readonly key: string
}

/** The path of one partition. */
export function pathOf(top: AnyRDD, topPartition: number): Path {
	const layers: Layer[] = []
	const indices: number[] = []
	let leaf = top
	let leafPartition = topPartition
	let steps: ElementStep[] = []
	let key = ''
	const close = (): void => {
		if (steps.length > 0) layers.unshift({ kind: 'steps', steps })
		steps = []
	}
	for (;;) {
		const { plan, id } = leaf
		key += `${id} `
		if (isSeen(leaf)) break
		if (plan.kind === 'union' && !plan.aligned) {
			;[leaf, leafPartition] = locate(plan.parents, leafPartition)
			continue
		}
		if (plan.kind !== 'narrow' || plan.step.op === 'partitionAsync') break
		if (isElementStep(plan.step)) steps.unshift(plan.step)
		else {
			close()
			layers.unshift({ kind: 'partition', fn: plan.step.fn })
			indices.unshift(leafPartition)
		}
		leaf = plan.parent
	}
	close()
	return { leaf, leafPartition, layers, indices, top, key }
}

/** What a stage ends in, as it travels. */
export const endOfShuffle = ({ partitioner, combiner }: ShuffledPlan): End => ({
	kind: 'shuffle',
	combine: combiner?.mapSide === true ? { create: combiner.create, mergeValue: combiner.mergeValue } : undefined,
	buckets: partitioner instanceof HashPartitioner ? partitioner.numPartitions : 1,
})
export const endOfTask = (task: Task<never, unknown>): End =>
	isSinkTask(task)
		? { kind: 'sink', open: task.open as never }
		: { kind: 'task', run: task as Extract<End, { readonly kind: 'task' }>['run'] }

/** A stage ready to travel. */
export interface Captured {
	readonly stage: ThreadStage
	readonly cargoes: Cargoes
	/** Classes of the program that its functions use, by name: errors that come back are of them. */
	readonly classes: ReadonlyMap<string, unknown>
	/** True when its functions may change the records that they get. */
	readonly changesRecords: boolean
	/** Why it has to stay here although it could travel. */
	readonly reason: Effect | undefined
}

/** Captures the functions of a stage with the values that their variables have now. @throws task/closure */
export function captureStage({ layers, top }: Path, end: End): Captured {
	const cargoes = new Cargoes()
	const work: Work = { layers, end }
	const site = top.callSite
	const [name = 'the stage', place] = site?.split(' at ') ?? []
	const shipped = shipFunction(work, { name, site: place }, cargoes.carriers)
	const broadcasts = new Map([...cargoes.broadcasts].map(([id, one]) => [id, broadcastBytes(one)]))
	return {
		stage: { id: shipped.id, bytes: shipped.bytes, broadcasts },
		cargoes,
		classes: shipped.classes,
		changesRecords: shipped.effects.changesParameters,
		reason: shipped.effects.reason,
	}
}
