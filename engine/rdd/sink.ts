/**
 * Tasks that take record after record. A backend that runs a loop of its own calls `each` from inside it; any other one
 * may run the task as it is, over an iterator.
 */

import type { Task } from './backend.js'
import type { Pairs } from './columns.js'

/** Takes the records of one partition. */
export interface Sink<T, R> {
	each(x: T): void
	/** The partition's result. */
	end(): R
}

/** A task and its record-wise form. */
export interface SinkTask<T, R> extends Task<T, R> {
	readonly open: () => Sink<T, R>
	/** The result for all records of a partition at once, for a backend that has them in an array or in columns. */
	readonly whole?: (records: readonly T[] | Pairs) => R
}

/** The task that gives every record of a partition to a sink of its own. */
export function intoSink<T, R>(open: () => Sink<T, R>): SinkTask<T, R> {
	const task: Task<T, R> = (records) => {
		const sink = open()
		for (const x of records) sink.each(x)
		return sink.end()
	}
	return Object.assign(task, { open })
}

/** True for what `intoSink` made. */
export const isSinkTask = <T, R>(task: Task<T, R>): task is SinkTask<T, R> => 'open' in task

/** Keeps all records. */
export const collecting = <T>(): SinkTask<T, T[]> =>
	Object.assign(
		intoSink<T, T[]>(() => {
			const all: T[] = []
			return { each: (x) => void all.push(x), end: () => all }
		}),
		{
			whole: (records: readonly T[] | Pairs): T[] => {
				return Array.isArray(records) ? records.slice() : ((records as Pairs).pairs() as T[])
			},
		},
	)

/** Counts the records. */
export const counting = <T>(): SinkTask<T, number> =>
	Object.assign(
		intoSink<T, number>(() => {
			let n = 0
			return {
				each: () => {
					n++
				},
				end: () => n,
			}
		}),
		{ whole: (records: readonly T[] | Pairs) => (Array.isArray(records) ? records.length : (records as Pairs).size) },
	)
