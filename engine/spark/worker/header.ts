/**
 * What Spark says to a worker before the records of a task: the partition, the task's facts, broadcast values, the command.
 *
 * The fields differ between versions; the driver's tag, which stands before the first difference, says which one it is.
 * Source: Spark's `PythonRunner.newWriterThread` (3.4 to 4.3).
 */

import { layoutOf } from '../versions.js'
import { WireInput } from './wire.js'

/** Marks of Spark in place of a length. */
export const marks = {
	endOfData: -1,
	exception: -2,
	timing: -3,
	endOfStream: -4,
	nothing: -5,
	framed: -8,
} as const

/** A broadcast value that came, or one that is not needed any more. */
export type BroadcastChange = { readonly id: number; readonly path: string } | { readonly drop: number }

/** One task. */
export interface TaskHeader {
	readonly partition: number
	/** Spark's version, by the driver's tag. */
	readonly spark: string
	readonly stageId: number
	readonly attempt: number
	readonly taskAttemptId: number
	readonly localProperties: Readonly<Record<string, string>>
	readonly broadcasts: readonly BroadcastChange[]
	readonly command: Buffer
}

/** What is known as soon as the tag has been read. */
export type OnVersion = (tag: string) => string

interface TaskFacts {
	readonly stageId: number
	readonly attempt: number
	readonly taskAttemptId: number
	readonly localProperties: Readonly<Record<string, string>>
}

/**
 * The header of the next task; undefined when there is none any more. `onVersion` gets the driver's tag and says which
 * Spark it means.
 */
export function readHeader(input: WireInput, onVersion: OnVersion): TaskHeader | undefined {
	const first = input.nextInt()
	if (first === undefined) return undefined
	if (first !== marks.framed) return readFields(input, first, onVersion)
	const fields = input.bytes(input.int())
	let at = 0
	const framed = new WireInput((into) => {
		const length = fields.copy(into, 0, at)
		at += length
		return length
	})
	return readFields(framed, framed.int(), onVersion)
}

function readFields(input: WireInput, partition: number, onVersion: OnVersion): TaskHeader {
	const spark = onVersion(input.text())
	const layout = layoutOf(spark)
	const facts = layout.context === 'json' ? factsOfJson(input.text()) : readFacts(input, layout.barrierAlways)
	input.text() // the folder of files
	times(input.int(), () => input.text()) // includes
	input.bool() // never encrypted: spark.io.encryption.enabled would
	const broadcasts = times(input.int(), () => readBroadcast(input))
	input.int() // what kind of function: 0
	if (layout.hasConfs) times(2, () => times(input.int(), () => [input.text(), input.text()]))
	return { partition, spark, ...facts, broadcasts, command: input.bytes(input.int()) }
}

function readFacts(input: WireInput, barrierAlways: boolean): TaskFacts {
	const isBarrier = input.bool()
	if (barrierAlways || isBarrier) {
		input.int()
		input.text()
	}
	const stageId = input.int()
	input.int() // the partition again
	const attempt = input.int()
	const taskAttemptId = Number(input.long())
	input.int() // cores
	times(input.int(), () => [input.text(), input.text(), times(input.int(), () => input.text())]) // resources
	const properties = times(input.int(), () => [input.text(), input.text()] as const)
	return { stageId, attempt, taskAttemptId, localProperties: Object.fromEntries(properties) }
}

function factsOfJson(text: string): TaskFacts {
	const { stageId, attemptNumber, taskAttemptId, localProperties } = JSON.parse(text)
	return { stageId, attempt: attemptNumber, taskAttemptId, localProperties: localProperties ?? {} }
}

function readBroadcast(input: WireInput): BroadcastChange {
	const id = Number(input.long())
	return id < 0 ? { drop: -id - 1 } : { id, path: input.text() }
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

/** The frames of a task's input; null where Spark has none. Ends with the data. */
export class TaskFrames {
	readonly #input: WireInput
	#isOver = false

	constructor(input: WireInput) {
		this.#input = input
	}

	/** The next frame; undefined after the last. */
	next(): Buffer | null | undefined {
		if (this.#isOver) return undefined
		const length = this.#input.int()
		if (length >= 0) return this.#input.bytes(length)
		if (length === marks.nothing) return null
		this.#isOver = length === marks.endOfStream
		return this.next()
	}

	/** Reads what nobody wanted, so that the worker can be used again. */
	drain(): void {
		while (this.next() !== undefined);
	}
}
