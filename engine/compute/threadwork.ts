/**
 * What a worker thread does with the records of one partition: the part of a plan between what is there and where records
 * leave the stage.
 *
 *   records ─▶ layer ─▶ layer ─▶ … ─▶ end
 *              a fused chain of element steps, or one function over the whole partition
 *                                     combined or uncombined buckets of a shuffle, or the result of a task
 */

import { HashPartitioner } from '../rdd/partitioner.js'
import type { Combiner, Step } from '../rdd/plan.js'
import { requireMany } from '../rdd/result.js'
import type { Sink } from '../rdd/sink.js'
import type { RunningTask } from '../rdd/taskcontext.js'
import { after, iterate, type MaybeLater } from './records.js'
import { type Bucket, toBuckets, toColumnBuckets } from './shuffle.js'
import { combinedBy, combining, type ElementStep, pulling, pushing } from './stage.js'

export type PartitionStep = Extract<Step, { readonly op: 'partition' }>

/** Part of a chain. */
export type Layer =
	| { readonly kind: 'steps'; readonly steps: readonly ElementStep[] }
	| { readonly kind: 'partition'; readonly fn: PartitionStep['fn'] }

/** Where records leave the stage. */
export type End =
	/** Buckets for so many partitions by hash; one bucket where the thread of the context places keys itself. */
	| {
			readonly kind: 'shuffle'
			readonly combine: Pick<Combiner, 'create' | 'mergeValue'> | undefined
			readonly buckets: number
	  }
	| { readonly kind: 'sink'; readonly open: () => Sink<unknown, unknown> }
	| { readonly kind: 'task'; readonly run: (records: IterableIterator<unknown>, task: RunningTask) => unknown }

/** A stage as it travels: functions and plain values. */
export interface Work {
	readonly layers: readonly Layer[]
	readonly end: End
}

type Pair = readonly [unknown, unknown]

/** What one partition gives: its buckets, or the result of the task. */
export function perform(
	{ layers, end }: Work,
	input: Iterable<unknown>,
	task: RunningTask,
	indices: readonly number[],
): MaybeLater<unknown> {
	const last = layers.at(-1)
	const chain = last?.kind === 'steps' ? last.steps : []
	let records = input
	let numPartitionSteps = 0
	for (const layer of chain.length > 0 ? layers.slice(0, -1) : layers) {
		if (layer.kind === 'steps') records = pulling(layer.steps)(records)
		else {
			const made: unknown = layer.fn(iterate(records), indices[numPartitionSteps++] as number, task)
			records = Array.isArray(made) ? made : requireMany('mapPartitions', made)
		}
	}
	switch (end.kind) {
		case 'shuffle':
			return bucketsOf(records, chain, end)
		case 'sink': {
			const sink = end.open()
			if (chain.length > 0) pushing(chain)(records, (x) => sink.each(x))
			else for (const x of records) sink.each(x)
			return sink.end()
		}
		case 'task': {
			const all = chain.length > 0 ? pulling(chain)(records) : records
			return after(task, end.run(iterate(all), task), (result) => result)
		}
		default:
			return end satisfies never
	}
}

function bucketsOf(
	records: Iterable<unknown>,
	chain: readonly ElementStep[],
	end: Extract<End, { readonly kind: 'shuffle' }>,
): readonly Bucket[] {
	const { combine, buckets } = end
	if (combine !== undefined) {
		const loop = combining(chain, { ...combine, mergeCombiners: combine.mergeValue, mapSide: true })
		return toColumnBuckets(combinedBy(loop, records), new HashPartitioner(buckets))
	}
	const pairs: Pair[] = []
	if (chain.length === 0) for (const pair of records) pairs.push(pair as Pair)
	else {
		pushing(chain)(records, (pair) => {
			pairs.push(pair as Pair)
		})
	}
	return buckets === 1 ? [pairs] : toBuckets(pairs, new HashPartitioner(buckets))
}
