/** What the dashboard knows of the running streams: a fold of the engine's events, at most 240 batches back, and the newest vitals. */

import type { BatchInfo, EngineEvent, ReceiverInfo } from '../../engine/index.js'
import type { Vitals } from '../../kernel/session/vitals.js'

/** One completed batch. */
export interface BatchFact {
	readonly timeMs: number
	readonly records: number
	readonly processingMs: number
	readonly schedulingMs: number
	readonly totalMs: number
	readonly failed: number
	/** Records by input. */
	readonly inputs: Readonly<Record<number, number>>
}

/** All that is known. */
export interface Facts {
	readonly state: 'idle' | 'running' | 'stopped'
	/** The smallest gap between two batch times; undefined before there are two. */
	readonly intervalMs: number | undefined
	/** Of the last batch, whether it had work or not. */
	readonly lastTimeMs: number | undefined
	readonly batches: readonly BatchFact[]
	readonly completed: number
	/** Submitted, not yet completed. */
	readonly waiting: readonly number[]
	readonly receivers: readonly ReceiverInfo[]
	readonly rates: Readonly<Record<number, number>>
	readonly lastError: string | undefined
	/** Undefined while nobody has asked for them. */
	readonly vitals: Vitals | undefined
}

/** Nothing known yet. */
export const noFacts: Facts = {
	...{ state: 'idle', intervalMs: undefined, batches: [], completed: 0, waiting: [], receivers: [], rates: {} },
	lastTimeMs: undefined,
	lastError: undefined,
	vitals: undefined,
}

const mostBatches = 240

/** The facts after one more event. */
export function known(facts: Facts, event: EngineEvent): Facts {
	switch (event.kind) {
		case 'streamingStarted':
			return { ...noFacts, state: 'running', vitals: facts.vitals }
		case 'streamingStopped':
			return { ...facts, state: 'stopped', waiting: [] }
		case 'batchSubmitted':
			return { ...facts, state: 'running', waiting: [...facts.waiting, event.batchInfo.batchTime] }
		case 'batchCompleted':
			return completed(facts, event.batchInfo)
		case 'batchSkipped':
			return { ...facts, state: 'running', intervalMs: interval(facts, event.time), lastTimeMs: event.time }
		case 'receiverStarted':
		case 'receiverError':
		case 'receiverStopped': {
			const others = facts.receivers.filter(({ streamId }) => streamId !== event.receiverInfo.streamId)
			return { ...facts, receivers: [...others, event.receiverInfo].sort((a, b) => a.streamId - b.streamId) }
		}
		case 'rateUpdated':
			return { ...facts, rates: { ...facts.rates, [event.streamId]: event.ratePerSecond } }
		case 'batchStarted':
		case 'outputOperationStarted':
		case 'outputOperationCompleted':
		case 'graphChanged':
			return facts
		default:
			return event satisfies never
	}
}

/** The facts with newer vitals. */
export const withVitals = (facts: Facts, vitals: Vitals): Facts => ({
	...facts,
	vitals,
	intervalMs: vitals.intervalMs,
})

function completed(facts: Facts, info: BatchInfo): Facts {
	const failures = Object.values(info.outputOperationInfos).flatMap(({ failureReason }) => failureReason ?? [])
	const batch: BatchFact = {
		timeMs: info.batchTime,
		records: info.numRecords,
		processingMs: info.processingDelay ?? 0,
		schedulingMs: info.schedulingDelay ?? 0,
		totalMs: info.totalDelay ?? 0,
		failed: failures.length,
		inputs: Object.fromEntries(
			Object.values(info.streamIdToInputInfo).map(({ inputStreamId, numRecords }) => [inputStreamId, numRecords]),
		),
	}
	return {
		...facts,
		state: 'running',
		intervalMs: interval(facts, info.batchTime),
		lastTimeMs: info.batchTime,
		batches: [...facts.batches.slice(1 - mostBatches), batch],
		completed: facts.completed + 1,
		waiting: facts.waiting.filter((time) => time !== info.batchTime),
		lastError: failures[0]?.split('\n')[0] ?? (batch.records > 0 ? undefined : facts.lastError),
	}
}

function interval({ intervalMs, lastTimeMs, vitals }: Facts, timeMs: number): number | undefined {
	if (vitals !== undefined) return vitals.intervalMs
	if (lastTimeMs === undefined || timeMs <= lastTimeMs) return intervalMs
	return Math.min(intervalMs ?? Number.POSITIVE_INFINITY, timeMs - lastTimeMs)
}
