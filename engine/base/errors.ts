/**
 * Every error Rivulet throws: one class, a closed list of codes, three parts.
 *
 * `message` says what is wrong with which value: Spark's own text where Spark has one. `where` (operator, cell, batch
 * time) and `remedy` (what to do) are fields of their own that `toString()` and displays add, so that programs which
 * compare messages see Spark's.
 */

/** The closed list. The part before the slash is the subject, the part after it the fault. */
export type ErrorCode =
	| 'argument/illegal'
	| 'argument/duration'
	| 'argument/missing'
	| 'config/unknown'
	| 'config/value'
	| 'context/state'
	| 'context/active'
	| 'context/stopped'
	| 'context/recovery'
	| 'graph/duration'
	| 'graph/state'
	| 'graph/parent'
	| 'graph/start'
	| 'graph/checkpoint'
	| 'rdd/empty'
	| 'rdd/partitions'
	| 'rdd/key'
	| 'rdd/level'
	| 'rdd/nested'
	| 'rdd/lost'
	| 'rdd/unsupported'
	| 'task/user'
	| 'task/promise'
	| 'task/iterable'
	| 'task/cancelled'
	| 'state/illegal'
	| 'receiver/state'
	| 'receiver/store'
	| 'input/path'
	| 'output/path'
	| 'time/manual'
	| 'action/value'
	| 'session/lost'
	| 'session/interrupted'
	| 'session/input'
	| 'language/syntax'
	| 'language/types'
	| 'language/import'
	| 'display/spec'
	| 'jupyter/connection'
	| 'jupyter/install'
	| 'cli/usage'
	| 'internal/state'

/** The parts of an error beside its message. */
export interface ErrorParts {
	/** Operator, cell, file or batch time, e.g. ``cell [4], `window` ``. */
	readonly where?: string
	/** What the reader can do about it, an imperative sentence without a full stop. */
	readonly remedy?: string
	readonly cause?: unknown
}

/** The one error class. `name` is what Jupyter shows as `ename`. */
export class StreamError extends Error {
	override readonly name = 'StreamError'
	readonly code: ErrorCode
	readonly where: string | undefined
	readonly remedy: string | undefined

	constructor(code: ErrorCode, what: string, parts: ErrorParts = {}) {
		super(what, parts.cause === undefined ? undefined : { cause: parts.cause })
		this.code = code
		this.where = parts.where
		this.remedy = parts.remedy
	}

	/** Message, place and remedy in one line. */
	override toString(): string {
		const parts = [this.message, this.where, this.remedy].filter((part) => part !== undefined && part !== '')
		return `${this.code}: ${parts.join(' – ')}`
	}
}

/** Spark's `require`: throws `argument/illegal` with the text `requirement failed: …`. */
export function requireThat(holds: boolean, text: string, parts: ErrorParts = {}): asserts holds {
	if (!holds) throw new StreamError('argument/illegal', `requirement failed: ${text}`, parts)
}

/** The error itself when `thrown` is one, otherwise an error that says what was thrown. */
export function asError(thrown: unknown): Error {
	if (thrown instanceof Error) return thrown
	return new StreamError('task/user', `a value that is no Error was thrown: ${String(thrown)}`, { cause: thrown })
}
