/**
 * The records of a partition in an array, unless they turn out to be more than memory may hold.
 *
 * Sizes are estimated now and then while records come, so about half as much again as the limit may be gathered.
 */

import { estimateBytes } from '../storage/sizes.js'

/** All records; or, when they are too many, an iterable over all of them that may be used once. */
export type Gathered =
	| { readonly all: readonly unknown[] }
	| { readonly rest: IterableIterator<unknown>; readonly bytesPerRecord: number }

/** How many records come before the first look at their size. */
const firstLook = 1_024

/** Gathers records until they take more than `limitBytes`. */
export function gather(records: Iterable<unknown>, limitBytes: number): Gathered {
	let nextLook = firstLook
	const all: unknown[] = []
	const iterator = records[Symbol.iterator]()
	for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
		all.push(next.value)
		if (all.length !== nextLook) continue
		nextLook += nextLook >> 1
		const sizeBytes = estimateBytes(all)
		if (sizeBytes > limitBytes) return { rest: continued(all, iterator), bytesPerRecord: sizeBytes / all.length }
	}
	return { all }
}

/** What was gathered, then what is still to come. */
function* continued(gathered: unknown[], rest: Iterator<unknown>): IterableIterator<unknown> {
	try {
		for (const record of gathered) yield record
		gathered.length = 0
		for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value
	} finally {
		rest.return?.()
	}
}

/** Arrays of `length` records, the last one shorter. */
export function* chunked(records: Iterable<unknown>, length: number): IterableIterator<readonly unknown[]> {
	let chunk: unknown[] = []
	for (const record of records) {
		chunk.push(record)
		if (chunk.length < length) continue
		yield chunk
		chunk = []
	}
	if (chunk.length > 0) yield chunk
}
