/** How errors leave a task, and what an operator is called. */

import { asError, StreamError } from '../base/errors.js'
import type { Step } from '../rdd/plan.js'

/** The user's error wrapped once: same message, the error itself as cause. Errors of the engine stay as they are. */
export function taskError(thrown: unknown): StreamError {
	if (thrown instanceof StreamError) return thrown
	const error = asError(thrown)
	if (error instanceof StreamError) return error
	const wrapped = new StreamError('task/user', error.message, { cause: error })
	return wrapped
}

/** The operator as users write it. */
export const operatorOf = (step: Step): string => {
	switch (step.op) {
		case 'map':
		case 'flatMap':
		case 'filter':
			return step.op
		case 'partition':
			return 'mapPartitions'
		case 'partitionAsync':
			return 'mapPartitionsAsync'
		default:
			return step satisfies never
	}
}
