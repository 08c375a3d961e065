/**
 * Packs a program for a cluster: for a driver here an archive for executors, for a driver in the cluster one file that
 * Spark starts there in place of a Python program.
 *
 *   driver-<hash>.py = a shell script ++ tgz of { rivulet.tgz, node.tgz?, settings.json }
 *
 * Spark runs it with `sh` as its interpreter; it unpacks itself into the driver's folder and starts Node.
 */

import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { StreamError } from '../base/errors.js'
import { submittedVariable } from '../base/submitted.js'
import { contentHash, type TarEntry, writeTarball } from '../storage/tarball.js'
import { archiveNames, nodeArchive, workerArchive } from './archive.js'
import { findSpark, type InstalledSpark } from './findspark.js'
import { ownPackageEntry, packageEntries, programEntry } from './programfiles.js'
import { requireKnown } from './versions.js'

type Settings = Readonly<Record<string, string>>

/** The Spark that a submission uses. @throws cluster/spark when there is none, or one that was never tried */
export function sparkOf(settings: Settings): InstalledSpark {
	const spark = findSpark(settings['spark.home'])
	requireKnown(spark.version, spark.home, settings['rivulet.cluster.anyVersion'] === 'true')
	return spark
}

/** Packs what executors are sent for the program of `path`, and lets a driver that runs here begin with the settings. */
export async function submitHere(settings: Settings, path: string): Promise<void> {
	const archive = await workerArchive(await packageEntries(path))
	process.env[submittedVariable] = JSON.stringify({ ...settings, 'rivulet.cluster.archive': archive })
}

/** What Spark needs of Java 17, which a standalone cluster does not give to drivers. Source: Spark's `JavaModuleOptions`. */
const openModules = [
	'-XX:+IgnoreUnrecognizedVMOptions',
	...`lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic`
		.split(' ')
		.map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
	...'nio.ch nio.cs security.action util.calendar'
		.split(' ')
		.map((name) => `--add-opens=java.base/sun.${name}=ALL-UNNAMED`),
	'-Djdk.reflect.useDirectMethodHandle=false',
].join(' ')

/** Lets a driver that needs no Spark begin with the settings. */
export function submitLocal(settings: Settings): void {
	process.env[submittedVariable] = JSON.stringify(settings)
}

/** Has Spark start the program of `path` in the cluster; resolves to the exit code of spark-submit. */
export async function submitThere(settings: Settings, path: string, args: readonly string[]): Promise<number> {
	const spark = sparkOf(settings)
	const isStandalone = settings['spark.master']?.startsWith('spark://') === true
	const program = await programEntry(path)
	const entries = [...(await packageEntries(path)), program, ownPackageEntry]
	const driver = await packDriver(settings, entries, program.path, isStandalone ? 'jar' : 'py')
	const forJava = [isStandalone ? openModules : '', settings['spark.driver.extraJavaOptions'] ?? ''].join(' ').trim()
	const all = { ...settings, 'spark.pyspark.driver.python': 'sh', 'spark.pyspark.python': 'sh' }
	const confs = Object.entries(forJava === '' ? all : { ...all, 'spark.driver.extraJavaOptions': forJava })
		.filter(([key]) => key.startsWith('spark.') && key !== 'spark.home')
		.flatMap(([key, value]) => ['--conf', `${key}=${value}`])
	// Spark refuses Python programs there; the class that it starts them with is one of its own, and takes any file.
	const what = isStandalone
		? ['--class', 'org.apache.spark.deploy.PythonRunner', driver, `./${driver.split('/').at(-1)}`, '']
		: [driver]
	const child = spawn(join(spark.home, 'bin', 'spark-submit'), [...confs, ...what, ...args], {
		stdio: 'inherit',
		env: { ...process.env, SPARK_HOME: spark.home, [submittedVariable]: undefined },
	})
	return new Promise((resolve, reject) => {
		child.once('error', reject)
		child.once('exit', (code) => resolve(code ?? 1))
	})
}

async function packDriver(
	settings: Settings,
	entries: readonly TarEntry[],
	program: string,
	ending: 'jar' | 'py',
): Promise<string> {
	const archive = await workerArchive(entries)
	const node = settings['rivulet.cluster.node'] === 'send' ? await nodeArchive() : undefined
	const submitted = {
		...settings,
		'rivulet.cluster.archive': 'rivulet.tgz',
		...(node === undefined ? {} : { 'rivulet.cluster.node': 'node.tgz' }),
	}
	const parts: TarEntry[] = [
		{ path: 'rivulet.tgz', file: archive },
		{ path: 'settings.json', text: JSON.stringify(submitted) },
		...(node === undefined ? [] : [{ path: 'node.tgz', file: node }]),
	]
	const script = driverScript(program)
	const path = join(dirname(archive), `driver-${contentHash([...parts, { path: 'script', text: script }])}.${ending}`)
	if (existsSync(path)) return path
	const own = `${path}.${process.pid}`
	await writeTarball(`${own}.tgz`, parts)
	const whole = async function* () {
		yield Buffer.from(script)
		yield* createReadStream(`${own}.tgz`) as AsyncIterable<Buffer>
	}
	await pipeline(Readable.from(whole()), createWriteStream(own))
	renameSync(own, path)
	return path
}

/** Everything behind the last line of this text is the archive. */
function driverScript(program: string): string {
	const lines = [
		'#!/bin/sh',
		'set -e',
		`mkdir -p ${archiveNames.rivulet} ${archiveNames.node}`,
		'tail -n +LINE "$0" | gzip -dc | tar -xf -',
		`(cd ${archiveNames.rivulet} && gzip -dc ../rivulet.tgz | tar -xf -)`,
		'node=node',
		`if [ -f node.tgz ]; then (cd ${archiveNames.node} && gzip -dc ../node.tgz | tar -xf -); node=$PWD/${archiveNames.node}/node; fi`,
		`export ${submittedVariable}="$(cat settings.json)" RIVULET_ROOT="$PWD/${archiveNames.rivulet}/root"`,
		`exec "$node" --enable-source-maps '${`${archiveNames.rivulet}/${program}`.replaceAll("'", "'\\''")}' "$@"`,
	]
	return `${lines.join('\n').replace('LINE', String(lines.length + 1))}\n`
}

/** One text for a person: what is wrong, where, and what to do. */
export const explained = (thrown: StreamError): string =>
	[thrown.message, thrown.where, thrown.remedy].filter((part) => part !== undefined).join('\n  ')
