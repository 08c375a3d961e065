/**
 * The RDDs that a stream has generated and remembers, by batch time, and what was written of those it has forgotten.
 *
 *   set(t) ──▶ remembered ──forgetUntil──▶ released (unpersisted) ──written?──▶ outdated ──newer one written──▶ removed
 *
 * What was written of a forgotten RDD may still be all that newer ones are made of: the last of it stays until a newer
 * one is written, because a job may have failed.
 */

import type { Interval, Time } from '../base/time.js'
import type { RDD } from '../rdd/rdd.js'
import { StorageLevel } from '../storage/level.js'

export class Generated<T> {
	readonly #byTime = new Map<number, RDD<T>>()
	#hasPast = false
	/** Forgotten RDDs whose written records newer ones may still be made of, oldest first. */
	readonly #outdated: { readonly ms: number; readonly rdd: RDD<T> }[] = []

	/** The RDDs remembered now, by batch time in milliseconds. */
	get all(): ReadonlyMap<number, RDD<T>> {
		return this.#byTime
	}
	get(ms: number): RDD<T> | undefined {
		return this.#byTime.get(ms)
	}
	set(ms: number, rdd: RDD<T>): void {
		this.#byTime.set(ms, rdd)
	}

	/** A batch of before the next start, for windows that reach back to it. */
	bring(ms: number, rdd: RDD<T>): void {
		this.#byTime.set(ms, rdd)
		this.#hasPast = true
	}
	/** True from `bring` on until everything is forgotten. */
	get hasPast(): boolean {
		return this.#hasPast
	}
	/** Those of an interval that are older than `zero`, oldest first. */
	past({ beginTime, endTime }: Interval, zero: Time | undefined): RDD<T>[] {
		if (!this.#hasPast) return []
		const untilMs = Math.min(endTime.milliseconds, (zero?.milliseconds ?? Number.POSITIVE_INFINITY) - 1)
		const found = [...this.#byTime].filter(([ms]) => ms >= beginTime.milliseconds && ms <= untilMs)
		return found.sort(([a], [b]) => a - b).map(([, rdd]) => rdd)
	}

	/** Those whose records are in files, by batch time; when there is none, the last of the forgotten ones. */
	get written(): readonly (readonly [number, RDD<T>])[] {
		const written = [...this.#byTime].filter(([, rdd]) => rdd.isCheckpointed())
		const last = this.#outdated.at(-1)
		return written.length > 0 || last === undefined ? written : [[last.ms, last.rdd]]
	}

	/** Gives everything to another one; true when there was anything. */
	moveTo(other: Generated<T>): boolean {
		const hadAny = this.#byTime.size > 0
		for (const [ms, rdd] of this.#byTime) other.set(ms, rdd)
		this.#byTime.clear()
		return hadAny
	}

	/**
	 * Forgets the RDDs of times up to `ms`.
	 * @param options.slideMs an RDD that stands for the next time, too, is not released yet
	 * @param options.unpersist frees what is kept of them, and in time what was written
	 * @param options.released called for each that is forgotten
	 * @param options.remove called for each whose files nobody needs any more
	 */
	forgetUntil(
		ms: number,
		options: {
			readonly slideMs: number
			readonly unpersist: boolean
			readonly released: (rdd: RDD<T>) => void
			readonly remove: (rdd: RDD<T>) => void
		},
	): void {
		for (const [at, rdd] of this.#byTime) {
			if (at > ms) continue
			this.#byTime.delete(at)
			// One that was carried stands for the next time, too.
			if (!options.unpersist || this.#byTime.get(at + options.slideMs) === rdd) continue
			if (!rdd.getStorageLevel().equals(StorageLevel.NONE)) rdd.unpersist(false)
			if (rdd.isCheckpointed()) this.#outdated.push({ ms: at, rdd })
			options.released(rdd)
		}
		if (this.#byTime.size === 0) this.#hasPast = false
		if (this.#outdated.length === 0) return
		const isRenewed = this.#byTime.size === 0 || [...this.#byTime.values()].some((rdd) => rdd.isCheckpointed())
		const over = this.#outdated.splice(0, this.#outdated.length - (isRenewed ? 0 : 1))
		for (const { rdd } of over) options.remove(rdd)
	}
}
