/** The contract of a live view: what it is, and what it shows after a batch. Plain data, safe to send to another process. */

/** MIME type -> data: strings for text types, plain JSON for `application/json` and `…+json`. */
export type Bundle = Readonly<Record<string, unknown>>

/** How a view is to be drawn. `vegaLite` has no `data`; the rows of each frame are bound to it. */
export interface ViewDefinition {
	/** Unique in its session; also the display id in Jupyter. */
	readonly viewId: string
	readonly title: string
	readonly form: 'chart' | 'table' | 'stat' | 'text'
	/** Replace by each batch, keep rows over batches, or one number with its recent line. */
	readonly mode: 'latest' | 'append' | 'single'
	readonly vegaLite?: Readonly<Record<string, unknown>>
	/** Pixels. The height is the same from frame to frame. */
	readonly width: number
	readonly height: number
	readonly maxRows: number
	/** Milliseconds without a frame after which it is at rest (default 1,000). */
	readonly restMs?: number
}

/** What a view shows after a batch: plain rows, at most `maxRows`. */
export interface ViewFrame {
	readonly viewId: string
	readonly timeMs: number
	/** Plain rows with the fields that the specification encodes. */
	readonly rows: readonly Readonly<Record<string, unknown>>[]
	/** A sentence for under the title: `batch 12:00:03, 42 rows`, `waiting for the first batch`. */
	readonly caption: string
	/** The same in characters, for text/plain and the terminal. */
	readonly text: string
	/** The picture, where the session draws it; used as it is when the definition has no `vegaLite`. */
	readonly svg?: string
}

/** How long a view waits until it is at rest: one that changes every second or faster never is between batches. */
export function restOf(slideMs: number, isManual: boolean): number {
	return isManual || slideMs >= 2_000 ? 1_000 : Math.max(1_000, 1.5 * slideMs)
}
