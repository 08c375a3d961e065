/** One Spark application for all tests of a file: contexts come and go, Spark stays. */

import type { SparkBackend as RealBackend } from '../../engine/spark/backend.js'

type Start = typeof RealBackend.start

let running: Promise<RealBackend> | undefined

/** The master that these tests run on. */
export const master = process.env.RIVULET_TEST_MASTER ?? 'local-cluster[2,1,1024]'

/** Settings of a small application on it: the whole takes less than 3 GiB. */
export const onCluster: readonly (readonly [string, string])[] = [
	['spark.master', master],
	['spark.driver.memory', '512m'],
	['spark.executor.memory', '512m'],
	['spark.ui.enabled', 'false'],
	// The machine may be slow.
	['rivulet.cluster.executorWait', '240s'],
]

/** Stands for the class: starts Spark at the first context, and leaves it running. */
export const sharing = (real: { readonly start: Start }) => ({
	async start(conf: Parameters<Start>[0]): Promise<Pick<RealBackend, 'run' | 'forget' | 'kept' | 'store' | 'stop'>> {
		running ??= real.start(conf)
		const backend = await running
		return {
			run: (rdd, partitions, task, options) => backend.run(rdd, partitions, task, options),
			forget: (rdd) => backend.forget(rdd),
			kept: (rdd) => backend.kept(rdd),
			store: (rdd) => backend.store(rdd),
			stop: () => Promise.resolve(),
		}
	},
})

/** What its driver holds. */
export async function held(): ReturnType<RealBackend['held']> {
	if (running === undefined) throw new Error('Spark has not started')
	return (await running).held()
}

/** Ends it. */
export async function stopSpark(): Promise<void> {
	await (await running)?.stop()
}
