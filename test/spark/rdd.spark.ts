/** The recorded answers of the RDD API, on a real Spark. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, vi } from 'vitest'
import * as api from '../../engine/index.js'
import { type Case, conform, expectFailure, expectSame, isError, type Order, runBody } from '../conformance/cases.js'
import { files } from '../conformance/scope.js'
import { master, stopSpark } from './application.js'

vi.mock('../../engine/spark/backend.js', async (original) => {
	const real = await original<typeof import('../../engine/spark/backend.js')>()
	const { sharing } = await import('./application.js')
	return { ...real, SparkBackend: sharing(real.SparkBackend) }
})

interface RDDCase extends Case {
	readonly ts: string
	readonly order: Order
	readonly expected: unknown
}

const seq = (a: number, b: number): number[] => Array.from({ length: Math.max(0, b - a + 1) }, (_, i) => a + i)

conform<RDDCase>('rdd', async ({ ts, order, expected }) => {
	const tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	const conf = new api.SparkConf().setMaster(master).setAppName('conformance')
	const sc = new api.SparkContext(conf.set('spark.driver.memory', '512m').set('spark.ui.enabled', false))
	try {
		const run = (): Promise<unknown> => runBody(ts, { sc, api, seq, tmp, ...files })
		if (isError(expected)) await expectFailure(run, expected, tmp)
		else expectSame(await run(), expected, order)
	} finally {
		await sc.stop()
		rmSync(tmp, { recursive: true, force: true })
	}
})

afterAll(stopSpark)
