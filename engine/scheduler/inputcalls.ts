/**
 * Calls of `start` and `stop` of input streams, which programs write: one that fails keeps no other from its own.
 *
 * A stop that fails is said and the context goes on stopping; Source: Spark's `Utils.tryLogNonFatalError` around
 * `scheduler.stop`. A promise that one of them gives, against its type, is watched: nothing is swallowed.
 */

import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { AnyInput } from '../dstream/input.js'

/** What is done with an error of an input. */
export type InputFailed = (error: Error) => void

/** Starts an input; what comes later of an asynchronous start goes to `failed`. @throws what its `start` throws */
export function startInput(input: AnyInput, failed: InputFailed): void {
	watch(input, 'start', input.start(), failed)
}

/**
 * Starts an input of a running graph: also what `start` throws is said and goes to `failed`.
 * @param before done first, and as safely
 */
export function joinInput(input: AnyInput, failed: InputFailed, before: () => void): void {
	attempt(input, 'start', failed, before)
}

/** Stops an input; never throws. */
export function stopInput(input: AnyInput): void {
	const nothing = (): void => undefined
	attempt(input, 'stop', nothing, nothing)
}

function attempt(input: AnyInput, call: 'start' | 'stop', failed: InputFailed, before: () => void): void {
	try {
		before()
		watch(input, call, input[call](), failed)
	} catch (thrown) {
		tell(input, call, thrown, failed)
	}
}

function watch(input: AnyInput, call: 'start' | 'stop', given: unknown, failed: InputFailed): void {
	if (given instanceof Promise) given.catch((thrown: unknown) => tell(input, call, thrown, failed))
}

function tell(input: AnyInput, call: 'start' | 'stop', thrown: unknown, failed: InputFailed): void {
	const error = asError(thrown)
	const text = `${input.displayName}: ${call}() failed: ${error.message}`
	host().notice({ level: 'error', text, group: input.group })
	failed(error)
}
