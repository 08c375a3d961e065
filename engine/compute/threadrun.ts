/**
 * Runs the tasks of a stage on worker threads, as far as that gives the same results and is worth it.
 *
 *   worth it?  captured?  plain records?  ──▶ threads ──▶ results
 *      └─ no ──────┴─ no ──────┴─ no ───────▶ left to the thread of the context
 *
 * Results, errors and accumulators are those of tasks that ran one after another: of several errors the one of the first
 * partition counts, and what tasks behind it have added does not.
 */

import { asError, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { whileInterruptible } from '../base/interrupts.js'
import { Refusal } from '../closure/refusal.js'
import { shipFunction } from '../closure/ship.js'
import type { JobOptions } from '../rdd/backend.js'
import { isRemoved } from '../rdd/blockrdd.js'
import { PairColumns } from '../rdd/columns.js'
import type { AnyRDD, SourcePart } from '../rdd/plan.js'
import { isSeen, type MaybeLater } from './records.js'
import { Cargoes } from './threadcarriers.js'
import { ThreadChoice, type ThreadMode } from './threadchoice.js'
import { unpackError } from './threaderrors.js'
import { ThreadPool } from './threads.js'
import { type Captured, captureStage, type Path, pathOf } from './threadstage.js'
import {
	type Added,
	type Cargo,
	holdsObjects,
	packRecords,
	sharedCopy,
	unpackBuckets,
	unplainPart,
	unplainText,
} from './threadwire.js'
import type { End } from './threadwork.js'
import { taskError } from './userfault.js'

/** A stage that wants to be run. */
export interface StageRequest {
	readonly rdd: AnyRDD
	readonly end: End
	readonly partitions: readonly number[]
	readonly options: JobOptions
	readonly stageId: number
	/** Reads records on this thread, as part of a task of the stage. */
	read(rdd: AnyRDD, partition: number): MaybeLater<Iterable<unknown>>
	/** Called with the result of each partition, by its place in `partitions`. */
	done(index: number, result: unknown): void
}

/** How the threads of a context are used. */
export interface ThreadOptions {
	/** How many threads at most. */
	readonly size: number
	readonly mode: ThreadMode
	readonly maxFailures: number
}

export class ThreadRunner {
	readonly #pool: ThreadPool
	readonly #choice: ThreadChoice
	/** Functions about which a notice was given. */
	readonly #told = new Set<string>()

	constructor({ size, mode, maxFailures }: ThreadOptions) {
		this.#pool = new ThreadPool(size, maxFailures)
		this.#choice = new ThreadChoice(mode, size)
	}

	close(): Promise<void> {
		return this.#pool.close()
	}

	/** Notes how long tasks of a stage took on this thread. */
	measured(request: StageRequest, ms: number, records: number): void {
		const [first] = request.partitions
		if (first !== undefined) this.#choice.factsOf(pathOf(request.rdd, first), request.end).measured(ms, records)
	}

	/** Runs what it can; resolves to the places in `partitions` that are done. @throws task/user and other errors of tasks */
	async run(request: StageRequest): Promise<ReadonlySet<number>> {
		const none: ReadonlySet<number> = new Set()
		const paths = request.partitions.map((partition) => pathOf(request.rdd, partition))
		const [first] = paths
		if (first === undefined || !this.#choice.isConceivable(first, request.end)) return none
		const facts = this.#choice.factsOf(first, request.end)
		if (facts.staysHere || facts.isNeverWorth(paths.length)) return none
		const records = await this.#estimate(first, request)
		if (!facts.isWorth(records === undefined ? undefined : records * paths.length, paths.length)) return none
		const stages = new Map<string, Captured>()
		for (const path of paths) {
			if (stages.has(path.key)) continue
			const captured = this.#capture(path, request.end)
			if (captured === undefined) {
				facts.staysHere = true
				return none
			}
			stages.set(path.key, captured)
		}
		const run = new StageRun(this.#pool, request, paths, stages)
		const done = await run.finish()
		if (run.stays !== undefined) {
			facts.staysHere = true
			this.#tell(first, run.stays, undefined)
		}
		if (run.records > 0) facts.measured(run.ms, run.records)
		return done
	}

	/** About how many records the first partition has, when that is known without computing it. */
	async #estimate({ leaf, leafPartition }: Path, request: StageRequest): Promise<number | undefined> {
		const { plan } = leaf
		const part = partOf(leaf, leafPartition)
		if (part !== undefined) return part.sizeBytes / bytesPerLine
		if (plan.kind !== 'source' && plan.kind !== 'shuffled') return undefined
		return lengthOf(await request.read(leaf, leafPartition))
	}

	/** The stage as it travels; undefined when it has to stay, of which a notice tells once. */
	#capture(path: Path, end: End): Captured | undefined {
		try {
			const captured = captureStage(path, end)
			const { reason } = captured
			if (reason === undefined) return captured
			this.#tell(
				path,
				reason.place === undefined ? `its function ${reason.text}` : `it ${reason.text}`,
				reason.remedy,
				reason.place,
			)
			return undefined
		} catch (thrown) {
			// Whatever a value does when it is looked at, the stage can run here.
			const error = asError(thrown)
			const isOfEngine = error.cause instanceof Refusal && error.cause.isOfEngine
			if (!isOfEngine) this.#tell(path, error.message, error instanceof StreamError ? error.remedy : undefined)
			return undefined
		}
	}

	#tell({ top }: Path, why: string, remedy: string | undefined, place?: string): void {
		const what = place === undefined ? (top.callSite ?? top.kind) : `the function at ${place}`
		if (this.#told.has(`${what} ${why}`)) return
		this.#told.add(`${what} ${why}`)
		const cure = remedy === undefined || remedy === '' ? '' : ` – ${remedy}`
		const text = `${what} runs on the thread of the context, not on worker threads: ${why}${cure}`
		host().notice({ level: 'info', text, group: host().group() })
	}
}

