/** `%streams` lists what runs and whose it is; `%stop` takes it out. */

import type { DStream, StreamingContext } from '../../../engine/index.js'
import { InputDStream, nearestNames } from '../../../engine/index.js'
import { inColumns } from './columns.js'
import { handleOf, heldStreams, type Survey, survey } from './survey.js'
import { refuseArguments, wrongUse } from './usage.js'
import type { MagicWorld, SessionMagic } from './world.js'

const secondsOf = (ms: number): string => `${ms / 1_000} s`
const many = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

/** What the context does now, in a line. */
export function stateLine(ssc: StreamingContext): string {
	const { clock, batchDuration, progress } = ssc
	const does = { INITIALIZED: 'not started', ACTIVE: 'running', STOPPED: 'stopped' }[ssc.getState()]
	const time = clock.isManual ? `manual clock at ${clock.now()} ms` : 'system clock'
	const batches = progress.retainedBatches.length
	const done = batches === 0 ? [] : [many(batches, 'batch').replace(/batchs$/, 'batches')]
	return [`ssc ${does}`, `batch interval ${secondsOf(batchDuration.milliseconds)}`, time, ...done].join(' · ')
}

/** `%streams`. */
export const streams: SessionMagic = async (argument, world) => {
	refuseArguments('streams', argument)
	const ssc = world.contexts.newest
	if (ssc === undefined) {
		console.log('no streams yet: the first use of ssc makes a context')
		return
	}
	const found = survey(ssc, world)
	console.log(stateLine(ssc))
	if (found.streams.length === 0) {
		console.log('no streams yet')
		return
	}
	const header = [
		'',
		'stream',
		'operator',
		'cell',
		'slide',
		'window',
		'from',
		'last batch',
		'state',
		'',
		'stop it with',
	]
	const rows = await Promise.all(found.streams.map((stream) => streamRow(stream, ssc, found, world)))
	const ends = endRows(ssc, found, world)
	for (const line of inColumns([header, ...rows], true)) console.log(line)
	if (ends.length === 0) console.log('no outputs yet: nothing is computed but inputs')
	for (const line of inColumns(ends)) console.log(line)
}

async function streamRow(
	stream: DStream<unknown>,
	ssc: StreamingContext,
	{ used }: Survey,
	{ labelOf, contexts }: MagicWorld,
): Promise<string[]> {
	const { operator, slideDuration, sources } = stream
	const window = ssc.describe().streams.find(({ id }) => id === stream.streamId)?.windowMs
	const keys = await stream.countKeys()
	const isUsed = used.has(stream)
	const notes = [
		...(isUsed ? [] : [stream instanceof InputDStream ? 'not in the graph' : 'not read by any output']),
		...(contexts.isStale(stream.group) ? ['stale: run its cell again'] : []),
	]
	return [
		`#${stream.streamId}`,
		stream.name ?? '',
		operator,
		labelOf(stream.group),
		secondsOf(slideDuration.milliseconds),
		window === undefined ? '' : secondsOf(window),
		sources.map((source) => handleOf(source)).join(' '),
		stream instanceof InputDStream && isUsed ? recordsOf(stream, ssc) : '',
		keys === undefined ? '' : many(keys, 'key'),
		notes.join(', '),
		isUsed ? `%stop ${handleOf(stream)}` : '',
	]
}

/** What an input brought to the last batch. */
export function recordsOf(input: InputDStream<unknown>, { progress }: StreamingContext): string {
	const brought = progress.lastCompletedBatch?.streamIdToInputInfo[input.id]?.numRecords
	return brought === undefined ? '' : many(brought, 'record')
}

function endRows(ssc: StreamingContext, { outputs, views }: Survey, { labelOf, contexts }: MagicWorld): string[][] {
	const isStale = (group: string | undefined): string => (contexts.isStale(group) ? 'stale: run its cell again' : '')
	return [
		...outputs.map(({ id, name, stream, group }) => [
			`#${id}`,
			`output ${name.replace(/ at .*/, '')} of ${stream.current.title}`,
			labelOf(group),
			ssc.outputs.some((output) => output.id === id) ? isStale(group) : 'joins before the next batch',
			`%stop #${id}`,
		]),
		...views.map(({ stream, title, group }) => [
			'',
			`view ${title} of ${stream.current.title}`,
			labelOf(group),
			isStale(group),
			`%stop ${handleOf(stream.current)}, or run its cell without it`,
		]),
	]
}

/** `%stop`: the context, or streams and outputs by name or number. */
export const stop: SessionMagic = async (argument, world) => {
	const ssc = world.contexts.newest
	const wanted = argument.split(/[\s,]+/).filter((word) => word !== '')
	if (wanted.length === 0) {
		if (ssc === undefined || !ssc.isActive) {
			console.log('nothing runs')
			return
		}
		await ssc.stop(false)
		console.log('stopped: sc and all names stay, %start begins again with empty state')
		return
	}
	if (ssc === undefined) throw wrongUse('stop', `there is no stream ${wanted[0]}: no context has been made`)
	// All of them are found before the first one goes.
	const removals = wanted.map((word) => removal(word, ssc, world))
	for (const { what, remove } of removals) {
		remove()
		console.log(`${what} is taken out${ssc.isActive ? ' before the next batch' : ''}`)
	}
}

interface Removal {
	readonly what: string
	remove(): void
}

function removal(word: string, ssc: StreamingContext, world: MagicWorld): Removal {
	const stream = findStream(word, ssc, world)
	if (stream !== undefined) {
		return {
			what: `${handleOf(stream)} (${stream.operator}) with what hangs on it`,
			remove: () => {
				const { views } = survey(ssc, world)
				for (const view of views) if (hangsOn(view.stream, stream)) view.close()
				stream.remove()
			},
		}
	}
	const output = survey(ssc, world).outputs.find(({ id }) => `#${id}` === `#${word.replace(/^#/, '')}`)
	if (output === undefined) throw noStream('stop', word, ssc, world)
	return { what: `output ${output.name.replace(/ at .*/, '')} #${output.id}`, remove: () => output.remove() }
}

/** The stream that a name, `#3` or `3` stands for. */
export function findStream(word: string, ssc: StreamingContext, world: MagicWorld): DStream<unknown> | undefined {
	const { streams } = survey(ssc, world)
	const held = heldStreams(world.readers).get(word)?.current
	if (held !== undefined && held.context === ssc) return held
	return streams.find(({ name, streamId }) => name === word || String(streamId) === word.replace(/^#/, ''))
}

/** There is no stream of that name, with those that are like it. */
export function noStream(magic: string, word: string, ssc: StreamingContext, world: MagicWorld) {
	const names = survey(ssc, world).streams.map(handleOf)
	const near = names.length === 0 ? 'there are none' : `did you mean ${nearestNames(word, names).join(' or ')}`
	return wrongUse(magic, `there is no stream or output ${word}: ${near}`)
}

const hangsOn = (stream: DStream<unknown>, on: DStream<unknown>): boolean =>
	stream.current === on.current || stream.sources.some((source) => hangsOn(source, on))
