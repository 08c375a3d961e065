/** How much an operator remembers, for those who look at the graph. */

import { family } from '../rdd/family.js'
import { DStream } from './dstream.js'
import { StatefulDStream } from './stateful.js'

declare module './dstream.js' {
	interface DStream<T> {
		/** How many keys the newest state of this operator has, a job; undefined for operators without state. */
		countKeys(): Promise<number | undefined>
	}
}

family(DStream, {
	async countKeys() {
		return this instanceof StatefulDStream ? this.countNewest() : undefined
	},
})
