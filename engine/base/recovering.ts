/**
 * What contexts take from a checkpoint while the program's set-up function runs again: its settings and its interval.
 *
 * Spark's rule: everything comes from the checkpoint, whatever the code says now, but for a list of settings that belong
 * to the place where the program runs. Source: Spark's `Checkpoint.createSparkConf`.
 */

import { SparkConf } from './config.js'

/** What an earlier life was set to. */
export interface EarlierSettings {
	readonly settings: readonly (readonly [string, string])[]
	readonly batchMs: number
}

let earlier: EarlierSettings | undefined

/** Runs `body`; contexts that it makes are set as in the earlier life. */
export function whileRecovering<R>(from: EarlierSettings, body: () => R): R {
	const before = earlier
	earlier = from
	try {
		return body()
	} finally {
		earlier = before
	}
}

/** The batch interval of the earlier life, while one is recovered. */
export const recoveredBatchMs = (): number | undefined => earlier?.batchMs

/** Never taken from a checkpoint. */
const ofThePlace = [
	'spark.driver.host',
	'spark.driver.bindAddress',
	'spark.driver.port',
	'spark.ui.port',
	'spark.blockManager.port',
	'spark.kubernetes.driver.pod.name',
	'spark.kubernetes.executor.podNamePrefix',
]

/** Taken from the program where it sets them, otherwise from the checkpoint. The last two have no code in Spark. */
const reloaded = [
	...ofThePlace,
	'spark.master',
	'spark.yarn.app.id',
	'spark.yarn.app.attemptId',
	'spark.yarn.jars',
	'spark.yarn.keytab',
	'spark.yarn.principal',
	'spark.kerberos.keytab',
	'spark.kerberos.principal',
	'spark.ui.filters',
	'spark.mesos.driver.frameworkId',
	'spark.streaming.manualClock.jump',
	'rivulet.checkpoint.allowDropped',
]

/** The settings for a context that the program makes with `conf`: those itself unless an earlier life is recovered. */
export function settingsFor(conf: SparkConf): SparkConf {
	if (earlier === undefined) return conf
	const settings = new SparkConf().setAll(earlier.settings.filter(([key]) => !ofThePlace.includes(key)))
	for (const key of reloaded) {
		const value = conf.getOption(key)
		if (value !== undefined) settings.set(key, value)
	}
	return settings
}
