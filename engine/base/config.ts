/**
 * Settings of an application: text by key, read with a type.
 *
 * Source: Spark's `SparkConf`; the texts of times and sizes are those of its `JavaUtils`.
 */

import { StreamError } from './errors.js'
import { submittedSettings } from './submitted.js'

const timeUnitMs: Readonly<Record<string, number>> = {
	us: 0.001,
	ms: 1,
	s: 1_000,
	m: 60_000,
	min: 60_000,
	h: 3_600_000,
	d: 86_400_000,
}
const sizeLetters = 'bkmgtp'

/** Settings of an application. Setters chain; a context keeps a clone, so later changes are not seen. */
export class SparkConf {
	readonly #settings: Map<string, string>

	/** Begins with what the program was submitted with (`rivulet submit`), unless `loadDefaults` is false. */
	constructor(loadDefaults = true) {
		this.#settings = new Map(loadDefaults ? Object.entries(submittedSettings()) : [])
	}

	/** @throws argument/missing for a null key or value, as Spark */
	set(key: string, value: string | number | boolean): this {
		if (key === null || key === undefined) throw new StreamError('argument/missing', 'null key')
		if (value === null || value === undefined) throw new StreamError('argument/missing', `null value for ${key}`)
		this.#settings.set(key, String(value))
		return this
	}
	/** `local`, `local[N]`, `local[*]`. */
	setMaster(master: string): this {
		return this.set('spark.master', master)
	}
	setAppName(name: string): this {
		return this.set('spark.app.name', name)
	}
	/** Kept for programs of Spark; nothing here reads them. */
	setJars(jars: readonly string[]): this {
		return this.set('spark.jars', jars.join(','))
	}
	setSparkHome(home: string): this {
		return this.set('spark.home', home)
	}
	setExecutorEnv(name: string, value: string): this {
		return this.set(`spark.executorEnv.${name}`, value)
	}
	setIfMissing(key: string, value: string | number | boolean): this {
		return this.contains(key) ? this : this.set(key, value)
	}
	/** Every pair of an iterable, or every property of an object. */
	setAll(all: Iterable<readonly [string, string]> | Readonly<Record<string, string>>): this {
		const pairs = Symbol.iterator in all ? (all as Iterable<readonly [string, string]>) : Object.entries(all)
		for (const [key, value] of pairs) this.set(key, value)
		return this
	}
	remove(key: string): this {
		this.#settings.delete(key)
		return this
	}
	contains(key: string): boolean {
		return this.#settings.has(key)
	}

