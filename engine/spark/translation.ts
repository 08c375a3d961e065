/**
 * Plan nodes as RDDs of Spark, for one job.
 *
 *   narrow chain        one PythonRDD                     union               jsc.union
 *   shuffled            PairwiseRDD, partitionBy          union, aligned      zip of whole partitions
 *   coalesced           a shuffle by group                zipped              zip of whole partitions
 *   source, blocks      frames from the driver, or read   cartesian           cartesian of whole partitions
 *                       by the workers                    persisted           persist
 *
 * Elements of Spark's RDDs are frames of records; a whole partition is one frame. Shuffles, persisted RDDs and data that
 * came from the driver outlive the job, in `Lasting`; everything else is freed with it.
 */

import { StreamError } from '../base/errors.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { AnyRDD, Plan, ShuffledPlan, Step, ZippedPlan } from '../rdd/plan.js'
import { StorageLevel } from '../storage/level.js'
import { type Application, python } from './application.js'
import { sourceFrames } from './driverdata.js'
import type { Lasting } from './lasting.js'
import type { PartInput, StageInput, StageOutput } from './program.js'
import type { JavaRef } from './py4j.js'
import { shipStage } from './shipping.js'

/** Frames, and how a stage reads them. */
interface Fed {
	/** A JavaRDD, or a JavaPairRDD. */
	readonly java: JavaRef
	readonly input: StageInput
}

const fromRecords = { kind: 'records' } as const

const isKept = (rdd: AnyRDD): boolean => rdd.keptLevel !== StorageLevel.NONE

export class Translation {
	readonly #app: Application
	readonly #lasting: Lasting
	readonly #brief: JavaRef[] = []

	constructor(app: Application, lasting: Lasting) {
		this.#app = app
		this.#lasting = lasting
	}

	/** A JavaRDD whose frames are what `output` makes of the records of `rdd`. */
	async stage(rdd: AnyRDD, output: StageOutput): Promise<JavaRef> {
		if (!isKept(rdd)) return this.#compute(rdd, output)
		const kept = await this.#kept(rdd)
		return output.kind === 'records' ? kept : this.#pythonRdd(kept, { input: fromRecords, steps: [], output }, [rdd])
	}

