/**
 * The views that follow something now, and the last ones whose context has stopped: a session closes those of a group
 * that is gone, and `ssc.show()` shows all of a context again.
 */

/** A handle that can be closed. */
export interface OpenView {
	/** Unique across sessions; the display id in Jupyter. */
	readonly viewId: string
	/** Who opened it: an opaque name given by the host. */
	readonly group: string | undefined
	/** The context it looks at, if it looks at one. */
	readonly context?: unknown
	close(): void
	/** Shows it once more where the running code belongs to, in the same display. */
	show?(): void
}

/** Stopped views that can still be shown. */
const mostResting = 20

const open = new Set<OpenView>()
const resting = new Set<OpenView>()

/** The views that follow something now. */
export const openViews = (): ReadonlySet<OpenView> => open

/** From now on it is among the open views. */
export function viewBegins(view: OpenView): void {
	open.add(view)
}

/** It follows nothing any more. `isStopped`: because its context has stopped; it can still be shown. */
export function viewEnds(view: OpenView, isStopped = false): void {
	open.delete(view)
	if (!isStopped) return
	resting.add(view)
	for (const oldest of resting) {
		if (resting.size <= mostResting) break
		resting.delete(oldest)
	}
}

/** All views of a context that can be shown, in the order in which they were opened. */
export const viewsOf = (context: unknown): OpenView[] =>
	[...resting, ...open].filter((view) => view.show !== undefined && view.context === context)

/** Closes the views of a group, and forgets those that have stopped. */
export function dropViews(group: string): void {
	for (const view of open) if (view.group === group) view.close()
	for (const view of resting) if (view.group === group) resting.delete(view)
}
