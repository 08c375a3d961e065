/** The recorded answers of RDDs, of streams and of their recovery, on a real Spark: one application for all. */

import { afterAll, vi } from 'vitest'
import { settings } from '../support/settings.js'
import { onCluster, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

settings.push(...onCluster)
await import('../conformance/rdd.test.js')
await import('../conformance/dstream.test.js')
await import('../conformance/recovery.test.js')

afterAll(stopSpark)
