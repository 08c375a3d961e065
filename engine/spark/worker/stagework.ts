/**
 * Runs a stage over the frames of one partition, in a worker.
 *
 * Records are pulled: a function that stops early reads no more. A value is a promise only where something outside has to
 * be waited for, as in the other backends.
 */

import { StreamError } from '../../base/errors.js'
import { after, iterate, type MaybeLater } from '../../compute/records.js'
import { type Bucket, mergeBuckets, toBuckets, toColumnBuckets } from '../../compute/shuffle.js'
import { type ElementStep, pulling } from '../../compute/stage.js'
import { combineInto, KeyedColumn, PairColumns } from '../../rdd/columns.js'
import type { Step } from '../../rdd/plan.js'
import { requireMany } from '../../rdd/result.js'
import { inTask, type RunningTask } from '../../rdd/taskcontext.js'
import { decodeRecords, encodeParts, encodeRecords, partsOf, recordsPerFrame } from '../frames.js'
import type { PartInput, StageInput, StageOutput, StageProgram } from '../program.js'

type Records = Iterable<unknown>
type Pair = readonly [unknown, unknown]

/** Where frames come from and go to. */
export interface FramePort {
	/** The next frame; undefined after the last. */
	next(): Buffer | null | undefined
	write(frame: Buffer): void
}

/** Runs it to its end. Frames that nobody asked for are left in the port. */
export async function runStage(program: StageProgram, port: FramePort, task: RunningTask): Promise<void> {
	if (program.output.kind === 'parts') {
		port.write(encodeParts(allFrames(port).flatMap(partsOf)))
		return
	}
	const open = await input(program.input, port, task)
	await inTask(task, () => {
		const records = after(task, open(), (there) => steps(program.steps, there, task))
		return after(task, records, (there) => output(program.output, there, port, task))
	})
}

function* frames(port: FramePort): IterableIterator<Buffer> {
	for (let frame = port.next(); frame !== undefined; frame = port.next()) if (frame !== null) yield frame
}
const allFrames = (port: FramePort): Buffer[] => [...frames(port)]

/** The records of frames, each decoded when it is reached; all at once when some have to wait for modules. */
async function recordsIn(port: FramePort): Promise<Records> {
	const first = port.next()
	if (first === undefined || first === null) return []
	const start = decodeRecords(first)
	if (!(start instanceof Promise)) return flatly(start, port)
	const all = await start
	for (const frame of frames(port)) all.push(...(await decodeRecords(frame)))
	return all
}

function* flatly(first: readonly unknown[], port: FramePort): IterableIterator<unknown> {
	yield* first
	for (const frame of frames(port)) {
		const records = decodeRecords(frame)
		if (records instanceof Promise) {
			throw new StreamError('rdd/unsupported', 'a partition holds instances of classes behind plain records', {
				remedy: 'make all of its records of one kind',
			})
		}
		yield* records
	}
}

const decodeAll = (all: readonly Buffer[]): Promise<unknown[][]> =>
	Promise.all(all.map(async (frame) => await decodeRecords(frame)))

/** Gets what the records are made of, and says how to make them: that may call functions of the program. */
async function input(from: StageInput, port: FramePort, task: RunningTask): Promise<() => MaybeLater<Records>> {
	switch (from.kind) {
		case 'records': {
			const records = await recordsIn(port)
			return () => records
		}
		case 'read':
			return () => from.read(task.partitionId, task)
		case 'shuffled':
			return part(from, allFrames(port))
		case 'regrouped': {
			const sent = (await decodeAll(allFrames(port))).sort(bySender)
			return () => sent.flatMap(([, records]) => records as unknown[])
		}
		case 'zipped': {
			const parts = await decodeAll(allFrames(port).flatMap(partsOf))
			return () => together(parts, from.fn, task)
		}
		case 'united': {
			const frames = divided(allFrames(port))
			const parts = await Promise.all(from.parts.map((one, i) => part(one, frames[i] ?? [])))
			return () => {
				const opened = parts.map((open) => open())
				return together(opened, from.fn, task)
			}
		}
		case 'cartesian': {
			const [left = [], right = []] = await decodeAll(allFrames(port))
			return () => pairs(left, right)
		}
		default:
			return from satisfies never
	}
}

/** Inputs of one partition side by side: what the function makes of them; without one, one after another. */
function together(
	parts: readonly Records[],
	fn: Extract<StageInput, { readonly kind: 'zipped' }>['fn'],
	task: RunningTask,
): Records {
	if (fn === undefined) return parts.flatMap((records) => [...records])
	const made = fn(parts.map(iterate), task.partitionId, task)
	return Array.isArray(made) ? made : requireMany('zipPartitions', made)
}

