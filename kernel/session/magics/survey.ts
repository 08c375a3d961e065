/**
 * What there is in the graph of the newest context, and in names beside it: for `%streams`, `%stop`, `%rate`, `%export`.
 *
 * A stream is found from the inputs, from the ends that read it (outputs, views), and from the names that hold it.
 */

import { DStream, type InputDStream, type Output, type StreamingContext } from '../../../engine/index.js'
import { LiveView, openViews } from '../../display/index.js'
import type { MagicWorld } from './world.js'

/** The graph as magics list it. */
export interface Survey {
	/** Parents before children. */
	readonly streams: readonly DStream<unknown>[]
	readonly inputs: readonly InputDStream<unknown>[]
	/** Those that join before the next batch are among them. */
	readonly outputs: readonly Output[]
	readonly views: readonly LiveView[]
	/** Streams that some end reads, or that are inputs. */
	readonly used: ReadonlySet<DStream<unknown>>
}

/** Everything that belongs to a context. */
export function survey(ssc: StreamingContext, { readers }: MagicWorld): Survey {
	const found = new Set<DStream<unknown>>()
	const visit = ({ current: stream }: DStream<unknown>): void => {
		if (found.has(stream)) return
		for (const source of stream.sources) visit(source)
		found.add(stream)
	}
	const views = [...openViews()].filter((view) => view instanceof LiveView && view.stream.context === ssc) as LiveView[]
	const inputs = [...ssc.inputs, ...ssc.waiting.inputs]
	const outputs = [...ssc.outputs, ...ssc.waiting.outputs]
	for (const input of inputs) visit(input.current)
	for (const { stream } of [...outputs, ...views]) visit(stream)
	const used = new Set(found)
	for (const stream of heldStreams(readers).values()) if (stream.context === ssc) visit(stream)
	return { streams: [...found], inputs, outputs, views, used }
}

/** The streams that top-level names hold. */
export function heldStreams(readers: MagicWorld['readers']): Map<string, DStream<unknown>> {
	const held = new Map<string, DStream<unknown>>()
	for (const [name, value] of heldValues(readers)) if (value instanceof DStream) held.set(name, value)
	return held
}

/** What top-level names hold. */
export function heldValues(readers: MagicWorld['readers']): Map<string, unknown> {
	const held = new Map<string, unknown>()
	for (const [name, read] of readers) {
		try {
			held.set(name, read())
		} catch {
			// A name whose declaration is being run again has no value now: it is not listed.
		}
	}
	return held
}

/** What a stream is called: its name with the sign that `%stop` and `%rate` take, too. */
export const handleOf = (stream: DStream<unknown>): string => stream.name ?? `#${stream.streamId}`
