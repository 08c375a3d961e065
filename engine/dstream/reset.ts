/** Beginning again without state, in a running context. */

import { StreamError } from '../base/errors.js'
import { family } from '../rdd/family.js'
import { type AnyDStream, DStream } from './dstream.js'

declare module './dstream.js' {
	interface DStream<T> {
		/**
		 * Forgets the state from the next batch on: of this operator, or of those without a name that it hangs on.
		 * @throws state/illegal when there is no state
		 */
		reset(): void
	}
}

family(DStream, {
	reset() {
		if (forget(this)) return
		throw new StreamError('state/illegal', `${this.title} has no state to reset`, {
			remedy: 'call reset() on a stream of updateStateByKey or mapWithState',
		})
	},
})

/** True when there was a state. */
function forget(stream: AnyDStream): boolean {
	const above = stream.sources.filter((parent) => parent.name === undefined || parent === stream.current)
	stream.forgetState()
	return [stream.hasState, ...above.map(forget)].includes(true)
}
