/**
 * Which batches are inside a window now, which have left it and which come next.
 *
 *   before   |-----------|                 the window one slide ago
 *   now            |-----------|           left: in `before` only; entered: in `now` only
 *   next                 |-----------|     one slide from now
 */

import type { AnyDStream } from '../../../engine/dstream/dstream.js'
import { StreamError, StreamingContext, textOf, windowOf } from '../../../engine/index.js'

/** One batch of the stream under the window. */
export interface WindowBatch {
	readonly timeMs: number
	readonly place: 'left' | 'stays' | 'entered' | 'to come' | 'between'
	/** Its first records as text; undefined where they are not at hand. */
	readonly records: readonly string[] | undefined
	readonly hasMore: boolean
}

export interface WindowFacts {
	readonly title: string
	/** What the window is over. */
	readonly over: string
	readonly windowMs: number
	readonly slideMs: number
	/** How far apart the batches under it are. */
	readonly batchMs: number
	/** When the window fired last; undefined before its first time. */
	readonly nowMs: number | undefined
	/** When it fires next. */
	readonly nextMs: number
	/** True when its value is computed from the window before. */
	readonly isInverse: boolean
	readonly isManual: boolean
	/** Oldest first. */
	readonly batches: readonly WindowBatch[]
}

/** Records of a batch that are shown. */
const maxRecords = 5

/**
 * The facts of the window that the stream is, or the nearest one behind it.
 * @throws graph/state when there is none
 */
export async function windowFacts(stream: AnyDStream): Promise<WindowFacts> {
	const window = nearestWindow(stream.current)
	const length = window === undefined ? undefined : windowOf(window)
	const parent = window?.sources[0]
	if (window === undefined || length === undefined || parent === undefined) {
		throw new StreamError('graph/state', `${stream.title} is no window, and none is behind it`, {
			where: 'explainWindow',
			remedy: "make one, such as stream.window('30 s', '10 s')",
		})
	}
	const { context } = window
	const zeroMs = context.zeroTime?.milliseconds ?? 0
	const [windowMs, slideMs, batchMs] = [length, window.slideDuration, parent.slideDuration].map((x) => x.milliseconds)
	const reach = { windowMs: windowMs as number, slideMs: slideMs as number, batchMs: batchMs as number }
	const inputs = context instanceof StreamingContext ? context.inputs : []
	const known = [...inputs, parent, window].flatMap((each) => [...each.generatedRDDs.keys()])
	const lastMs = known.reduce((last, ms) => Math.max(last, ms), zeroMs)
	const fired = Math.floor((lastMs - zeroMs) / reach.slideMs)
	const nowMs = fired > 0 ? zeroMs + fired * reach.slideMs : undefined
	const nextMs = (nowMs ?? zeroMs) + reach.slideMs
	const from = Math.max(zeroMs, (nowMs ?? nextMs) - reach.windowMs - (nowMs === undefined ? 0 : reach.slideMs))
	const times = Array.from(
		{ length: Math.floor((nextMs - from) / reach.batchMs) },
		(_, i) => from + (i + 1) * reach.batchMs,
	)
	const batches = times.map(async (timeMs): Promise<WindowBatch> => {
		const records = timeMs > lastMs ? undefined : await recordsAt(parent, timeMs)
		const shown = records?.slice(0, maxRecords).map(textOf)
		return {
			timeMs,
			place: placeOf(timeMs, nowMs, reach),
			records: shown,
			hasMore: (records?.length ?? 0) > maxRecords,
		}
	})
	return {
		title: titleOf(window, stream, parent),
		over: parent.title,
		...reach,
		nowMs,
		nextMs,
		isInverse: window.className === 'ReducedWindowedDStream',
		isManual: context.clock.isManual,
		batches: await Promise.all(batches),
	}
}

/** By its name where it has one. */
function titleOf(window: AnyDStream, asked: AnyDStream, parent: AnyDStream): string {
	const name = window.name ?? asked.name
	if (name !== undefined) return `The window ${name}`
	return window.operator === 'window' ? `The window over ${parent.title}` : `The window of ${window.operator}`
}

function placeOf(
	timeMs: number,
	nowMs: number | undefined,
	{ windowMs, slideMs }: { readonly windowMs: number; readonly slideMs: number },
): WindowBatch['place'] {
	if (nowMs === undefined || timeMs > nowMs) return 'to come'
	const isIn = timeMs > nowMs - windowMs
	const wasIn = timeMs > nowMs - slideMs - windowMs && timeMs <= nowMs - slideMs
	if (isIn) return wasIn ? 'stays' : 'entered'
	return wasIn ? 'left' : 'between'
}

function nearestWindow(stream: AnyDStream): AnyDStream | undefined {
	const queue = [stream]
	for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
		if (windowOf(next) !== undefined) return next
		queue.push(...next.sources)
	}
	return undefined
}

/** The records of a batch where looking runs no function again: they are kept, or lie in their source. */
async function recordsAt(stream: AnyDStream, timeMs: number): Promise<readonly unknown[] | undefined> {
	const rdd = stream.generatedRDDs.get(timeMs)
	if (rdd === undefined || rdd.sparkContext.isStopped) return undefined
	const isKept = rdd.sparkContext.backend.kept(rdd).partitions.length === rdd.getNumPartitions()
	return isKept || rdd.plan.kind === 'source' ? rdd.take(maxRecords + 1) : undefined
}
