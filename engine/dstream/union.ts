/** All records of several streams: the RDDs of the same time put together. Source: Spark's `UnionDStream`. */

import { unionOf } from '../rdd/make.js'
import type { DStream } from './dstream.js'
import { TransformedStream } from './transform.js'

/** @throws argument/illegal when contexts or slide durations differ; graph/parent when one has no RDD at a time */
export function unionStreams<T>(streams: readonly DStream<T>[]): DStream<T> {
	return new TransformedStream<T>(streams, {
		operator: 'union',
		className: 'UnionDStream',
		missing: (time) => `Could not generate RDD from a parent for unifying at time ${time}`,
		compute: (rdds) => unionOf((streams[0] as DStream<T>).context.sparkContext, rdds as never),
	})
}