	/** The same of an RDD that is not to be taken from what is kept of it. */
	async #compute(rdd: AnyRDD, output: StageOutput): Promise<JavaRef> {
		const steps: Step[] = []
		const owners: AnyRDD[] = []
		let base = rdd
		const put = (step: Step | undefined, owner: AnyRDD): void => {
			if (step === undefined) return
			steps.unshift(step)
			owners.unshift(owner)
		}
		while (base.plan.kind === 'narrow' && (base === rdd || !isKept(base))) {
			put(this.#app.metering.step(base), base)
			put(base.plan.step, base)
			base = base.plan.parent
		}
		const isBaseKept = base !== rdd && isKept(base)
		const { java, input } = isBaseKept
			? { java: await this.#kept(base), input: fromRecords }
			: await this.#feed(base, base.plan)
		const isSame = steps.length === 0 && input.kind === 'records' && output.kind === 'records'
		// What is persisted needs an RDD of its own.
		if (isSame && !isKept(rdd)) return java
		// What the driver holds is counted there.
		const isOfDriver = input.kind === 'records' && (base.plan.kind === 'source' || base.plan.kind === 'blocks')
		if (!isBaseKept && !isOfDriver) put(this.#app.metering.step(base), base)
		return this.#pythonRdd(java, { input, steps, output }, owners.length > 0 ? owners : [base])
	}

	/** Frees what only this job needed. */
	end(): void {
		this.#app.jvm.free(...this.#brief.splice(0))
	}

	#note(ref: JavaRef): JavaRef {
		this.#brief.push(ref)
		return ref
	}

	async #pythonRdd(
		parent: JavaRef,
		program: Parameters<typeof shipStage>[0],
		owners: readonly AnyRDD[],
	): Promise<JavaRef> {
		const { jvm, broadcasts, accumulations } = this.#app
		const { bytes, cargo } = shipStage(program, owners)
		const sent = await Promise.all([...cargo.broadcasts].map((one) => broadcasts.send(one)))
		for (const accumulator of cargo.accumulators.values()) accumulations.expect(accumulator)
		return jvm.scope(async (brief) => {
			const { plan } = jvm
			const refs = sent.map(({ ref }) => ref)
			const fn = brief(await this.#app.functionOf(bytes, refs, cargo.accumulators.size > 0))
			const rdd = brief(await plan.call<JavaRef>(parent, 'rdd'))
			// What is placed in the plan is placed for Spark, and nothing else: it looks at that for unions.
			const isPlaced = program.output.kind === 'records' && owners.at(-1)?.partitioner !== undefined
			const made = brief(await plan.make(`${python}.PythonRDD`, rdd, fn, isPlaced, false))
			return this.#note(await plan.call<JavaRef>(made, 'asJavaRDD'))
		})
	}

	/** The frames of a persisted RDD, which Spark keeps. */
	#kept(rdd: AnyRDD): Promise<JavaRef> {
		return this.#lasting.kept(rdd, async () => {
			const inner = new Translation(this.#app, this.#lasting)
			const made = await inner.#compute(rdd, fromRecords)
			inner.#keep(made)
			inner.end()
			const { plan } = this.#app.jvm
			const { useDisk, useMemory, useOffHeap, replication } = rdd.keptLevel
			await this.#app.jvm.scope(async (brief) => {
				const levels = 'org.apache.spark.api.java.StorageLevels'
				const level = brief(
					await plan.call<JavaRef>(levels, 'create', useDisk, useMemory, useOffHeap, false, replication),
				)
				brief(await plan.call<JavaRef>(made, 'persist', level))
			})
			return made
		})
	}

	/** Takes a reference out of those that end with this job. */
	#keep(ref: JavaRef): void {
		const at = this.#brief.indexOf(ref)
		if (at >= 0) this.#brief.splice(at, 1)
	}

	async #feed(rdd: AnyRDD, plan: Plan): Promise<Fed> {
		const { jvm } = this.#app
		switch (plan.kind) {
			case 'source':
			case 'blocks': {
				if (plan.kind === 'source' && plan.stored !== undefined) {
					return { java: await this.#lasting.stored(plan, plan.stored), input: fromRecords }
				}
				const frames = sourceFrames(rdd, plan)
				if (frames.kind === 'read') {
					return { java: await this.#lasting.numbered(rdd.getNumPartitions()), input: frames }
				}
				return { java: await this.#lasting.given(plan, rdd.getNumPartitions(), frames.frames), input: fromRecords }
			}
			case 'shuffled':
				return this.#shuffled(plan)
			case 'coalesced': {
				const targets = targetsOf(plan.groups, plan.parent.getNumPartitions())
				const sent = await this.stage(plan.parent, { kind: 'regroup', targets })
				return {
					java: this.#note(await this.#lasting.placing.placed(sent, plan.groups.length)),
					input: { kind: 'regrouped' },
				}
			}
			case 'union': {
				if (plan.aligned) return this.#together(plan.parents, undefined)
				const parents = plan.parents.filter((parent) => parent.getNumPartitions() > 0)
				const all = await this.#inARow(parents)
				const [only] = all
				if (only === undefined) return { java: await this.#lasting.numbered(0), input: fromRecords }
				if (all.length === 1) return { java: only, input: fromRecords }
				const union = await jvm.scope(async (brief) => {
					const array = brief(await jvm.plan.array('org.apache.spark.api.java.JavaRDD', all))
					return jvm.plan.call<JavaRef>(this.#app.java, 'union', array)
				})
				return { java: this.#note(union), input: fromRecords }
			}
			case 'zipped':
				return this.#together(plan.parents, plan.fn)
			case 'cartesian': {
				const [left, right] = await this.#each([plan.left, plan.right], { kind: 'whole' })
				const pairs = await jvm.plan.call<JavaRef>(left as JavaRef, 'cartesian', right as JavaRef)
				return { java: this.#note(pairs), input: { kind: 'cartesian' } }
			}
			case 'narrow':
				throw new StreamError('internal/state', `a narrow node feeds a stage: ${rdd}`)
			default:
				return plan satisfies never
		}
	}

	async #each(parents: readonly AnyRDD[], output: StageOutput): Promise<JavaRef[]> {
		const all: JavaRef[] = []
		for (const parent of parents) all.push(await this.stage(parent, output))
		return all
	}

	/** For a union that keeps all partitions: Spark must not see that they could be put side by side. */
	async #inARow(parents: readonly AnyRDD[]): Promise<JavaRef[]> {
		const all = await this.#each(parents, { kind: 'records' })
		const [first] = all
		if (first === undefined || parents.some(({ partitioner }) => partitioner === undefined)) return all
		const same = { input: fromRecords, steps: [], output: fromRecords } as const
		return [await this.#pythonRdd(first, same, []), ...all.slice(1)]
	}

	/** Partitions side by side: where Spark knows that keys are in the same places, as a union that moves nothing. */
	async #together(parents: readonly AnyRDD[], fn: ZippedPlan['fn'] | undefined): Promise<Fed> {
		const [partitioner] = parents.map((parent) => parent.partitioner)
		if (partitioner !== undefined && parents.every((parent) => parent.partitioner?.equals(partitioner))) {
			const united = await this.#united(parents, partitioner)
			if (united !== undefined) return { java: united.java, input: { kind: 'united', parts: united.parts, fn } }
		}
		return this.#zip(parents, fn)
	}

	async #united(
		parents: readonly AnyRDD[],
		partitioner: Partitioner,
	): Promise<{ readonly java: JavaRef; readonly parts: readonly PartInput[] } | undefined> {
		const { plan } = this.#app.jvm
		const { numPartitions } = partitioner
		const separator = await this.#lasting.separator(partitioner)
		const parts: PartInput[] = []
		const all: JavaRef[] = []
		for (const parent of parents) {
			const { java, input } = await this.#part(parent)
			all.push(java, separator)
			parts.push(input)
		}
		const union = await this.#app.jvm.scope(async (brief) => {
			const array = brief(await plan.array('org.apache.spark.api.java.JavaRDD', all))
			return plan.call<JavaRef>(this.#app.java, 'union', array)
		})
		this.#note(union)
		// Spark puts them one after another if it does not know that they are placed alike.
		return (await plan.call<number>(union, 'getNumPartitions')) === numPartitions ? { java: union, parts } : undefined
	}

	/** One of several inputs: as it comes out of a shuffle, or as records. */
	async #part(rdd: AnyRDD): Promise<{ readonly java: JavaRef; readonly input: PartInput }> {
		if (!isKept(rdd) && rdd.plan.kind === 'shuffled') return this.#shuffled(rdd.plan)
		return { java: await this.stage(rdd, fromRecords), input: fromRecords }
	}

	async #shuffled(plan: ShuffledPlan): Promise<{ readonly java: JavaRef; readonly input: PartInput }> {
		const { combiner, keyOrder } = plan
		return {
			java: await this.#lasting.shuffled(plan, () => this.#shuffle(plan)),
			input: { kind: 'shuffled', combiner, keyOrder },
		}
	}

	/** Whole partitions side by side, two at a time. */
	async #zip(parents: readonly AnyRDD[], fn: ZippedPlan['fn'] | undefined): Promise<Fed> {
		const input: StageInput = { kind: 'zipped', fn }
		const [first, ...rest] = await this.#each(parents, { kind: 'whole' })
		let java = first as JavaRef
		for (const [i, next] of rest.entries()) {
			const pair = this.#note(await this.#app.jvm.plan.call<JavaRef>(java, 'zip', next))
			const isLast = i === rest.length - 1
			const packed = { input: { kind: 'zipped', fn: undefined }, steps: [], output: { kind: 'parts' } } as const
			java = isLast ? pair : await this.#pythonRdd(pair, packed, parents)
		}
		return { java, input }
	}

	/** The map side of a shuffle, and its frames placed. */
	async #shuffle({ parent, partitioner, combiner }: ShuffledPlan): Promise<JavaRef> {
		await partitioner.prepare()
		const sent = await this.stage(parent, { kind: 'shuffle', partitioner, combiner })
		return this.#lasting.placing.placed(sent, partitioner.numPartitions, partitioner)
	}
}

/** For each partition of the parent the groups that it belongs to, and where in them. */
function targetsOf(groups: readonly (readonly number[])[], numPartitions: number): [number, number][][] {
	const targets: [number, number][][] = Array.from({ length: numPartitions }, () => [])
	groups.forEach((members, group) => {
		members.forEach((partition, place) => void targets[partition]?.push([group, place]))
	})
	return targets
}
