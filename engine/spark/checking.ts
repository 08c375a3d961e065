/**
 * A backend that computes here and tries every function on the way as a cluster would: captured, sent to another process,
 * run there on a few records. `rivulet check` reads what it finds.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { StreamError } from '../base/errors.js'
import { packageFile } from '../base/package.js'
import { shipFunction } from '../closure/ship.js'
import { iterate } from '../compute/records.js'
import type { Backend, JobOptions, KeptFacts, Task } from '../rdd/backend.js'
import type { AnyRDD, Plan } from '../rdd/plan.js'
import type { RDD } from '../rdd/rdd.js'
import { encodeParts, encodeRecords } from './frames.js'
import type { StageProgram } from './program.js'
import { shipStage } from './shipping.js'
import type { Trial, Verdict } from './worker/checker.js'

/** What a check has seen so far. */
export interface CheckReport {
	/** The operators that were tried, as their RDDs are called: `map at app.ts:7`. */
	readonly tried: readonly string[]
	readonly problems: readonly string[]
}

/** The RDDs of an operator may be several, each with functions of its own. */
const parts = new Set<string>()
const tried = new Set<string>()
const problems: string[] = []

/** What all checks of this process have seen. */
export const checkReport = (): CheckReport => ({ tried: [...tried], problems })

/** So many records are sent along. */
const numRecords = 100

export class CheckingBackend implements Backend {
	readonly #inner: Backend
	#worker: ChildProcess | undefined

	constructor(inner: Backend) {
		this.#inner = inner
	}

	async run<T, R>(
		rdd: RDD<T>,
		partitions: readonly number[],
		task: Task<T, R>,
		options: JobOptions = {},
	): Promise<R[]> {
		for (const one of lineageOf(rdd)) await this.#look(one)
		lookAtAction(rdd, task)
		return this.#inner.run(rdd, partitions, task, options)
	}
	forget(rdd: AnyRDD): void {
		this.#inner.forget(rdd)
	}
	kept(rdd: AnyRDD): KeptFacts {
		return this.#inner.kept(rdd)
	}
	async stop(): Promise<void> {
		this.#worker?.kill()
		await this.#inner.stop()
	}

	/** Tries what an RDD does, once for each place of the program. */
	async #look(rdd: AnyRDD): Promise<void> {
		const { plan } = rdd
		const name = rdd.callSite ?? String(rdd)
		const program = programOf(rdd)
		const part = `${name} ${plan.kind} ${plan.kind === 'narrow' ? plan.step.op : ''}`
		if (program === undefined || parts.has(part)) return
		parts.add(part)
		tried.add(name)
		let problem: string | undefined
		try {
			const { bytes, cargo } = shipStage(program, [rdd])
			const broadcasts = [...cargo.broadcasts].map(({ id, value }) => shipFunction({ id, value }).bytes)
			problem = await this.#try({ stage: bytes, broadcasts, frames: await this.#framesFor(plan) })
		} catch (thrown) {
			if (!(thrown instanceof StreamError)) throw thrown
			problem = [thrown.message, thrown.remedy].filter((part) => part !== undefined).join('\n  ')
		}
		if (problem !== undefined) problems.push(problem.includes(name) ? problem : `${name}: ${problem}`)
	}

	/** Some records of the parents, as a stage gets them. */
	async #framesFor(plan: Plan): Promise<Buffer[]> {
		if (plan.kind === 'zipped') {
			const frames: Buffer[] = []
			for (const parent of plan.parents) frames.push(encodeRecords(await this.#firstRecords(parent)))
			return [encodeParts(frames)]
		}
		const parent = plan.kind === 'narrow' || plan.kind === 'shuffled' ? plan.parent : undefined
		const records = parent === undefined ? [] : await this.#firstRecords(parent)
		return records.length === 0 ? [] : [encodeRecords(records)]
	}

	async #firstRecords(parent: AnyRDD): Promise<unknown[]> {
		for (let partition = 0; partition < parent.getNumPartitions(); partition++) {
			const [records = []] = await this.#inner.run(parent, [partition], (all) => {
				const taken: unknown[] = []
				for (const record of iterate(all as Iterable<unknown>)) {
					taken.push(record)
					if (taken.length === numRecords) break
				}
				return taken
			})
			if (records.length > 0) return records
		}
		return []
	}

	/** What went wrong in the other process; undefined for nothing. */
	#try(trial: Trial): Promise<string | undefined> {
		this.#worker ??= fork(packageFile('dist', 'engine', 'spark', 'worker', 'checker.js'), [], {
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			// Somewhere else, as on an executor.
			cwd: tmpdir(),
			execArgv: [],
		})
		const worker = this.#worker
		return new Promise((resolve) => {
			const end = (): void => {
				this.#worker = undefined
				resolve('the worker ended')
			}
			worker.once('exit', end)
			worker.once('message', ({ problem }: Verdict) => {
				worker.off('exit', end)
				resolve(problem)
			})
			worker.send(trial)
		})
	}
}

/** The functions of an RDD as a stage; undefined when it has none of its own. */
function programOf({ plan }: AnyRDD): StageProgram | undefined {
	if (plan.kind === 'narrow') return { input: { kind: 'records' }, steps: [plan.step], output: { kind: 'records' } }
	if (plan.kind === 'zipped') {
		return { input: { kind: 'zipped', fn: plan.fn }, steps: [], output: { kind: 'records' } }
	}
	if (plan.kind !== 'shuffled') return undefined
	const { partitioner, combiner } = plan
	return { input: { kind: 'records' }, steps: [], output: { kind: 'shuffle', partitioner, combiner } }
}

/** What an action does with the records is captured and not run: it may write somewhere. */
function lookAtAction(rdd: AnyRDD, task: Task<never, unknown>): void {
	const output = { kind: 'result', task: task as Task<unknown, unknown> } as const
	try {
		shipStage({ input: { kind: 'records' }, steps: [], output }, [rdd])
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
		const text = [thrown.message, thrown.remedy].filter((part) => part !== undefined).join('\n  ')
		const problem = `an action on the records of ${rdd.callSite ?? rdd}: ${text}`
		if (!problems.includes(problem)) problems.push(problem)
	}
}

/** An RDD and all that it is made of, parents first. */
function lineageOf(rdd: AnyRDD, seen = new Set<AnyRDD>()): Set<AnyRDD> {
	if (seen.has(rdd)) return seen
	const { plan } = rdd
	const parents =
		'parent' in plan ? [plan.parent] : 'parents' in plan ? plan.parents : 'left' in plan ? [plan.left, plan.right] : []
	for (const parent of parents) lineageOf(parent, seen)
	return seen.add(rdd)
}
