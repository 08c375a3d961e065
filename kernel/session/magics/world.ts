/** What the magics of the session look at and change. */

import type { SparkContext, StreamingContext } from '../../../engine/index.js'

/** The session as magics see it. */
export interface MagicWorld {
	readonly contexts: {
		/** The newest context that is not gone, if there is one. */
		readonly newest: StreamingContext | undefined
		/** The same, made when there is none. */
		readonly streamingContext: StreamingContext
		readonly sparkContext: SparkContext
		/** True when what the group made hangs on a stream that is gone. */
		isStale(group: string | undefined): boolean
		/** What the records of a stream are that a name holds, as the checker writes types. */
		shapeOf(name: string): string | undefined
		/** Stops every context that runs, SparkContexts too. */
		stopAll(gracefully: boolean): Promise<void>
		/** Contexts that are made from now on run there. */
		useMaster(url: string): void
	}
	/** What headers call the cell that a group belongs to: `[3]`; empty when nobody knows. */
	labelOf(group: string | undefined): string
	/** The cell that a group belongs to. */
	ownerOf(group: string | undefined): string | undefined
	/** The owner that has made the value of a name. */
	readonly makers: ReadonlyMap<string, string>
	/** Reads what names hold. */
	readonly readers: ReadonlyMap<string, () => unknown>
}

/** What a magic does: it prints, or returns a value to display. */
export type SessionMagic = (argument: string, world: MagicWorld, facts: unknown) => unknown
