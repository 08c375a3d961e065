/**
 * Every error Rivulet throws: one class, a closed list of codes, three parts.
 *
 * `message` says what is wrong with which value: Spark's own text where Spark has one. `where` (operator, cell, batch
 * time) and `remedy` (what to do) are fields of their own that `toString()` and displays add, so that programs which
 * compare messages see Spark's.
 */

/** The closed list, each code with what it means and what to do. Before the slash the subject, after it the fault. */
export const errorCodes = {
	'argument/illegal': 'a value that the function does not take: give one that its documentation names',
	'argument/duration': "no length of time: use Seconds(30) or a text such as '30s'",
	'argument/missing': 'a value that is needed was not given',
	'config/unknown': 'a setting of ours that does not exist: see the settings above',
	'config/refused': 'a setting that would have no effect here: remove it',
	'config/value': 'a setting whose value cannot be read, or that is missing',
	'context/state': 'not possible in this state of the context: see its life cycle',
	'context/active': 'another context runs: stop it first',
	'context/stopped': 'the context has been stopped: make a new one',
	'context/recovery': 'a checkpoint that cannot be read: check the directory',
	'graph/duration': 'a window or slide that does not fit its parent: use a multiple',
	'graph/state': 'a stream that is not part of a started context',
	'graph/parent': 'a stream without an RDD where one is needed: check slide durations',
	'graph/start': 'the graph cannot start: see the message',
	'graph/checkpoint': 'a stream that cannot be checkpointed',
	'rdd/empty': 'an empty collection where a record is needed: ask isEmpty() first',
	'rdd/partitions': 'RDDs whose partitions do not fit: repartition one of them',
	'rdd/key': 'a key without equality by value: use strings, numbers, tuples or plain objects',
	'rdd/level': 'another storage level was already set: unpersist() first',
	'rdd/nested': 'an RDD inside a function of another RDD: join them, or collect one first',
	'rdd/lost': 'kept data that is gone: see the message',
	'rdd/unsupported': 'not possible for this RDD: see the message',
	'task/user': 'an error in a function of the program: its own message and line',
	'task/promise': 'a promise from a function that must be synchronous: use mapPartitionsAsync or foreachRDD',
	'task/iterable': 'a function that must return many returned something else: return an array',
	'task/closure': 'a function that cannot be sent to another thread: see the path in the message',
	'task/lost': 'a worker thread ended again and again while it ran a task: see the message',
	'task/cancelled': 'the job was cancelled',
	'state/illegal': 'a state that is not there, removed or timing out: ask exists() and isTimingOut()',
	'receiver/state': 'a receiver used before it is started or after it is stopped',
	'receiver/store': 'records that could not be stored',
	'input/path': 'a file or directory that is not there',
	'output/path': 'an output directory that exists: choose another',
	'time/manual': 'time by hand without a ManualClock, or from inside a batch',
	'action/value': 'the result of an action used before it is there: write await',
	'session/lost': 'the session process ended: names are gone, a fresh one has started',
	'session/interrupted': 'the cell was interrupted: names and streams stay',
	'session/input': 'input was asked for where nobody can answer',
	'language/syntax': 'a syntax error: nothing ran',
	'language/types': 'type errors: nothing ran',
	'language/import': 'a module that cannot be found or loaded',
	'display/spec': 'a chart specification that cannot be drawn',
	'jupyter/connection': 'a connection file that cannot be read',
	'jupyter/install': 'the kernel could not be installed: see `rivulet doctor`',
	'cluster/spark': 'no Spark that can be used: see the message',
	'cluster/gateway': "Spark's driver process did not start or has ended: see the end of its log",
	'cluster/java': 'an exception of Spark itself: its first line; the cause is the whole trace',
	'cluster/executors': 'the cluster gives no executors: see the message',
	'cli/usage': 'an unknown command, option or value: see `rivulet help`',
	'internal/state': 'a defect of Rivulet: please report it',
} as const

/** What is wrong, for programs. */
export type ErrorCode = keyof typeof errorCodes

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
