/**
 * What the last batches of a stream were made of and what came out, as data for a test that replays them.
 *
 *     first ───────── batches before the tested ones ─────────▶ │ tested batches │
 *       what windows reach back to, or all since the first one    expected results
 *       batch when an operator reads its own past
 */

import { type DStream, InputDStream, type StreamingContext, Time } from '../../../engine/index.js'
import { literalOf } from './literal.js'
import { findStream, noStream } from './streams.js'
import { wrongTest } from './usage.js'
import type { MagicWorld } from './world.js'

/** What an input brought, and where it is made. */
export interface RecordedInput {
	/** The cell that makes it, the line there, and the method or class. */
	readonly owner: string
	readonly line: number
	readonly operator: string
	readonly name: string | undefined
	/** What its records are, as the checker writes types. */
	readonly type: string | undefined
	/** The literals of its records, batch by batch. */
	readonly batches: readonly (readonly string[])[]
}

/** Plain data about the last batches of a stream. */
export interface Recording {
	/** The name that holds the stream. */
	readonly name: string
	readonly owner: string
	readonly inputs: readonly RecordedInput[]
	/** What the stream gave: the literal of each batch's records, oldest first. */
	readonly expected: readonly string[]
	/** The batch times of those. */
	readonly times: readonly number[]
	/** The time before the first batch of the inputs. */
	readonly zeroMs: number
	/** Whether an operator reads its own past, which needs a checkpoint directory. */
	readonly hasPast: boolean
}

/** More records than anybody reads in a test. */
const mostRecords = 10_000

/**
 * Records the last `n` batches of the stream that `word` names.
 * @throws cli/usage when there is no such stream, its batches or what they were made of are gone, or cannot be written
 */
export async function record(word: string, n: number, world: MagicWorld): Promise<Recording> {
	const ssc = world.contexts.newest
	if (ssc === undefined) throw wrongTest(`there is no stream ${word}: no context has been made`, 'make a stream first')
	const stream = findStream(word, ssc, world)
	if (stream === undefined) throw noStream('test', word, ssc, world)
	const { name } = stream
	if (name === undefined) throw wrongTest(`the stream ${word} has no name`, 'hold it: const counts = …')
	const above = upstream(stream)
	const times = lastTimes(stream, n, ssc)
	const zeroMs = zeroOf(stream, above, times, ssc)
	const inputs = above.filter((one) => one instanceof InputDStream)
	const steps = batchTimes(zeroMs, times.at(-1) as number, ssc)
	const past = above.filter(readsItsPast)
	const expected: string[] = []
	for (const timeMs of times) {
		const isGone = past.some((one) => one.isTimeValid(new Time(timeMs)) && !one.generatedRDDs.has(timeMs))
		if (isGone) throw wrongTest(`what ${name} had at ${timeMs} ms is no longer kept`, `ask for less: .test ${name} 1`)
		const rdd = stream.getOrCompute(new Time(timeMs))
		if (rdd !== undefined) expected.push(literalOf(await rdd.collect()))
	}
	let left = mostRecords
	const recorded: RecordedInput[] = []
	for (const input of inputs) {
		const batches: (readonly string[])[] = []
		for (const timeMs of steps) {
			const records = (await input.generatedRDDs.get(timeMs)?.collect()) ?? []
			left -= records.length
			if (left < 0) {
				const what = `the ${steps.length} batches of input that it needs have more than ${mostRecords} records`
				throw wrongTest(what, `ask for fewer batches (.test ${name} 1) or lower the rate first (.rate)`)
			}
			batches.push(records.map((x) => literalOf(x)))
		}
		recorded.push(placed(input, batches, world))
	}
	const owner = world.makers.get(name) ?? world.ownerOf(stream.group)
	if (owner === undefined) throw wrongTest(`no input is known that has made ${name}`, 'make it at the prompt')
	return { name, owner, inputs: recorded, expected, times, zeroMs, hasPast: past.length > 0 }
}

