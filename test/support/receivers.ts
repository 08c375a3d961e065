/** Receivers without a context: a tracker on a ManualClock, and receivers that do what a test says. */

import { EventBus } from '../../engine/base/events.js'
import { Time } from '../../engine/base/time.js'
import { ManualClock, Receiver, type ReceiverInfo, SparkConf, StorageLevel, setHost } from '../../engine/index.js'
import { savedRecords } from '../../engine/rdd/saved.js'
import { ReceiverTracker } from '../../engine/receiver/tracker.js'
import { BlockStore } from '../../engine/storage/blocks.js'
import { Store } from '../../engine/storage/store.js'

export type Does = (receiver: Scripted) => void | Promise<void>

/** A receiver that does what a test says, and remembers its calls. */
export class Scripted extends Receiver<unknown> {
	readonly calls: string[] = []
	readonly #onStart: Does
	readonly #onStop: Does
	constructor(onStart: Does = () => undefined, onStop: Does = () => undefined) {
		super(StorageLevel.MEMORY_ONLY)
		this.#onStart = onStart
		this.#onStop = onStop
	}
	override onStart(): void | Promise<void> {
		this.calls.push('onStart')
		return this.#onStart(this)
	}
	override onStop(): void | Promise<void> {
		this.calls.push('onStop')
		return this.#onStop(this)
	}
	get isHeld(): boolean {
		return this.support.isHeld
	}
}

/** A tracker with the receivers of streams 0, 1 … and what it says of them. */
export function tracking(receivers: readonly Scripted[], settings: Record<string, string> = {}, options: object = {}) {
	const clock = new ManualClock(5_000)
	const conf = new SparkConf().set('spark.streaming.receiverRestartDelay', 1)
	for (const [key, value] of Object.entries(settings)) conf.set(key, value)
	const bus = new EventBus(() => undefined)
	const events: string[] = []
	const infos: ReceiverInfo[] = []
	bus.onAny((event) => {
		if (!('receiverInfo' in event)) return
		infos.push(event.receiverInfo)
		events.push(`${event.kind} ${event.receiverInfo.lastErrorMessage}`.trim())
	})
	const notices: string[] = []
	setHost({ notice: ({ text }) => void notices.push(text) })
	const reported: Error[] = []
	const tracker = new ReceiverTracker({
		clock,
		conf,
		bus,
		blocks: new BlockStore(new Store({ limitBytes: 1e8 }), savedRecords),
		maxUnprocessedBytes: 1e8,
		log: undefined,
		lacksLog: false,
		whenOutdated: (forget) => forget(),
		report: (error) => void reported.push(error),
		...options,
	})
	for (const [id, receiver] of receivers.entries()) {
		tracker.add({
			id,
			displayName: `Receiver stream [${id}]`,
			group: undefined,
			getReceiver: () => receiver,
			inContext: (body) => body(),
			attach: () => undefined,
		})
	}
	/** The records of the batch at `ms`. */
	const batch = (ms: number, streamId = 0): unknown[] => {
		clock.setTime(ms)
		tracker.allocateBlocksToBatch(new Time(ms))
		return tracker.blocksOfBatch(new Time(ms), streamId).flatMap(({ id }) => [...(tracker.read(id) ?? [])])
	}
	return { clock, tracker, events, infos, notices, reported, batch }
}

/** Lets the event loop turn. */
export const turns = async (n = 20): Promise<void> => {
	for (let i = 0; i < n; i += 1) await new Promise((resolve) => setImmediate(resolve))
}
export const until = async (holds: () => boolean): Promise<void> => {
	while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
export const never = (): Promise<void> => new Promise(() => undefined)
