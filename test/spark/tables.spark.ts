/** The tables of operators, their laws, receivers and live graphs: tests of the local engine once more, on a real Spark. */

import { afterAll, vi } from 'vitest'
import { settings } from '../support/settings.js'
import { onCluster, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

// A function that fails does so every time.
settings.push(...onCluster, ['spark.task.maxFailures', '2'])
// Left out is what looks into this process: files that only it has, notices, what is kept, functions that wait for a test.
await import('../rdd/range.test.js')
await import('../rdd/ranges.test.js')
await import('../rdd/placement.test.js')
await import('../rdd/samplebykey.test.js')
await import('../rdd/laws.test.js')
await import('../dstream/elements.test.js')
await import('../dstream/pairs.test.js')
await import('../dstream/window.test.js')
await import('../dstream/updatestate.test.js')
await import('../dstream/mapwithstate.test.js')
await import('../dstream/programs.test.js')
await import('../dstream/print.test.js')
await import('../dstream/lessons.test.js')
await import('../dstream/laws.test.js')
await import('../dstream/live.test.js')
await import('../receiver/receivers.test.js')

afterAll(stopSpark)
