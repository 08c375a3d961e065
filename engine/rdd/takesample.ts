/** A sample of known size. Source: Spark's `RDD.takeSample`. */

import { StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import { family } from './family.js'
import { anySeed, randomNumbers } from './random.js'
import { RDD } from './rdd.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * `num` records in random order; without replacement at most all of them, each once.
		 * @throws argument/illegal when `num` is negative
		 */
		takeSample(withReplacement: boolean, num: number, seed?: number): Action<T[]>
	}
}

family(RDD, {
	takeSample(withReplacement, num, seed = anySeed()) {
		return startAction(async () => {
			if (num < 0)
				throw new StreamError('argument/illegal', 'requirement failed: Negative number of elements requested')
			if (num === 0) return []
			const random = randomNumbers(seed)
			const below = (n: number): number => Math.floor(random() * n)
			const all = await this.collect()
			if (all.length === 0) return []
			if (withReplacement) return Array.from({ length: num }, () => all[below(all.length)])
			// Fisher and Yates, as far as needed.
			const count = Math.min(num, all.length)
			for (let i = 0; i < count; i++) {
				const j = i + below(all.length - i)
				const other = all[j]
				all[j] = all[i]
				all[i] = other
			}
			return all.slice(0, count)
		})
	},
})
