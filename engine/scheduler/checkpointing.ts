/**
 * When metadata checkpoints are taken, and what they hold: after the jobs of each batch are generated, and again when
 * the batch is over.
 *
 * A batch whose last job failed stays pending: it runs again after a recovery. Source: Spark's `JobGenerator.doCheckpoint`.
 */

import { host } from '../base/host.js'
import { logInfo } from '../base/log.js'
import type { Duration, Time } from '../base/time.js'
import { foldersOf, markFolder } from '../checkpoint/folders.js'
import { checkpointFiles } from '../checkpoint/newest.js'
import { operatorRecords, streamsOf } from '../checkpoint/operators.js'
import type { CheckpointRecord, OperatorRecord } from '../checkpoint/record.js'
import { isInside } from '../checkpoint/relocated.js'
import { CheckpointWriter } from '../checkpoint/writer.js'
import type { DStreamGraph } from '../dstream/graph.js'
import type { RDDContext } from '../rdd/backend.js'
import { removeCheckpointLater } from '../rdd/checkpoint.js'
import { removeCheckpointFilesLater } from '../rdd/checkpointfiles.js'
import type { AnyRDD } from '../rdd/plan.js'
import { statesWritten } from '../state/log.js'
import { locate } from '../storage/filesystem.js'

export interface CheckpointingParts {
	readonly directory: string
	readonly sparkContext: RDDContext
	readonly graph: DStreamGraph
	readonly batchDuration: Duration
	/** The checkpoint that this life goes on from. */
	readonly earlier: CheckpointRecord | undefined
}

export class Checkpointing {
	readonly #parts: CheckpointingParts
	readonly #writer: CheckpointWriter
	/** Where written RDDs of this life and those before may be. */
	readonly #folders = new Set<string>()
	#operators: readonly OperatorRecord[] = []

	/** @throws context/active when another program has the directory, output/path */
	constructor(parts: CheckpointingParts) {
		this.#parts = parts
		const newestMs = checkpointFiles(parts.directory).at(-1)?.timeMs
		this.#writer = new CheckpointWriter(parts.directory, parts.earlier === undefined ? undefined : newestMs)
		const { directory, earlier } = parts
		const left = earlier === undefined ? [] : [...earlier.folders, ...foldersOf(directory, earlier.zeroMs)]
		for (const folder of new Set(left)) {
			this.#folders.add(folder)
			this.#writer.outdate(() => this.#removeFolder(folder))
		}
	}

	/**
	 * To be called when the time grid is known.
	 * @throws graph/checkpoint when two streams could not be told apart at a recovery
	 */
	begin(): void {
		const own = this.#parts.sparkContext.getCheckpointDir()
		if (own !== undefined) {
			const { files, path } = locate(own)
			this.#folders.add(files.shown(path))
			markFolder(own, this.#parts.graph.zeroTime?.milliseconds ?? Number.NaN)
		}
		this.#removeFuture()
		for (const { refusal } of this.#records()) {
			if (refusal !== undefined) host().notice({ level: 'warning', text: refusal, group: undefined })
		}
	}

	/** A life that began anew at an earlier time, by hand, must not be recovered from what lies in its future. */
	#removeFuture(): void {
		const { directory, graph, earlier } = this.#parts
		const zeroMs = graph.zeroTime?.milliseconds
		if (earlier !== undefined || zeroMs === undefined) return
		const { files } = locate(directory)
		for (const { path, timeMs } of checkpointFiles(directory)) if (timeMs > zeroMs) files.remove(path)
	}

	/** Writes down how things are now. @param loggedMs the last batch whose received blocks are in the log */
	take(time: Time, pending: Iterable<number>, loggedMs?: number): void {
		const { directory, sparkContext, graph, batchDuration } = this.#parts
		const zeroMs = graph.zeroTime?.milliseconds
		if (zeroMs === undefined) return
		this.#operators = this.#records()
		const { files, path } = locate(directory)
		const record: CheckpointRecord = {
			timeMs: time.milliseconds,
			zeroMs,
			batchMs: batchDuration.milliseconds,
			// A relative path means another directory to a process that was started elsewhere.
			directory: files.shown(path),
			settings: sparkContext.conf.getAll(),
			...(loggedMs === undefined ? {} : { loggedMs }),
			pending: [...pending].sort((a, b) => a - b),
			operators: this.#operators,
			outputs: graph.outputs.map(({ name }) => name),
			folders: [...this.#folders],
		}
		this.#writer.write(record, () => logInfo(() => `Checkpoint for time ${time} saved to ${directory}`))
	}
	#records(): OperatorRecord[] {
		return operatorRecords(streamsOf(this.#parts.graph.ends))
	}

	/** Calls `forget` once no checkpoint is left that was taken until now. */
	whenOutdated(forget: () => void): void {
		this.#writer.outdate(forget)
	}
	/** The files of an RDD go once no checkpoint names them. */
	outdate(rdd: AnyRDD): void {
		this.#writer.outdate(() => removeCheckpointLater(rdd))
	}
	/** A folder of an earlier life goes when nothing of it is used any more. */
	async #removeFolder(folder: string): Promise<void> {
		const isUsed = this.#operators.some(({ written }) => written?.some(({ directory }) => isInside(directory, folder)))
		if (isUsed) {
			this.#writer.outdate(() => this.#removeFolder(folder))
			return
		}
		this.#folders.delete(folder)
		await removeCheckpointFilesLater(folder)
	}

	/** Resolves when everything that was taken is written. */
	async written(): Promise<void> {
		await statesWritten()
		await this.#writer.drained()
	}
	/** This life is over: another program may have the directory. */
	release(): void {
		this.#writer.release()
	}
}
