/** The worker thread: receives stages once, runs their tasks one after another, answers with plain data. */

import { parentPort } from 'node:worker_threads'
import { stopwatch } from '../base/clock.js'
import { Duration, Time } from '../base/time.js'
import type { Unload } from '../closure/graph.js'
import { receiveFunction } from '../closure/ship.js'
import { type AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from '../rdd/accumulator.js'
import { Broadcast } from '../rdd/broadcast.js'
import { PairColumns } from '../rdd/columns.js'
import { inTask, type RunningTask } from '../rdd/taskcontext.js'
import { singletons } from './carriers.js'
import type { AccumulatorKind } from './threadcarriers.js'
import { packError } from './threaderrors.js'
import {
	type Added,
	type Answer,
	type Cargo,
	type FromThread,
	packRecords,
	type TaskFacts,
	type ToThread,
	transfers,
	unpackRecords,
	unplainPart,
	unplainText,
} from './threadwire.js'
import { perform, type Work } from './threadwork.js'

interface Stage {
	readonly work: Work
	readonly accumulators: readonly AccumulatorV2<never, unknown>[]
}

const broadcasts = new Map<number, Uint8Array>()
const broadcastValues = new Map<number, Broadcast<unknown>>()
const stages = new Map<string, Uint8Array>()
const revived = new Map<string, Stage>()

const port = parentPort
port?.on('message', (message: ToThread) => {
	switch (message.kind) {
		case 'broadcast':
			broadcasts.set(message.id, message.bytes)
			return
		case 'stage':
			stages.set(message.id, message.bytes)
			return
		case 'forget':
			for (const kept of [broadcasts, broadcastValues, stages, revived]) kept.clear()
			return
		case 'task':
			void run(message).then(
				([answer, moved]) => port.postMessage(answer, moved),
				(thrown: unknown) => port.postMessage({ kind: 'failed', error: packError(thrown) } satisfies FromThread),
			)
			return
		default:
			message satisfies never
	}
})

type TaskMessage = Extract<ToThread, { readonly kind: 'task' }>

async function run({ stage: id, facts, cargo }: TaskMessage): Promise<[FromThread, ArrayBuffer[]]> {
	let stage: Stage
	try {
		stage = await stageOf(id)
	} catch (thrown) {
		return [{ kind: 'stays', why: `its functions cannot be loaded there: ${String(thrown)}` }, []]
	}
	const { work, accumulators } = stage
	for (const one of accumulators) one.reset()
	const elapsedMs = stopwatch()
	const input = await recordsOf(cargo)
	const task = new ThreadTask(facts)
	let result: unknown
	try {
		result = await inTask(task, () => perform(work, input, task, facts.indices))
	} finally {
		task.completed()
	}
	const ms = elapsedMs()
	const answer = answerOf(result, work)
	if (typeof answer === 'string') return [{ kind: 'stays', why: unplainText(answer) }, []]
	const added = accumulators.flatMap(addedTo)
	const unplain = unplainPart(added)
	if (unplain !== undefined) return [{ kind: 'stays', why: unplainText(unplain) }, []]
	const records = Array.isArray(input) || input instanceof PairColumns ? input.length : 0
	const moved = answer.kind === 'buckets' ? answer.buckets.flatMap(transfers) : []
	return [{ kind: 'done', answer, added, ms, records }, moved]
}

async function stageOf(id: string): Promise<Stage> {
	let stage = revived.get(id)
	if (stage === undefined) {
		const accumulators = new Map<number, AccumulatorV2<never, unknown>>()
		await receiveBroadcasts()
		const work = (await receiveFunction(stages.get(id) as Uint8Array, unloading(accumulators))) as Work
		stage = { work, accumulators: [...accumulators.values()] }
		revived.set(id, stage)
	}
	return stage
}

async function receiveBroadcasts(): Promise<void> {
	for (const [id, bytes] of broadcasts) {
		if (broadcastValues.has(id)) continue
		broadcastValues.set(id, new Broadcast(id, await receiveFunction(bytes, unloading(new Map()))))
	}
}

const ids = new WeakMap<object, number>()

const unloading =
	(accumulators: Map<number, AccumulatorV2<never, unknown>>): Unload =>
	(carrier, data) => {
		switch (carrier) {
			case 'broadcast':
				return broadcastValues.get(data as number)
			case 'accumulator': {
				const { id, kind } = data as { readonly id: number; readonly kind: AccumulatorKind }
				const before = accumulators.get(id)
				if (before !== undefined) return before
				const types = { long: LongAccumulator, double: DoubleAccumulator, list: CollectionAccumulator }
				const made = new types[kind]() as AccumulatorV2<never, unknown>
				ids.set(made, id)
				accumulators.set(id, made)
				return made
			}
			case 'time': {
				const { isTime, ms } = data as { readonly isTime: boolean; readonly ms: number }
				return isTime ? new Time(ms) : new Duration(ms)
			}
			default:
				return singletons[data as string]
		}
	}

async function recordsOf(cargo: Cargo): Promise<Iterable<unknown>> {
	if (cargo.kind !== 'part') return unpackRecords(cargo)
	const { read, part } = (await receiveFunction(cargo.bytes, unloading(new Map()))) as {
		readonly read: (part: unknown) => Iterable<unknown> | Promise<Iterable<unknown>>
		readonly part: unknown
	}
	return read(cargo.shared ?? part)
}

/** The result in the form in which it crosses; a text that says what in it cannot. */
function answerOf(result: unknown, { end }: Work): Answer | string {
	if (end.kind !== 'shuffle') {
		const unplain = unplainPart(result)
		return unplain ?? { kind: 'value', value: result }
	}
	const buckets = result as readonly (readonly unknown[] | PairColumns)[]
	for (const bucket of buckets) {
		const parts = bucket instanceof PairColumns ? [bucket.keys, bucket.values] : [bucket]
		for (const part of parts) {
			const unplain = unplainPart(part)
			if (unplain !== undefined) return unplain
		}
	}
	return { kind: 'buckets', buckets: buckets.map(packRecords) }
}

function addedTo(accumulator: AccumulatorV2<never, unknown>): Added[] {
	const id = ids.get(accumulator) as number
	if (accumulator instanceof CollectionAccumulator) {
		return accumulator.isZero() ? [] : [{ id, kind: 'list', values: accumulator.value }]
	}
	const { sum, count } = accumulator as unknown as LongAccumulator
	return count === 0 ? [] : [{ id, kind: 'number', sum, count }]
}

class ThreadTask implements RunningTask {
	readonly partitionId: number
	readonly stageId: number
	readonly attemptNumber: number
	readonly batchTime: Time | undefined
	readonly #listeners: (() => void)[] = []

	constructor({ partition, stageId, attempt, batchTimeMs }: TaskFacts) {
		this.partitionId = partition
		this.stageId = stageId
		this.attemptNumber = attempt
		this.batchTime = batchTimeMs === undefined ? undefined : new Time(batchTimeMs)
	}

	addTaskCompletionListener(listener: () => void): void {
		this.#listeners.push(listener)
	}
	completed(): void {
		for (const listener of this.#listeners) listener()
	}
}
