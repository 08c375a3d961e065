/** The recorded answers of the RDD API, on a real Spark. */

import { afterAll, vi } from 'vitest'
import { settings } from '../conformance/scope.js'
import { master, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

settings.push(['spark.master', master], ['spark.driver.memory', '512m'], ['spark.ui.enabled', 'false'])
await import('../conformance/rdd.test.js')

afterAll(stopSpark)
