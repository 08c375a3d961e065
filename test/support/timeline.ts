/** A pipeline on a ManualClock: scripted inputs in, what each batch of one stream holds out. */

import { type DStream, ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } from '../../engine/index.js'
import { settings } from './settings.js'

export interface TimelineOptions {
	/** Settings beside master and application name. */
	readonly settings?: Readonly<Record<string, string>>
	/** A checkpoint directory, for streams with state. */
	readonly checkpointDirectory?: string
}

/** A SparkContext and a StreamingContext with 1 s batches whose clock stands at 0; both are stopped by `close`. */
export function manualContext(options: TimelineOptions = {}): {
	sc: SparkContext
	ssc: StreamingContext
	clock: ManualClock
	close: () => Promise<void>
} {
	const clock = new ManualClock()
	const conf = new SparkConf().setMaster('local').setAppName('test').setAll(settings)
	for (const [key, value] of Object.entries(options.settings ?? {})) conf.set(key, value)
	const sc = new SparkContext(conf)
	const ssc = new StreamingContext(sc, Seconds(1), { clock })
	if (options.checkpointDirectory !== undefined) sc.setCheckpointDir(options.checkpointDirectory)
	return { sc, ssc, clock, close: () => ssc.stop(true) }
}

/**
 * Runs `n` batches of the stream that `build` makes of a scripted input. One entry a batch: its records, or undefined
 * where there is no RDD.
 */
export async function timeline<T, U>(
	input: readonly (readonly T[])[],
	n: number,
	build: (stream: DStream<T>, ssc: StreamingContext) => DStream<U>,
	options: TimelineOptions = {},
): Promise<(U[] | undefined)[]> {
	const { ssc, close } = manualContext(options)
	try {
		const seen: (U[] | undefined)[] = Array.from({ length: n }, () => undefined)
		build(ssc.script(input), ssc).foreachRDD(async (rdd, time) => {
			seen[time.milliseconds / 1_000 - 1] = await rdd.collect()
		})
		await ssc.step(n)
		return seen
	} finally {
		await close()
	}
}

/** Stops whatever a test has left running. */
export async function stopAll(): Promise<void> {
	await StreamingContext.getActive()?.stop(true)
	await SparkContext.getActive()?.stop()
}
