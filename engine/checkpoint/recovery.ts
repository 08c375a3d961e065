/**
 * One recovery: the checkpoint that a context goes on from, its streams matched with it, and the batches to run again.
 *
 *   zero ─┬──┬──┬──┬─ checkpoint ─┬──┬─ now ─┬── …      pending ∪ [checkpoint, restart) run again, oldest first;
 *                        └── run again ──┘   └ restart   then batches go on, on the grid that they had
 *
 * The batch of the checkpoint always runs again, also when it had completed: outputs see it at least once.
 * Source: Spark's `JobGenerator.restart`.
 */

import { type Duration, Time } from '../base/time.js'
import type { AnyDStream } from '../dstream/dstream.js'
import { InputDStream } from '../dstream/input.js'
import { ReducedWindowedDStream } from '../dstream/reducewindow.js'
import { StatefulDStream } from '../dstream/stateful.js'
import type { RDDContext } from '../rdd/backend.js'
import { storedBefore, writtenBefore } from '../rdd/checkpoint.js'
import { HashPartitioner } from '../rdd/partitioner.js'
import { matched, streamsOf } from './operators.js'
import type { CheckpointRecord, OperatorRecord } from './record.js'

export class Recovery {
	readonly record: CheckpointRecord
	readonly #pairs: ReadonlyMap<AnyDStream, OperatorRecord>

	/** @throws graph/checkpoint for operators that are gone or do not fit and are not `allowed` to be dropped */
	constructor(record: CheckpointRecord, ends: readonly AnyDStream[], allowed: readonly string[]) {
		this.record = record
		this.#pairs = matched(streamsOf(ends), record.operators, allowed)
	}

	get zeroTime(): Time {
		return new Time(this.record.zeroMs)
	}

	/** The inputs that go on, by the ids that they had. */
	get inputs(): ReadonlyMap<string, InputDStream<unknown>> {
		const inputs = [...this.#pairs].flatMap(([stream, { id }]) =>
			stream instanceof InputDStream && id !== undefined ? [[id, stream] as const] : [],
		)
		return new Map(inputs)
	}

	/** Gives the streams, which are on the time grid, what they had kept. */
	restore(context: RDDContext): void {
		for (const [stream, record] of this.#pairs) {
			if (!stream.isInitialized) continue
			for (const { timeMs, directory, numPartitions, hash, states, stored } of record.written ?? []) {
				const partitioner = hash === undefined ? undefined : new HashPartitioner(hash)
				if (states !== undefined && (stream instanceof StatefulDStream || stream instanceof ReducedWindowedDStream)) {
					const written = { directory, partitions: states, remove: () => undefined }
					stream.generated.set(timeMs, stream.writtenBefore(written, partitioner))
				} else {
					const read = stored === true ? storedBefore : writtenBefore
					stream.generated.set(timeMs, read(context, directory, numPartitions, partitioner))
				}
			}
			if (stream instanceof InputDStream && record.data !== undefined) stream.recover(record.data)
		}
	}

	/**
	 * The batches to run again, oldest first, and the first one after them: later than that of the checkpoint, also when
	 * the clock was set back since, so that no batch comes a second time with other records.
	 */
	plan(nowMs: number, batchDuration: Duration): { readonly again: readonly Time[]; readonly restart: Time } {
		const { zeroMs, timeMs, pending } = this.record
		const batchMs = batchDuration.milliseconds
		const nextMs = (Math.floor((nowMs - zeroMs) / batchMs) + 1) * batchMs + zeroMs
		const times = new Set(pending)
		const restartMs = Math.max(nextMs, timeMs + batchMs, ...pending.map((ms) => ms + batchMs))
		for (let ms = timeMs; ms < restartMs; ms += batchMs) times.add(ms)
		const again = [...times].filter((ms) => ms < restartMs).sort((a, b) => a - b)
		return { again: again.map((ms) => new Time(ms)), restart: new Time(restartMs) }
	}
}
