/** The graph as plain data, for pages, views and tests. */

import type { Time } from '../base/time.js'
import { meter, meterOf } from '../rdd/meter.js'
import type { ReceiverFacts } from '../receiver/tracker.js'
import type { AnyDStream } from './dstream.js'
import { InputDStream } from './input.js'
import type { Observer } from './observer.js'
import type { Output } from './output.js'
import { reachable } from './replacement.js'
import { windowOf } from './windowof.js'

export interface StreamDescription {
	readonly id: number
	readonly name?: string
	readonly operator: string
	/** Spark's class name. */
	readonly className: string
	readonly parents: readonly number[]
	readonly slideMs: number
	readonly windowMs?: number
	readonly isInput: boolean
	/** What the receiver of an input does now. */
	readonly receiver?: ReceiverFacts
	/** Batches remembered now. */
	readonly remembered: number
	/** True when its state goes on from batch to batch. */
	readonly hasState?: true
	/** Views and loops that look at it. */
	readonly views?: number
	/** True when no output and no view reads it; but for inputs such streams are described only when asked for. */
	readonly isUnused?: true
	/** The newest batch whose records were counted, see `countRecords`; fewer than it has when nobody took them all. */
	readonly counted?: { readonly timeMs: number; readonly records: number }
}

export interface GraphDescription {
	/** Parents before children. */
	readonly streams: readonly StreamDescription[]
	readonly outputs: readonly { readonly id: number; readonly name: string; readonly streamId: number }[]
}

/** What a graph is described by. */
export interface Described {
	readonly inputs: readonly AnyDStream[]
	readonly outputs: readonly Output[]
	readonly observers: readonly Observer[]
	/** Streams that are described although nothing reads them. */
	readonly others: readonly AnyDStream[]
}

/** Everything reachable from what is given. */
export function describeGraph({ inputs, outputs, observers, others }: Described): GraphDescription {
	const used = reachable([...outputs, ...observers].map(({ stream }) => stream.current))
	const seen = new Map<number, StreamDescription>()
	const visit = ({ current: stream }: AnyDStream): void => {
		if (seen.has(stream.streamId)) return
		for (const parent of stream.sources) visit(parent)
		const counted = countOf(stream)
		const windowMs = windowOf(stream)?.milliseconds
		const views = observers.filter((observer) => observer.stream.current === stream).length
		seen.set(stream.streamId, {
			id: stream.streamId,
			...(stream.name === undefined ? {} : { name: stream.name }),
			operator: stream.operator,
			className: stream.className,
			parents: stream.sources.map((parent) => parent.streamId),
			slideMs: stream.slideDuration.milliseconds,
			...(windowMs === undefined ? {} : { windowMs }),
			isInput: stream instanceof InputDStream,
			...(stream instanceof InputDStream && stream.receiver !== undefined ? { receiver: stream.receiver } : {}),
			remembered: stream.generatedRDDs.size,
			...(stream.hasState ? { hasState: true } : {}),
			...(views === 0 ? {} : { views }),
			...(used.has(stream) ? {} : { isUnused: true }),
			...(counted === undefined ? {} : { counted }),
		})
	}
	for (const stream of inputs) visit(stream)
	for (const { stream } of [...outputs, ...observers]) visit(stream)
	for (const stream of others) visit(stream)
	return {
		streams: [...seen.values()],
		outputs: outputs.map(({ id, name, stream }) => ({ id, name, streamId: stream.current.streamId })),
	}
}

/** Counts the records that every stream has at `time`, from the jobs on that compute them anyway. */
export function meterGraph(ends: readonly AnyDStream[], { milliseconds }: Time): void {
	for (const stream of reachable(ends)) {
		const rdd = stream.generatedRDDs.get(milliseconds)
		if (rdd !== undefined) meter(rdd)
	}
}

function countOf(stream: AnyDStream): StreamDescription['counted'] {
	for (const [timeMs, rdd] of [...stream.generatedRDDs].reverse()) {
		const records = meterOf(rdd)?.records
		if (records !== undefined) return { timeMs, records }
	}
	return undefined
}