/** One input that is at hand. */
async function part(from: PartInput, frames: readonly Buffer[]): Promise<() => Records> {
	const all = await decodeAll(frames)
	if (from.kind === 'records') return () => all.flat(1)
	const buckets = all
		.sort(bySender)
		.map(([, a, b]): Bucket => (b === undefined ? (a as Pair[]) : new PairColumns(a as unknown[], b as unknown[])))
	return () => mergeBuckets(buckets, from)
}

/** Frames of several inputs, each of which ends with an empty one. */
function divided(frames: readonly Buffer[]): Buffer[][] {
	const parts: Buffer[][] = []
	let open: Buffer[] = []
	for (const frame of frames) {
		if (frame.length > 0) {
			open.push(frame)
			continue
		}
		parts.push(open)
		open = []
	}
	return parts
}

/** Frames of a shuffle begin with the number of the partition that sent them. */
const bySender = (a: readonly unknown[], b: readonly unknown[]): number => (a[0] as number) - (b[0] as number)

function* pairs(left: readonly unknown[], right: readonly unknown[]): IterableIterator<Pair> {
	for (const a of left) for (const b of right) yield [a, b]
}

/** The steps, one generated loop for each run of element steps. */
function steps(all: readonly Step[], records: Records, task: RunningTask): MaybeLater<Records> {
	let made: MaybeLater<Records> = records
	let run: ElementStep[] = []
	const close = (): void => {
		if (run.length === 0) return
		made = after(task, made, pulling(run))
		run = []
	}
	for (const step of all) {
		if (step.op !== 'partition' && step.op !== 'partitionAsync') {
			run.push(step)
			continue
		}
		close()
		made = after(task, made, (there) => whole(step, there, task))
	}
	close()
	return made
}

type WholeStep = Exclude<Step, ElementStep>

function whole(step: WholeStep, records: Records, task: RunningTask): MaybeLater<Records> {
	const made: unknown = step.fn(iterate(records), task.partitionId, task)
	if (step.op === 'partition') return Array.isArray(made) ? made : requireMany('mapPartitions', made)
	return Promise.resolve(made).then((there) => requireMany('mapPartitionsAsync', there))
}

function output(to: StageOutput, records: Records, port: FramePort, task: RunningTask): MaybeLater<void> {
	switch (to.kind) {
		case 'records':
			return writeRecords(records, port)
		case 'whole':
			return port.write(encodeRecords([...records]))
		case 'shuffle': {
			const buckets =
				to.combiner?.mapSide === true
					? toColumnBuckets(combined(records as Iterable<Pair>, to.combiner), to.partitioner)
					: toBuckets(records as Iterable<Pair>, to.partitioner)
			for (const [target, bucket] of buckets.entries()) {
				if (bucket.length > 0) send(port, target, bucketFrame(bucket, task.partitionId))
			}
			return
		}
		case 'regroup': {
			const all = [...records]
			for (const [group, place] of to.targets[task.partitionId] ?? []) send(port, group, [place, all])
			return
		}
		case 'result':
			return after(task, to.task(iterate(records), task), (result) =>
				port.write(encodeRecords([task.partitionId, result])),
			)
		case 'parts':
			return
		default:
			return to satisfies never
	}
}

function combined(
	records: Iterable<Pair>,
	combiner: NonNullable<(StageOutput & { kind: 'shuffle' })['combiner']>,
): PairColumns {
	const all = new KeyedColumn()
	for (const [key, value] of records) combineInto(all, key, value, combiner.create, combiner.mergeValue)
	return all.columns
}

const bucketFrame = (bucket: Bucket, sender: number): readonly unknown[] =>
	bucket instanceof PairColumns ? [sender, bucket.keys, bucket.values] : [sender, bucket]

function send(port: FramePort, target: number, records: readonly unknown[]): void {
	const number = Buffer.alloc(8)
	number.writeBigInt64BE(BigInt(target))
	port.write(number)
	port.write(encodeRecords(records))
}

function writeRecords(records: Records, port: FramePort): void {
	let chunk: unknown[] = []
	for (const record of records) {
		chunk.push(record)
		if (chunk.length < recordsPerFrame) continue
		port.write(encodeRecords(chunk))
		chunk = []
	}
	if (chunk.length > 0) port.write(encodeRecords(chunk))
}
