/** What a master URL means: `local`, `local[N]`, `local[*]`, or a cluster. Source: Spark's `SparkContext.createTaskScheduler`. */

import { cpus } from 'node:os'
import type { SparkConf } from './config.js'
import { StreamError } from './errors.js'

/** True for a master that a real Spark has to be asked for. */
export const isCluster = (master: string): boolean =>
	/^(spark:\/\/.+|yarn|k8s:\/\/.+|mesos:\/\/.+|local-cluster\[ *\d+ *, *\d+ *, *\d+ *\])$/.test(master)

/**
 * The number of cores that a cluster is taken to have, before it is there: of `local-cluster`, or by the settings for
 * executors; 2 at the least, as Spark has it.
 */
export function clusterParallelism(master: string, conf: SparkConf): number {
	const [workers, cores] = /^local-cluster\[ *(\d+) *, *(\d+)/.exec(master)?.slice(1).map(Number) ?? []
	if (workers !== undefined && cores !== undefined) return Math.max(workers * cores, 2)
	const all = conf.getInt('spark.executor.instances', 1) * conf.getInt('spark.executor.cores', 1)
	return Math.max(conf.getInt('spark.cores.max', all), 2)
}

/** The number of threads a local master asks for. @throws argument/illegal for a master that is none */
export function parallelismOf(master: string): number {
	if (master === 'local') return 1
	const threads = /^local\[(\d+|\*)\]$/.exec(master)?.[1]
	if (threads === '*') return cpus().length
	if (threads !== undefined) {
		if (Number(threads) > 0) return Number(threads)
		throw new StreamError('argument/illegal', `Asked to run locally with ${threads} threads`, {
			where: 'spark.master',
			remedy: 'use local, local[2] or local[*]',
		})
	}
	throw new StreamError('argument/illegal', `Could not parse Master URL: '${master}'`, {
		where: 'spark.master',
		remedy: 'use local, local[N] or local[*], or a cluster: spark://host:7077, yarn, k8s://…, local-cluster[2,1,1024]',
	})
}
