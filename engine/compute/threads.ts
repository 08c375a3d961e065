/**
 * A pool of worker threads: made when the first task comes, ended with the context.
 *
 * A thread runs one task at a time and remembers the stages it was sent. A thread that dies is replaced and its task runs
 * again, so often as `spark.task.maxFailures` allows. A task that is not wanted any more is ended with its thread, because
 * nothing else ends a loop of the program.
 */

import { Worker } from 'node:worker_threads'
import { StreamError } from '../base/errors.js'
import { packageFile } from '../base/package.js'
import type { Cargo, FromThread, TaskFacts, ToThread } from './threadwire.js'

/** A captured stage, and the broadcast values that its functions read. */
export interface ThreadStage {
	readonly id: string
	readonly bytes: Uint8Array
	readonly broadcasts: ReadonlyMap<number, Uint8Array>
}

/** One partition of a stage. */
export interface ThreadTask {
	readonly stage: ThreadStage
	readonly facts: Omit<TaskFacts, 'attempt'>
	readonly cargo: Cargo
}

interface Waiting {
	readonly task: ThreadTask
	failures: number
	settle(answer: FromThread): void
	fail(error: unknown): void
}

interface Thread {
	readonly worker: Worker
	readonly stages: Set<string>
	readonly broadcasts: Set<number>
	running: Waiting | undefined
}

/** Stages that a thread remembers. */
const mostStages = 300

export class ThreadPool {
	readonly #size: number
	readonly #maxFailures: number
	readonly #threads = new Set<Thread>()
	readonly #waiting: Waiting[] = []
	readonly #ending = new Set<Promise<unknown>>()
	#isClosed = false

	/** @param maxFailures so often a task may lose its thread */
	constructor(size: number, maxFailures: number) {
		this.#size = size
		this.#maxFailures = maxFailures
	}

	get size(): number {
		return this.#size
	}
	/** How many tasks wait or run. */
	get load(): number {
		return this.#waiting.length + [...this.#threads].filter(({ running }) => running !== undefined).length
	}

	/**
	 * Runs a task on the next free thread. When `signal` aborts first, the task and the thread under it end.
	 * @throws task/lost when its thread died too often; the reason of the signal
	 */
	run(task: ThreadTask, signal: AbortSignal): Promise<FromThread> {
		return new Promise<FromThread>((resolve, reject) => {
			const abandoned = (): void => {
				this.#abandon(waiting)
				reject(signal.reason)
			}
			const over = (): void => signal.removeEventListener('abort', abandoned)
			const waiting: Waiting = {
				task,
				failures: 0,
				settle: (answer) => {
					over()
					resolve(answer)
				},
				fail: (error) => {
					over()
					reject(error)
				},
			}
			if (signal.aborted) {
				reject(signal.reason)
				return
			}
			signal.addEventListener('abort', abandoned)
			this.#waiting.push(waiting)
			this.#next()
		})
	}

	/** Ends all threads; tasks that still run fail. */
	async close(): Promise<void> {
		this.#isClosed = true
		for (const waiting of this.#waiting.splice(0)) waiting.fail(stopped())
		for (const thread of [...this.#threads]) {
			thread.running?.fail(stopped())
			this.#end(thread)
		}
		await Promise.all(this.#ending)
	}

	#next(): void {
		while (this.#waiting.length > 0) {
			const free = [...this.#threads].find(({ running }) => running === undefined)
			const thread = free ?? (this.#threads.size < this.#size ? this.#start() : undefined)
			if (thread === undefined) return
			this.#give(thread, this.#waiting.shift() as Waiting)
		}
	}

	#give(thread: Thread, waiting: Waiting): void {
		const { stage, facts, cargo } = waiting.task
		const send = (message: ToThread): void => thread.worker.postMessage(message)
		thread.running = waiting
		// An idle thread does not keep the process alive, one that computes does.
		thread.worker.ref()
		try {
			if (thread.stages.size >= mostStages) {
				send({ kind: 'forget' })
				thread.stages.clear()
				thread.broadcasts.clear()
			}
			for (const [id, bytes] of stage.broadcasts) {
				if (!thread.broadcasts.has(id)) send({ kind: 'broadcast', id, bytes })
				thread.broadcasts.add(id)
			}
			if (!thread.stages.has(stage.id)) send({ kind: 'stage', id: stage.id, bytes: stage.bytes })
			thread.stages.add(stage.id)
			send({ kind: 'task', stage: stage.id, facts: { ...facts, attempt: waiting.failures }, cargo })
		} catch (error) {
			// Records that cannot be cloned after all.
			thread.running = undefined
			thread.worker.unref()
			waiting.fail(error)
		}
	}

	#start(): Thread {
		const worker = new Worker(packageFile('dist/engine/compute/threadworker.js'), {
			name: 'rivulet task',
			execArgv: [],
		})
		const thread: Thread = { worker, stages: new Set(), broadcasts: new Set(), running: undefined }
		worker.on('message', (answer: FromThread) => {
			const { running } = thread
			thread.running = undefined
			worker.unref()
			running?.settle(answer)
			this.#next()
		})
		let problem: unknown
		worker.on('error', (error) => {
			problem = error
		})
		worker.on('exit', (code) => this.#died(thread, problem ?? `it ended with code ${code}`))
		this.#threads.add(thread)
		return thread
	}

	#died(thread: Thread, why: unknown): void {
		if (!this.#threads.delete(thread)) return
		const { running } = thread
		if (running !== undefined) {
			running.failures += 1
			if (running.failures >= this.#maxFailures) running.fail(lost(running, why))
			else this.#waiting.unshift(running)
		}
		if (!this.#isClosed) this.#next()
	}

	#abandon(waiting: Waiting): void {
		const at = this.#waiting.indexOf(waiting)
		if (at >= 0) this.#waiting.splice(at, 1)
		for (const thread of this.#threads) if (thread.running === waiting) this.#end(thread)
		if (!this.#isClosed) this.#next()
	}

	#end(thread: Thread): void {
		this.#threads.delete(thread)
		const ending = thread.worker.terminate()
		this.#ending.add(ending)
		void ending.finally(() => this.#ending.delete(ending))
	}
}

const stopped = (): StreamError => new StreamError('task/cancelled', 'the SparkContext was stopped')

function lost({ task, failures }: Waiting, why: unknown): StreamError {
	const reason = why instanceof Error ? why.message : String(why)
	const parts = { where: `partition ${task.facts.partition}`, ...(why instanceof Error ? { cause: why } : {}) }
	return new StreamError('task/lost', `a worker thread ended ${failures} times while it ran the same task: ${reason}`, {
		...parts,
		remedy: 'look for process.exit() and for what takes too much memory; smaller partitions take less',
	})
}
