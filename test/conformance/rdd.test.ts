/** The recorded answers of the RDD API: each body on a fresh SparkContext on `local[2]`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as api from '../../engine/index.js'
import { settings } from '../support/settings.js'
import { type Case, conform, expectFailure, expectSame, isError, type Order, runBody } from './cases.js'
import { files } from './scope.js'

interface RDDCase extends Case {
	readonly ts: string
	readonly order: Order
	readonly expected: unknown
}

const seq = (a: number, b: number): number[] => Array.from({ length: Math.max(0, b - a + 1) }, (_, i) => a + i)

conform<RDDCase>('rdd', async ({ ts, order, expected }) => {
	const tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	const sc = new api.SparkContext(new api.SparkConf().setMaster('local[2]').setAppName('conformance').setAll(settings))
	try {
		const run = (): Promise<unknown> => runBody(ts, { sc, api, seq, tmp, ...files })
		if (isError(expected)) await expectFailure(run, expected, tmp)
		else expectSame(await run(), expected, order)
	} finally {
		await sc.stop()
		rmSync(tmp, { recursive: true, force: true })
	}
})
