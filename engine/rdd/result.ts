/** What functions of the program may give back: values, or many values, but no promises of them; and that they are some. */

import { StreamError } from '../base/errors.js'

/** True for what `await` would wait for. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
	typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** Refuses what is no function where an operator needs one. @throws argument/illegal */
export function requireFunction(operator: string, f: unknown): void {
	if (typeof f === 'function') return
	throw new StreamError('argument/illegal', `${operator} needs a function, but got ${shown(f)}`, { where: operator })
}

/** The value of a function that may not be asynchronous. @throws task/promise */
export function requireValue(operator: string, value: unknown): unknown {
	return isThenable(value) ? refusePromise(operator, value) : value
}

/** Refuses a promise where only a value makes sense. @throws task/promise always */
export function refusePromise(operator: string, value: unknown): never {
	// Nobody will wait for it: its failure must not end the process on top of this error.
	if (isThenable(value)) value.then(undefined, () => undefined)
	throw new StreamError('task/promise', `the function of ${operator} returned a promise`, {
		where: operator,
		remedy: 'return a value; for asynchronous work use mapPartitionsAsync, foreach or foreachRDD',
	})
}

/** Checks what a function that returns many gave. @throws task/promise, task/iterable */
export function requireMany(operator: string, value: unknown): Iterable<unknown> {
	if (typeof value === 'string') return value
	if (typeof value === 'object' && value !== null) {
		if (Symbol.iterator in value) return value as Iterable<unknown>
		if (isThenable(value)) refusePromise(operator, value)
	}
	throw new StreamError(
		'task/iterable',
		`the function of ${operator} returned ${shown(value)}, which is not iterable`,
		{
			where: operator,
			remedy: 'return an array or another iterable; [] for none',
		},
	)
}

function shown(value: unknown): string {
	if (typeof value === 'function') return 'a function'
	return typeof value === 'object' && value !== null
		? `an object ({${Object.keys(value).slice(0, 3).join(', ')}})`
		: String(value)
}
