/** Receivers and graphs that change while they run, on a real Spark: the tests of the local engine once more. */

import { afterAll, vi } from 'vitest'
import { settings } from '../support/timeline.js'
import { master, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

settings.push(['spark.master', master], ['spark.driver.memory', '512m'], ['spark.ui.enabled', 'false'])
await import('../dstream/live.test.js')
await import('../receiver/receivers.test.js')

afterAll(stopSpark)