function placed(
	input: DStream<unknown>,
	batches: readonly (readonly string[])[],
	{ ownerOf, contexts }: MagicWorld,
): RecordedInput {
	const { name, operator } = input
	const [, line] = /:(\d+)$/.exec(input.site ?? '') ?? []
	const owner = ownerOf(input.group)
	if (owner === undefined || line === undefined) {
		throw wrongTest(`it is not known where the input ${name ?? operator} is made`, 'make it at the prompt')
	}
	const type = name === undefined ? undefined : contexts.shapeOf(name)
	return { owner, line: Number(line), operator, name, type, batches }
}

/** The stream and all that it is made from, parents before children. */
function upstream(stream: DStream<unknown>): readonly DStream<unknown>[] {
	const found = new Set<DStream<unknown>>()
	const visit = ({ current }: DStream<unknown>): void => {
		if (found.has(current)) return
		for (const source of current.sources) visit(source)
		found.add(current)
	}
	visit(stream)
	return [...found]
}

/** State, and windows that are kept up to date: what they have hangs on all batches before. */
const readsItsPast = (stream: DStream<unknown>): boolean => !(stream instanceof InputDStream) && stream.isDurable

function lastTimes(stream: DStream<unknown>, n: number, ssc: StreamingContext): readonly number[] {
	const newest = ssc.progress.lastCompletedBatch?.batchTime
	const { current } = stream
	if (!current.isInitialized || newest === undefined) {
		throw wrongTest(`no batch has computed ${stream.name} yet`, 'end it with print(), then .start or .step')
	}
	const zeroMs = current.zeroTime?.milliseconds ?? 0
	const times: number[] = []
	for (let ms = newest; ms > zeroMs && times.length < n; ms -= ssc.batchDuration.milliseconds) {
		if (current.isTimeValid(new Time(ms))) times.unshift(ms)
	}
	if (times.length === 0) throw wrongTest(`no batch of ${stream.name} is completed`, 'wait for one, or .step')
	return times
}

/** The time before the first batch that has to be replayed. */
function zeroOf(
	stream: DStream<unknown>,
	above: readonly DStream<unknown>[],
	times: readonly number[],
	ssc: StreamingContext,
): number {
	const batchMs = ssc.batchDuration.milliseconds
	const begunMs = stream.current.zeroTime?.milliseconds ?? 0
	const past = above.filter(readsItsPast)
	const slideMs = above.map(({ slideDuration }) => slideDuration.milliseconds).reduce(leastMultiple, batchMs)
	const reachMs = stream.current.lingerMs
	const [first = batchMs] = times
	const wantedMs =
		past.length > 0
			? Math.min(...past.map(({ floorMs }) => Math.max(begunMs, floorMs)))
			: Math.max(begunMs, first - batchMs - reachMs)
	// All slides keep their place on the time grid.
	const zeroMs = begunMs + Math.floor((wantedMs - begunMs) / slideMs) * slideMs
	for (const input of above) {
		if (!(input instanceof InputDStream)) continue
		const isGone = batchTimes(zeroMs, times.at(-1) as number, ssc).some((ms) => {
			return ms > begunMs && !input.generatedRDDs.has(ms)
		})
		if (!isGone) continue
		const name = input.name ?? input.operator
		const why = past.length > 0 ? `${past[0]?.title} hangs on all batches since the first` : 'windows reach back to it'
		const kept = ssc.conf.get('rivulet.backfill', '100')
		throw wrongTest(
			`what ${name} brought after ${zeroMs} ms is not kept, and ${why}`,
			`the last ${kept} batches are kept: ask for fewer, test a stream before it, or make ssc with a greater rivulet.backfill`,
		)
	}
	return zeroMs
}

function batchTimes(afterMs: number, toMs: number, { batchDuration }: StreamingContext): readonly number[] {
	const step = batchDuration.milliseconds
	return Array.from({ length: Math.max(0, Math.round((toMs - afterMs) / step)) }, (_, i) => afterMs + (i + 1) * step)
}

function leastMultiple(a: number, b: number): number {
	let [x, y] = [a, b]
	while (y > 0) [x, y] = [y, x % y]
	return (a / x) * b
}
