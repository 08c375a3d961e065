/** Finds an installed Spark: the one that is named, else the one of the environment, else the one inside PySpark. */

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { StreamError } from '../base/errors.js'

/** A Spark on this machine. */
export interface InstalledSpark {
	/** What Spark calls SPARK_HOME. */
	readonly home: string
	/** Such as `3.5.9`. */
	readonly version: string
}

type Environment = Readonly<Record<string, string | undefined>>

const remedy =
	`install PySpark for its jars, pip install pyspark==3.5.9, in the Python environment that is active; or unpack a
distribution from spark.apache.org and set SPARK_HOME to its folder. Either needs Java 17`.replaceAll('\n', ' ')

/**
 * The Spark of `named` (the setting spark.home), of SPARK_HOME, or of PySpark in the active environment.
 * @throws cluster/spark when there is none, or the one that is named is none
 */
export function findSpark(named: string | undefined, env: Environment = process.env): InstalledSpark {
	const wanted = [
		['spark.home', named],
		['SPARK_HOME', env.SPARK_HOME],
	] as const
	for (const [where, home] of wanted) {
		if (home === undefined || home === '') continue
		const version = sparkVersion(home)
		if (version !== undefined) return { home, version }
		throw new StreamError('cluster/spark', `there is no Spark in ${home}: no jars/spark-core_*.jar`, { where, remedy })
	}
	for (const home of pysparks(env)) {
		const version = sparkVersion(home)
		if (version !== undefined) return { home, version }
	}
	throw new StreamError('cluster/spark', 'no Spark was found on this machine', {
		where: 'neither spark.home (--spark-home) nor SPARK_HOME is set, and no PySpark is installed',
		remedy,
	})
}

/** The version of the Spark in a folder; undefined when there is none. */
function sparkVersion(home: string): string | undefined {
	const jars = join(home, 'jars')
	if (!existsSync(jars) || !existsSync(join(home, 'bin', 'spark-submit'))) return undefined
	for (const name of readdirSync(jars)) {
		const version = /^spark-core_[\d.]+-(\d+\.\d+\.\d+.*)\.jar$/.exec(name)?.[1]
		if (version !== undefined) return version
	}
	return undefined
}

/** Folders where PySpark may be, the nearest first. */
function* pysparks(env: Environment): Iterable<string> {
	const prefixes = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix !== undefined && prefix !== '')
	for (const folder of (env.PATH ?? '').split(delimiter)) {
		for (const name of ['spark-submit', 'python3']) {
			const file = join(folder, name)
			if (folder === '' || !existsSync(file)) continue
			prefixes.push(dirname(folder), dirname(dirname(realpathSync(file))))
		}
	}
	for (const prefix of new Set([...prefixes, join(env.HOME ?? homedir(), '.local')])) {
		yield prefix as string
		yield* packagesUnder(prefix as string)
	}
}

function* packagesUnder(prefix: string): Iterable<string> {
	const configured = join(prefix, 'pyvenv.cfg')
	const base = existsSync(configured) ? /^home = (.+)$/m.exec(readFileSync(configured, 'utf8'))?.[1] : undefined
	const seesBase = base !== undefined && /include-system-site-packages = true/.test(readFileSync(configured, 'utf8'))
	for (const root of seesBase ? [prefix, dirname(base)] : [prefix]) {
		const lib = join(root, 'lib')
		if (!existsSync(lib)) continue
		for (const python of readdirSync(lib)
			.filter((name) => /^python3(\.\d+)?$/.test(name))
			.sort()
			.reverse()) {
			for (const packages of ['site-packages', 'dist-packages']) yield join(lib, python, packages, 'pyspark')
		}
	}
}
