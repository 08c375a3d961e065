/**
 * Whether a stream has what somebody expected, batch by batch: for lessons and exercises on a ManualClock.
 *
 * Records of a batch are compared by value, order left aside, as most operators give none.
 */

import { StreamError } from '../base/errors.js'
import type { DStream } from '../dstream/dstream.js'
import { keyEquals } from '../rdd/keys.js'
import { textOf } from '../rdd/text.js'
import { ByBatch } from './bybatch.js'

/** One batch as it was and as it was expected. */
export interface CheckedBatch {
	readonly timeMs: number
	readonly rows: readonly unknown[]
	readonly missing: readonly unknown[]
	readonly extra: readonly unknown[]
}

const green = (text: string): string => `\u001b[32m${text}\u001b[39m`
const red = (text: string): string => `\u001b[31m${text}\u001b[39m`

/** The outcome of a check. `toString()` is the difference in colours: red what was missing, green what was not expected. */
export class Check {
	readonly batches: readonly CheckedBatch[]

	constructor(batches: readonly CheckedBatch[]) {
		this.batches = batches
	}
	/** True when every batch has what was expected. */
	get passed(): boolean {
		return this.batches.every(({ missing, extra }) => missing.length + extra.length === 0)
	}
	toString(): string {
		const lines = this.batches.map(({ timeMs, rows, missing, extra }) => {
			if (missing.length + extra.length === 0) return `  ${timeMs} ms  ${listOf(rows) || '∅'}`
			const isExtra = takeOut(extra)
			const there = rows.map((x) => (isExtra(x) ? green(`+${textOf(x)}`) : textOf(x)))
			return `✗ ${timeMs} ms  ${[...there, ...missing.map((x) => red(`-${textOf(x)}`))].join(', ')}`
		})
		return [this.passed ? '✓ as expected' : '✗ different: - expected and missing, + not expected', ...lines].join('\n')
	}
}

const listOf = (rows: readonly unknown[]): string => rows.map(textOf).join(', ')

/** Tells of each value whether it is in the list, each entry of which counts once. */
function takeOut(list: readonly unknown[]): (x: unknown) => boolean {
	const left = [...list]
	return (x) => {
		const i = left.findIndex((other) => keyEquals(other, x))
		if (i === -1) return false
		left.splice(i, 1)
		return true
	}
}

/**
 * Steps through as many batches as are expected and compares the stream's records with them.
 * @throws time/manual unless the stream's context is driven by a ManualClock
 */
export async function check<T>(stream: DStream<T>, expected: readonly (readonly T[])[]): Promise<Check> {
	const ssc: unknown = stream.context
	if (!(ssc instanceof ByBatch))
		throw new StreamError('internal/state', 'a stream of another engine', { where: 'check' })
	if (!Array.isArray(expected) || !expected.every((one) => Array.isArray(one))) {
		throw new StreamError('argument/illegal', 'check takes a list of batches, each a list of records', {
			where: `check(${stream.title}, …)`,
			remedy: 'write [[…], […]]: one inner list for each batch, [] for an empty one',
		})
	}
	const trace = await ssc.trace({ stream }, expected.length)
	return new Check(
		expected.map((wanted, i) => {
			const rows = trace.rows.stream?.[i] ?? []
			const isWanted = takeOut(wanted)
			const extra = rows.filter((x) => !isWanted(x))
			const isThere = takeOut(rows)
			const missing = wanted.filter((x) => !isThere(x))
			return { timeMs: trace.times[i]?.milliseconds ?? 0, rows, missing, extra }
		}),
	)
}
