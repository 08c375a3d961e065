import { expect } from 'vitest'
import { Receiver, StorageLevel } from '../../engine/index.js'
import { type Case, conform, expectSame, runBody } from './cases.js'
import { withStreaming } from './scope.js'

interface Recorded extends Case {
	readonly ts: string
	readonly batches: number
	readonly expected: readonly Readonly<Record<string, unknown>>[]
	readonly afterStop: readonly Readonly<Record<string, unknown>>[]
	readonly awaitTermination: { readonly message: string } | null
}

/** The receivers that the recordings name; the class names are those of the recording. */
class FixedReceiver extends Receiver<unknown> {
	readonly #blocks: unknown[][]
	constructor(blocks: unknown[][]) {
		super(StorageLevel.MEMORY_ONLY)
		this.#blocks = blocks
	}
	override async onStart(): Promise<void> {
		for (const block of this.#blocks) await this.store(block)
	}
	override onStop(): void {}
}
class ComplainingReceiver extends FixedReceiver {
	constructor() {
		super([[1]])
	}
	override async onStart(): Promise<void> {
		await super.onStart()
		this.reportError('cannot read', new RangeError('cannot read'))
	}
}

/** Stops itself the first time, with an error. */
class StoppingReceiver extends FixedReceiver {
	#starts = 0
	constructor() {
		super([])
	}
	override async onStart(): Promise<void> {
		this.#starts += 1
		if (this.#starts === 1) this.stop('enough', new RangeError('done'))
	}
}
/** Throws from onStart the first time. */
class ThrowingReceiver extends FixedReceiver {
	#starts = 0
	constructor() {
		super([])
	}
	override async onStart(): Promise<void> {
		this.#starts += 1
		if (this.#starts === 1) throw new RangeError('no door')
	}
}
/** Starts itself again the first time. */
class RestartingReceiver extends FixedReceiver {
	#starts = 0
	constructor() {
		super([])
	}
	override async onStart(): Promise<void> {
		this.#starts += 1
		if (this.#starts === 1) this.restart('again', new RangeError('hiccup'), 0)
	}
}

const shape = (operation: Record<string, unknown>): Record<string, unknown> => ({
	id: operation.id,
	name: String(operation.name).replace(/ at .*/, ' at <file>:<line>'),
	started: operation.startTime !== undefined,
	ended: operation.endTime !== undefined,
	hasFailed: operation.failureReason !== undefined,
})

function plain(event: Record<string, unknown>): Record<string, unknown> {
	const batch = event.batchInfo as Record<string, unknown> | undefined
	const operation = event.outputOperationInfo as Record<string, unknown> | undefined
	const receiver = event.receiverInfo as Record<string, unknown> | undefined
	const name = { event: event.kind }
	if (batch !== undefined) {
		const infos = Object.values(batch.streamIdToInputInfo as Record<string, Record<string, unknown>>)
		return {
			...name,
			batch: Number(batch.batchTime) / 1_000,
			numRecords: batch.numRecords,
			streamIdToInputInfo: infos.map((info) => ({
				inputStreamId: info.inputStreamId,
				numRecords: info.numRecords,
				metadataKeys: Object.keys(info.metadata as object),
			})),
			hasSchedulingDelay: batch.schedulingDelay !== undefined,
			hasProcessingDelay: batch.processingDelay !== undefined,
			hasTotalDelay: batch.totalDelay !== undefined,
			outputOperations: Object.values(batch.outputOperationInfos as Record<string, Record<string, unknown>>).map(shape),
		}
	}
	if (operation !== undefined)
		return { ...name, batch: Number(operation.batchTime) / 1_000, operation: shape(operation) }
	if (receiver !== undefined) {
		const { lastError, location: _, ...rest } = receiver
		return { ...name, ...rest, lastErrorFirstLine: String(lastError).split('\n')[0] }
	}
	return name
}

/** The recorded form without what cannot be the same: JVM class names, and races at the start of a batch. */
function comparable(event: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const asShape = (operation: Record<string, unknown>): Record<string, unknown> => ({
		id: operation.id,
		name: operation.name,
		started: operation.started,
		ended: operation.ended,
		hasFailed: operation.hasFailed ?? operation.failureReasonFirstLine !== null,
	})
	const { operation, outputOperations, lastErrorFirstLine, ...rest } = event
	const isEarly = event.event === 'batchSubmitted' || event.event === 'batchStarted'
	const forget = (shown: Record<string, unknown>): Record<string, unknown> =>
		isEarly ? { ...shown, hasFailed: false } : shown
	return {
		...rest,
		...(operation === undefined ? {} : { operation: asShape(operation as Record<string, unknown>) }),
		...(outputOperations === undefined
			? {}
			: { outputOperations: (outputOperations as Record<string, unknown>[]).map(asShape).map(forget) }),
		...(lastErrorFirstLine === undefined ? {} : { hasError: lastErrorFirstLine !== '' }),
	}
}

conform<Recorded>('events', ({ ts, batches, expected, afterStop, awaitTermination }) =>
	withStreaming(async ({ ssc, d, api, tmp }) => {
		const seen: Record<string, unknown>[] = []
		const ours = ['batchSkipped', 'graphChanged', 'streamingStopped']
		ssc.onAny((event) => {
			if (!ours.includes(event.kind)) seen.push(comparable(plain(event as never)))
		})
		await runBody(ts, {
			ssc,
			d,
			api,
			tmp,
			Blocks: FixedReceiver,
			Complaining: ComplainingReceiver,
			StoppingOnce: StoppingReceiver,
			RestartingOnce: RestartingReceiver,
			ThrowingOnce: ThrowingReceiver,
		})
		await ssc.step(batches).catch(() => undefined)
		expectSame(seen, expected.map(comparable))
		const ending = ssc.awaitTerminationOrTimeout(0)
		if (awaitTermination === null) expect(await ending).toBe(false)
		else await expect(ending).rejects.toThrow(awaitTermination.message)
		seen.length = 0
		await ssc.stop(true)
		expectSame(seen, afterStop.map(comparable))
	}),
)
