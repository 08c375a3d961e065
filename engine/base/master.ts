/** What a master URL means: `local`, `local[N]`, `local[*]`. Source: Spark's `SparkContext.createTaskScheduler`. */

import { cpus } from 'node:os'
import { StreamError } from './errors.js'

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
	if (/^(spark|yarn|k8s|mesos|local-cluster)\b/.test(master)) {
		throw new StreamError('argument/illegal', `a cluster cannot be the master yet: '${master}'`, {
			where: 'spark.master',
			remedy: 'use local, local[N] or local[*]',
		})
	}
	throw new StreamError('argument/illegal', `Could not parse Master URL: '${master}'`, {
		where: 'spark.master',
		remedy: 'use local, local[N] or local[*]',
	})
}
