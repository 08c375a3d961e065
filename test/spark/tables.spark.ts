/** The tables of operators, their laws, receivers and live graphs: tests of the local engine once more, on a real Spark. */

import { afterAll, describe, vi } from 'vitest'
import { settings } from '../support/settings.js'
import { onCluster, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

// A function that fails does so every time.
settings.push(...onCluster, ['spark.task.maxFailures', '2'])

/** Left out is what looks into this process: files that only it has, notices, what is kept, functions that wait. */
const modules = [
	'rdd/range',
	'rdd/ranges',
	'rdd/placement',
	'rdd/samplebykey',
	'rdd/laws',
	'dstream/elements',
	'dstream/pairs',
	'dstream/window',
	'dstream/updatestate',
	'dstream/mapwithstate',
	'dstream/programs',
	'dstream/print',
	'dstream/lessons',
	'dstream/laws',
	'dstream/live',
	'receiver/receivers',
]
// What a module does before and after its tests is not for those of another.
for (const name of modules) {
	describe(name, async () => {
		const path = `../${name}.test.js`
		await import(path)
	})
}

afterAll(stopSpark)
