/**
 * Where the records of a source come from: out of the driver when the plan holds them, otherwise read by the workers.
 */

import { StreamError } from '../base/errors.js'
import { shipFunction } from '../closure/ship.js'
import { blockNotFound, requireBlocks } from '../rdd/blockrdd.js'
import { meterOf } from '../rdd/meter.js'
import type { AnyRDD, BlocksPlan, SourcePlan } from '../rdd/plan.js'
import type { RunningTask } from '../rdd/taskcontext.js'
import { Cargo } from './cargo.js'
import { encodeRecords } from './frames.js'

/** Frames by partition, made when they are asked for; or a function for the workers. */
export type SourceFrames =
	| { readonly kind: 'read'; readonly read: SourcePlan['read'] }
	| { readonly kind: 'frames'; readonly frames: () => AsyncIterable<Buffer> }

/** The best way for a source. */
export function sourceFrames(rdd: AnyRDD, plan: SourcePlan | BlocksPlan): SourceFrames {
	if (plan.kind === 'source' && plan.heldBytes === undefined && canTravel(plan.read)) {
		return { kind: 'read', read: plan.read }
	}
	return { kind: 'frames', frames: () => inDriver(rdd, plan) }
}

const known = new WeakMap<object, boolean>()

/** What cannot travel is read here. */
function canTravel(read: SourcePlan['read']): boolean {
	let answer = known.get(read)
	if (answer !== undefined) return answer
	try {
		shipFunction(read, undefined, new Cargo().carriers)
		answer = true
	} catch (thrown) {
		if (!(thrown instanceof StreamError) || thrown.code !== 'task/closure') throw thrown
		answer = false
	}
	known.set(read, answer)
	return answer
}

/** One frame a partition, read in this process. */
async function* inDriver(rdd: AnyRDD, plan: SourcePlan | BlocksPlan): AsyncIterable<Buffer> {
	const numPartitions = rdd.getNumPartitions()
	if (plan.kind === 'blocks') requireBlocks(rdd)
	for (let partition = 0; partition < numPartitions; partition++) {
		const records = await (plan.kind === 'source'
			? plan.read(partition, driverTask(partition))
			: block(rdd, plan, partition))
		const rows = [...records]
		meterOf(rdd)?.saw(partition, rows.length)
		yield encodeRecords(rows)
	}
}

async function block(rdd: AnyRDD, plan: BlocksPlan, partition: number): Promise<Iterable<unknown>> {
	const id = plan.blockIds[partition] as string
	const records = await plan.read(id)
	if (records === undefined) throw blockNotFound(id, rdd)
	return records
}

/** What a source that is read in the driver is told. */
function driverTask(partitionId: number): RunningTask {
	return { partitionId, stageId: 0, attemptNumber: 0, batchTime: undefined, addTaskCompletionListener: () => undefined }
}
