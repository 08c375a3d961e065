/** An RDD inside a function of another RDD is refused, whatever is done with it. */

import { afterEach, expect, test } from 'vitest'
import { type RDD, SparkConf, SparkContext } from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

type Use = (other: RDD<number>, sc: SparkContext) => unknown

test.each<[string, Use]>([
	['a transformation', (other) => other.map((x) => x)],
	['an action', (other) => other.count()],
	['a new RDD', (_, sc) => sc.parallelize([1])],
	['a pair operation', (other) => other.map((x): [number, number] => [x, x]).reduceByKey((a) => a)],
	['saving', (other) => other.saveAsTextFile('/nowhere')],
])('%s inside map fails the task with Spark’s text', async (_, use) => {
	const sc = new SparkContext(new SparkConf().setMaster('local').setAppName('t'))
	const other = sc.parallelize([1, 2])
	const used = sc.parallelize([1]).map((x) => {
		use(other, sc)
		return x
	})
	await expect(used.collect()).rejects.toMatchObject({
		code: 'rdd/nested',
		message: expect.stringContaining('This RDD lacks a SparkContext. It could happen in the following cases:'),
	})
	// The driver may go on using it.
	expect(await other.count()).toBe(2)
})
