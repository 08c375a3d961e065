/**
 * Every stream that was made in a context and can still be used, also those that no output or view reads.
 *
 * Streams are held weakly: one that the program let go of is gone. In a live graph those of a run whose place another
 * has taken are forgotten at once.
 */

import type { AnyDStream } from './dstream.js'

export class Census {
	#made: WeakRef<AnyDStream>[] = []
	#pruneAt = 64

	add(stream: AnyDStream): void {
		this.#made.push(new WeakRef(stream))
		if (this.#made.length < this.#pruneAt) return
		this.#made = this.#made.filter((each) => each.deref() !== undefined)
		this.#pruneAt = 2 * this.#made.length + 64
	}

	/** Forgets what these groups made. */
	forget(groups: readonly string[]): void {
		this.#made = this.#made.filter((each) => {
			const group = each.deref()?.group
			return group === undefined || !groups.includes(group)
		})
	}

	/** In order of construction, but for those in whose place another stands. */
	get streams(): readonly AnyDStream[] {
		return this.#made.flatMap((each) => {
			const stream = each.deref()
			return stream === undefined || stream.current !== stream ? [] : [stream]
		})
	}
}
