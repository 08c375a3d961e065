/** The graph as plain data, for pages, views and tests. */

import type { ReceiverFacts } from '../receiver/tracker.js'
import type { AnyDStream } from './dstream.js'
import { InputDStream } from './input.js'
import type { Output } from './output.js'
import { WindowedDStream } from './window.js'

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
}

export interface GraphDescription {
	/** Parents before children. */
	readonly streams: readonly StreamDescription[]
	readonly outputs: readonly { readonly id: number; readonly name: string; readonly streamId: number }[]
}

/** Everything reachable from `ends`. */
export function describeGraph(ends: readonly AnyDStream[], outputs: readonly Output[]): GraphDescription {
	const seen = new Map<number, StreamDescription>()
	const visit = ({ current: stream }: AnyDStream): void => {
		if (seen.has(stream.streamId)) return
		for (const parent of stream.sources) visit(parent)
		seen.set(stream.streamId, {
			id: stream.streamId,
			...(stream.name === undefined ? {} : { name: stream.name }),
			operator: stream.operator,
			className: stream.className,
			parents: stream.sources.map((parent) => parent.streamId),
			slideMs: stream.slideDuration.milliseconds,
			...(stream instanceof WindowedDStream ? { windowMs: stream.windowDuration.milliseconds } : {}),
			isInput: stream instanceof InputDStream,
			...(stream instanceof InputDStream && stream.receiver !== undefined ? { receiver: stream.receiver } : {}),
			remembered: stream.generatedRDDs.size,
		})
	}
	for (const end of ends) visit(end)
	return {
		streams: [...seen.values()],
		outputs: outputs.map(({ id, name, stream }) => ({ id, name, streamId: stream.current.streamId })),
	}
}