	/** The text of a setting, or `fallback`. @throws argument/missing when neither is there */
	get(key: string, fallback?: string): string {
		const value = this.#settings.get(key) ?? fallback
		if (value === undefined) {
			throw new StreamError('argument/missing', key, {
				where: 'SparkConf.get',
				remedy: 'give a default, or set the key',
			})
		}
		return value
	}
	getOption(key: string): string | undefined {
		return this.#settings.get(key)
	}
	getAll(): [string, string][] {
		return [...this.#settings]
	}
	/** The settings whose key starts with `prefix`, without it. */
	getAllWithPrefix(prefix: string): [string, string][] {
		return this.getAll()
			.filter(([key]) => key.startsWith(prefix))
			.map(([key, value]) => [key.slice(prefix.length), value])
	}

	/** @throws config/value when the text is no whole number of 32 bits */
	getInt(key: string, fallback: number): number {
		return this.#whole(key, fallback, 2 ** 31)
	}
	/** @throws config/value when the text is no whole number of 64 bits */
	getLong(key: string, fallback: number): number {
		return this.#whole(key, fallback, 2 ** 63)
	}
	#whole(key: string, fallback: number, limit: number): number {
		return this.#read(key, fallback, (text) => {
			const n = Number(text)
			return /^[+-]?\d+$/.test(text) && n >= -limit && n <= limit ? n : refuse(`For input string: "${text}"`)
		})
	}
	/** @throws config/value when the text is no number */
	getDouble(key: string, fallback: number): number {
		return this.#read(key, fallback, (text) => {
			const n = text.trim() === '' ? Number.NaN : Number(text)
			return Number.isNaN(n) && text !== 'NaN' ? refuse(`For input string: "${text}"`) : n
		})
	}
	/** @throws config/value when the text is neither true nor false */
	getBoolean(key: string, fallback: boolean): boolean {
		return this.#read(key, fallback, (text) => {
			const word = text.toLowerCase()
			return word === 'true' || (word === 'false' ? false : refuse(`For input string: "${text}"`))
		})
	}
	/** A time in milliseconds; a bare number is milliseconds. @throws config/value for another text */
	getTimeAsMs(key: string, fallback?: string): number {
		return this.#parse(key, fallback, (text) => timeMs(text, 1))
	}
	/** A time in whole seconds; a bare number is seconds. @throws config/value for another text */
	getTimeAsSeconds(key: string, fallback?: string): number {
		return this.#parse(key, fallback, (text) => Math.trunc(timeMs(text, 1_000) / 1_000))
	}
	/** A size in bytes; a bare number is bytes. @throws config/value for another text */
	getSizeAsBytes(key: string, fallback?: string | number): number {
		return this.#parse(key, fallback === undefined ? undefined : String(fallback), sizeBytes)
	}

	/** The same in kibibytes, whole ones; a bare number is kibibytes. */
	getSizeAsKb(key: string, fallback?: string): number {
		return this.#inUnits(key, fallback, 'k', 1)
	}
	/** The same in mebibytes. */
	getSizeAsMb(key: string, fallback?: string): number {
		return this.#inUnits(key, fallback, 'm', 2)
	}
	/** The same in gibibytes. */
	getSizeAsGb(key: string, fallback?: string): number {
		return this.#inUnits(key, fallback, 'g', 3)
	}
	#inUnits(key: string, fallback: string | undefined, unit: string, power: number): number {
		return this.#parse(key, fallback, (text) => {
			const bytes = sizeBytes(/^\d+$/.test(text) ? text + unit : text)
			return Math.floor(bytes / 1024 ** power)
		})
	}

	#read<T>(key: string, fallback: T, read: (text: string) => T): T {
		const text = this.#settings.get(key)
		return text === undefined ? fallback : attempt(key, text, read)
	}
	#parse(key: string, fallback: string | undefined, read: (text: string) => number): number {
		return attempt(key, this.get(key, fallback), read)
	}

	clone(): SparkConf {
		return new SparkConf(false).setAll(this.#settings)
	}
	/** One `key=value` a line, sorted by key; where key or value look secret, the value is hidden. */
	toDebugString(): string {
		const secret = /secret|password|token|access[.]?key/i
		return this.getAll()
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, value]) => `${key}=${secret.test(key) || secret.test(value) ? '*********(redacted)' : value}`)
			.join('\n')
	}
}

function refuse(text: string): never {
	throw new StreamError('config/value', text)
}

/** Reads a value; an error names the key as Spark does. */
function attempt<T>(key: string, text: string, read: (text: string) => T): T {
	try {
		return read(text.trim())
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
		throw new StreamError('config/value', `Illegal value for config key ${key}: ${thrown.message}`, {
			where: 'SparkConf',
		})
	}
}

const howTimes =
	'Time must be specified as seconds (s), milliseconds (ms), microseconds (us), minutes (m or min), hour (h), or day (d). E.g. 50s, 100ms, or 250us.'
const howSizes =
	'Size must be specified as bytes (b), kibibytes (k), mebibytes (m), gibibytes (g), tebibytes (t), or pebibytes(p). E.g. 50b, 100k, or 250m.'

function timeMs(text: string, bareUnitMs: number): number {
	const match = /^(-?\d+)([a-z]+)?$/.exec(text.toLowerCase())
	if (match === null) refuse(`${howTimes}\nFailed to parse time string: ${text}`)
	const unit = match[2] === undefined ? bareUnitMs : timeUnitMs[match[2]]
	if (unit === undefined) refuse(`${howTimes}\nInvalid suffix: "${match[2]}"`)
	return Math.trunc(Number(match[1]) * unit)
}

function sizeBytes(text: string): number {
	const match = /^(\d+)(\.\d+)?([a-z]+)?$/.exec(text.toLowerCase())
	if (match === null) refuse(`${howSizes}\nFailed to parse byte string: ${text}`)
	const [, whole, fraction, unit = 'b'] = match
	if (fraction !== undefined) {
		refuse(`${howSizes}\nFractional values are not supported. Input was: ${whole}${fraction}`)
	}
	if (!/^(b|[kmgtp]b?)$/.test(unit)) refuse(`${howSizes}\nInvalid suffix: "${unit}"`)
	return Number(whole) * 1024 ** sizeLetters.indexOf(unit.charAt(0))
}
