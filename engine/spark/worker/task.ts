/**
 * One task after another on the socket of a worker: header, records in, records out, what was added, the end.
 *
 *   ◀ header, frames, end      ▶ times · frames · end of data · accumulators · end of stream
 *                              ▶ … · exception, its text · end of data        when a function fails; then the worker ends
 *
 * Source: PySpark's `worker.py`. The times go first: they acknowledge what the JVM has sent, which waits for that.
 */

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { serialize } from 'node:v8'
import { systemClock } from '../../base/clock.js'
import { Time } from '../../base/time.js'
import { receiveFunction } from '../../closure/ship.js'
import { inTask, type RunningTask } from '../../rdd/taskcontext.js'
import type { BroadcastContent } from '../broadcastfiles.js'
import { dropBroadcast, setBroadcast, takeAdded, unloadCargo } from '../cargo.js'
import { batchTimeProperty, type CarriedProgram, type StageProgram } from '../program.js'
import { layoutOf } from '../versions.js'
import { faultText } from './fault.js'
import { marks, readHeader, TaskFrames, type TaskHeader } from './header.js'
import { runStage } from './stagework.js'
import { Gone, type WireInput, type WireOutput } from './wire.js'

/** `again`: ready for another task. `over`: nothing more will come. `failed`: this worker is not to be used again. */
export type TaskEnd = 'again' | 'over' | 'failed'

/** What runs in a task: the program of its command. */
export type LoadProgram = (command: Buffer) => Promise<StageProgram>

/** How a worker learns what it runs. */
export interface TaskSetup {
	/** Which Spark a driver's tag means. */
	readonly versionOf: (tag: string) => string
	readonly load: LoadProgram
	readonly loadBroadcast: (path: string) => Promise<BroadcastContent>
}

/** How workers of Spark do it: each task gets variables of its own, whatever ran in this worker before. */
export const loading: Pick<TaskSetup, 'load' | 'loadBroadcast'> = {
	load: async (command) => {
		const program = (await receiveFunction(command, unloadCargo)) as StageProgram | CarriedProgram
		if (!('carried' in program)) return program
		return (await receiveFunction(program.carried.value, unloadCargo)) as StageProgram
	},
	loadBroadcast: (path) => receiveFunction(readFileSync(path), unloadCargo) as Promise<BroadcastContent>,
}

/** Runs the next task. @throws Gone when the other side has gone */
export async function runTask(input: WireInput, output: WireOutput, setup: TaskSetup): Promise<TaskEnd> {
	let header: TaskHeader | undefined
	try {
		header = readHeader(input, (tag) => {
			const spark = setup.versionOf(tag)
			writeTimes(output, layoutOf(spark).numTimes)
			output.flush()
			return spark
		})
		if (header === undefined) return 'over'
		const frames = new TaskFrames(input)
		await runHeader(header, frames, output, setup)
		writeEnd(output)
		frames.drain()
		output.int(marks.endOfStream)
		output.flush()
		return 'again'
	} catch (thrown) {
		if (thrown instanceof Gone) throw thrown
		takeAdded()
		output.int(marks.exception)
		output.text(faultText(thrown, whereOf(header)))
		output.int(marks.endOfData)
		output.int(0)
		output.int(marks.endOfData)
		output.flush()
		return 'failed'
	}
}

async function runHeader(header: TaskHeader, frames: TaskFrames, output: WireOutput, setup: TaskSetup): Promise<void> {
	for (const change of header.broadcasts) {
		if ('drop' in change) dropBroadcast(change.drop)
		else {
			const { id, value } = await setup.loadBroadcast(change.path)
			setBroadcast(change.id, id, value)
		}
	}
	takeAdded()
	const program = await setup.load(header.command)
	const task = new SparkTask(header)
	try {
		const port = { next: () => frames.next(), write: (frame: Buffer) => output.frame(frame) }
		await inTask(task, () => runStage(program, port, task))
	} finally {
		task.completed()
	}
}

function writeEnd(output: WireOutput): void {
	output.int(marks.endOfData)
	const added = takeAdded()
	output.int(added.length > 0 ? 1 : 0)
	if (added.length > 0) output.frame(serialize(added))
}

function writeTimes(output: WireOutput, numTimes: number): void {
	output.int(marks.timing)
	const now = systemClock.now()
	for (let i = 0; i < numTimes; i++) output.long(now)
	output.long(0)
	output.long(0)
}

const whereOf = (header: TaskHeader | undefined): string =>
	header === undefined
		? `a worker on ${hostname()}`
		: `partition ${header.partition}, stage ${header.stageId}, attempt ${header.attempt} on ${hostname()}`

/** A task as functions see it. */
class SparkTask implements RunningTask {
	readonly partitionId: number
	readonly stageId: number
	readonly attemptNumber: number
	readonly batchTime: Time | undefined
	readonly #listeners: (() => void)[] = []

	constructor({ partition, stageId, attempt, localProperties }: TaskHeader) {
		this.partitionId = partition
		this.stageId = stageId
		this.attemptNumber = attempt
		const ms = localProperties[batchTimeProperty]
		this.batchTime = ms === undefined || ms === '' ? undefined : new Time(Number(ms))
	}

	addTaskCompletionListener(listener: () => void): void {
		this.#listeners.push(listener)
	}
	completed(): void {
		for (const listener of this.#listeners) listener()
	}
}
