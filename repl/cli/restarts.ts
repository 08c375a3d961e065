/**
 * When a crashed program is started again: at once the first time, later and later while it keeps crashing, at last never.
 *
 *     crash 1   2     3         4   …  limit
 *     wait  0.5 1 s   2 s       4 s …  30 s, then given up
 *
 * A program that has worked for a minute has recovered: what crashes then is crash 1 again.
 */

const firstWaitMs = 500
const longestWaitMs = 30_000
/** A life this long was no crash at the start: the count begins again. */
const recoveredMs = 60_000

/** What to do after a crash. */
export interface Verdict {
	/** Which restart this is, from 1; one more than the limit when it is not to be. */
	readonly count: number
	/** How long to wait before it; undefined: give up. */
	readonly waitMs: number | undefined
}

/** Counts the crashes of one program. */
export class Restarts {
	/** The most restarts in a row. */
	readonly limit: number
	#count = 0

	constructor(limit: number) {
		this.limit = limit
	}

	/** Called at each crash with how long the program had lived. */
	crashed(livedMs: number): Verdict {
		this.#count = livedMs >= recoveredMs ? 1 : this.#count + 1
		const waitMs = Math.min(firstWaitMs * 2 ** (this.#count - 1), longestWaitMs)
		return { count: this.#count, waitMs: this.#count > this.limit ? undefined : waitMs }
	}
}
