/**
 * What each setting of Spark does here: `here` it works on every master, `spark` is for the Spark of a cluster, `none` has
 * no meaning for a program in TypeScript. A name that ends in `*` stands for all that begin with what is before it.
 *
 * The settings of streaming and of Rivulet are in `settings.ts`. Source: Spark's configuration page and `config` package.
 */

import type { SparkConf } from './config.js'
import { host } from './host.js'
import { isCluster } from './master.js'
import { submittedSettings } from './submitted.js'

/** Where a setting has an effect. */
export type SettingScope = 'here' | 'spark' | 'none'

/** A setting, or several that begin alike. */
export interface SparkSetting {
	readonly key: string
	readonly scope: SettingScope
	readonly meaning: string
}

type Row = readonly [keys: string, scope: SettingScope, meaning: string]

/** The first row that fits counts. Keys without `spark.`, separated by blanks. */
const rows: readonly Row[] = [
	['master app.name', 'here', 'where jobs run; the name of the application'],
	['default.parallelism', 'here', 'partitions where nothing else says how many'],
	['hadoop.*', 'here', 'settings of Hadoop; here those of reading and writing files'],
	['checkpoint.compress checkpoint.checkpointAllMarkedAncestors', 'here', 'how RDDs are checkpointed'],
	['files.maxPartitionBytes files.openCostInBytes hadoopRDD.ignoreEmptySplits', 'here', 'how files are split'],
	['rdd.limit.initialNumPartitions rdd.limit.scaleUpFactor', 'here', 'how many partitions take() tries at once'],
	['job.description job.interruptOnCancel job.tags jobGroup.id', 'here', 'local properties of jobs'],
	['task.maxFailures', 'here', 'attempts of a task whose worker is lost; on Spark of every task'],
	['streaming.*', 'here', 'see the table above'],
	['home', 'spark', 'the folder of the Spark that is used'],
	['driver.* submit.deployMode', 'spark', "memory, cores, address and Java of Spark's driver"],
	['executorEnv.PYTHON*', 'none', 'no Python runs'],
	['executor.pyspark.memory', 'none', 'no Python runs'],
	['executor.* executorEnv.* cores.max task.*', 'spark', 'number, cores, memory and environment of executors'],
	['files archives jars jars.*', 'spark', 'what executors are sent'],
	['locality.* speculation* scheduler.* stage.* dynamicAllocation.*', 'spark', 'where and when tasks run'],
	['shuffle.* memory.* storage.* broadcast.* cleaner.* rdd.compress local.dir', 'spark', 'memory, disks and shuffles'],
	['network.* rpc.* port.* blockManager.* io.* authenticate* ssl.* acls.*', 'spark', 'the network of a cluster'],
	['ui.* eventLog.* history.* metrics.* log* appStatus*', 'spark', "Spark's own pages, logs and metrics"],
	['yarn.* kubernetes.* mesos.* deploy.* master.* worker.*', 'spark', 'managers of clusters'],
	['kerberos.* security.* redaction.*', 'spark', 'credentials'],
	['extraListeners plugins*', 'spark', "classes of the JVM that hear of Spark's events"],
	['python.worker.reuse python.task.killTimeout', 'spark', 'how long workers live'],
	['serializer* kryo* closure.*', 'none', 'records and functions are written by the engine'],
	['python.* pyspark.* submit.pyFiles r.*', 'none', 'no Python and no R runs'],
	['sql.* catalog.* connect.* remote api.mode', 'none', 'DataFrames and Spark Connect are not used'],
	['repl.* ml.* mllib.* graphx.*', 'none', 'libraries of the JVM are not used'],
]

/** All rows, one name each. */
export const sparkSettings: readonly SparkSetting[] = rows.flatMap(([keys, scope, meaning]) =>
	keys.split(' ').map((key) => ({ key: `spark.${key}`, scope, meaning })),
)

/** What a setting of Spark does; `spark` for one that only Spark may know. */
export function scopeOf(key: string): SettingScope {
	const row = sparkSettings.find((setting) =>
		setting.key.endsWith('*') ? key.startsWith(setting.key.slice(0, -1)) : key === setting.key,
	)
	return row?.scope ?? 'spark'
}

const isOurs = (key: string): boolean => !key.startsWith('spark.')

/** Says once, in one line, which settings of a context have no effect on its master. */
export function noticeIdleSettings(conf: SparkConf): void {
	const master = conf.get('spark.master')
	const keys = conf.getAll().map(([key]) => key)
	const idle = (wanted: SettingScope): string[] => keys.filter((key) => !isOurs(key) && scopeOf(key) === wanted).sort()
	const parts: string[] = []
	const onSpark = isCluster(master) ? [] : idle('spark')
	if (onSpark.length > 0) parts.push(`${onSpark.join(', ')} (only on a cluster)`)
	const nowhere = idle('none')
	if (nowhere.length > 0) parts.push(`${nowhere.join(', ')} (no meaning here)`)
	const submitted = submittedSettings()['spark.master']
	if (submitted !== undefined && submitted !== master) {
		parts.push(`--master ${submitted} (the program calls setMaster: use setIfMissing('spark.master', …))`)
	}
	if (parts.length === 0) return
	host().notice({ level: 'warning', text: `without effect on ${master}: ${parts.join('; ')}`, group: host().group() })
}
