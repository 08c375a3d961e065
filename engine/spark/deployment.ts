/**
 * How executors get what they run: on this machine from this installation, on others from archives, which a
 * driver in the cluster has been submitted with.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SparkConf } from '../base/config.js'
import { StreamError } from '../base/errors.js'
import { packageFile } from '../base/package.js'
import { archiveNames, launcherInArchive, nodeArchive, workerArchive } from './archive.js'

export interface Deployment {
	/** What executors start in place of `python`; `scratch` is a private folder of the application. */
	readonly launcher: (scratch: string) => string
	/** The value of `spark.archives`; undefined to leave it as it is. */
	readonly archives: string | undefined
}

/** Deploys by the settings `rivulet.cluster.*`. @throws config/value, cluster/spark */
export async function deploymentOf(conf: SparkConf): Promise<Deployment> {
	const node = conf.get('rivulet.cluster.node', 'path')
	if (node !== 'path' && node !== 'send' && !node.endsWith('.tgz')) {
		throw new StreamError('config/value', `rivulet.cluster.node is '${node}'`, {
			where: 'SparkConf',
			remedy: 'use path (the node on the PATH of the executors), send (the one that runs here), or an archive of it',
		})
	}
	if (conf.get('spark.master').startsWith('local')) return { launcher: writeLauncher, archives: undefined }
	const own = conf.getOption('rivulet.cluster.archive') ?? (await workerArchive())
	const all = [
		...(conf.getOption('spark.archives')?.split(',') ?? []),
		`${own}#${archiveNames.rivulet}`,
		...(node === 'path' ? [] : [`${node === 'send' ? await nodeArchive() : node}#${archiveNames.node}`]),
	]
	return { launcher: () => launcherInArchive, archives: all.join(',') }
}

/** For executors on this machine: `-m pyspark.daemon` is passed on and not needed. */
function writeLauncher(scratch: string): string {
	const path = join(scratch, 'launch')
	const daemon = packageFile('dist', 'engine', 'spark', 'worker', 'daemon.js')
	const quoted = [process.execPath, daemon].map((part) => `'${part.replaceAll("'", "'\\''")}'`)
	writeFileSync(path, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 })
	return path
}