/** A line of text, for estimates. */
const bytesPerLine = 50

/** How many records there are, when that is known without taking them. */
export const lengthOf = (records: Iterable<unknown>): number | undefined =>
	Array.isArray(records) || records instanceof PairColumns ? records.length : undefined

interface Finished {
	readonly added: readonly Added[]
	readonly captured: Captured
}

/** One stage on its way through the pool. */
class StageRun {
	readonly #pool: ThreadPool
	readonly #request: StageRequest
	readonly #paths: readonly Path[]
	readonly #stages: ReadonlyMap<string, Captured>
	readonly #finished = new Map<number, Finished>()
	readonly #errors = new Map<number, unknown>()
	readonly #aborts = new Map<number, AbortController>()
	#next = 0
	#end: number
	#cancelled: Error | undefined
	/** Why the rest has to stay; undefined when nothing has to. */
	stays: string | undefined
	ms = 0
	records = 0

	constructor(pool: ThreadPool, request: StageRequest, paths: readonly Path[], stages: ReadonlyMap<string, Captured>) {
		this.#pool = pool
		this.#request = request
		this.#paths = paths
		this.#stages = stages
		this.#end = paths.length
	}

	/** The places that are done. @throws the error of the first partition that failed */
	async finish(): Promise<ReadonlySet<number>> {
		const { signal } = this.#request.options
		const cancel = (): void => this.#cancel(cancelled(signal))
		signal?.addEventListener('abort', cancel)
		const deaf = whileInterruptible((error) => this.#cancel(error))
		try {
			// One more than there are threads: the next records are read while all of them compute.
			await Promise.all(Array.from({ length: this.#pool.size + 1 }, () => this.#lane()))
		} finally {
			signal?.removeEventListener('abort', cancel)
			deaf()
		}
		if (this.#cancelled !== undefined) throw this.#cancelled
		if (signal?.aborted === true) throw cancelled(signal)
		const failedAt = Math.min(...this.#errors.keys())
		const inOrder = [...this.#finished].sort(([a], [b]) => a - b)
		for (const [index, { added, captured }] of inOrder) if (index < failedAt) captured.cargoes.merge(added)
		if (this.#errors.size > 0) throw taskError(this.#errors.get(failedAt))
		return new Set(this.#finished.keys())
	}

	#cancel(error: Error): void {
		this.#cancelled = error
		for (const abort of this.#aborts.values()) abort.abort(error)
	}

	async #lane(): Promise<void> {
		const { signal } = this.#request.options
		while (this.#next < this.#end && this.#cancelled === undefined && signal?.aborted !== true) {
			const index = this.#next++
			try {
				await this.#task(index)
			} catch (thrown) {
				if (index < this.#end) this.#failed(index, thrown)
			}
		}
	}

	/** Nothing behind the first failure counts. */
	#failed(index: number, error: unknown): void {
		this.#errors.set(index, error)
		this.#end = index
		for (const [other, abort] of this.#aborts) if (other > index) abort.abort(error)
	}

	async #task(index: number): Promise<void> {
		const path = this.#paths[index] as Path
		const captured = this.#stages.get(path.key) as Captured
		const cargo = await this.#cargo(path, captured)
		if (cargo === undefined) return
		const { options, stageId, partitions } = this.#request
		const abort = new AbortController()
		this.#aborts.set(index, abort)
		const answer = await this.#pool
			.run(
				{
					stage: captured.stage,
					facts: {
						partition: partitions[index] as number,
						stageId,
						batchTimeMs: options.batchTime?.milliseconds,
						indices: path.indices,
					},
					cargo,
				},
				abort.signal,
			)
			.finally(() => this.#aborts.delete(index))
		switch (answer.kind) {
			case 'failed':
				throw unpackError(answer.error, captured.classes)
			case 'stays':
				this.#stay(answer.why)
				return
			case 'done': {
				this.ms += answer.ms
				this.records += answer.records
				this.#finished.set(index, { added: answer.added, captured })
				const { answer: result } = answer
				this.#request.done(index, result.kind === 'value' ? result.value : unpackBuckets(result.buckets))
				return
			}
			default:
				answer satisfies never
		}
	}

	/** Starts no more tasks: the rest runs on the thread of the context. */
	#stay(why: string): void {
		this.stays ??= why
		this.#next = Math.max(this.#next, this.#end)
	}

	/** The records of a task as they travel; undefined when they cannot. */
	async #cargo({ leaf, leafPartition }: Path, { changesRecords }: Captured): Promise<Cargo | undefined> {
		const part = partOf(leaf, leafPartition)
		const cargo = part === undefined ? undefined : shippedPart(part)
		if (cargo !== undefined) return cargo
		const given = await this.#request.read(leaf, leafPartition)
		const records = Array.isArray(given) || given instanceof PairColumns ? given : [...given]
		const columns = records instanceof PairColumns ? [records.keys, records.values] : [records as readonly unknown[]]
		for (const column of columns) {
			const unplain = unplainPart(column)
			if (unplain !== undefined) {
				this.#stay(unplainText(unplain))
				return undefined
			}
		}
		// Made anew by each reader, pairs of columns may be changed.
		if (changesRecords && columns.some(holdsObjects)) {
			this.#stay('its function changes the records that it gets')
			return undefined
		}
		return packRecords(records)
	}
}

/** How a thread reads the records of a partition itself, where it can and nothing here wants to see them. */
function partOf(leaf: AnyRDD, partition: number): SourcePart | undefined {
	const { plan } = leaf
	if (plan.kind === 'source') return plan.part?.(partition)
	if (plan.kind !== 'blocks' || isSeen(leaf) || isRemoved(leaf)) return undefined
	return plan.part?.(plan.blockIds[partition] as string)
}

function shippedPart({ read, part }: SourcePart): Cargo | undefined {
	try {
		const isMemory = part instanceof Uint8Array
		const { bytes } = shipFunction(isMemory ? { read } : { read, part }, undefined, new Cargoes().carriers)
		return { kind: 'part', bytes, ...(isMemory ? { shared: sharedCopy(part) } : {}) }
	} catch (thrown) {
		// A file system that only this thread knows: the records are read here.
		if (thrown instanceof StreamError && thrown.code === 'task/closure') return undefined
		throw thrown
	}
}

function cancelled(signal: AbortSignal | undefined): StreamError {
	if (signal?.reason instanceof StreamError) return signal.reason
	return new StreamError('task/cancelled', 'the job was cancelled', { cause: signal?.reason })
}
