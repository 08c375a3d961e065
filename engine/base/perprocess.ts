/**
 * A value that each process makes once, when something first needs it, and gives up when nothing has needed it for a
 * while: pools of connections for output operations.
 *
 *   nothing ──first use──▶ made ──used again──▶ made ··idle since the last use ended··▶ closed = nothing
 *
 * Source: the design pattern for `foreachRDD` in Spark's streaming guide, "static, lazily initialized pool".
 */

import { type Clock, type Disposable, systemClock } from './clock.js'
import { asError } from './errors.js'
import { host } from './host.js'
import { Duration, type DurationLike } from './time.js'

export interface PerProcessOptions<T> {
	/** Closed when unused for that long (default: never). */
	readonly idle?: DurationLike
	/** Closes it (default: its method `close`, `end` or `destroy`, if it has one). */
	readonly close?: (value: Awaited<T>) => unknown
	/** Measures the idle time (default: the system clock). */
	readonly clock?: Clock
}

/**
 * The value, made now if there is none.
 *
 * @example
 * const pool = perProcess(() => createPool(), { idle: '1 min' })
 * stream.foreachRDD((rdd) => rdd.foreachPartition((rows) => pool.use((p) => p.insert([...rows]))))
 */
export interface PerProcess<T> {
	(): T
	/** Runs `body` with it; it is in use until that, or the promise it gives, has ended. */
	use<R>(body: (value: Awaited<T>) => R | Promise<R>): Promise<R>
	/** Closes it now; the next use makes another. */
	close(): Promise<void>
}

/** A value for each process, whose maker may be asynchronous. A maker that fails is asked again at the next use. */
export function perProcess<T>(make: () => T, options: PerProcessOptions<T> = {}): PerProcess<T> {
	const { clock = systemClock } = options
	const idle = options.idle === undefined ? undefined : Duration.of(options.idle)
	let made: { readonly value: T } | undefined
	let numUses = 0
	let waiting: Disposable | undefined

	const touch = (): void => {
		waiting?.dispose()
		waiting = undefined
		if (idle === undefined || made === undefined || numUses > 0) return
		waiting = clock.at(clock.now() + idle.milliseconds, () => void close())
	}
	const get = (): T => {
		if (made === undefined) {
			const fresh = { value: make() }
			made = fresh
			const { value } = fresh
			if (value instanceof Promise) {
				value.catch(() => {
					if (made === fresh) made = undefined
				})
			}
		}
		const { value } = made
		touch()
		return value
	}
	const use = async <R>(body: (value: Awaited<T>) => R | Promise<R>): Promise<R> => {
		numUses += 1
		try {
			return await body(await get())
		} finally {
			numUses -= 1
			touch()
		}
	}
	const close = async (): Promise<void> => {
		const over = made
		made = undefined
		touch()
		if (over === undefined) return
		try {
			const value = await over.value
			await (options.close ?? closeByMethod)(value)
		} catch (thrown) {
			const text = `what perProcess made could not be closed: ${asError(thrown).message}`
			host().notice({ level: 'warning', text, group: undefined })
		}
	}
	return Object.assign(get, { use, close })
}

/** Calls the first method that says that it is over. */
function closeByMethod(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return undefined
	for (const name of ['close', 'end', 'destroy']) {
		const method: unknown = Reflect.get(value, name)
		if (typeof method === 'function') return method.call(value)
	}
	return undefined
}
