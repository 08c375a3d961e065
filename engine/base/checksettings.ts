/**
 * What is checked of a SparkConf when a context is made: every setting of ours is known, can be read, and does what it
 * says. What has no meaning on one machine, or is not there yet, is refused by name instead of being passed over.
 */

import type { SparkConf } from './config.js'
import { StreamError } from './errors.js'
import { isCluster } from './master.js'
import { nearestNames } from './nearest.js'
import { type Setting, settings } from './settings.js'

const known = new Map(settings.map((setting) => [setting.key, setting]))
const ours = /^(spark\.streaming|rivulet)\./

/** Settings that are refused, and why; `unless` names a value that changes nothing. */
interface Refusal {
	readonly keys: RegExp
	readonly unless?: RegExp
	readonly why: string
	readonly remedy: string
}

const refusals: readonly Refusal[] = [
	{
		keys: /\.dynamicAllocation\.enabled$/,
		unless: /^false$/i,
		why: 'there are no executors to add or remove on one machine',
		remedy: 'remove it; batches run on the thread of the context',
	},
	{
		keys: /\.writeAheadLog\.class$/,
		why: 'a class of the JVM cannot be loaded here',
		remedy: 'remove it',
	},
	{
		keys: /\.driver\.writeAheadLog\.(allowBatching|batchingTimeout)$/,
		unless: /^(true|5000)$/i,
		why: 'which blocks belong to a batch is written at once, in one record',
		remedy: 'remove it',
	},
	{
		keys: /^spark\.streaming\.(kafka|kinesis)\./,
		why: 'its connector is not there yet',
		remedy: 'remove it',
	},
	{
		keys: /^spark\.streaming\.internal\./,
		why: 'the engine sets it for each job',
		remedy: 'remove it',
	},
]

/** Settings of Spark with which its workers could not be Node's. */
const refusedOnSpark: Readonly<Record<string, Omit<Refusal, 'keys'>>> = {
	'spark.io.encryption.enabled': {
		unless: /^false$/i,
		why: 'records and broadcast values reach Node workers through files that are not encrypted',
		remedy:
			'remove it, and encrypt the disks; spark.network.crypto.enabled with spark.authenticate encrypts the network',
	},
	'spark.python.use.daemon': {
		unless: /^true$/i,
		why: 'Node workers are started by a daemon',
		remedy: 'remove it',
	},
	'spark.python.unix.domain.socket.enabled': {
		unless: /^false$/i,
		why: 'Node workers speak with Spark on TCP',
		remedy: 'remove it',
	},
}

/** The settings that a cluster must not have. */
export const keysRefusedOnSpark: readonly string[] = Object.keys(refusedOnSpark)

/** @throws config/refused for a setting with which no task could run, wherever it was set */
export function requireOnSpark(key: string, value: string, where = 'SparkConf'): void {
	const refusal = refusedOnSpark[key]
	if (refusal !== undefined && refusal.unless?.test(value.trim()) !== true) throw refused(key, value, refusal, where)
}

const refused = (key: string, value: string, { why, remedy }: Omit<Refusal, 'keys'>, where: string): StreamError =>
	new StreamError('config/refused', `${key} = ${value} is refused: ${why}`, { where, remedy })

/**
 * Checks every `spark.streaming.*` and `rivulet.*` key; other keys are kept as they are.
 * @throws config/unknown with the nearest known names; config/value for a value that cannot be read; config/refused for
 *   a setting that would have no effect
 */
export function checkSettings(conf: SparkConf): void {
	const isOnSpark = isCluster(conf.get('spark.master', 'local'))
	for (const [key, value] of conf.getAll()) {
		if (isOnSpark) requireOnSpark(key, value)
		if (!ours.test(key)) continue
		const setting = known.get(key)
		if (setting === undefined) {
			throw new StreamError('config/unknown', `unknown setting ${key}`, {
				where: 'SparkConf',
				remedy: `did you mean ${nearestNames(key, known.keys()).join(' or ')}`,
			})
		}
		read(conf, setting)
		const refusal = refusals.find(({ keys, unless }) => keys.test(key) && unless?.test(value.trim()) !== true)
		if (refusal !== undefined) throw refused(key, value, refusal, 'SparkConf')
	}
}

/** @throws config/value with Spark's text: `Illegal value for config key …` */
function read(conf: SparkConf, { key, type }: Setting): unknown {
	switch (type) {
		case 'boolean':
			return conf.getBoolean(key, false)
		case 'int':
			return conf.getInt(key, 0)
		case 'long':
			return conf.getLong(key, 0)
		case 'double':
			return conf.getDouble(key, 0)
		case 'time ms':
			return conf.getTimeAsMs(key)
		case 'time s':
			return conf.getTimeAsSeconds(key)
		case 'size':
			return conf.getSizeAsBytes(key)
		case 'string':
			return conf.get(key)
		default:
			return type satisfies never
	}
}

/** @throws config/value without a master or an application name */
export function requireSettings(conf: SparkConf): void {
	for (const [key, what] of [
		['spark.master', 'A master URL'],
		['spark.app.name', 'An application name'],
	] as const) {
		if (conf.contains(key)) continue
		throw new StreamError('config/value', `${what} must be set in your configuration`, {
			remedy: key === 'spark.master' ? "setMaster('local')" : "setAppName('…')",
		})
	}
}
