/** A batch interval that is no length: said, instead of spinning. */

import { afterEach, expect, test } from 'vitest'
import { Duration, ManualClock, SparkConf, StreamingContext } from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

test.each([0, -1_000])(
	'an interval of %d ms starts, as in Spark, and every wait for a batch says why none comes',
	async (ms) => {
		const conf = new SparkConf().setMaster('local').setAppName('t')
		const ssc = new StreamingContext(conf, new Duration(ms), { clock: new ManualClock() })
		ssc.script([[1]]).foreachRDD(() => undefined)
		ssc.start()
		const why = expect.objectContaining({
			code: 'argument/duration',
			message: `a batch interval of ${ms} ms has no batches`,
		})
		expect(ssc.getState()).toBe('ACTIVE')
		await expect(ssc.step()).rejects.toEqual(why)
		await expect(ssc.nextBatch()).rejects.toEqual(why)
		await expect(ssc.awaitTermination()).rejects.toEqual(why)
	},
)
