/** RDDs are made and computed by the program, never inside a function that runs in a task. */

import { StreamError } from '../base/errors.js'
import { runningTask } from './taskcontext.js'

/** @throws rdd/nested with Spark's text inside a task */
export function refuseInTask(what: string): void {
	if (runningTask() === undefined) return
	throw new StreamError(
		'rdd/nested',
		'This RDD lacks a SparkContext. It could happen in the following cases: \n(1) RDD transformations and actions are NOT invoked by the driver, but inside of other transformations; for example, rdd1.map(x => rdd2.values.count() * x) is invalid because the values transformation and count action cannot be performed inside of the rdd1.map transformation. For more information, see SPARK-5063.\n(2) When a Spark Streaming job recovers from checkpoint, this exception will be hit if a reference to an RDD not defined by the streaming job is used in DStream operations. For more information, See SPARK-13758.',
		{ where: what, remedy: 'join the two RDDs, or collect one before and use the array' },
	)
}
