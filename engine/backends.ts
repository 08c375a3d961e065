/** Who computes the plans of a context: chosen by its master URL. Nothing of a real Spark is loaded for other masters. */

import type { SparkConf } from './base/config.js'
import { clusterParallelism, isCluster, parallelismOf } from './base/master.js'
import { LateBackend } from './compute/late.js'
import { LocalBackend } from './compute/local.js'
import { threadOptions } from './compute/threadchoice.js'
import type { Backend } from './rdd/backend.js'
import type { Store } from './storage/store.js'

/** The number of cores that the master of a conf stands for. @throws argument/illegal for a master that is none */
export function coresOf(conf: SparkConf): number {
	const master = conf.get('spark.master')
	return isCluster(master) ? clusterParallelism(master, conf) : parallelismOf(master)
}

/** The backend of the conf's master. A real Spark begins to start now; its jobs wait for it. */
export function backendOf(conf: SparkConf, storage: Store): Backend {
	if (conf.getBoolean('rivulet.cluster.check', false)) {
		const here = new LocalBackend(storage)
		return new LateBackend(async () => new (await import('./spark/checking.js')).CheckingBackend(here))
	}
	if (!isCluster(conf.get('spark.master'))) return new LocalBackend(storage, threadOptions(conf, coresOf(conf)))
	return new LateBackend(async () => (await import('./spark/backend.js')).SparkBackend.start(conf))
}
