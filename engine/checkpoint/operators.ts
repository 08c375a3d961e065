/**
 * The streams of a graph as a checkpoint knows them, and how those of a new graph are matched with them.
 *
 * What keeps something (inputs, states, windows with an inverse, whatever has a checkpoint interval) has an id: the name
 * given by `named`, else its place: operator and position among those of the same operator, in order of construction. So
 * code may change as long as these stay: streams that are new start empty, streams that are gone are refused unless
 * allowed. A name may be given or taken away while there are as many streams of that operator as before; one that was
 * changed for another is a stream that is gone, and a new one.
 */

import { StreamError } from '../base/errors.js'
import type { AnyDStream } from '../dstream/dstream.js'
import { InputDStream } from '../dstream/input.js'
import { ReducedWindowedDStream } from '../dstream/reducewindow.js'
import { isStored, writtenIn } from '../rdd/checkpoint.js'
import { HashPartitioner } from '../rdd/partitioner.js'
import type { AnyRDD } from '../rdd/plan.js'
import type { StateFiles } from '../state/files.js'
import type { OperatorRecord, WrittenRecord } from './record.js'

/** All streams that `ends` are made of, in order of construction, so parents before children. */
export function streamsOf(ends: readonly AnyDStream[]): AnyDStream[] {
	const seen = new Set<AnyDStream>()
	const visit = ({ current }: AnyDStream): void => {
		if (seen.has(current)) return
		seen.add(current)
		for (const parent of current.sources) visit(parent)
	}
	for (const end of ends) visit(end)
	return [...seen].sort((a, b) => a.streamId - b.streamId)
}

/** Where those that keep something are: `updateStateByKey-0`. */
function placesOf(streams: readonly AnyDStream[]): Map<AnyDStream, string> {
	const numBefore = new Map<string, number>()
	const places = new Map<AnyDStream, string>()
	for (const stream of streams) {
		if (!stream.isDurable) continue
		const position = numBefore.get(stream.operator) ?? 0
		numBefore.set(stream.operator, position + 1)
		places.set(stream, `${stream.operator}-${position}`)
	}
	return places
}

/** The ids of those that keep something. @throws graph/checkpoint when two have the same */
export function idsOf(streams: readonly AnyDStream[]): Map<AnyDStream, string> {
	const ids = new Map<AnyDStream, string>()
	const taken = new Set<string>()
	for (const [stream, place] of placesOf(streams)) {
		const id = stream.checkpointName ?? place
		if (taken.has(id)) {
			throw new StreamError('graph/checkpoint', `two streams have the name ${id}`, {
				where: stream.title,
				remedy: 'give each stream a name of its own: a checkpoint knows them by it',
			})
		}
		taken.add(id)
		ids.set(stream, id)
	}
	return ids
}

/** What a checkpoint keeps of the streams now. */
export function operatorRecords(streams: readonly AnyDStream[]): OperatorRecord[] {
	const ids = idsOf(streams)
	const places = placesOf(streams)
	const indexOf = new Map(streams.map((stream, index) => [stream, index]))
	return streams.map((stream) => {
		const id = ids.get(stream)
		const place = places.get(stream)
		const refusal = stream instanceof InputDStream ? stream.checkpointRefusal : undefined
		return {
			...shapeOf(stream),
			parents: stream.sources.map((parent) => indexOf.get(parent) ?? -1),
			...(refusal === undefined ? {} : { refusal }),
			...(id === undefined
				? {}
				: { id, ...(place === undefined ? {} : { place }), written: stream.generated.written.map(writtenRecord) }),
			...(stream instanceof InputDStream ? { data: stream.checkpointData() } : {}),
		}
	})
}

type Shape = Pick<OperatorRecord, 'kind' | 'operator' | 'slideMs' | 'windowMs'>

function shapeOf(stream: AnyDStream): Shape {
	return {
		kind: stream.className,
		operator: stream.operator,
		slideMs: stream.slideDuration.milliseconds,
		...(stream instanceof ReducedWindowedDStream ? { windowMs: stream.windowDuration.milliseconds } : {}),
	}
}

function writtenRecord([timeMs, rdd]: readonly [number, AnyRDD]): WrittenRecord {
	const { partitioner } = rdd
	const states = writtenIn(rdd)?.partitions as readonly StateFiles[] | undefined
	return {
		timeMs,
		directory: rdd.getCheckpointFile() as string,
		numPartitions: rdd.getNumPartitions(),
		...(partitioner instanceof HashPartitioner ? { hash: partitioner.numPartitions } : {}),
		...(states === undefined ? {} : { states }),
		...(isStored(rdd) ? { stored: true } : {}),
	}
}

/**
 * Which stream goes on from which record.
 * @param allowed ids that may be missing, or be another operator now: what was kept of them is dropped
 * @throws graph/checkpoint with the list of those that are gone or do not fit
 */
export function matched(
	streams: readonly AnyDStream[],
	records: readonly OperatorRecord[],
	allowed: readonly string[],
): Map<AnyDStream, OperatorRecord> {
	const kept = records.filter(({ id }) => id !== undefined)
	const streamOf = finder(streams, kept)
	const pairs = new Map<AnyDStream, OperatorRecord>()
	const problems = new Map<string, string>()
	for (const record of kept) {
		const stream = streamOf(record)
		const problem = stream === undefined ? 'is gone' : differenceOf(shapeOf(stream), record)
		if (problem !== undefined) problems.set(record.id as string, problem)
		else pairs.set(stream as AnyDStream, record)
	}
	const refused = [...problems].filter(([id]) => !allowed.includes(id))
	if (refused.length === 0) return pairs
	const names = refused.map(([id]) => id).join(',')
	throw new StreamError(
		'graph/checkpoint',
		`the checkpoint holds what the program does not go on with: ${refused.map(([id, why]) => `${id} ${why}`).join('; ')}`,
		{
			where: 'StreamingContext.getOrCreate',
			remedy: `make these streams as before (named('…') keeps a name), or set rivulet.checkpoint.allowDropped to ${names}`,
		},
	)
}

/** Finds the stream of a record: by its id, or, where at most one of the two has a name, at its place. */
function finder(
	streams: readonly AnyDStream[],
	records: readonly OperatorRecord[],
): (record: OperatorRecord) => AnyDStream | undefined {
	const ids = idsOf(streams)
	const byId = new Map([...ids].map(([stream, id]) => [id, stream]))
	const byPlace = new Map([...placesOf(streams)].map(([stream, place]) => [place, stream]))
	const recorded = new Set(records.map(({ id }) => id))
	const numNow = (operator: string): number => [...ids.keys()].filter((stream) => stream.operator === operator).length
	const numThen = (operator: string): number => records.filter((record) => record.operator === operator).length
	return ({ id, place, operator }) => {
		const same = byId.get(id ?? '')
		if (same !== undefined || numNow(operator) !== numThen(operator)) return same
		const there = byPlace.get(place ?? '')
		if (there === undefined || recorded.has(ids.get(there))) return undefined
		const isRenamed = id !== place && ids.get(there) !== place
		return isRenamed ? undefined : there
	}
}

/** Why what was kept means nothing to the stream; undefined when it fits. */
function differenceOf(now: Shape, before: Shape): string | undefined {
	if (now.kind !== before.kind) return `was ${before.operator} (${before.kind}), is ${now.operator} (${now.kind})`
	if (now.slideMs !== before.slideMs) return `had a slide of ${before.slideMs} ms, has ${now.slideMs} ms`
	if (now.windowMs !== before.windowMs) return `had a window of ${before.windowMs} ms, has ${now.windowMs} ms`
	return undefined
}
