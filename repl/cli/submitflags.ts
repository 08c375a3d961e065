/** The flags of `rivulet submit`: those of spark-submit, each the setting that it stands for, and a few of our own. */

import { type Given, type OptionRow, usage } from './arguments.js'

interface FlagRow extends OptionRow {
	/** The setting whose value it gives. */
	readonly setting?: string
}

/** All of them, as the help lists them. */
export const submitFlags: readonly FlagRow[] = [
	{ name: 'master', value: 'URL', setting: 'spark.master', summary: 'spark://host:7077, yarn, k8s://…, local[2] …' },
	{ name: 'name', value: 'NAME', setting: 'spark.app.name', summary: "the application's name (the file's)" },
	{ name: 'conf', short: 'c', value: 'KEY=VALUE', isRepeated: true, summary: 'any setting; may be repeated' },
	{ name: 'with-node', summary: 'send this Node along, for executors that have none' },
	{ name: 'spark-home', value: 'DIR', setting: 'spark.home', summary: 'the Spark to use (SPARK_HOME, or PySpark)' },
	{ name: 'files', value: 'LIST', setting: 'spark.files', summary: 'files for the folder of each executor' },
	{ name: 'archives', value: 'LIST', setting: 'spark.archives', summary: 'archives to unpack there: data.tgz#data' },
	{ name: 'jars', value: 'LIST', setting: 'spark.jars', summary: 'jars for the classpath of Spark' },
	{ name: 'packages', value: 'LIST', setting: 'spark.jars.packages', summary: 'Maven coordinates of more jars' },
	{ name: 'num-executors', value: 'N', setting: 'spark.executor.instances', summary: 'executors (YARN, Kubernetes)' },
	{ name: 'executor-memory', value: 'SIZE', setting: 'spark.executor.memory', summary: 'memory of an executor: 1g' },
	{ name: 'executor-cores', value: 'N', setting: 'spark.executor.cores', summary: 'cores of an executor' },
	{ name: 'total-executor-cores', value: 'N', setting: 'spark.cores.max', summary: 'cores of all (standalone)' },
	{ name: 'driver-memory', value: 'SIZE', setting: 'spark.driver.memory', summary: "memory of Spark's driver JVM" },
	{ name: 'driver-cores', value: 'N', setting: 'spark.driver.cores', summary: 'its cores, in the cluster' },
	{
		name: 'driver-java-options',
		value: 'TEXT',
		setting: 'spark.driver.extraJavaOptions',
		summary: 'options for that JVM',
	},
	{ name: 'queue', value: 'NAME', setting: 'spark.yarn.queue', summary: 'the queue of YARN' },
	{
		name: 'deploy-mode',
		value: 'MODE',
		setting: 'spark.submit.deployMode',
		summary: 'where the program runs: client (here) or cluster',
	},
	{ name: 'supervise', summary: 'start a driver in the cluster again when it fails' },
	{ name: 'class', value: 'NAME', summary: 'accepted and without meaning: a program has no main class' },
]

/** What a call of `rivulet submit` means. */
export interface Submission {
	readonly settings: Readonly<Record<string, string>>
	readonly isInCluster: boolean
	/** What the person should know before it starts. */
	readonly notices: string[]
}

const oldMasters: Readonly<Record<string, 'client' | 'cluster'>> = {
	'yarn-client': 'client',
	'yarn-cluster': 'cluster',
}

/** Reads the flags. A flag goes before a `--conf` of the same setting, as in Spark. @throws cli/usage */
export function submissionOf(given: Given, programName: string): Submission {
	const notices: string[] = []
	const settings: Record<string, string> = {}
	for (const text of given.texts('conf')) {
		const at = text.indexOf('=')
		if (at <= 0) throw usage(`--conf ${text} is no setting`, 'write --conf key=value, in quotes when it has spaces')
		settings[text.slice(0, at).trim()] = text.slice(at + 1)
	}
	for (const { name, setting } of submitFlags) {
		const value = given.text(name)
		if (setting !== undefined && value !== undefined) settings[setting] = value
	}
	settings['spark.master'] ??= 'local[*]'
	settings['spark.app.name'] ??= programName
	if (given.has('with-node')) settings['rivulet.cluster.node'] = 'send'
	if (given.has('class')) {
		notices.push(`--class ${given.text('class')} has no meaning: a TypeScript program begins with its first line`)
	}
	const old = oldMasters[settings['spark.master']]
	if (old !== undefined) {
		notices.push(`--master ${settings['spark.master']} is the old way to write --master yarn --deploy-mode ${old}`)
		settings['spark.submit.deployMode'] ??= old
		if (settings['spark.submit.deployMode'] !== old) {
			throw usage(
				`--master ${settings['spark.master']} and --deploy-mode ${settings['spark.submit.deployMode']} contradict`,
				'write --master yarn and the mode',
			)
		}
		settings['spark.master'] = 'yarn'
	}
	const mode = settings['spark.submit.deployMode'] ?? 'client'
	if (mode !== 'client' && mode !== 'cluster') throw usage(`--deploy-mode ${mode}`, 'use client or cluster')
	const isInCluster = mode === 'cluster'
	if (given.has('supervise')) {
		if (!isInCluster) {
			throw usage(
				'--supervise is for drivers in the cluster (--deploy-mode cluster)',
				'for a driver here: rivulet run --supervise app.ts, with setMaster in the program',
			)
		}
		settings['spark.driver.supervise'] = 'true'
	}
	return { settings, isInCluster, notices }
}
