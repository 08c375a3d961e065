/** `%master`: where jobs run. A live graph moves with its state: the same streams, the same names, another machine. */

import { ManualClock, SparkConf, SparkContext, StreamError, type StreamingContext } from '../../../engine/index.js'
import type { SessionMagic } from './world.js'

type Contexts = Parameters<SessionMagic>[1]['contexts']
type States = Awaited<ReturnType<StreamingContext['statesNow']>>
type Packed = Awaited<ReturnType<StreamingContext['luggageNow']>>['packed'][number]

/**
 * `%master [url]`.
 * @throws argument/illegal for a master that is none, nothing is stopped then; what the cluster says when it does not
 *   start, everything is on the old master again then
 */
export const master: SessionMagic = async (argument, { contexts }) => {
	if (argument !== '') {
		const before = SparkContext.getActive()
		if (before?.master !== argument || isLost(before)) await change(argument, contexts)
	}
	const { master: url, defaultParallelism } = contexts.sparkContext
	console.log(`master ${url}, ${defaultParallelism} partition${defaultParallelism === 1 ? '' : 's'} by default`)
}

/** The Spark behind it has ended by itself. */
const isLost = (sc: SparkContext): boolean => sc.backend.isLost === true

async function change(url: string, contexts: Contexts): Promise<void> {
	const before = SparkContext.getActive()
	const conf = before?.getConf() ?? new SparkConf().setAppName('rivulet')
	const make = (): SparkContext => new SparkContext(conf.setMaster(url))
	try {
		make()
	} catch (thrown) {
		// The master was looked at before the other context was met.
		if (!(thrown instanceof StreamError && thrown.code === 'context/active' && before !== undefined)) throw thrown
		const ssc = contexts.newest
		if (ssc?.isLive === true && ssc.sparkContext === before) await move(ssc, before, make)
		else {
			await contexts.stopAll(false)
			await before.stop()
			make()
			console.log('the sc and ssc before are stopped: run the cells again that made RDDs and streams')
		}
	}
	contexts.useMaster(url)
}

/** Stops, takes the states along, and goes on there; where that does not start, here again. */
async function move(ssc: StreamingContext, before: SparkContext, make: () => SparkContext): Promise<void> {
	const wasActive = ssc.isActive
	if (wasActive) await ssc.stop(false, !(ssc.clock instanceof ManualClock || isLost(before)))
	const wasLost = isLost(before)
	const states = wasLost ? [] : await ssc.statesNow()
	if (wasLost) console.error('Spark has ended by itself: what it held is gone, states and windows begin anew')
	const luggage = await ssc.luggageNow()
	const checkpointDir = before.getCheckpointDir()
	await before.stop()
	console.log('starting there …')
	let problem: unknown
	let sc = make()
	try {
		// Whether there is a cluster behind the URL shows in its first job.
		await sc.parallelize([0], 1).count()
	} catch (thrown) {
		problem = thrown
		await sc.stop()
		sc = new SparkContext(before.getConf())
	}
	if (checkpointDir !== undefined) sc.setCheckpointDir(checkpointDir)
	ssc.moveTo(sc, states, luggage)
	for (const packed of luggage.packed) if (packed.numLeft > 0) console.error(leftBehind(packed))
	if (wasActive) ssc.start()
	if (problem !== undefined) {
		console.error(`everything is on ${before.master} again, ${wasLost ? bare : told(states)}`)
		throw problem
	}
	for (const packed of luggage.packed) if (packed.numRDDs > 0 && !hasHoles(packed)) console.log(cameAlong(packed))
	console.log(`${wasLost ? bare : told(states)}; RDDs that were made before have to be made again`)
}

const bare = 'the streams came along'

function told(states: States): string {
	if (states.length === 0) return `${bare}; none of them keeps a state`
	const all = states.map(({ stream, entries }) => {
		const n = entries.length
		return `${stream.name ?? stream.title}: ${n === 1 ? '1 key' : `${n.toLocaleString('en')} keys`}`
	})
	return `${bare}, with their state (${all.join('; ')})`
}

/** A window with holes would be wrong. */
const hasHoles = ({ kind, numLeft }: Packed): boolean => kind === 'window' && numLeft > 0

const numberOf = (n: number, one: string, many = `${one}s`): string =>
	`${n.toLocaleString('en')} ${n === 1 ? one : many}`

function cameAlong({ stream, kind, numRDDs, numRecords }: Packed): string {
	const name = stream.name ?? stream.title
	const records = numberOf(numRecords, 'record')
	return kind === 'window'
		? `${name}: the window goes on with ${numberOf(numRDDs, 'batch', 'batches')} of before (${records})`
		: `${name}: ${numberOf(numRDDs, 'RDD')} came along as data (${records})`
}

function leftBehind({ stream, kind, numLeft, reason = 'unknown' }: Packed): string {
	const name = stream.name ?? stream.title
	return kind === 'window'
		? `${name}: the window begins anew: ${reason}`
		: `${name}: ${numberOf(numLeft, 'RDD')} stayed behind, push the records again: ${reason}`
}
