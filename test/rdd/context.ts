/** A SparkContext for one test. */

import { SparkConf } from '../../engine/base/config.js'
import { SparkContext } from '../../engine/sparkcontext.js'
import { settings as always } from '../support/settings.js'

/** Runs `body` with a fresh context on `local[2]`, stopped afterwards. */
export async function withContext<R>(
	body: (sc: SparkContext) => R | Promise<R>,
	settings: Readonly<Record<string, string>> = {},
): Promise<R> {
	const conf = new SparkConf().setMaster('local[2]').setAppName('test').setAll(always)
	const sc = new SparkContext(conf.setAll(Object.entries(settings)))
	try {
		return await body(sc)
	} finally {
		await sc.stop()
	}
}

/** The error that `body` ends with. */
export async function failure(body: () => unknown): Promise<{ code?: string; message: string; cause?: unknown }> {
	try {
		await body()
	} catch (thrown) {
		return thrown as Error
	}
	return { message: 'no error' }
}
